"""Voices that employees passed on, and cases that were escalated: how soon they got a first answer (AU-1)."""

import datetime as dt
import statistics
from dataclasses import dataclass

from django.db.models import F, Q

from complaints import wording
from complaints.models import Case, Channel

#: escalated because nobody gave the first answer, and still without one
UNANSWERED = Q(first_escalated_at__isnull=False, first_answered_at=None)
#: enough for a median; more would only cost time
MOST_COUNTED = 2000


@dataclass
class Voice:
    """One voice with the time to its first answer, or how long it has been waiting."""

    case: Case
    title: str
    excerpt: str
    waited: str
    is_answered: bool
    is_escalated: bool
    passed_on_by: str = ""


def voices_in(cases):
    """Passed on by an employee, or escalated because a deadline has passed."""
    return cases.filter(Q(channel=Channel.EMPLOYEE) | Q(escalated_at__isnull=False) | UNANSWERED)


def in_order(cases):
    """Who waits longest for a first answer stands on top; then the newest."""
    return cases.order_by(F("first_answered_at").desc(nulls_first=True), "received_at", "pk")


def without_answer(cases):
    return cases.open().filter(first_answered_at=None)


def median_wait(cases, since):
    """Median time to the first answer of what employees passed on since that moment; None when nothing was answered."""
    answered = cases.filter(channel=Channel.EMPLOYEE, received_at__gte=since, first_answered_at__isnull=False)
    pairs = answered.order_by("-pk").values_list("received_at", "first_answered_at")[:MOST_COUNTED]
    waits = [(answer - received).total_seconds() for received, answer in pairs]
    return dt.timedelta(seconds=statistics.median(waits)) if waits else None


def rows_of(cases, *, rules, sight, allegations, at):
    """`allegations`: case id → its allegations, which decide who reads the words."""
    return [_voice(case, rules, at, reads=sight.reads(case, allegations.get(case.pk, ()))) for case in cases]


def passed_on_of(cases, at, rules):
    """One's own: the words are one's own too."""
    return [_voice(case, rules, at, reads=True) for case in cases]


def _voice(case, rules, at, *, reads):
    is_answered = case.first_answered_at is not None
    end = case.first_answered_at or at
    return Voice(
        case,
        wording.subject_of(case, rules),
        wording.excerpt(case.text) if reads else "",
        wording.span(end - case.received_at),
        is_answered,
        case.escalated_at is not None or (case.first_escalated_at is not None and not is_answered),
        case.received_by.get_full_name() if reads and case.received_by else "",
    )
