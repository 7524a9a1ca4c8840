"""Everything that a won appeal changes, in the transaction that signs it: nothing follows later, nothing is silent.

Corrections are entries of their own: raw scores and standings stay as they were (fact 3), ledger lines are reversed,
and what touches somebody else becomes a case or a question to HR.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from appeals import rules
from appeals.models import Appeal, Consequence
from appeals.plan import plan_for, withdrawn_by
from appeals.services.telling import tell_moved, tell_those_with
from complaints.models import Finding
from complaints.services import findings
from core.flow import Refused, advance
from incentives.models import Case, Decision
from incentives.services import appealed, ladder, regrading
from organization.scopes import employee_id_of
from scoring.models import SubjectKind
from scoring.services import adjudication
from surveys.models import Answer
from surveys.services.exclusions import exclude

Kind = Consequence.Kind


def cause_of(appeal):
    return f"appeal:{appeal.pk}"


def correct(appeal, *, by, at):
    """Carry the signed outcome out; part of the caller's transaction, books held. Refused (`stale`) when what was
    shown to who signed is no longer what would happen."""
    left_out = Answer.objects.filter(pk__in=appeal.answers.filter(is_left_out=True).values("answer_id"))
    asked = {"outcome": appeal.outcome, "effects": appeal.effects, "finding": appeal.finding}
    plan = plan_for(appeal, left_out.order_by("pk"), **asked, at=appeal.proposed_at or at)
    if plan.as_json() != appeal.preview and appeal.preview:
        raise Refused(
            _(
                "Since the outcome was proposed the figures have changed; what it changes has to be looked at again."
            ),
            code="stale",
        )
    at = adjudication.after_all(appeal.company_id, at)
    _leave_out(appeal, plan, by, at)
    _figures(appeal, plan, at)
    _finding(appeal, plan, by, at)
    _decisions(appeal, plan, by, at)
    _ladder(appeal, plan, by, at)
    _others(appeal, plan, by, at)


def reason_of(appeal):
    return _("Appeal %(number)s: %(outcome)s") % {
        "number": appeal.number,
        "outcome": appeal.get_outcome_display(),
    }


def _note(appeal, kind, pk, *, employee_id=None, period="", before=None, after=None, state=None):
    Consequence.objects.create(
        company_id=appeal.company_id,
        appeal=appeal,
        kind=kind,
        state=state or Consequence.State.DONE,
        employee_id=employee_id,
        period=period,
        object_id=pk,
        before=before or {},
        after=after or {},
    )


def _leave_out(appeal, plan, by, at):
    """An exclusion is a person's: of the reviewer, or of the investigator whose proposal the group carried."""
    for answer in plan.answers:
        exclude(answer, reason=reason_of(appeal), by=by or appeal.investigator, at=at)
        _note(
            appeal, Kind.EXCLUSION, answer.pk, employee_id=answer.employee_id, period=answer.unfolding.month
        )


def _figures(appeal, plan, at):
    for found in plan.recounts:
        adjudication.adjudicate(found, cause=cause_of(appeal), at=at)
    for change in plan.standings():
        row = change.row
        figures = {"before": change.before, "after": change.after}
        _note(appeal, Kind.STANDING, row.pk, employee_id=row.employee_id, period=row.period, **figures)
    for change in plan.scores():
        row = change.row
        if row.subject_kind == SubjectKind.EMPLOYEE and row.subject_id != appeal.employee_id:
            continue
        own = row.subject_id if row.subject_kind == SubjectKind.EMPLOYEE else None
        figures = {"before": change.before, "after": change.after}
        _note(appeal, Kind.SCORE, row.pk, employee_id=own, period=row.period, **figures)

    tell_moved(appeal, plan.third_moves(), at)


def _decisions(appeal, plan, by, at):
    """The appealed decision by its outcome; the appellant's others that no longer follow are withdrawn."""
    subject = None
    if appeal.subject == Appeal.Subject.DECISION:
        subject = Decision.objects.select_related("employee", "rule__clause", "case").get(pk=appeal.object_id)
        _subject(appeal, subject, by, at)
    done = {one.pk for one in (subject, *(plan.regrading.withdrawn if plan.regrading else ())) if one}
    for decision in withdrawn_by(appeal, appeal.outcome, plan):
        if decision.pk not in done:
            _withdraw(appeal, decision, by, at)
    for one in plan.own_lost:
        appealed.drop_case(one.case, reason=reason_of(appeal), by=by, at=at)
    if appeal.subject == Appeal.Subject.FINDING and appeal.outcome == Appeal.Outcome.OVERTURNED:
        _cases_of_finding(appeal, by, at)


def _finding(appeal, plan, by, at):
    """The finding as the appeal has found it, beside the first one, and what rests on it graded by its rules."""
    if plan.figures is None:
        return
    finding = Finding.objects.select_related("case", "company").get(pk=appeal.object_id)
    before = {"verdict": finding.now.verdict, "severity": finding.now.severity}
    after = {name: plan.figures[name] for name in before}
    findings.adjudicate(finding, **after, source=cause_of(appeal), by=by, at=at)
    _note(appeal, Kind.FINDING, finding.pk, employee_id=appeal.employee_id, before=before, after=after)
    found = plan.regrading
    served = {one.pk: {"state": one.state, "effects": one.effects} for one in found.withdrawn}
    finding = Finding.objects.select_related("case", "company", "allegation").get(pk=finding.pk)
    brought = regrading.carry_out(found, finding, reason=reason_of(appeal), by=by, at=at)
    proposed = next((decision for _case, decision in brought if decision is not None), None)
    for decision in found.withdrawn:
        after = {"state": Decision.objects.get(pk=decision.pk).state}
        if proposed is not None:
            after |= {"decision": proposed.pk, "effects": proposed.effects}
        kind = Kind.REVERSED if proposed is None else Kind.REGRADED
        _note(
            appeal, kind, decision.pk, employee_id=decision.employee_id,
            before=served[decision.pk], after=after,
        )  # fmt: skip
    for case in (case for case, decision in brought if decision is None):
        _note(appeal, Kind.CASE, case.pk, employee_id=case.employee_id, period=case.period)
    if brought:
        tell_those_with("incentives.propose", appeal, "anew", at)


def _ladder(appeal, plan, by, at):
    """Later warnings of the same person that were in writing only because of one that is lifted now."""
    for step in plan.steps:
        before = {"state": step.decision.state, "effects": step.decision.effects}
        now = ladder.grade_anew(step, reason=reason_of(appeal), by=by, at=at)
        after = {"state": now.state, "effects": now.effects}
        _note(appeal, Kind.REGRADED, now.pk, employee_id=now.employee_id, before=before, after=after)


def _cases_of_finding(appeal, by, at):
    """What nobody has proposed yet is put aside; what rests on it against others is asked of HR."""
    resting = Case.objects.filter(company_id=appeal.company_id, evidence__finding_id=appeal.object_id)
    others = resting.exclude(employee_id=appeal.employee_id).exclude(state=Case.State.SET_ASIDE)
    for case in resting.filter(employee_id=appeal.employee_id).order_by("pk"):
        appealed.drop_case(case, reason=reason_of(appeal), by=by, at=at)
    for case in others.order_by("pk"):
        before = {"occurrence": case.occurrence, "rule": case.rule_code}
        _note(
            appeal,
            Kind.THIRD,
            case.pk,
            employee_id=case.employee_id,
            period=case.period,
            before=before,
            state=Consequence.State.OPEN,
        )
    if others.exists():
        tell_those_with("incentives.propose", appeal, "others", at)


def _subject(appeal, decision, by, at):
    before = {"state": decision.state, "effects": decision.effects}
    rules.refuse_moot(is_dead=decision.state in Decision.DEAD, outcome=appeal.outcome)
    if appeal.outcome == Appeal.Outcome.UPHELD:
        appealed.uphold(decision, by=by, at=at)
        _note(appeal, Kind.UPHELD, decision.pk, employee_id=decision.employee_id, before=before)
    elif appeal.outcome == Appeal.Outcome.VARIED and appeal.effects:
        now = appealed.vary(decision, effects=appeal.effects, reason=reason_of(appeal), by=by, at=at)
        after = {"decision": now.pk, "effects": now.effects}
        _note(appeal, Kind.VARIED, decision.pk, employee_id=decision.employee_id, before=before, after=after)
    else:
        _withdraw(appeal, decision, by, at)


def _withdraw(appeal, decision, by, at):
    before = {"state": decision.state, "effects": decision.effects}
    now = appealed.undo(decision, reason=reason_of(appeal), by=by, at=at)
    after = {"state": now.state}
    _note(appeal, Kind.REVERSED, decision.pk, employee_id=decision.employee_id, before=before, after=after)


def _others(appeal, plan, by, at):
    """Third persons: new hits are cases for HR; what no longer follows is asked of HR, nobody's is taken silently."""
    for shift in plan.gained:
        case = appealed.find_after_appeal(shift, cause=cause_of(appeal), by=by, at=at)
        _note(appeal, Kind.CASE, case.pk, employee_id=case.employee_id, period=case.period)
    for shift in plan.third_lost:
        _note(
            appeal,
            Kind.THIRD,
            shift.case.pk,
            employee_id=shift.employee_id,
            period=shift.case.period,
            before={"occurrence": shift.occurrence, "rule": shift.rule.code},
            state=Consequence.State.OPEN,
        )
    if plan.gained or plan.third_lost:
        tell_those_with("incentives.propose", appeal, "others", at)


@transaction.atomic
def settle(consequence, *, keep, note, by, at):
    """HR says what becomes of somebody else's case that no longer follows: kept with a reason, or taken back."""
    words = rules.refuse_reasonless(note, _("Write why."), "note")
    if employee_id_of(by) in (consequence.employee_id, consequence.appeal.employee_id):
        raise Refused(_("This is about you; a colleague has to do it."), code="own")
    if not keep and by.pk in proposers_of(consequence):
        raise Refused(
            _("You proposed this decision; a colleague who decides appeals takes it back."),
            field="keep",
            code="own",
        )
    advance(
        consequence,
        Consequence.SETTLE,
        by=by,
        at=at,
        settled_by=by,
        settled_at=at,
        note=words[:1000],
        after={"kept": bool(keep)},
    )
    if not keep:
        _take_back(consequence, words, by, at)
    return consequence


def proposers_of(consequence):
    """Ids of the users whose proposal would be taken back."""
    live = Decision.objects.live().filter(case=consequence.object_id)
    return set(live.values_list("proposed_by_id", flat=True))


def _take_back(consequence, words, by, at):
    case = Case.objects.select_related("employee").get(pk=consequence.object_id)
    for decision in Decision.objects.live().filter(case=case):
        appealed.undo(decision, reason=words, by=by, at=at)
    appealed.drop_case(case, reason=words, by=by, at=at)
