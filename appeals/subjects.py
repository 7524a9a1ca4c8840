"""What an employee may object to, found among their own, and until when."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appeals.models import Appeal
from appeals.policy import appeal_policy
from complaints.models import Finding, Kind
from core.flow import Refused
from core.period import SHANGHAI, Period
from core.templatetags.manyi import period_name
from core.workdays import due_after
from incentives.models import Decision
from incentives.wording import effects_text
from organization.models import Department
from organization.selectors import assignment_on
from scoring.models import Close, Score, Standing, SubjectKind
from scoring.policy import policy_of, version_for
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
    department_id: int
    months: tuple = ()

    @property
    def pk(self):
        return self.object.pk

    def is_open(self, at):
        return self.until is None or at < self.until


def find(employee, kind, pk):
    """The Thing with this id among the employee's own, or None: nobody appeals for somebody else."""
    finder = FINDERS.get(kind)
    return finder(employee, pk) if finder else None


def _decision(employee, pk):
    found = Decision.objects.filter(pk=pk, employee=employee, issued_at__isnull=False)
    decision = found.select_related("rule__clause", "case").first()
    if decision is None or decision.state in Decision.DEAD:
        return None
    title = _("%(number)s: %(effects)s") % {
        "number": decision.document_number or decision.number,
        "effects": effects_text(decision.effects, decision.counts_for),
    }
    return Thing(
        Subject.DECISION,
        decision,
        title[:200],
        decision.appeal_until,
        decision.department_id,
        months_behind(decision),
    )


def months_behind(decision):
    """The months whose answers a decision rests on."""
    months = decision.case.evidence.get("months") or []
    return tuple(month["period"] for month in months if isinstance(month, dict) and "period" in month)


def _score(employee, pk):
    own = Score.objects.filter(pk=pk, subject_kind=SubjectKind.EMPLOYEE, subject_id=employee.pk)
    score = own.filter(company_id=employee.company_id).select_related("close").first()
    if score is None:
        return None
    title = _("Score of %(month)s") % {"month": period_name(score.period)}
    return _of_month(employee, Subject.SCORE, score, title, score.close)


def _standing(employee, pk):
    standing = Standing.objects.filter(pk=pk, employee=employee).select_related("ranking__close").first()
    if standing is None:
        return None
    title = _("Place in the ranking of %(month)s") % {"month": period_name(standing.period)}
    return _of_month(employee, Subject.STANDING, standing, title, standing.ranking.close)


def _of_month(employee, kind, row, title, close):
    return Thing(
        kind,
        row,
        title,
        window_of(employee.company, close),
        department_of(employee, Period.parse(close.period).last_day),
        (close.period,) if close.kind == "month" else (),
    )


def window_of(company, close):
    """Until when a closed month's figures may be objected to; None while it is open."""
    if close is None or close.scored_at is None:
        return None
    return _window(company, close.scored_at)


def _window(company, moment):
    """The policy of that day gives the days; where it gave none, there was no window."""
    day = moment.astimezone(SHANGHAI).date()
    try:
        return due_after(day, appeal_policy(company, day).window_days).at
    except Refused:
        return moment


def _finding(employee, pk):
    own = Finding.objects.confirmed().filter(
        pk=pk, allegation__employee=employee, allegation__told_at__isnull=False
    )
    finding = own.exclude(case__kind=Kind.REPORT).select_related("case", "company").first()
    if finding is None:
        return None
    day = finding.confirmed_at.astimezone(SHANGHAI).date()
    until = _window(finding.company, finding.confirmed_at)
    title = _("Finding on complaint %(number)s: %(verdict)s") % {
        "number": finding.case.number,
        "verdict": finding.get_verdict_display(),
    }
    return Thing(Subject.FINDING, finding, title, until, department_of(employee, day))


def _answer(employee, pk):
    answer = counted_answers(employee).filter(pk=pk).first()
    if answer is None or not may_see_answers(employee, answer.unfolding.month):
        return None
    close = Close.objects.filter(company_id=employee.company_id, period=answer.unfolding.month).first()
    return Thing(
        Subject.ANSWER,
        answer,
        _("Answer %(number)s") % {"number": answer.number},
        window_of(employee.company, close),
        answer.department_id or department_of(employee, answer.submitted_at.date()),
        (answer.unfolding.month,),
    )


FINDERS = {
    Subject.DECISION: _decision,
    Subject.SCORE: _score,
    Subject.STANDING: _standing,
    Subject.FINDING: _finding,
    Subject.ANSWER: _answer,
}


def counted_answers(employee):
    """The answers about somebody that stand in the counts and that nobody has left out."""
    found = Answer.objects.counted().filter(employee=employee, unfolding__is_counted=True)
    return found.select_related("unfolding")


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


def disputable(employee, months):
    """The answers behind a thing which its owner may name, oldest first; none of a month with too few to show."""
    shown = [month for month in months if may_see_answers(employee, month)]
    return counted_answers(employee).filter(unfolding__month__in=shown).order_by("submitted_at", "pk")


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
