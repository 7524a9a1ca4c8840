"""Once a day: who is silent, and the chair when the last day has passed (who put it, when no chair is left)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from approvals import selectors, telling
from approvals.models import Motion
from core.period import SHANGHAI


def remind(at):
    """Tick: once a day, who has not voted on a motion that is due tomorrow, today, or overdue."""
    today = at.astimezone(SHANGHAI).date()
    soon = at + dt.timedelta(days=2)
    not_today = Q(reminded_on=None) | Q(reminded_on__lt=today)
    for motion in (
        Motion.objects.open().filter(not_today, due_at__lte=soon).select_related("company", "committee")
    ):
        _remind(motion, today, not_today, at)


@transaction.atomic
def _remind(motion, today, not_today, at):
    if not Motion.objects.open().filter(not_today, pk=motion.pk).update(reminded_on=today):
        return
    silent = motion.seats.filter(recused_at=None, vote=None).select_related("employee__user")
    members = [seat.employee for seat in silent]
    for user in [one.user for one in members] + telling.delegates_of(motion, members, at):
        telling.remind_member(motion, user, today, at)
    if motion.due_at <= at:
        naming = [seat.employee.user for seat in selectors.those_who_name(motion)]
        for user in naming or [motion.proposed_by]:
            telling.tell_chair_of_delay(motion, user, today, at)
