"""Figures that do not come from customers: sales performance, teamwork (RE-1), one row per person, month and figure."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import cells
from core.flow import Refused
from core.imports import Column, ImportKind, RowError
from core.period import Period
from organization.models import Employee
from scoring.models import Close, MetricValue
from scoring.services.books import Books
from scoring.services.composites import SURVEY

HIGHEST = 100


def month(cell):
    """2026-10, 2026/10, 2026年10月 or 202610."""
    digits = "".join(sign if sign.isdigit() else " " for sign in cell).split()
    year, part = (digits[0][:4], digits[0][4:]) if len(digits) == 1 else (digits + ["", ""])[:2]
    try:
        return Period.parse(f"{year}-{int(part):02d}")
    except ValueError:
        raise Refused(_("Write the month as year-month, for example 2026-10.")) from None


def hundred(cell):
    found = cells.number(cell)
    if not 0 <= found <= HIGHEST:
        raise Refused(_("Write a figure from 0 to 100: the composite weighs all parts on that scale."))
    return found


COLUMNS = (
    Column("month", "月份", month, True, (), gettext_lazy("The month the figure belongs to."), "2026-10"),
    Column(
        "number",
        "工号",
        cells.code(40),
        True,
        ("员工编号",),
        gettext_lazy("The company's own number."),
        "E0001",
    ),
    Column(
        "metric",
        "指标",
        cells.text(40),
        True,
        (),
        gettext_lazy("Name or code of the part in the policy."),
        "销售业绩",
    ),
    Column("value", "数值", hundred, True, ("得分",), gettext_lazy("From 0 to 100."), "86.5"),
    Column(
        "source",
        "来源",
        cells.text(200),
        True,
        (),
        gettext_lazy("Where the figure comes from."),
        "10 月销售台账",
    ),
)


def check_rows(rows, company, at):
    """Unknown people and figures, months that are closed, the same figure twice."""
    known, seen = Known(company), {}
    for row in rows:
        if row["number"] not in known.employees:
            yield RowError(
                row.number, "number", _("Nobody has this number. Correct it or import the staff list first.")
            )
        if row["metric"] not in known.parts(row["month"]):
            names = "、".join(dict.fromkeys(part.name for part in known.parts(row["month"]).values()))
            yield RowError(row.number, "metric", _("Choose one of: %(names)s.") % {"names": names})
        if str(row["month"]) in known.closed:
            sentence = _("%(month)s is closed; its figures no longer change.") % {"month": row["month"]}
            yield RowError(row.number, "month", sentence)
        key = (row["month"], row["number"], row["metric"])
        if key in seen:
            yield RowError(
                row.number, "", _("Row %(row)s has the same. Delete one of them.") % {"row": seen[key]}
            )
        seen[key] = row.number


class Known:
    """What the company has, looked up once for the whole table."""

    def __init__(self, company):
        self.books = Books(company)
        self.employees = dict(Employee.objects.filter(company=company).values_list("number", "pk"))
        closed = Close.objects.filter(company=company, kind="month").exclude(state=Close.State.OPEN)
        self.closed = set(closed.values_list("period", flat=True))
        self._parts = {}

    def parts(self, month):
        """{name or code: Part} that are imported, by the policy of the month."""
        if month not in self._parts:
            parts = [part for part in self.books.policy("composite", month).parts if part.code != SURVEY]
            self._parts[month] = {
                name: part for part in parts for name in (part.code, part.name, part.name_en)
            }
        return self._parts[month]


def apply(rows, company, by, at):
    """Bring the figures to what the rows say; counts of rows by what happened."""
    known, counts = Known(company), {"created": 0, "changed": 0, "unchanged": 0}
    present = {
        (metric.period, metric.employee_id, metric.metric): metric
        for metric in MetricValue.objects.filter(
            company=company, period__in={str(row["month"]) for row in rows}
        )
    }
    for row in rows:
        key = (
            str(row["month"]),
            known.employees[row["number"]],
            known.parts(row["month"])[row["metric"]].code,
        )
        metric = present.get(key)
        if metric is None:
            period, employee_id, code = key
            MetricValue.objects.create(
                company=company,
                period=period,
                employee_id=employee_id,
                metric=code,
                value=row["value"],
                source=row["source"],
            )
            counts["created"] += 1
        elif (metric.value, metric.source) == (row["value"], row["source"]):
            counts["unchanged"] += 1
        else:
            metric.value, metric.source = row["value"], row["source"]
            metric.save(update_fields=["value", "source"])
            counts["changed"] += 1
    return counts


METRICS = ImportKind(
    code="metrics",
    title=gettext_lazy("Sales performance and teamwork"),
    columns=COLUMNS,
    check_rows=check_rows,
    apply=apply,
    verb="scoring.import_metrics",
    intro=gettext_lazy(
        "One row per person, month and figure. They count in the composite of a month until it is closed."
    ),
    done_url="scoring_progress",
)
