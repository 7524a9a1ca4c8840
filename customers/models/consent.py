"""What a customer agreed to, and who looked at their personal data."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.file import Customer
from organization.models import Company


class Consent(models.Model):
    """Every giving and withdrawing of consent, newest wins."""

    class Purpose(models.TextChoices):
        SURVEYS = "surveys", _("surveys")
        CARE = "care", _("care messages")
        CASES = "cases", _("news of their own cases")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    source = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["customer_id", "at"]


class Export(models.Model):
    """A list of customers that left the system as a file: who took it, why, how many lines."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_unmasked = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["company_id", "-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_unmasked=False) | ~Q(reason=""), name="customers_export_has_reason"
            )
        ]


class Disclosure(models.Model):
    """Somebody looked at a customer's name and number, and why; the audit row of the same moment names the fact.

    An export stands on every file that was in it, so that each file tells who has it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="disclosures")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    export = models.ForeignKey(
        Export, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )

    class Meta:
        ordering = ["customer_id", "-at"]
