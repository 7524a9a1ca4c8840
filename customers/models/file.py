"""The customer file, what the customer bought, and who served them."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left, Replace, Right
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.rules import KEY_DIGITS, PHONE_SEPARATORS
from organization.models import Company, Department, Employee, Site
from organization.scopes import reach_of


def _plain(phone):
    """The telephone number without what people write between its digits; rules.phone_key does the same in Python."""
    for separator in PHONE_SEPARATORS:
        phone = Replace(phone, Value(separator), Value(""))
    return phone


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "customers.view").company_ids)

    def live(self):
        """One file per person: neither merged into another nor erased."""
        return self.filter(merged_into=None, erased_at=None)


class Customer(models.Model):
    """A customer file. Name, phone and e-mail are personal data: masked unless unmasked with a reason.

    A file that turned out to be the same person's as another is not moved or deleted: `merged_into` names the file
    that leads, always the last of a chain. What other rooms hold of it stays where it is, and so do closed periods.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="customers")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    birthday = models.DateField(null=True, blank=True)
    is_prospect = models.BooleanField(default=False)
    may_be_surveyed = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_files"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_key = models.CharField(
        max_length=64, blank=True, help_text=_("of the number it had: erased.key_of")
    )
    phone_key = models.GeneratedField(
        expression=Right(_plain(F("phone")), KEY_DIGITS),
        output_field=models.CharField(max_length=30),
        db_persist=True,
    )
    twin_key = models.GeneratedField(
        expression=Concat(Left(F("name"), 1), Right(_plain(F("phone")), 4)),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )
    history = HistoricalRecords(excluded_fields=["erased_key", "phone_key", "twin_key"])

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="customers_customer_number"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="customers_customer_not_itself"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", phone="", email="", birthday=None, may_be_surveyed=False),
                name="customers_customer_erased",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "phone_key"], name="customers_customer_phone"),
            models.Index(fields=["company", "twin_key"], name="customers_customer_twins"),
        ]

    def __str__(self):
        return self.number

    @property
    def live_id(self):
        """The file that leads: this one, or the one it was merged into."""
        return self.merged_into_id or self.pk


class Purchase(models.Model):
    """A home bought, reserved or looked after: dates decide the owner's stage."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="purchases")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=60)
    signed_on = models.DateField()
    handed_over_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

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
