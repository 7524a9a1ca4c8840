"""The clock of the answer: warned before it breaks, reminded every day after. Silence decides nothing."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from appeals.models import Appeal
from appeals.policy import appeal_policy
from appeals.services.telling import tell_those_with
from core.period import SHANGHAI
from core.workdays import working_days_left

LONGEST_WARNING = dt.timedelta(days=21)


def watch(at):
    """Tick: warn the group once before the last day, and remind it daily once it has passed. Returns how many."""
    today = at.astimezone(SHANGHAI).date()
    running = Appeal.objects.filter(state__in=Appeal.RUNNING, due_at__isnull=False)
    late = list(running.filter(Q(reminded_on=None) | Q(reminded_on__lt=today), due_at__lte=at))
    soon = running.filter(warned_at=None, due_at__gt=at, due_at__lte=at + LONGEST_WARNING)
    soon = list(soon.select_related("company"))
    done = sum(_remind(appeal.pk, today, at) for appeal in late)
    return done + sum(_warn(appeal, at) for appeal in soon)


def _warn(appeal, at):
    """Warned when no more working days are left than the policy says."""
    last = (appeal.due_at - dt.timedelta(seconds=1)).astimezone(SHANGHAI).date()
    policy = appeal_policy(appeal.company, appeal.filed_at.astimezone(SHANGHAI).date())
    if working_days_left(at, last) > policy.warn_days:
        return 0
    return _say(appeal.pk, "due_soon", at, Q(warned_at=None), warned_at=at)


def _remind(pk, today, at):
    not_today = Q(reminded_on=None) | Q(reminded_on__lt=today)
    return _say(pk, "late", at, not_today, reminded_on=today)


@transaction.atomic
def _say(pk, what, at, unsaid, **stamps):
    if not Appeal.objects.filter(unsaid, pk=pk, state__in=Appeal.RUNNING).update(**stamps):
        return 0
    appeal = Appeal.objects.select_related("company", "employee").get(pk=pk)
    tell_those_with("appeals.handle", appeal, what, at)
    tell_those_with("appeals.decide", appeal, what, at)
    return 1
