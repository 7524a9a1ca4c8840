"""Investigation and the outcome it proposes: by somebody outside the case."""

from django.db import transaction
from django.utils.translation import gettext as _

from appeals import rules, subjects
from appeals.barred import excluded_from_vote
from appeals.models import Appeal, AppealAnswer
from appeals.plan import plan_for, withdrawn_by
from appeals.policy import appeal_policy
from appeals.services.admission import refuse_barred
from appeals.services.telling import tell_appellant, tell_those_with
from approvals.models import Committee
from approvals.services import open_motion
from audit import services as audit
from core.flow import Refused, advance
from core.period import SHANGHAI
from incentives.models import Decision
from incentives.services import appealed
from organization.scopes import employee_id_of
from surveys.models import Answer

TOPIC = "appeals.appeal"


@transaction.atomic
def investigate(appeal, *, by, at):
    """An officer outside the case takes it on."""
    refuse_barred(appeal, by, at)
    advance(appeal, Appeal.INVESTIGATE, by=by, at=at, investigator=by)
    tell_appellant(appeal, "investigating", at)
    return appeal


@transaction.atomic
def hand_over(appeal, *, to, by, at):
    """Another officer goes on with it, somebody who falls ill must not stop the clock."""
    refuse_barred(appeal, to, at)
    if not to.has_perm("appeals.handle"):
        raise Refused(_("This colleague does not look into appeals."), field="to")
    running = Appeal.objects.filter(pk=appeal.pk, state=Appeal.State.INVESTIGATING)
    if not running.update(investigator=to):
        raise Refused(_("It is not being investigated."), code="state")
    appeal.refresh_from_db()
    audit.record("appeals.appeal.hand_over", appeal, by=by, at=at, data={"to": to.pk})
    return appeal


@transaction.atomic
def propose(appeal, *, outcome, reasons, by, at, left_out=(), effects=(), finding=None):
    """The investigator's outcome, with what it changes frozen beside it. Large ones go to the group.

    `left_out`: answers that no longer count; `effects`: [{place, amount}] of a changed decision; `finding`:
    {verdict, severity} of a changed finding.
    """
    appeal = (
        Appeal.objects.select_for_update(of=("self",)).select_related("employee", "company").get(pk=appeal.pk)
    )
    if employee_id_of(by) is None or by.pk != appeal.investigator_id:
        raise Refused(_("Only who investigates it proposes the outcome."), code="not_investigator")
    refuse_barred(appeal, by, at)
    words = rules.refuse_reasonless(
        reasons, _("Write what you checked and what it showed; the employee reads it."), "reasons"
    )
    answers = _answers(appeal, left_out)
    is_decision = appeal.subject == Appeal.Subject.DECISION
    rules.refuse_bad_outcome(
        outcome=outcome,
        is_decision=is_decision,
        rests_on_answers=appeal.subject in Appeal.ON_ANSWERS,
        left_out=bool(answers),
        finding=finding or {} if appeal.subject == Appeal.Subject.FINDING else None,
    )
    plan = plan_for(appeal, answers, outcome=outcome, effects=effects, finding=finding, at=at)
    chosen = _effects(appeal, outcome, list(effects), plan)
    policy = appeal_policy(appeal.company, at.astimezone(SHANGHAI).date())
    is_large = rules.is_large(policy, people=len(plan.third_people()), **moved(appeal, outcome, chosen, plan))
    advance(
        appeal,
        Appeal.PROPOSE,
        by=by,
        at=at,
        outcome=outcome,
        reasons=words,
        effects=chosen,
        finding=_changed_finding(plan, outcome),
        preview=plan.as_json(),
        proposed_at=at,
        is_large=is_large,
    )
    _mark(appeal, answers)
    if is_large:
        return _to_the_group(appeal, policy, by, at)
    tell_those_with("appeals.decide", appeal, "proposed", at, besides=[employee_id_of(by)])
    return appeal


def _changed_finding(plan, outcome):
    """{verdict, severity} to keep with the appeal; {} where the finding is not changed but stands or is withdrawn."""
    if outcome != "varied" or plan.figures is None:
        return {}
    return {name: plan.figures[name] for name in ("verdict", "severity")}


def _answers(appeal, left_out):
    """Only answers that the appeal is about, or that stand behind what it is about."""
    wanted = {int(pk) for pk in left_out}
    if not wanted:
        return []
    found = list(answers_in_reach(appeal).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refused(_("Choose among the answers behind this appeal."), field="left_out")
    return found


def answers_in_reach(appeal):
    """The counted answers of the months behind the appeal, those not excluded yet."""
    thing = subjects.find(appeal.employee, appeal.subject, appeal.object_id)
    months = thing.months if thing else ()
    found = Answer.objects.counted().filter(employee_id=appeal.employee_id, unfolding__is_counted=True)
    return (
        found.filter(unfolding__month__in=months).select_related("unfolding").order_by("submitted_at", "pk")
    )


def _effects(appeal, outcome, wanted, plan):
    """The checked choice [{place, amount}] of a changed decision; [] otherwise."""
    if appeal.subject != Appeal.Subject.DECISION:
        return []
    decision = Decision.objects.get(pk=appeal.object_id)
    rules.refuse_moot(is_dead=decision.state in Decision.DEAD, outcome=outcome)
    lost = any(one.case.pk == decision.case_id for one in plan.own_lost)
    if lost and outcome != "overturned":
        raise Refused(
            _(
                "Without these answers the decision no longer follows from the clause: propose to withdraw it."
            ),
            field="outcome",
        )
    if outcome != "varied":
        return []
    if appealed.chosen_milder(decision, wanted) == decision.effects:
        raise Refused(_("Nothing is changed yet: lower the grade or take an effect out."), field="effects")
    return wanted


def moved(appeal, outcome, effects, plan):
    """{points, fen} that the outcome takes from or gives to the appellant's decisions."""
    sums = {"points": 0, "fen": 0}
    touched = touched_decisions(appeal, outcome, plan)
    for decision in (one for one in touched if one.state not in Decision.DEAD):
        left = appealed.chosen_milder(decision, effects) if outcome == "varied" and effects else []
        for kind, name in (("points", "points"), ("money", "fen")):
            sums[name] += abs(_sum(decision.effects, kind) - _sum(left, kind))
    return sums


def touched_decisions(appeal, outcome, plan):
    """The appealed decision unless it stands, and the appellant's others that no longer follow."""
    found = {one.pk: one for one in withdrawn_by(appeal, outcome, plan)}
    if appeal.subject == Appeal.Subject.DECISION and outcome != "upheld":
        found.setdefault(appeal.object_id, Decision.objects.select_related("rule").get(pk=appeal.object_id))
    return list(found.values())


def _sum(effects, kind):
    return sum(effect.get("amount", 0) for effect in effects if effect["kind"] == kind)


def _mark(appeal, answers):
    appeal.answers.update(is_left_out=False)
    for answer in answers:
        AppealAnswer.objects.update_or_create(appeal=appeal, answer=answer, defaults={"is_left_out": True})


def _to_the_group(appeal, policy, by, at):
    committee = Committee.objects.filter(company_id=appeal.company_id, code=policy.committee).first()
    if committee is None:
        raise Refused(
            _("The committee “%(code)s” that decides does not exist.") % {"code": policy.committee},
            code="no_committee",
        )
    motion = open_motion(
        committee=committee,
        topic=TOPIC,
        topic_id=appeal.pk,
        proposed_by=by,
        excluded=excluded_from_vote(appeal, at),
        at=at,
    )
    return advance(appeal, Appeal.SUBMIT, by=by, at=at, motion=motion)
