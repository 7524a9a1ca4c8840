"""The outcome is signed: by a reviewer, or by the group's vote. Signing corrects everything in the same transaction."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals import barred, rules
from appeals.models import Appeal
from appeals.services.correcting import correct
from appeals.services.inquiry import TOPIC
from appeals.services.telling import tell_appellant, tell_those_with
from approvals.models import Motion
from core.flow import Refused, advance
from incentives.rules import delivered_at
from organization.scopes import employee_id_of
from scoring.services.books import hold_books


def refuse_barred_from_deciding(appeal, by, at):
    circle = barred.Circle([appeal], at)
    barring = circle.from_deciding(appeal)
    others = circle.others_who_decide(appeal, barring)
    rules.refuse(rules.hindrance_to_decide(employee_id_of(by), barring, others=others))


@transaction.atomic
def decide(appeal, *, by, at):
    """A reviewer signs the outcome as proposed; the answer goes to the employee and everything is corrected."""
    refuse_barred_from_deciding(appeal, by, at)
    appeal = _locked(appeal)
    if appeal.state == Appeal.State.VOTING:
        raise Refused(_("The group votes on this appeal; nobody decides it alone."), code="state")
    return _answer(appeal, by, at)


@transaction.atomic
def send_back(appeal, *, reason, by, at):
    """The reviewer does not sign: the investigation goes on, the clock too."""
    refuse_barred_from_deciding(appeal, by, at)
    words = rules.refuse_reasonless(reason, _("Write what is still to be checked."))
    appeal = _locked(appeal)
    if appeal.state != Appeal.State.PROPOSED:
        raise Refused(_("There is no outcome to send back."), code="state")
    return _back(appeal, words, by, at)


def _back(appeal, words, by, at):
    advance(appeal, Appeal.SEND_BACK, by=by, at=at, sent_back_reason=words, outcome="", motion=None)
    tell_those_with("appeals.handle", appeal, "sent_back", at)
    return appeal


def _locked(appeal):
    """Books, then the appeal, then its decision: the one order of locks."""
    hold_books(appeal.company)
    found = Appeal.objects.select_for_update(of=("self",)).select_related("employee__user", "company")
    return found.get(pk=appeal.pk)


def _answer(appeal, by, at):
    advance(appeal, Appeal.ANSWER, by=by, at=at, decided_by=by, answered_at=at, reason_code=appeal.outcome)
    correct(appeal, by=by, at=at)
    tell_appellant(appeal, "answered", at)
    return appeal


def on_carried(event):
    """Handler: the group has carried the outcome. Safe to repeat."""
    appeal, motion = _of(event)
    if appeal is None:
        return
    at = delivered_at(motion.closed_at, event.created_at, timezone.now())
    try:
        with transaction.atomic():
            _answer(appeal, None, at)
    except (
        Refused
    ) as refusal:  # what was voted on can no longer be carried out: looked into and voted on again
        appeal = _locked(appeal)
        advance(motion, Motion.LAPSE, by=None, at=at, reason_code=refusal.code)
        _back(appeal, str(refusal.message), None, at)


def on_not_carried(event):
    """Handler: rejected, returned or withdrawn; the investigation goes on. Nothing is decided by it."""
    appeal, motion = _of(event)
    if appeal is not None:
        at = delivered_at(motion.closed_at, event.created_at, timezone.now())
        _back(appeal, _reason_of(motion), None, at)


def _reason_of(motion):
    said = [seat.vote.reason for seat in motion.seats.filter(vote__isnull=False).select_related("vote")]
    return "\n".join(reason for reason in said if reason) or motion.get_state_display()


def _of(event):
    if event.data["topic"] != TOPIC:
        return None, None
    motion = Motion.objects.get(pk=event.object_id)
    appeal = Appeal.objects.filter(pk=event.data["topic_id"], motion=motion).select_related("company").first()
    appeal = _locked(appeal) if appeal else None
    if appeal is None or appeal.state != Appeal.State.VOTING or appeal.motion_id != motion.pk:
        return None, None
    return appeal, motion
