from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Company
from policies.models import Version


class Simulation(models.Model):
    """What the rules of a draft would have done in past months: whom, how much, how fragile.

    Asked for before publishing; holds for just the content it was made of (`checksum`).
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="simulations")
    checksum = models.CharField(max_length=64)
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True, help_text=_("empty while it is being made"))
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "checksum"], name="incentives_simulation_once")
        ]
