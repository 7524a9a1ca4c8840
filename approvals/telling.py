"""Messages to members, chairs and delegates. A subject never says how anybody voted."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from approvals import selectors
from approvals.models import Delegation
from core.period import SHANGHAI
from notifications.services import notify


def call_to_vote(motion, employees, at):
    """One message per person for all motions opened at the same moment; who stands for a member is called too."""
    for user in [employee.user for employee in employees] + delegates_of(motion, employees, at):
        _notify(
            user,
            motion,
            kind="approvals.vote",
            key=f"votes-{motion.committee_id}-{at.timestamp():.0f}",
            at=at,
            text=lambda: (
                _("A vote of “%(committee)s” is waiting for you") % {"committee": motion.committee},
                _("It closes only when enough members have voted. Not voting is not approving."),
            ),
        )


def delegates_of(motion, employees, at):
    """Users who stand for one of these members now and take part in this motion."""
    given = Delegation.objects.in_force(at.astimezone(SHANGHAI).date()).filter(
        committee_id=motion.committee_id, principal__in=employees
    )
    return [
        one.delegate.user
        for one in given.select_related("delegate__user")
        if str(one.delegate_id) not in motion.excluded
    ]


def tell_if_out_of_reach(motion, at):
    """Who names stand-ins hears of it when recusals make the quorum impossible; who put it when nobody is left."""
    if selectors.tally(motion).is_quorum_possible:
        return
    naming = selectors.those_who_name(motion)
    if not naming:
        tell_nobody_is_left(motion, at)
    for seat in naming:
        _notify(
            seat.employee.user,
            motion,
            kind="approvals.quorum",
            key=f"quorum-{motion.pk}",
            at=at,
            text=lambda: (
                _("A vote needs stand-ins"),
                _(
                    "After the recusals no quorum is possible. The matter stays open until stand-ins are named."
                ),
            ),
        )


def tell_nobody_is_left(motion, at):
    """A committee of one whose member is concerned, or one recused as a whole: only who put it can help."""
    _notify(
        motion.proposed_by,
        motion,
        kind="approvals.quorum",
        key=f"quorum-{motion.pk}",
        at=at,
        text=lambda: (
            _("Nobody is left who may vote on this"),
            _(
                "Every member is recused, and nobody may name a stand-in. Take the matter back, have members "
                "entered who are not concerned, and send it again. Until then it stays open."
            ),
        ),
    )


def remind_member(motion, user, today, at):
    late = motion.due_at <= at
    _notify(
        user,
        motion,
        kind="approvals.reminder",
        key=f"vote-due-{motion.pk}-{today}",
        at=at,
        text=lambda: (
            _("A vote is overdue and stays open") if late else _("A vote closes soon"),
            _("Your vote is still missing. Not voting is not approving; the decision waits."),
        ),
    )


def tell_chair_of_delay(motion, user, today, at):
    _notify(
        user,
        motion,
        kind="approvals.overdue",
        key=f"vote-late-{motion.pk}-{today}",
        at=at,
        text=lambda: (
            _("A vote is overdue and stays open"),
            _("Members have not voted yet; they were reminded. Not voting is not approving."),
        ),
    )


def tell_delegation(delegation, user, at, *, text, kind):
    with translation.override(user.language):
        subject, body = text()
        notify(
            user=user,
            company=delegation.company,
            kind=kind,
            key=f"{kind}-{delegation.pk}-{at.timestamp():.0f}",
            subject=subject,
            body=body,
            url=reverse("delegations"),
            at=at,
        )


def _notify(user, motion, *, kind, key, at, text):
    if user is None:
        return
    with translation.override(user.language):
        subject, body = text()
        notify(
            user=user,
            company=motion.company,
            kind=kind,
            key=key,
            subject=subject,
            body=body,
            url=motion.get_absolute_url(),
            at=at,
        )
