from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Company, Department, Employee, Site
from organization.scopes import reach_of


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "customers.view").company_ids)


class Customer(models.Model):
    """A customer file. Name, phone and e-mail are personal data: masked unless unmasked with a reason."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="customers")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_prospect = models.BooleanField(default=False)
    may_be_surveyed = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    history = HistoricalRecords()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="customers_customer_number")
        ]


class Consent(models.Model):
    """Every giving and withdrawing of consent, newest wins."""

    class Purpose(models.TextChoices):
        SURVEYS = "surveys", _("surveys")
        CARE = "care", _("care messages")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    source = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["customer_id", "at"]


class Disclosure(models.Model):
    """Somebody looked at a customer's name and number, and why; the audit row of the same moment names the fact."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="disclosures")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["customer_id", "-at"]


class Purchase(models.Model):
    """A home bought, reserved or looked after: dates decide the owner's stage."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="purchases")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=60)
    signed_on = models.DateField()
    handed_over_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["customer_id", "signed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "site", "unit", "customer"], name="customers_purchase_once"
            )
        ]


class Encounter(models.Model):
    """Somebody was served by somebody, somewhere, on a day: the sampling frame of continuous surveys."""

    class Kind(models.TextChoices):
        VIEWING = "viewing", _("viewing")
        SIGNING = "signing", _("signing")
        HANDOVER = "handover", _("handover")
        REPAIR = "repair", _("repair")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="encounters")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="encounters")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    day = models.DateField()
    reference = models.CharField(max_length=80)

    class Meta:
        ordering = ["company_id", "day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="customers_encounter_reference")
        ]
        indexes = [models.Index(fields=["company", "day", "kind"], name="customers_encounter_frame")]
