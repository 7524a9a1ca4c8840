from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from incentives.models.decision import Decision
from incentives.models.scope import VisibleQuerySet
from organization.models import Company, Department, Employee


class LedgerQuerySet(AppendOnlyQuerySet, VisibleQuerySet):
    pass


class LedgerLine(AppendOnlyModel):
    """Points or fen of one employee; never changed, corrected only by a reversing line (fact 5)."""

    class Unit(models.TextChoices):
        POINTS = "points", _("points")
        FEN = "fen", _("money")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="ledger_lines")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="ledger_lines")
    effect = models.PositiveIntegerField(help_text=_("place in the decision's effects"))
    part = models.PositiveSmallIntegerField(
        default=0, help_text=_("0, or the place of what was carried over a month's cap")
    )
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    unit = models.CharField(max_length=10, choices=Unit.choices)
    money_class = models.CharField(max_length=30, blank=True)
    amount = models.IntegerField()
    counts_for = models.CharField(max_length=7)
    posted_at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="incentives_line_number"),
            models.UniqueConstraint(
                fields=["decision", "effect", "part"], condition=Q(reverses=None), name="incentives_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="incentives_line_not_zero"),
        ]


class PayrollBatch(AppendOnlyModel):
    """What one month's ledger hands to the payroll: made once, the same bytes for ever; closes the month."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    month = models.CharField(max_length=7)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    total_points = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    csv = models.BinaryField()
    xlsx = models.BinaryField()
    csv_checksum = models.CharField(max_length=64)
    xlsx_checksum = models.CharField(max_length=64)

    class Meta:
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "month"], name="incentives_payroll_month"),
            models.UniqueConstraint(fields=["company", "number"], name="incentives_payroll_number"),
        ]

    def __str__(self):
        return self.number


class PayrollLine(AppendOnlyModel):
    """A ledger line in its batch; a line is paid out once."""

    batch = models.ForeignKey(PayrollBatch, on_delete=models.PROTECT, related_name="payroll_lines")
    line = models.OneToOneField(LedgerLine, on_delete=models.PROTECT, related_name="payroll_line")
