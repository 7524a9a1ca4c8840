"""What the group has voted becomes the decision's state (RE-2.1). Handlers of approvals' events; safe to repeat."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import Motion
from approvals.services import withdraw
from core.flow import Refused, advance
from incentives import letters, rules
from incentives.models import Decision
from incentives.services.cases import refuse_concerned
from incentives.services.decisions import TOPIC
from incentives.services.issuing import issue
from incentives.services.telling import tell


@transaction.atomic
def enact(decision, *, motion, at):
    """Carry out what the group has voted: approved, then issued. Safe to call again."""
    if motion.state != Motion.State.CARRIED or motion.pk != decision.motion_id:
        raise Refused(_("The group has not carried this."), code="not_carried")
    if decision.state != Decision.State.VOTING:
        return decision
    advance(decision, Decision.APPROVE, by=None, at=motion.closed_at, approved_at=motion.closed_at)
    return issue(decision, at=at)


@transaction.atomic
def take_back(decision, *, by, at):
    """HR takes the question back before the group has decided it: it lies with HR as if it had been returned."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    refuse_concerned(by, decision.employee, at)
    if decision.state != Decision.State.VOTING:
        raise Refused(_("The group is not voting on this any more."), code="state")
    withdraw(decision.motion, by=by, at=at)
    return advance(decision, Decision.RETURN, by=by, at=at, reason_code="taken_back")


def on_carried(event):
    decision, motion = _of(event)
    if decision is not None:
        enact(decision, motion=motion, at=_moment(event, motion))


def on_rejected(event):
    _settle(event, Decision.REJECT)


def on_returned(event):
    """Returned by the group, or withdrawn by HR: HR may edit and send it again, or set it aside."""
    _settle(event, Decision.RETURN)


def _settle(event, transition):
    decision, motion = _of(event)
    if decision is None or decision.state != Decision.State.VOTING:
        return
    at = _moment(event, motion)
    advance(decision, transition, by=None, at=at)
    proposer = getattr(decision.proposed_by, "employee", None)
    if proposer is not None:
        tell(
            proposer,
            kind=f"incentives.{decision.state}",
            key=f"decision-{decision.pk}-{motion.pk}-{decision.state}",
            at=at,
            url=decision.get_absolute_url(),
            text=lambda: letters.outcome(decision),
        )


def _of(event):
    """(decision, motion) of an event about a decision's present motion, else (None, None)."""
    if event.data["topic"] != TOPIC:
        return None, None
    motion = Motion.objects.get(pk=event.object_id)
    decision = Decision.objects.select_for_update().filter(pk=event.data["topic_id"], motion=motion).first()
    return decision, motion


def _moment(event, motion):
    return rules.delivered_at(motion.closed_at, event.created_at, timezone.now())
