"""Two files of one person, and two files that look so but are not."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.models.file import Customer
from organization.models import Company


class Merge(models.Model):
    """`dropped` turned out to be the same person as `kept`. Open until undone; `before` holds what undoing puts back.

    The open rows are the tree of merges; Customer.merged_into is the way to its root in one step.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    dropped = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged_as")
    reason = models.CharField(max_length=300)
    before = models.JSONField(default=dict, help_text="values of the kept file that the merge replaced")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dropped"], condition=Q(undone_at=None), name="customers_merge_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="customers_merge_not_itself"),
        ]


class Apart(models.Model):
    """A person looked and found: these two files are different people. The smaller id stands first."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="customers_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customers_apart_order"),
        ]
