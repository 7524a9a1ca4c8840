"""Cases: found by the close, put aside by a person. A literal hit is always there to be seen (fact 4)."""

from collections import defaultdict

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import advance
from core.period import SHANGHAI, Period
from incentives import letters, rules
from incentives.models import Case, Decision, Rule
from incentives.policy import clocks
from incentives.services.telling import tell, tell_all
from incentives.services.unit_hits import keep_unit_hits, split_headless, tell_of_unit_hits
from incentives.triggers import close_inputs
from incentives.unit_rules import trigger_of
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import direct_superiors_of, employees_with_verb
from policies.selectors import books_in_force
from scoring.models import Close
from scoring.services.books import hold_books
from scoring.statistics.gate import outcome


@transaction.atomic
def find_cases(close, at):
    """The close step 'propose' (RE-3.3, RE-5.2a, RE-5.3a): every literal hit of every rule in force becomes a case.

    The evidence gate and the rule's switch only decide whether it may propose itself. What touches the head of a unit
    that nobody headed is kept as a UnitHit. Safe to repeat and to run twice at once: a case is unique per rule, person
    and occurrence. Returns the new ones.
    """
    found = rules_at(close)
    if not found:
        return []
    hold_books(close.company)
    _freeze_inputs(close, found)
    period = month_of_close(close)
    new, headless, reads = [], [], {}
    used = used_by_rule(close.company_id, [rule for rule, _trigger in found], period)
    for rule, trigger in found:
        hits = trigger.hits(rule, close, used[rule.code], reads=reads)
        hits, without_head = split_headless(rule, hits)
        new += keep_hits(rule, [(hit, period) for hit in hits], at)
        headless += keep_unit_hits(rule, [(hit, period) for hit in without_head], at)
    if new:
        tell_hr(close.company, new, at)
    tell_of_unit_hits(close.company, headless, at)
    return new


def rules_at(close):
    """[(rule, its trigger)] of those in force that run at this kind of close."""
    pairs = [(rule, trigger_of(rule)) for rule in rules_in_force(close)]
    return [(rule, trigger) for rule, trigger in pairs if trigger.close_kind == close.kind]


def rules_in_force(close):
    """Active rules of the books in force on the last counted day, the units' own included (PM-6.5).

    A book that begins after it, be it within the same quarter, changes nothing in what is closed by then (fact 3).
    """
    versions = books_in_force(close.company, close.cutoff_on)
    found = Rule.objects.filter(version__in=versions.values("pk"), is_active=True)
    return found.select_related("version__company", "version__document", "clause", "company").order_by("code")


def month_of_close(close):
    """The month in which what a close brings counts: the last of its period (PM-5b)."""
    return str(Period.parse(close.period).months()[-1])


def _freeze_inputs(close, found):
    """What the triggers read and no close has stored is kept with the close, so that it can be run again (fact 3)."""
    wanted = {name for _rule, trigger in found for name in trigger.inputs} - set(close.frozen)
    if wanted:
        close.frozen = close.frozen | {name: close_inputs[name](close) for name in sorted(wanted)}
        Close.objects.filter(pk=close.pk).update(frozen=close.frozen)


def used_through(rule, period):
    """Employee id or unit code -> last period of the latest earlier window that had, or may yet have, its effect.

    Windows do not overlap. A decision that came to nothing uses nothing up.
    """
    return used_by_rule(rule.company_id, [rule], period)[rule.code]


def used_by_rule(company_id, found, period):
    """{rule code: what `used_through` gives} for these rules of a company, in one query."""
    earlier = Decision.objects.live().filter(
        company_id=company_id, rule_code__in={rule.code for rule in found}, case__period__lt=period
    )
    return last_months(earlier)


def last_months(decisions):
    """{rule code: {employee id or unit code: last month, its number, that these decisions use up}}."""
    used = defaultdict(dict)
    for code, employee_id, occurrence in decisions.values_list("rule_code", "employee_id", "occurrence"):
        if months := rules.months_of(occurrence):
            owner = rules.owner_of(employee_id, occurrence)
            used[code][owner] = max(max(months), used[code].get(owner, 0))
    return used


def keep_hits(rule, hits, at):
    """Cases of the hits that have none yet; `hits` are (Hit, month they count in). The company's books are held."""
    known = known_keys(rule)
    cases = [
        _case(rule, hit, period, at) for hit, period in hits if (hit.employee_id, hit.occurrence) not in known
    ]
    Case.objects.bulk_create(cases)
    for case in cases:
        audit.record("incentives.case.find", case, by=None, at=at, to_state=case.state)
    return cases


def known_keys(rule):
    """(employee id, occurrence) of every case of this rule, under whichever version it was found."""
    same = Case.objects.filter(company_id=rule.company_id, rule_code=rule.code)
    return set(same.order_by().values_list("employee_id", "occurrence"))


def _case(rule, hit, period, at):
    return Case(
        company_id=rule.company_id,
        rule=rule,
        rule_code=rule.code,
        employee_id=hit.employee_id,
        department_id=hit.department_id,
        occurrence=hit.occurrence,
        role=hit.role,
        incident=hit.incident,
        period=period,
        state=rules.CASE_STATES[outcome(hit.is_distinguishable, rule.evidence)],
        evidence=hit.evidence,
        is_distinguishable=hit.is_distinguishable,
        found_at=at,
    )


def tell_hr(company, cases, at):
    """One message for each month in which new cases count."""
    day = at.astimezone(SHANGHAI).date()
    people = employees_with_verb(company, "incentives.propose", day).select_related("user")
    for period in sorted({case.period for case in cases}):
        own = [case for case in cases if case.period == period]
        held = sum(case.state == Case.State.HELD for case in own)
        tell_all(
            people,
            kind="incentives.cases",
            key=f"cases-{company.pk}-{period}-{min(case.pk for case in own)}",
            at=at,
            url=f"{reverse('incentives_queue')}?month={period}",
            text=lambda period=period, own=own, held=held: letters.cases_found(period, len(own), held),
        )


def other_penalty(case):
    """Number of a live penalty of the same person for the same incident, or None.

    A complaint and a low score are one incident where the same answer stands behind both. Where a rule counts the items
    of an answer one by one, each of them is an incident of its own under this rule (PM-6.2).
    """
    if case.rule.direction != Rule.Direction.PENALTY or not case.incident:
        return None
    answers = set(case.evidence.get("answer_ids", ()))
    live = Decision.objects.live().filter(
        company_id=case.company_id, employee_id=case.employee_id, direction=Rule.Direction.PENALTY
    )
    for decision in live.exclude(case=case.pk).select_related("case").order_by("pk"):
        behind = answers & set(decision.case.evidence.get("answer_ids", ()))
        if behind and not _are_two_items(case, decision.case) or decision.case.incident == case.incident:
            return decision.number
    return None


def _are_two_items(one, other):
    items = one.evidence.get("item"), other.evidence.get("item")
    return one.rule_code == other.rule_code and all(items) and items[0] != items[1]


def verifiers_of(case):
    """Employee ids of those who stood behind the fact: they have no vote on what follows from it (fact 6)."""
    users = case.evidence.get("verified_by", ())
    return set(Employee.objects.filter(user__in=users).values_list("pk", flat=True)) if users else set()


def line_of(employee, day):
    """Ids of the direct superiors whom the policy of that day keeps out of what is about their people."""
    above = direct_superiors_of(employee, day)
    return above if above and clocks(employee.company, day).recuse_line else []


def refuse_concerned(by, employee, at):
    """Nobody acts on what is about themselves or, where the policy says so, about their own line (fact 6)."""
    actor, day = employee_id_of(by), at.astimezone(SHANGHAI).date()
    rules.refuse_own(actor, employee.pk)
    is_superior = actor is not None and actor in direct_superiors_of(employee, day)
    rules.refuse_own_line(is_superior and clocks(employee.company, day).recuse_line)


@transaction.atomic
def set_aside(thing, *, reason, by, at):
    """Put a case, or a decision not yet voted on, aside with a reason. Returns it."""
    refuse_concerned(by, thing.employee, at)
    rules.refuse_blank(reason, _("Say why it is put aside; the record keeps the reason."))
    if isinstance(thing, Case):
        return advance(
            thing, Case.SET_ASIDE, by=by, at=at, reason=reason.strip()[:1000], settled_by=by, settled_at=at
        )
    advance(thing, Decision.SET_ASIDE, by=by, at=at, set_aside_reason=reason.strip()[:1000])
    was_told = thing.hearings.exists()
    thing.hearings.open().update(ended_at=at)
    if was_told:
        tell(
            thing.employee,
            kind="incentives.set_aside",
            key=f"decision-{thing.pk}-set-aside",
            at=at,
            url=thing.get_own_url(),
            text=lambda: letters.set_aside(thing),
        )
    return thing
