"""What sales and service learn about a customer (CC-3.1): how to reach them, what they look for, what they like."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from customers.models.file import Customer


class Recorded(models.Model):
    """Who wrote it down, and when; None is an import."""

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class Contact(Recorded):
    """A further way to reach the customer. The first telephone number and e-mail address stand in the file itself."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("telephone")
        EMAIL = "email", _("e-mail")
        WECHAT = "wechat", _("WeChat")
        ADDRESS = "address", _("address")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=254)
    key = models.CharField(max_length=254, help_text=_("as it is compared: rules.contact_key"))
    label = models.CharField(max_length=40, blank=True, help_text=_("whose or what for"))
    is_primary = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["customer_id", "kind", "-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "key"], name="customers_contact_once"),
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(is_primary=True), name="customers_contact_one_first"
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(kind__in=["wechat", "address"]),
                name="customers_contact_first_in_file",
            ),
        ]
        indexes = [models.Index(fields=["kind", "key"], name="customers_contact_key")]


class Need(Recorded):
    """What the customer looks for, as they said on that day. Budgets are fen, areas whole square metres."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="needs")
    home_type = models.CharField(max_length=40, blank=True, help_text=_("a code of the policy"))
    area_from = models.PositiveIntegerField(null=True, blank=True)
    area_to = models.PositiveIntegerField(null=True, blank=True)
    budget_from = models.BigIntegerField(null=True, blank=True)
    budget_to = models.BigIntegerField(null=True, blank=True)
    wanted_by = models.CharField(max_length=60, blank=True, help_text=_("in the customer's words"))
    note = models.CharField(max_length=500, blank=True)
    stated_on = models.DateField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["customer_id", "-stated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(area_from=None) | Q(area_to=None) | Q(area_from__lte=F("area_to")),
                name="customers_need_area",
            ),
            models.CheckConstraint(
                condition=Q(budget_from=None) | Q(budget_to=None) | Q(budget_from__lte=F("budget_to")),
                name="customers_need_budget",
            ),
            models.CheckConstraint(
                condition=(Q(budget_from=None) | Q(budget_from__gte=0))
                & (Q(budget_to=None) | Q(budget_to__gte=0)),
                name="customers_need_no_debt",
            ),
        ]


class Preference(Recorded):
    """What the customer likes: a subject of the policy's list, and their words about it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="preferences")
    topic = models.CharField(max_length=40, help_text=_("a code of the policy"))
    words = models.CharField(pgettext_lazy("what was said", "words"), max_length=200, blank=True)
    stated_on = models.DateField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["customer_id", "topic", "-stated_on", "-pk"]
