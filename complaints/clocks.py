"""When a case is due. All days are working days; day 0 is the day it was received, a due day ends at midnight.

A due date is never moved by hand: it is counted anew from the start, with the days of its class, the days it was
extended by and the days its clock stood still while the customer was asked.
"""

import datetime as dt

from audit.models import AuditRow
from complaints.models import CaseLink
from core.period import SHANGHAI
from core.workdays import due_after, working_days_left

ONE_DAY = dt.timedelta(days=1)


def stamps_at_start(received_at, case_class):
    """What a new case is stamped with: both due dates."""
    return _stamps(received_at, case_class, 0) | {
        "first_answer_due_at": due_after(received_at, case_class.first_answer_days).at
    }


def stamps_at_restart(at, case_class):
    """Reopened: a whole new time to answer in, its warnings and extensions anew. The first answer stays answered."""
    return _stamps(at, case_class, 0) | {
        "extension_days": 0,
        "extensions": 0,
        "paused_at": None,
        "paused_days": 0,
        "warned_at": None,
        "escalated_at": None,
    }


def stamps_of(case, case_class, *, extension_days=None, paused_days=None):
    """Due date of a case under this class, counted from its start; None stands for what the case has.

    A due date that moves is warned of again; what was escalated stays so.
    """
    extra = case.extension_days if extension_days is None else extension_days
    extra += case.paused_days if paused_days is None else paused_days
    stamps = _stamps(started_at(case), case_class, extra)
    if stamps["due_at"] != case.due_at:
        stamps["warned_at"] = None
    return stamps


def first_answer_stamps(case, case_class):
    """When the first answer is due under this class; nothing once it was given."""
    if case.first_answered_at is not None:
        return {}
    return {"first_answer_due_at": due_after(started_at(case), case_class.first_answer_days).at}


def _stamps(start, case_class, extra_days):
    due = due_after(start, case_class.answer_days + extra_days)
    return {"due_at": due.at, "due_is_provisional": due.is_provisional}


def counted_days(case, case_class):
    """core.workdays.Due with the working days that led to the due date, for the page that shows them."""
    return due_after(started_at(case), case_class.answer_days + case.extension_days + case.paused_days)


def started_at(case):
    """When the clock began: at the last reopening, else at the earliest word that this case now answers for.

    Cases merged into it and the one it was split off count: neither merging nor splitting gains time.
    """
    if case.reopened:
        again = AuditRow.objects.filter(
            model="complaints.case", object_id=case.pk, verb="complaints.case.reopen"
        )
        latest = again.order_by("-at").values_list("at", flat=True).first()
        if latest is not None:
            return latest
    return min([case.received_at, *_merged_starts(case), *_split_starts(case)])


def _merged_starts(case):
    return case.merged_cases.order_by("received_at").values_list("received_at", flat=True)[:1]


def _split_starts(case):
    origins = case.links_back.filter(kind=CaseLink.Kind.SPLIT).order_by("first__received_at")
    return origins.values_list("first__received_at", flat=True)[:1]


def paused_for(case, at, most):
    """Working days this pause has cost so far, the last one included, capped by what is left of `most`."""
    today = at.astimezone(SHANGHAI).date()
    days = working_days_left(case.paused_at, today) if today > _day(case.paused_at) else 0
    return min(days, max(most - case.paused_days, 0))


def pause_ends_at(case, most):
    """When a waiting case goes on by itself."""
    return due_after(case.paused_at, max(most - case.paused_days, 0)).at


def warn_until(at, warn_days):
    """Cases due up to this moment are `warn_days` working days or fewer away from it."""
    return due_after(at, warn_days).at


def due_day(case):
    """The last day, as people say it."""
    return case.due_at.astimezone(SHANGHAI).date() - ONE_DAY if case.due_at else None


def _day(moment):
    return moment.astimezone(SHANGHAI).date()
