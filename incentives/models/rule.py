from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Company
from policies.models import Clause, Version


class Rule(models.Model):
    """One rule of a policy version: what sets it off, what follows. Frozen with its version."""

    class Direction(models.TextChoices):
        REWARD = "reward", _("reward")
        PENALTY = "penalty", _("penalty")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rules")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="rules")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    trigger = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    effects = models.JSONField(
        default=list, help_text=_("[{kind, …}] with the grade range HR may choose from")
    )
    evidence = models.CharField(
        max_length=10, choices=[("literal", _("literal")), ("warn", _("warn")), ("required", _("required"))]
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["version_id", "code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="incentives_rule_code")]

    def __str__(self):
        return self.title
