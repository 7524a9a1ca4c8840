"""What an employee may object to, found among their own, and until when."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from appeals.models import Appeal
from appeals.policy import appeal_policy
from complaints.models import Finding, Kind
from core.flow import Refused
from core.period import SHANGHAI, Period
from core.templatetags.manyi import month_short, period_name
from core.workdays import due_after
from incentives.models import Decision
from incentives.wording import effects_text
from organization.models import Department
from organization.selectors import assignment_on
from scoring.labels import labels_of, order_of
from scoring.models import Close, Rating, Score, Standing, SubjectKind
from scoring.policy import policy_of, version_for
from scoring.rules import OVERALL
from scoring.services.adjudication import corrected_at
from surveys.models import Answer

Subject = Appeal.Subject
OPEN_DECISIONS = (Decision.State.ISSUED,)
LATE_DECISIONS = (Decision.State.FINAL, Decision.State.POSTED, Decision.State.EXPORTED)


@dataclass(frozen=True)
class Thing:
    """`until` is None while the month is not closed; `month` the Period whose answers may be disputed, or None."""

    kind: str
    object: object
    title: str
    until: dt.datetime | None
    find_department: Callable
    months: tuple = ()

    @property
    def pk(self):
        return self.object.pk

    @property
    def department_id(self):
        return self.find_department()

    def is_open(self, at):
        return self.until is None or at < self.until


class Windows:
    """Until when something may be objected to; the policy and the calendar of a day are asked once."""

    def __init__(self, company):
        self.company = company
        self.known = {}

    def after(self, moment):
        """The policy of that day gives the days; where it gave none, there was no window."""
        day = moment.astimezone(SHANGHAI).date()
        if day not in self.known:
            try:
                self.known[day] = due_after(day, appeal_policy(self.company, day).window_days).at
            except Refused:
                self.known[day] = None
        return self.known[day] or moment

    def of(self, close, corrected_at=None):
        """Of a closed month's figures, anew once they were corrected; None while the month is open."""
        if close is None or close.scored_at is None:
            return None
        return self.after(max(close.scored_at, corrected_at or close.scored_at))


def find(employee, kind, pk):
    """The Thing with this id among the employee's own, or None: nobody appeals for somebody else."""
    owned = OWNED.get(kind)
    row = owned(employee).filter(pk=pk).first() if owned else None
    return thing_of(employee, kind, row, Windows(employee.company)) if row is not None else None


def thing_of(employee, kind, row, windows):
    """The Thing that one of the employee's own rows is, or None when there is nothing to object to."""
    return MAKERS[kind](employee, row, windows)


def own_decisions(employee):
    found = Decision.objects.filter(employee=employee, issued_at__isnull=False)
    return found.exclude(state__in=Decision.DEAD).select_related("rule__clause", "case")


def _decision(employee, decision, _windows):
    title = _("%(number)s: %(effects)s") % {
        "number": decision.document_number or decision.number,
        "effects": effects_text(decision.effects, decision.counts_for),
    }
    return Thing(
        Subject.DECISION,
        decision,
        title[:200],
        decision.appeal_until,
        lambda: decision.department_id,
        months_behind(decision),
    )


def months_behind(decision):
    """The months whose answers a decision rests on."""
    months = decision.case.evidence.get("months") or []
    return tuple(month["period"] for month in months if isinstance(month, dict) and "period" in month)


def own_scores(employee):
    own = Score.objects.filter(
        company_id=employee.company_id, subject_kind=SubjectKind.EMPLOYEE, subject_id=employee.pk
    )
    return own.select_related("close")


def _score(employee, score, windows):
    title = _("Score of %(month)s") % {"month": period_name(score.period)}
    return _of_month(employee, Subject.SCORE, score, title, score.close, windows)


def own_standings(employee):
    return Standing.objects.filter(employee=employee).select_related("ranking__close")


def _standing(employee, standing, windows):
    title = _("Place in the ranking of %(month)s") % {"month": period_name(standing.period)}
    return _of_month(employee, Subject.STANDING, standing, title, standing.ranking.close, windows)


def _of_month(employee, kind, row, title, close, windows):
    return Thing(
        kind,
        row,
        title,
        windows.of(close, corrected_at(row.company_id, kind, row.pk)),
        partial(department_of, employee, Period.parse(close.period).last_day),
        (close.period,) if close.kind == "month" else (),
    )


def own_findings(employee):
    own = Finding.objects.confirmed().filter(allegation__employee=employee, allegation__told_at__isnull=False)
    return own.exclude(case__kind=Kind.REPORT).select_related("case", "company")


def _finding(employee, finding, windows):
    title = _("Finding on complaint %(number)s: %(verdict)s") % {
        "number": finding.case.number,
        "verdict": finding.get_verdict_display(),
    }
    day = finding.confirmed_at.astimezone(SHANGHAI).date()
    until = windows.after(finding.confirmed_at)
    return Thing(Subject.FINDING, finding, title, until, partial(department_of, employee, day))


def _answer(employee, answer, windows):
    month = answer.unfolding.month
    if not may_see_answers(employee, month):
        return None
    close = Close.objects.filter(company_id=employee.company_id, period=month).first()
    label = labels_of(employee.company_id, employee.pk, [month])[answer.pk]
    return Thing(
        Subject.ANSWER,
        answer,
        _("Answer %(label)s of %(month)s") % {"label": label, "month": period_name(month)},
        windows.of(close),
        lambda: answer.department_id or department_of(employee, answer.submitted_at.date()),
        (month,),
    )


def counted_answers(employee):
    """The answers about somebody that stand in the counts and that nobody has left out."""
    found = Answer.objects.counted().filter(employee=employee, unfolding__is_counted=True)
    return found.select_related("unfolding")


OWNED = {
    Subject.DECISION: own_decisions,
    Subject.SCORE: own_scores,
    Subject.STANDING: own_standings,
    Subject.FINDING: own_findings,
    Subject.ANSWER: counted_answers,
}
MAKERS = {
    Subject.DECISION: _decision,
    Subject.SCORE: _score,
    Subject.STANDING: _standing,
    Subject.FINDING: _finding,
    Subject.ANSWER: _answer,
}


def may_see_answers(employee, month):
    """Single answers are shown to those whom they are about once their month is scored, and only where they are enough.

    In a running month each new line would be the customer served last.
    """
    scored = Close.objects.filter(company_id=employee.company_id, period=month, scored_at__isnull=False)
    version = version_for(employee.company, Period.parse(month).first_day)
    if version is None or not scored.exists():
        return False
    return (
        counted_answers(employee).filter(unfolding__month=month).count()
        >= policy_of(version, "scoring").low_n
    )


@dataclass(frozen=True)
class Named:
    """An answer as its subject may name it: `key` is 'month.label'; neither id nor number, which follow the dates."""

    answer: Answer
    month: str
    label: str

    @property
    def key(self):
        return f"{self.month}.{self.label}"

    @property
    def order(self):
        return self.month, int(self.label[1:])


def disputable(employee, months):
    """[Named] behind a thing, by label; none of a month with too few to show. `overall` stands on each answer."""
    shown = [month for month in months if may_see_answers(employee, month)]
    if not shown:
        return []
    labels = labels_of(employee.company_id, employee.pk, shown)
    overall = Rating.objects.filter(answer=OuterRef("pk"), measure=OVERALL).values("value")[:1]
    found = counted_answers(employee).filter(unfolding__month__in=shown).annotate(overall=Subquery(overall))
    named = [Named(answer, answer.unfolding.month, labels[answer.pk]) for answer in found]
    return sorted(named, key=lambda one: one.order)


def called(employee, answers):
    """{id: '10 月 A3'} of answers about one person, as that person calls them and in that order."""
    months = {answer.pk: answer.unfolding.month for answer in answers}
    labels = labels_of(employee.company_id, employee.pk, sorted(set(months.values())))
    ordered = sorted(months, key=lambda pk: (months[pk], order_of(labels, pk)))
    return {pk: f"{month_short(months[pk])} {labels[pk]}" for pk in ordered}


def named_answer(employee, month, label):
    """The answer that its subject calls so, or None."""
    known = {one.label: one for one in disputable(employee, [month])}
    return known[label].answer if label in known else None


def department_of(employee, day):
    """Where somebody worked on a day, else where they work at all."""
    assignment = assignment_on(employee.pk, day)
    if assignment is None:
        assignment = employee.assignments.order_by("-starts_on").first()
    if assignment is None:
        raise Refused(_("You are entered in no department; ask HR."), code="no_department")
    return Department.objects.only("pk").get(pk=assignment.department_id).pk


def too_late(thing):
    """The sentence for somebody who comes after the window."""
    return _(
        "The time to object to this has passed. You can still ask the chair to admit it; say why it comes late."
    )
