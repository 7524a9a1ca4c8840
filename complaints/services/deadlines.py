"""The tick's view of the clocks: a warning before a case is due, an escalation after, each once.

The first answer has a clock of its own (CC-3.4): what nobody has accepted in time is not left until the final one.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import clocks
from complaints.casework import class_of
from complaints.models import Case
from complaints.models.case import RUNNING
from complaints.pages.stages import FIRST_ANSWER_OPEN
from complaints.policy import rules_of
from complaints.recusal import day_of
from complaints.telling import above, responsible, tell
from core.events import publish
from core.flow import Refused
from organization.models import Company

MOST_AT_ONCE = 500
#: further ahead than any class warns
HORIZON = dt.timedelta(days=60)


def warn_due(at):
    """Tick: warn who handles what is nearly due, escalate what is overdue. Returns how many were told of.

    Safe to run twice at once: one conditional UPDATE on the case decides who tells.
    """
    late = _escalate_due(at) + _escalate_unanswered(at)
    return late + sum(_warn_company(company, at) for company in _companies_to_warn(at))


def _escalate_due(at):
    late = Case.objects.overdue(at).filter(escalated_at=None).select_related("company", "department")
    return sum(escalate(case, at) for case in late.order_by("due_at")[:MOST_AT_ONCE])


def _escalate_unanswered(at):
    silent = Case.objects.filter(FIRST_ANSWER_OPEN, first_answer_due_at__lte=at, first_escalated_at=None)
    found = (
        silent.filter(due_at__gt=at).select_related("company", "department").order_by("first_answer_due_at")
    )
    return sum(escalate_first(case, at) for case in found[:MOST_AT_ONCE])


@transaction.atomic
def escalate_first(case, at):
    """Once: nobody has given the first answer in time; who could, and those above, hear of it. Returns 1, or 0."""
    if not _claim(case, at, first_escalated_at=at, first_answered_at=None):
        return 0
    audit.record("complaints.case.first_escalated", case, by=None, at=at)
    names = {"number": case.number}
    people = [*responsible(case, at), *above(case, at)]
    _tell(
        case,
        people,
        "case_first_late",
        at,
        lambda: _("%(number)s has no first answer yet; it is late") % names,
    )
    return 1


@transaction.atomic
def escalate(case, at):
    """Once: who handles an overdue case, the head above and the supervisors hear of it. Returns 1, or 0 when told."""
    if not _claim(case, at, escalated_at=at):
        return 0
    audit.record("complaints.case.escalated", case, by=None, at=at)
    publish("complaints.case_escalated", case)
    names = {"number": case.number}
    people = [*responsible(case, at), *above(case, at)]
    _tell(case, people, "case_overdue", at, lambda: _("%(number)s is overdue") % names)
    return 1


def _companies_to_warn(at):
    waiting = Case.objects.filter(
        state__in=RUNNING, warned_at=None, escalated_at=None, due_at__gt=at, due_at__lte=at + HORIZON
    )
    return Company.objects.filter(pk__in=waiting.values("company_id"))


def _warn_company(company, at):
    try:
        policy = rules_of(company, day_of(at))
    except Refused:  # its rule book has lapsed
        return 0
    limits = {one.warn_days: clocks.warn_until(at, one.warn_days) for one in policy.classes}
    near = Case.objects.filter(
        company=company, state__in=RUNNING, warned_at=None, due_at__gt=at, due_at__lte=max(limits.values())
    )
    found = near.select_related("company", "department").order_by("due_at")[:MOST_AT_ONCE]
    return sum(warn(case, at) for case in found if case.due_at <= limits[class_of(case, policy).warn_days])


@transaction.atomic
def warn(case, at):
    """Once for this due date: who handles it hears that it is nearly due. Returns 1, or 0 when told."""
    if not _claim(case, at, warned_at=at):
        return 0
    audit.record("complaints.case.warned", case, by=None, at=at)
    names = {"number": case.number, "day": f"{clocks.due_day(case):%Y-%m-%d}"}
    _tell(
        case, responsible(case, at), "case_due", at,
        lambda: _("%(number)s is due by the end of %(day)s") % names,
    )  # fmt: skip
    return 1


def _claim(case, at, **stamp):
    """Whether this caller is the one to tell: the case still runs, is due then, and nobody told yet."""
    unstamped = dict.fromkeys(stamp)
    mine = Case.objects.filter(pk=case.pk, state__in=RUNNING, due_at=case.due_at, **unstamped)
    return mine.update(**{name: moment for name, moment in stamp.items() if moment is not None})


def _tell(case, people, kind, at, subject):
    key = f"{kind}:{case.pk}:{case.due_at:%Y%m%d}"
    tell(case, people, kind=kind, key=key, at=at, text=lambda: (subject(), ""))
