"""Decisions up to the vote: proposed by HR, graded inside the rule's range, sent in batches (RE-2.3)."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.models import Committee, Seat
from approvals.services import open_motion
from audit import services as audit
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI, Period
from incentives import effects as effect_rules
from incentives import rules
from incentives.grading import needs_proven_loss, specs_of
from incentives.hands import awaits_opinion, shapers_of
from incentives.models import Case, Decision, Rule
from incentives.policy import clocks, limits_on
from incentives.services.cases import line_of, other_penalty, refuse_concerned, verifiers_of
from organization.models import Employee

TOPIC = "incentives.decision"


class BatchRefused(Refused):
    """All or none: `lines` is a list of (case or decision, sentence)."""

    def __init__(self, message, *, lines):
        super().__init__(message, code="batch")
        self.lines = lines


@transaction.atomic
def propose(case, *, by, at, effects=None, reason=""):
    """HR proposes a case; returns the Decision.

    `effects`: [{kind, amount}…] within the rule's range, or None for the book's usual grade. A held case and a
    changed grade need a reason. At most one live decision per rule, person and month (fact 4).
    """
    _hold_people([case])
    case = Case.objects.select_related("rule", "employee").get(pk=case.pk)
    refuse_concerned(by, case.employee, at)
    specs = specs_of(case)
    chosen = _chosen(specs, effects)
    rules.refuse_unreasoned(
        is_held=case.state == Case.State.HELD,
        is_changed=chosen != effect_rules.default_choice(specs),
        reason=reason,
    )
    _refuse_unproven_loss(chosen, reason)
    advance(case, Case.PROPOSE, by=by, at=at, settled_by=by, settled_at=at, reason=reason.strip()[:1000])
    rules.refuse_overlap(case.occurrence, _live_occurrences(case))
    rules.refuse_punished_twice(other_penalty(case))
    decision = _create(case, chosen, reason, by, at)
    audit.record("incentives.decision.propose", decision, by=by, at=at, to_state=decision.state)
    return decision


def _hold_people(cases):
    """Lock whom the cases are about, always in the same order; of a unit's months, whoever else headed it too."""
    found = Q(pk__in=[case.employee_id for case in cases])
    for case in cases:
        if rules.months_of(case.occurrence) and rules.parts_of(case.occurrence)[1]:
            found |= Q(pk__in=_same_owner(Case, case).values("employee"))
    list(Employee.objects.filter(found).order_by("pk").select_for_update(no_key=True))


def _same_owner(model, case):
    """Cases or decisions of the rule about the same person, or about the same unit whoever headed it."""
    same = model.objects.filter(company_id=case.company_id, rule_code=case.rule_code)
    if unit := rules.parts_of(case.occurrence)[1]:
        return same.filter(occurrence__contains=f"@{unit}")
    return same.filter(employee_id=case.employee_id)


def _chosen(specs, wanted):
    if wanted is None:
        return effect_rules.default_choice(specs)
    try:
        return effect_rules.chosen_within(specs, wanted)
    except ValueError as wrong:
        raise Refused(str(wrong), field="effects") from wrong


def _refuse_unproven_loss(effects, reason):
    """What is taken as compensation rests on a loss that is written down with its proof."""
    if needs_proven_loss(effects):
        rules.refuse_blank(reason, _("Write the loss and how it is proven; compensation rests on it."))


def _live_occurrences(case):
    return list(_same_owner(Decision, case).live().values_list("occurrence", flat=True))


def _create(case, chosen, reason, by, at):
    try:
        with transaction.atomic():
            return Decision.objects.create(
                company_id=case.company_id,
                number=numbered("TA", case.company_id, Period.parse(case.period).first_day, width=3),
                case=case,
                rule=case.rule,
                rule_code=case.rule_code,
                direction=case.rule.direction,
                employee_id=case.employee_id,
                department_id=case.department_id,
                occurrence=case.occurrence,
                counts_for=case.period,
                effects=chosen,
                proposed_by=by,
                proposed_at=at,
                reason=reason.strip()[:1000],
            )
    except IntegrityError:
        raise Refused(_("There is a live decision about this already."), code="state") from None


@transaction.atomic
def amend(decision, *, effects, reason, by, at):
    """Change the grade of a proposed or returned decision, within the rule's range and with a reason."""
    refuse_concerned(by, decision.employee, at)
    if decision.case.decisions.filter(state=Decision.State.REVERSED).exists():
        raise Refused(_("An appeal has decided these effects; they cannot be changed."), code="state")
    chosen = _chosen(specs_of(decision.case), effects)
    rules.refuse_blank(reason, _("You changed the grade; say why."))
    open_states = (Decision.State.PROPOSED, Decision.State.RETURNED)
    changed = Decision.objects.filter(pk=decision.pk, state__in=open_states)
    if not changed.update(effects=chosen, reason=reason.strip()[:1000]):
        raise Refused(_("The grade can be changed only before the vote or after it came back."), code="state")
    decision.refresh_from_db()
    audit.record("incentives.decision.amend", decision, by=by, at=at, data={"effects": chosen})
    return decision


@transaction.atomic
def write_opinion(decision, *, opinion, by, at):
    """HR's view of the employee's statement; the group and the employee read it."""
    refuse_concerned(by, decision.employee, at)
    rules.refuse_blank(opinion, _("Write your view first."), "opinion")
    heard = (Decision.State.HEARING, Decision.State.READY, Decision.State.RETURNED)
    if not Decision.objects.filter(pk=decision.pk, state__in=heard).update(opinion=opinion.strip()):
        raise Refused(
            _("The opinion is written while the employee is heard, and before the vote."), code="state"
        )
    decision.opinion = opinion.strip()
    audit.record("incentives.decision.write_opinion", decision, by=by, at=at)
    return decision


@transaction.atomic
def submit_batch(decisions, *, by, at):
    """Put at most 100 decisions to the vote, all or none; BatchRefused names each line that cannot go.

    Rewards go together; penalties that are the same and no larger than the policy's limits for a batch.
    """
    decisions = list(decisions)
    rules.refuse_batch(len(decisions))
    if len(decisions) > 1:
        _refuse_unlike(decisions, at)
    return _each(decisions, lambda decision: _submit(decision, by=by, at=at))


def _refuse_unlike(decisions, at):
    fresh = Decision.objects.select_for_update().filter(pk__in=[one.pk for one in decisions]).order_by("pk")
    fresh = list(fresh.select_related(None))
    rules.refuse_mixed_batch([rules.batch_key(one.direction, one.rule_code, one.effects) for one in fresh])
    if fresh[0].direction == Rule.Direction.PENALTY:
        day = at.astimezone(SHANGHAI).date()
        rules.refuse_large_batch(fresh[0].effects, limits_on(decisions[0].company, day))


@transaction.atomic
def propose_and_submit(cases, *, by, at):
    """Rewards straight from the queue: each found case gets its decision and goes to the vote, all or none."""
    cases = list(cases)
    rules.refuse_batch(len(cases))
    _hold_people(cases)
    return _each(cases, lambda case: _propose_and_submit(case, by=by, at=at))


def _propose_and_submit(case, *, by, at):
    if case.rule.direction == Rule.Direction.PENALTY:
        raise Refused(
            _("A penalty is proposed one by one: the employee has to be heard first."), code="unheard"
        )
    return _submit(propose(case, by=by, at=at), by=by, at=at)


def _each(things, act):
    done, refused = [], []
    for thing in sorted(things, key=lambda thing: thing.pk):
        try:
            with transaction.atomic():
                done.append(act(thing))
        except Refused as refusal:
            refused.append((thing, str(refusal.message)))
    if refused:
        message = _("Nothing was sent: %(count)s of the lines cannot go to the vote.") % {
            "count": len(refused)
        }
        raise BatchRefused(refused[0][1] if len(things) == 1 else message, lines=refused)
    return done


def _submit(decision, *, by, at):
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    refuse_concerned(by, decision.employee, at)
    heard = decision.hearings.exclude(ended_at=None).order_by("-ended_at").first()
    rules.refuse_unheard(
        is_penalty=decision.direction == Rule.Direction.PENALTY,
        was_heard=heard is not None and not decision.hearings.open().exists(),
        is_harsher_than_told=heard is not None and effect_rules.is_harsher(decision.effects, heard.effects),
        awaits_opinion=awaits_opinion(decision, heard),
    )
    motion = open_motion(
        committee=committee_for(decision, at),
        topic=TOPIC,
        topic_id=decision.pk,
        proposed_by=by,
        excluded=excluded_from(decision, at),
        at=at,
    )
    return advance(decision, Decision.SUBMIT, by=by, at=at, motion=motion)


def committee_for(decision, at):
    """The committee that the policy names for rewards and penalties."""
    code = clocks(decision.company, at.astimezone(SHANGHAI).date()).committee
    committee = Committee.objects.filter(company_id=decision.company_id, code=code).first()
    if committee is None:
        raise Refused(
            _("The committee “%(code)s” that decides does not exist.") % {"code": code}, code="no_committee"
        )
    return committee


def excluded_from(decision, at):
    """Employee id -> ground: the subject, who shaped or verified it, superiors where the policy says so (fact 6)."""
    grounds = dict.fromkeys(verifiers_of(decision.case), Seat.Ground.VERIFIER)
    grounds |= dict.fromkeys(line_of(decision.employee, at.astimezone(SHANGHAI).date()), Seat.Ground.LINE)
    grounds |= dict.fromkeys(shapers_of(decision), Seat.Ground.PROPOSER)
    return grounds | {decision.employee_id: Seat.Ground.SUBJECT}
