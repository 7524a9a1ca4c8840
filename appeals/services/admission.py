"""Admitted or not, and the chair's word on what was not: with reasons, never by silence."""

from django.db import transaction
from django.utils.translation import gettext as _

from appeals import barred, rules
from appeals.models import Appeal
from appeals.policy import appeal_policy
from appeals.services.telling import tell_appellant, tell_those_with
from approvals.models import Committee
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.workdays import due_after
from incentives.models import Decision
from incentives.services import appealed
from organization.scopes import employee_id_of


def refuse_barred(appeal, by, at):
    rules.refuse(rules.hindrance_to_handle(employee_id_of(by), barred.from_investigating(appeal, at)))


@transaction.atomic
def accept(appeal, *, by, at):
    """HR admits it; the employee is told, and somebody outside the case looks into it."""
    refuse_barred(appeal, by, at)
    advance(appeal, Appeal.ACCEPT, by=by, at=at, accepted_at=at, handled_by=by)
    tell_appellant(appeal, "accepted", at)
    return appeal


@transaction.atomic
def decline(appeal, *, reason, by, at):
    """Not admitted, with the reason and until when the employee may go to the chair. A decision stays suspended."""
    refuse_barred(appeal, by, at)
    words = rules.refuse_reasonless(reason, _("Write why it cannot be admitted; the employee reads it."))
    policy = appeal_policy(appeal.company, at.astimezone(SHANGHAI).date())
    stamps = {"handled_by": by, "inadmissible_reason": words, "declined_at": at}
    advance(
        appeal,
        Appeal.DECLINE,
        by=by,
        at=at,
        chair_until=due_after(at, policy.chair_days).at,
        **stamps,
    )
    tell_appellant(appeal, "inadmissible", at)
    return appeal


def is_chair(user, appeal, at):
    """Who chairs the committee of the policy on that day; any other member where nobody does, or it is the chair who
    appeals."""
    day = at.astimezone(SHANGHAI).date()
    committee = Committee.objects.filter(
        company_id=appeal.company_id, code=appeal_policy(appeal.company, day).committee
    ).first()
    employee_id = employee_id_of(user)
    if committee is None or employee_id is None:
        return False
    members = dict(committee.memberships.on(day).values_list("employee_id", "is_chair"))
    others = {pk: chairs for pk, chairs in members.items() if pk != appeal.employee_id}
    return others.get(employee_id, False) if any(others.values()) else employee_id in others


def _refuse_unless_chair(appeal, by, at):
    if not is_chair(by, appeal, at):
        raise Refused(_("Only the chair of the group decides this."), code="not_chair")
    if employee_id_of(by) == appeal.employee_id:
        raise Refused(_("This appeal is yours; a colleague has to look into it."), code="own")


@transaction.atomic
def admit(appeal, *, reason, by, at):
    """The chair admits what was late or declined: the answer is due anew, a decision not yet final waits."""
    _refuse_unless_chair(appeal, by, at)
    words = rules.refuse_reasonless(reason, _("Write why it is admitted."))
    due = due_after(at, appeal_policy(appeal.company, at.astimezone(SHANGHAI).date()).answer_days)
    advance(
        appeal,
        Appeal.ADMIT,
        by=by,
        at=at,
        chair_by=by,
        chair_at=at,
        chair_reason=words,
        accepted_at=at,
        due_at=due.at,
        counted_days=[day.isoformat() for day in due.counted],
        warned_at=None,
    )
    if appeal.subject == Appeal.Subject.DECISION:
        appealed.suspend_admitted(Decision.objects.get(pk=appeal.object_id), by=by, at=at)
    tell_appellant(appeal, "accepted", at)
    tell_those_with("appeals.handle", appeal, "new", at)
    return appeal


@transaction.atomic
def dismiss(appeal, *, reason, by, at):
    """The chair confirms that it is not admitted; a suspended decision goes on where it stood."""
    _refuse_unless_chair(appeal, by, at)
    words = rules.refuse_reasonless(reason, _("Write why it is not admitted; the employee reads it."))
    appeal = (
        Appeal.objects.select_for_update(of=("self",)).select_related("employee", "company").get(pk=appeal.pk)
    )
    if appeal.state != Appeal.State.CHAIR:
        raise Refused(_("This does not lie before the chair."), code="state")
    return _dismiss(appeal, by, at, chair_by=by, chair_at=at, chair_reason=words)


def _dismiss(appeal, by, at, **stamps):
    advance(appeal, Appeal.DISMISS, by=by, at=at, **stamps)
    if appeal.subject == Appeal.Subject.DECISION:
        appealed.resume(Decision.objects.get(pk=appeal.object_id), by=by, at=at)
    tell_appellant(appeal, "dismissed", at)
    return appeal


def dismiss_uncontested(at):
    """Tick: not admitted with reasons, and the employee did not go to the chair in time. Returns how many."""
    waiting = Appeal.objects.filter(state=Appeal.State.INADMISSIBLE, chair_until__lte=at)
    return sum(_dismiss_one(pk, at) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _dismiss_one(pk, at):
    appeal = Appeal.objects.select_for_update().get(pk=pk)
    if appeal.state != Appeal.State.INADMISSIBLE or appeal.chair_until > at:
        return 0
    _dismiss(appeal, None, at)
    return 1
