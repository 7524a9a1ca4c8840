"""A person's points and money month by month, and what else stands on their record."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core import money
from core.period import SHANGHAI
from core.templatetags.manyi import long_date, period_name
from incentives import wording
from incentives.documents import by_hand, compile_pdf
from incentives.models import Decision, LedgerLine, Mark, Warning

RELATED = ("decision__rule__clause", "reverses")


@dataclass
class Entry:
    """A line with the running total of its unit, the line itself included."""

    line: LedgerLine
    total: int

    @property
    def is_points(self):
        return self.line.unit == LedgerLine.Unit.POINTS

    @property
    def is_own(self):
        """A team's fund passes through a person's account and is not theirs."""
        return self.line.money_class != "team_fund"

    @property
    def note(self):
        return wording.line_detail(self.line)


@dataclass
class Month:
    month: str
    entries: list = field(default_factory=list)

    @property
    def points(self):
        return sum(entry.line.amount for entry in self.entries if entry.is_points)

    @property
    def fen(self):
        return sum(entry.line.amount for entry in self.entries if entry.is_own and not entry.is_points)


@dataclass
class Statement:
    """`months` with the newest first; a team's fund is shown and not added up as the person's own."""

    employee: object
    months: list
    points: int
    fen: int

    @classmethod
    def of(cls, employee):
        lines = LedgerLine.objects.filter(employee=employee).select_related(*RELATED)
        months, totals = {}, {LedgerLine.Unit.POINTS: 0, LedgerLine.Unit.FEN: 0}
        for line in lines.order_by("counts_for", "posted_at", "pk"):
            if line.money_class != "team_fund":
                totals[line.unit] += line.amount
            month = months.setdefault(line.counts_for, Month(line.counts_for))
            month.entries.append(Entry(line, totals[line.unit]))
        newest_first = [months[name] for name in sorted(months, reverse=True)]
        return cls(employee, newest_first, totals[LedgerLine.Unit.POINTS], totals[LedgerLine.Unit.FEN])


def statement_pdf(statement, at):
    """The statement as A4, as of a moment."""
    with translation.override(settings.LANGUAGE_CODE):
        return compile_pdf("statement.typ", _data(statement, at))


def _data(statement, at):
    employee = statement.employee
    return {
        "company": employee.company.name,
        "title": _("Statement of points"),
        "name": f"{employee.name} · {employee.number}",
        "sums": [
            [_("Points in all"), money.format_points(statement.points)],
            [_("Money in all (yuan)"), money.format_fen(statement.fen)],
        ],
        "columns": [_("Reason"), _("Points"), _("Money (yuan)"), _("Running total")],
        "months": [
            {"name": period_name(month.month), "rows": [_row(entry) for entry in month.entries]}
            for month in reversed(statement.months)
        ],
        "unprintable": by_hand(employee.company.name + employee.name),
        "empty": _("No lines yet"),
        "as_of": _("As of %(day)s") % {"day": long_date(at.astimezone(SHANGHAI).date())},
    }


def _row(entry):
    line = entry.line
    show = money.format_points if entry.is_points else money.format_fen
    detail = " · ".join(part for part in (line.decision.rule.clause.number, line.number, entry.note) if part)
    amount = show(line.amount)
    return {
        "reason": wording.in_language(line.decision.rule, "title"),
        "detail": detail,
        "points": amount if entry.is_points else "",
        "yuan": "" if entry.is_points else amount,
        "total": show(entry.total),
    }


@dataclass
class Record:
    """What stands on a person's record: warnings in force and past, marks, totals, decisions."""

    statement: Statement
    warnings: list
    past_warnings: list
    marks: list
    decisions: list

    @classmethod
    def of(cls, employee, day):
        given = Warning.objects.filter(employee=employee).select_related("decision__rule__clause")
        in_force = list(given.in_force(day))
        marks = Mark.objects.filter(employee=employee, lifted_at=None).select_related(
            "decision__rule__clause"
        )
        decisions = Decision.objects.filter(employee=employee).select_related("rule__clause", "case")
        return cls(
            statement=Statement.of(employee),
            warnings=in_force,
            past_warnings=[one for one in given if one not in in_force],
            marks=[mark for mark in marks if mark.ends_on is None or mark.ends_on >= day],
            decisions=list(decisions.order_by("-proposed_at", "-pk")[:100]),
        )
