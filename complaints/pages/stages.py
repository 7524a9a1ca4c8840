"""Stages of the list, and the clock that runs now: the first answer until it is given, then the final one."""

import datetime as dt

from django.db.models import Case as When_
from django.db.models import Count, F, Q, When
from django.utils.translation import gettext_lazy as _

from complaints.models import State
from complaints.models.case import RUNNING
from core.period import SHANGHAI

#: tab -> (label, states)
STAGES = {
    "to_accept": (_("To accept"), (State.RECEIVED,)),
    "in_work": (_("In work"), (State.ACCEPTED, State.INVESTIGATING, State.PROVED)),
    "waiting": (_("Waiting for the customer"), (State.WAITING,)),
    "to_confirm": (_("To confirm"), (State.PROPOSED, State.ATTRIBUTED)),
    "to_answer": (_("To answer"), (State.CONFIRMED,)),
    "answered": (_("Answer given"), (State.RESPONDED,)),
    "ended": (_("Ended"), (State.CLOSED, State.WITHDRAWN, State.DECLINED, State.MERGED)),
}
#: beside the tabs: everything, and everything that the board counts (what was merged goes on in another case)
ALL, COUNTED = "all", "counted"
OPEN_STAGES = ("to_accept", "in_work", "waiting", "to_confirm", "to_answer")
FIRST_ANSWER_OPEN = Q(state__in=RUNNING, first_answered_at=None, first_answer_due_at__isnull=False)


def tonight(at):
    day = at.astimezone(SHANGHAI).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def due_by(moment):
    """Cases whose running clock ends at or before the moment."""
    return Q(state__in=RUNNING, due_at__lte=moment) | FIRST_ANSWER_OPEN & Q(first_answer_due_at__lte=moment)


def overdue(at):
    """A clock of the case has run out: the final answer's, or the first's as long as it is not given."""
    return due_by(at)


#: how a list may be sorted: name in the address -> label
SORTS = {
    "": _("By deadline"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "handler": _("By handler"),
}


def in_order(cases, sort=""):
    """Sorted as asked; by itself the nearest clock on top, then what waits, then what ended, the newest first."""
    if sort == "handler":
        return cases.order_by(F("handler__name").asc(nulls_first=True), "handler_id", "-received_at", "-pk")
    if sort in ("newest", "oldest"):
        return cases.order_by(*(("-received_at", "-pk") if sort == "newest" else ("received_at", "pk")))
    return cases.annotate(
        clock_at=When_(
            When(FIRST_ANSWER_OPEN, then=F("first_answer_due_at")), When(state__in=RUNNING, then=F("due_at"))
        )
    ).order_by(F("clock_at").asc(nulls_last=True), "-received_at", "-pk")


def clock_of(case):
    """(end of the running clock or None, is it that of the first answer)."""
    if case.state not in RUNNING:
        return None, False
    if case.first_answered_at is None and case.first_answer_due_at is not None:
        return case.first_answer_due_at, True
    return case.due_at, False


def counts(cases, at):
    """{stage: count} with `open`, `overdue` and `today` beside, in one statement."""
    figures = {stage: Count("pk", filter=Q(state__in=states)) for stage, (label, states) in STAGES.items()}
    found = cases.order_by().aggregate(
        overdue=Count("pk", filter=overdue(at)),
        soon=Count("pk", filter=due_by(tonight(at))),
        **figures,
    )
    open_count = sum(found[stage] for stage in OPEN_STAGES)
    return found | {"open": open_count, "today": found["soon"] - found["overdue"]}
