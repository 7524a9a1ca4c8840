"""What an appeal does to decisions: suspends them, and carries out its outcome (RE-4.1b). Called by the room above.

Order of locks: books, decision, lines.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import Motion
from audit import services as audit
from core.events import publish
from core.flow import Refused, Transition, advance
from core.period import window
from incentives import rules
from incentives.models import Case, Decision, Rule
from incentives.services.cases import keep_hits, known_keys, rules_in_force, used_through
from incentives.services.decisions import _create
from incentives.services.issuing import acknowledge_receipt
from incentives.services.ledger import post, reverse
from incentives.unit_rules import trigger_of
from organization.scopes import employee_id_of
from policies.selectors import section
from scoring.models import Close
from scoring.services.books import hold_books
from scoring.statistics.gate import outcome

RESUME = Transition("resume", (Decision.State.SUSPENDED,), Decision.State.ISSUED)
POSTED = (Decision.State.POSTED, Decision.State.EXPORTED)
UNDONE_BY_REVERSAL = (Decision.State.SUSPENDED, Decision.State.FINAL, *POSTED)
CLOSED = (Close.State.PROPOSED, Close.State.REPORTED, Close.State.LOCKED)


@transaction.atomic
def suspend(decision, *, by, at):
    """The employee appeals in time: nothing is posted until the appeal is answered."""
    rules.refuse_others(employee_id_of(by), decision.employee_id)
    if decision.appeal_until is None or at >= decision.appeal_until:
        raise Refused(_("The time to appeal has passed."), code="late")
    if decision.received_at is None:  # who appeals against it has received it
        acknowledge_receipt(decision, by=by, at=at)
    return advance(decision, Decision.SUSPEND, by=by, at=at)


@transaction.atomic
def suspend_admitted(decision, *, by, at):
    """A late appeal was admitted: what is not yet final waits, what is posted stays until the outcome."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state == Decision.State.ISSUED:
        advance(decision, Decision.SUSPEND, by=by, at=at, reason_code="late")
    return decision


@transaction.atomic
def resume(decision, *, by, at):
    """The appeal came to nothing before it was decided: the decision goes on where it stood."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state == Decision.State.SUSPENDED:
        advance(decision, RESUME, by=by, at=at)
    return decision


@transaction.atomic
def uphold(decision, *, by, at):
    """It stands unchanged: a suspended decision is final and posted; one posted already stays."""
    hold_books(decision.company)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state == Decision.State.SUSPENDED:
        advance(decision, Decision.FINALIZE, by=by, at=at, final_at=at, reason_code="upheld")
        post(decision, at=at)
    return decision


@transaction.atomic
def vary(decision, *, effects, reason, by, at):
    """Changed effects take the place of those decided. Returns the decision that holds them.

    Before anything is posted the change is recorded and then carried out. What is posted is withdrawn whole, and
    the milder decision goes to the group as a proposal of its own: no line without a carried vote (fact 5).
    """
    hold_books(decision.company)
    decision = (
        Decision.objects.select_for_update().select_related("rule", "case", "company").get(pk=decision.pk)
    )
    rules.refuse_own(employee_id_of(by), decision.employee_id)
    if decision.state in Decision.DEAD:
        raise Refused(_("The decision does not stand any more; there is nothing to change."), code="gone")
    chosen = chosen_milder(decision, effects)
    if decision.state != Decision.State.SUSPENDED:
        undo(decision, reason=reason, by=by, at=at)
        return _create(decision.case, chosen, reason, by, at)
    before = decision.effects
    Decision.objects.filter(pk=decision.pk).update(effects=chosen)
    decision.effects = chosen
    audit.record("incentives.decision.vary", decision, by=by, at=at, data={"before": before, "after": chosen})
    advance(decision, Decision.FINALIZE, by=by, at=at, final_at=at, reason_code="varied")
    return post(decision, at=at)


def chosen_milder(decision, wanted):
    """`wanted` [{place, amount}] picks effects of the decision by their place; Refused when it would be harsher."""
    specs, chosen = decision.effects, []
    for one in wanted:
        place = one.get("place")
        if not isinstance(place, int) or not 0 <= place < len(specs):
            raise Refused(_("The effects are those of the decision, or fewer."), field="effects")
        effect = dict(specs[place])
        if "amount" in effect:
            effect["amount"] = _amount(
                effect["amount"], one.get("amount", effect["amount"]), decision.direction
            )
        chosen.append(effect)
    if not chosen:
        raise Refused(_("Leave at least one effect, or withdraw the decision."), field="effects")
    if decision.direction != Rule.Direction.PENALTY and len(chosen) != len(specs):
        raise Refused(_("Another reward needs a vote of its own: propose it anew."), field="effects")
    return chosen


def _amount(was, amount, direction):
    """Of a penalty as much as was decided or less; a reward keeps its amount: another one needs a vote of its own."""
    if direction != Rule.Direction.PENALTY:
        if amount != was:
            raise Refused(_("Another reward needs a vote of its own: propose it anew."), field="effects")
        return was
    same_sign = isinstance(amount, int) and amount != 0 and (amount > 0) == (was > 0)
    if not same_sign or abs(amount) > abs(was):
        raise Refused(_("An appeal never makes a decision harsher."), field="effects")
    return amount


@transaction.atomic
def undo(decision, *, reason, by, at):
    """Take a decision back from wherever it is: reversed once it was served, put aside before. Returns it."""
    hold_books(decision.company)
    decision = (
        Decision.objects.select_for_update()
        .select_related("employee", "company", "rule__clause")
        .get(pk=decision.pk)
    )
    if decision.state in Decision.DEAD:
        return decision
    if decision.state == Decision.State.VOTING:
        take_from_vote(decision, by, at)
    if decision.state == Decision.State.ISSUED:
        advance(decision, Decision.SUSPEND, by=by, at=at, reason_code="appeal")
    if decision.state in UNDONE_BY_REVERSAL:
        return reverse(decision, reason=reason, by=by, at=at)
    advance(decision, Decision.SET_ASIDE, by=by, at=at, set_aside_reason=reason[:1000])
    decision.hearings.open().update(ended_at=at)
    return decision


def take_from_vote(decision, by, at):
    """An appeal changes what the group votes on: the question is withdrawn, the decision lies with HR again."""
    motion = Motion.objects.select_for_update().get(pk=decision.motion_id)
    if motion.state == Motion.State.OPEN:
        advance(motion, Motion.WITHDRAW, by=by, at=at, closed_at=at, reason_code="appeal")
        publish("approvals.motion_withdrawn", motion, topic=motion.topic, topic_id=motion.topic_id)
    advance(decision, Decision.RETURN, by=by, at=at, reason_code="appeal")


@dataclass(frozen=True)
class Shift:
    """A streak that an adjudicated month makes (`hit`) or breaks (`case`)."""

    rule: Rule
    close: Close
    employee_id: int
    occurrence: str
    hit: object = None
    case: Case | None = None

    @property
    def is_lost(self):
        return self.hit is None


def shifts(company, months, figures):
    """What the streak rules would find at the closes that these months reach, with these adjudicated figures.

    `months` are Periods; `figures` as scoring.services.adjudication.overlaid takes them. Nothing is written.
    Lost are cases whose months no longer are in a row, or which the evidence no longer carries; gained are hits
    that no case holds yet.
    """
    found = []
    for close in _closes_reached(company, months):
        for rule in rules_in_force(close):
            if rule.trigger == "rank_streak":
                found += _shifts(rule, close, figures)
    return found


def _closes_reached(company, months):
    periods = {str(one) for month in months for one in _reached(company, month)}
    closes = Close.objects.filter(company=company, kind="month", state__in=CLOSED, period__in=periods)
    return closes.select_related("company").order_by("period")


def _reached(company, month):
    ranking = section(company, "ranking", month.last_day)
    reach = ranking.streak_length + ranking.max_pauses
    return window(month.next(reach - 1), reach)


def _shifts(rule, close, figures):
    trigger = trigger_of(rule)
    now = {(hit.employee_id, hit.occurrence): hit for hit in trigger.hits(rule, close, {}, figures=figures)}
    cases = Case.objects.filter(company_id=close.company_id, rule_code=rule.code, period=close.period)
    for case in cases.exclude(state=Case.State.SET_ASIDE).select_related("employee", "rule").order_by("pk"):
        hit = now.get((case.employee_id, case.occurrence))
        if hit is None or (case.is_distinguishable and not _carries(rule, hit)):
            yield Shift(rule, close, case.employee_id, case.occurrence, case=case)
    known = known_keys(rule)
    free = trigger.hits(rule, close, used_through(rule, close.period), figures=figures)
    for hit in free:
        if (hit.employee_id, hit.occurrence) not in known:
            yield Shift(rule, close, hit.employee_id, hit.occurrence, hit=hit)


def _carries(rule, hit):
    return rules.CASE_STATES[outcome(hit.is_distinguishable, rule.evidence)] == Case.State.FOUND


@transaction.atomic
def find_after_appeal(shift, *, cause, by, at):
    """A hit that a corrected month brought to light becomes a case like any other. Safe to repeat; books are held."""
    frozen = shift.hit.evidence | {"cause": cause, "adjudicated_until": at.isoformat()}
    hit = shift.hit._replace(evidence=frozen)
    keep_hits(shift.rule, [(hit, shift.close.period)], at)
    return Case.objects.get(
        company_id=shift.close.company_id,
        rule_code=shift.rule.code,
        employee_id=hit.employee_id,
        occurrence=hit.occurrence,
    )


@transaction.atomic
def drop_case(case, *, reason, by, at):
    """A case that no longer holds and has no live decision is put aside."""
    if case.state in Case.SET_ASIDE.sources:
        advance(case, Case.SET_ASIDE, by=by, at=at, reason=reason[:1000], settled_by=by, settled_at=at)
    return case
