"""Cases: found by the close, put aside by a person. A literal hit is always there to be seen (fact 4)."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import advance
from core.period import Period
from incentives import letters, rules
from incentives.models import Case, Decision, Rule
from incentives.services.telling import tell, tell_all
from incentives.triggers import build
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb
from policies.selectors import versions_in_force
from scoring.statistics.gate import outcome


@transaction.atomic
def find_cases(close, at):
    """The close step 'propose' (RE-3.3, RE-5.2a, RE-5.3a): every literal hit of every rule in force becomes a case.

    The evidence gate and the rule's switch only decide whether it may propose itself. Safe to repeat and to run
    twice at once: a case is unique per rule, person and occurrence. Returns the new ones.
    """
    new = []
    for rule in rules_in_force(close):
        for hit in build(rule.trigger, rule.params).hits(rule, close, used_through(rule, close)):
            case, created = _keep(rule, close, hit, at)
            if created:
                audit.record("incentives.case.find", case, by=None, at=at, to_state=case.state)
                new.append(case)
    if new:
        _tell_hr(close, new, at)
    return new


def rules_in_force(close):
    """Active rules of the books in force on the last day of the close's period."""
    versions = versions_in_force(close.company, Period.parse(close.period).last_day)
    found = Rule.objects.filter(version__in=versions.values("pk"), is_active=True)
    return found.select_related("version", "clause", "company").order_by("code")


def used_through(rule, close):
    """Employee id -> last month of the latest earlier window that had, or may yet have, its effect.

    Windows do not overlap. A decision that came to nothing uses nothing up.
    """
    earlier = Decision.objects.live().filter(
        company_id=close.company_id, rule_code=rule.code, case__period__lt=close.period
    )
    return last_months(earlier)


def last_months(decisions):
    used = {}
    for employee_id, occurrence in decisions.values_list("employee_id", "occurrence"):
        if months := rules.months_of(occurrence):
            used[employee_id] = max(max(months), used.get(employee_id, 0))
    return used


def _keep(rule, close, hit, at):
    return Case.objects.get_or_create(
        company_id=close.company_id,
        rule_code=rule.code,
        employee_id=hit.employee_id,
        occurrence=hit.occurrence,
        defaults={
            "rule": rule,
            "department_id": hit.department_id,
            "period": close.period,
            "state": rules.CASE_STATES[outcome(hit.is_distinguishable, rule.evidence)],
            "evidence": hit.evidence,
            "is_distinguishable": hit.is_distinguishable,
            "found_at": at,
        },
    )


def _tell_hr(close, cases, at):
    held = sum(case.state == Case.State.HELD for case in cases)
    people = employees_with_verb(close.company, "incentives.propose", at.date()).select_related("user")
    tell_all(
        people,
        kind="incentives.cases",
        key=f"cases-{close.company_id}-{close.period}-{min(case.pk for case in cases)}",
        at=at,
        url=f"{reverse('incentives_queue')}?month={close.period}",
        text=lambda: letters.cases_found(close.period, len(cases), held),
    )


@transaction.atomic
def set_aside(thing, *, reason, by, at):
    """Put a case, or a decision not yet voted on, aside with a reason. Returns it."""
    rules.refuse_own(employee_id_of(by), thing.employee_id)
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
