"""What somebody may still object to: decisions, months, findings, each with its last day; their answers by number."""

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from appeals import subjects
from appeals.models import Appeal
from appeals.own import last_day
from complaints.models import Finding, Kind
from core.period import Period
from core.workdays import working_days_left
from incentives.models import Decision
from scoring.models import Close, Rating, Score, Standing, SubjectKind
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
    found = []
    for kind, pk in _candidates(employee):
        thing = subjects.find(employee, kind, pk)
        if thing is not None and thing.is_open(at):
            left = working_days_left(at, last_day(thing.until)) if thing.until else 0
            found.append(Objection(kind, pk, thing.title, thing.until, left, known.get((kind, pk))))
    return sorted(found, key=lambda one: one.until or at + dt.timedelta(days=400))


def _candidates(employee):
    issued = Decision.objects.filter(employee=employee, state__in=subjects.OPEN_DECISIONS)
    for pk in issued.values_list("pk", flat=True):
        yield Subject.DECISION, pk
    own = Score.objects.filter(
        company_id=employee.company_id,
        subject_kind=SubjectKind.EMPLOYEE,
        subject_id=employee.pk,
        measure=OVERALL,
        n__gt=0,
        close__kind="month",
    )
    for pk in own.order_by("-period").values_list("pk", flat=True)[:MONTHS]:
        yield Subject.SCORE, pk
    ranked = Standing.objects.filter(employee=employee).exclude(rank=None).order_by("-period")
    for pk in ranked.values_list("pk", flat=True)[:MONTHS]:
        yield Subject.STANDING, pk
    judged = Finding.objects.confirmed().filter(
        allegation__employee=employee, allegation__told_at__isnull=False
    )
    for pk in judged.exclude(case__kind=Kind.REPORT).order_by("-pk").values_list("pk", flat=True)[:MONTHS]:
        yield Subject.FINDING, pk


@dataclass(frozen=True)
class AnswerPage:
    month: Period
    page: object
    until: dt.datetime | None
    is_open: bool
    is_hidden: bool
    why: str = ""


def answer_page(employee, wanted, number, at):
    """The counted answers of a month: number, third of the month, overall value. Nothing when they are too few."""
    month = _month(wanted, at)
    if not subjects.may_see_answers(employee, str(month)):
        hidden = Paginator([], PER_PAGE).get_page(1)
        why = _("Not shown one by one: there are too few answers, or the month is not closed yet.")
        return AnswerPage(month, hidden, None, False, True, why)
    overall = Rating.objects.filter(answer=OuterRef("pk"), measure=OVERALL).values("value")[:1]
    answers = subjects.disputable(employee, [str(month)]).annotate(overall=Subquery(overall))
    close = Close.objects.filter(company_id=employee.company_id, period=str(month)).first()
    until = subjects.window_of(employee.company, close)
    is_open = until is None or at < until
    return AnswerPage(month, Paginator(answers, PER_PAGE).get_page(number), until, is_open, False)


def _month(text, at):
    try:
        month = Period.parse(text)
        if month.kind == "month":
            return month
    except ValueError:
        pass
    return Period.month_of(at).previous()
