"""What somebody may still object to: decisions, months, findings, each with its last day; their answers by number."""

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from appeals import subjects
from appeals.models import Appeal
from appeals.own import last_day
from core.period import Period
from core.workdays import working_days_left
from scoring.models import Close
from scoring.rules import OVERALL

PER_PAGE = 20
MONTHS = 3
Subject = Appeal.Subject


@dataclass(frozen=True)
class Objection:
    """One line: what, until when, days left after today; `appeal` when it is appealed already."""

    kind: str
    pk: int
    title: str
    until: dt.datetime | None
    days_left: int
    appeal: Appeal | None


def objections_of(employee, at):
    """Those whose window is open, the nearest last day first; withdrawn ones count as not appealed."""
    known = {
        (one.subject, one.object_id): one
        for one in Appeal.objects.filter(employee=employee).exclude(state=Appeal.State.WITHDRAWN)
    }
    found, windows = [], subjects.Windows(employee.company)
    for kind, row in _candidates(employee):
        thing = subjects.thing_of(employee, kind, row, windows)
        if thing is not None and thing.is_open(at):
            left = working_days_left(at, last_day(thing.until)) if thing.until else 0
            found.append(Objection(kind, row.pk, thing.title, thing.until, left, known.get((kind, row.pk))))
    return sorted(found, key=lambda one: one.until or at + dt.timedelta(days=400))


def _candidates(employee):
    """(kind, row): what is newest of each kind; older windows are over."""
    issued = subjects.own_decisions(employee).filter(state__in=subjects.OPEN_DECISIONS)
    yield from ((Subject.DECISION, row) for row in issued)
    scores = subjects.own_scores(employee).filter(measure=OVERALL, n__gt=0, close__kind="month")
    yield from ((Subject.SCORE, row) for row in scores.order_by("-period")[:MONTHS])
    ranked = subjects.own_standings(employee).exclude(rank=None).order_by("-period")
    yield from ((Subject.STANDING, row) for row in ranked[:MONTHS])
    judged = subjects.own_findings(employee).order_by("-pk")
    yield from ((Subject.FINDING, row) for row in judged[:MONTHS])


@dataclass(frozen=True)
class AnswerPage:
    month: Period
    page: object
    until: dt.datetime | None
    is_open: bool
    is_hidden: bool
    why: str = ""


def answer_page(employee, wanted, number, at):
    """The counted answers of a month by label, with their overall value. Nothing when they are too few."""
    month = _month(wanted, at)
    if not subjects.may_see_answers(employee, str(month)):
        hidden = Paginator([], PER_PAGE).get_page(1)
        why = _("Not shown one by one: there are too few answers, or the month is not closed yet.")
        return AnswerPage(month, hidden, None, False, True, why)
    answers = subjects.disputable(employee, [str(month)])
    close = Close.objects.filter(company_id=employee.company_id, period=str(month)).first()
    until = subjects.Windows(employee.company).of(close)
    is_open = until is None or at < until
    return AnswerPage(month, Paginator(answers, PER_PAGE).get_page(number), until, is_open, False)


def month_named(text):
    """The month that a text names, or None."""
    try:
        month = Period.parse(text)
    except ValueError:
        return None
    return month if month.kind == "month" else None


def _month(text, at):
    return month_named(text) or Period.month_of(at).previous()
