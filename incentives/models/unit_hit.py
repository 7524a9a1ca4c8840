from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from incentives.models.case import Case
from incentives.models.rule import Rule
from organization.models import Company, Department
from organization.scopes import reach_of


class UnitHitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of a company for HR, group and audit; of their units for heads. It is about no person yet."""
        reach = reach_of(user, "incentives.view")
        return self.filter(
            models.Q(company_id__in=reach.company_ids) | models.Q(department_id__in=reach.department_ids)
        )

    def open(self):
        return self.filter(state=UnitHit.State.OPEN)


class UnitHit(models.Model):
    """A literal hit of a rule that touches the head, on a unit that nobody headed on `head_on` (fact 4).

    Once somebody who headed it that day is entered it becomes their case, with the evidence frozen here.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("hit on a unit without a head", "head missing")
        RESOLVED = "resolved", pgettext_lazy("hit on a unit without a head", "became a case")
        SET_ASIDE = "set_aside", pgettext_lazy("hit on a unit without a head", "set aside")

    RESOLVE = Transition("resolve", (State.OPEN,), State.RESOLVED)
    SET_ASIDE = Transition("set_aside", (State.OPEN,), State.SET_ASIDE)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="unit_hits")
    rule_code = models.CharField(max_length=40)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    occurrence = models.CharField(max_length=80)
    incident = models.CharField(max_length=60, blank=True)
    head_on = models.DateField()
    period = models.CharField(max_length=7)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    evidence = models.JSONField(default=dict)
    is_distinguishable = models.BooleanField(null=True)
    found_at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="unit_hits")
    reason = models.CharField(max_length=1000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    objects = UnitHitQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "rule_code", "occurrence"], name="incentives_unit_hit_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="resolved", case__isnull=False)
                | ~models.Q(state="resolved") & models.Q(case=None),
                name="incentives_unit_hit_case",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="set_aside") | ~models.Q(reason=""),
                name="incentives_unit_hit_reason",
            ),
        ]

    def get_absolute_url(self):
        return reverse("unit_hit", args=[self.pk])
