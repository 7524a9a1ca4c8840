"""The ledger as people filter, sum and export it."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from core.money import yuan_from_fen
from core.period import SHANGHAI
from incentives import wording
from incentives.address import AddressFilters, chosen
from incentives.models import LedgerLine


@dataclass
class LedgerFilters(AddressFilters):
    """Besides the common ones: points or money."""

    unit: str = ""

    @classmethod
    def read(cls, params):
        return super().read(params) | {"unit": chosen(params.get("unit"), LedgerLine.Unit.values)}

    def narrow(self, lines):
        lines = super().narrow(lines, "number", "decision__number")
        return lines.filter(unit=self.unit) if self.unit else lines


def lines_for(user, company):
    related = ("employee", "department", "decision__rule__clause", "reverses")
    return LedgerLine.objects.visible_to(user).filter(company=company).select_related(*related)


def totals_of(lines):
    """{unit: (lines, added, taken)} over everything filtered, not only the page shown."""
    sums = (
        lines.order_by()
        .values("unit")
        .annotate(
            lines=Count("pk"),
            added=Sum("amount", filter=Q(amount__gt=0), default=0),
            taken=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )
    return {row["unit"]: row for row in sums}


def export_header():
    return [
        _("Line no."),
        _("Employee no."),
        _("Employee"),
        _("Department"),
        _("Month it counts for"),
        _("Unit"),
        _("Amount"),
        _("Clause"),
        _("Reason"),
        _("Decision no."),
        _("Reverses"),
        _("Posted at"),
    ]


def export_rows(lines):
    """One row per line; money in yuan, so that a payroll clerk can add it up."""
    for line in lines.iterator(chunk_size=1000):
        is_money = line.unit == LedgerLine.Unit.FEN
        yield [
            line.number,
            line.employee.number,
            line.employee.name,
            str(line.department),
            line.counts_for,
            line.get_unit_display(),
            yuan_from_fen(line.amount) if is_money else line.amount,
            line.decision.rule.clause.number,
            wording.in_language(line.decision.rule, "title"),
            line.decision.number,
            line.reverses.number if line.reverses else "",
            f"{line.posted_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        ]
