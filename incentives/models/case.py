from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from incentives.models.rule import Rule
from incentives.models.scope import VisibleQuerySet
from organization.models import Company, Department, Employee


class Case(models.Model):
    """A literal hit of a rule, always visible; the gate only says whether it proposes itself (fact 4)."""

    class State(models.TextChoices):
        FOUND = "found", _("to be proposed")
        HELD = "held", _("held back: evidence not sufficient")
        PROPOSED = "proposed", _("proposed")
        SET_ASIDE = "set_aside", _("set aside")

    class Role(models.TextChoices):
        EMPLOYEE = "employee", _("the employee")
        MEMBER = "member", _("a member of the department")
        HEAD = "head", _("the head of the unit")

    PROPOSE = Transition("propose", (State.FOUND, State.HELD), State.PROPOSED)
    SET_ASIDE = Transition("set_aside", (State.FOUND, State.HELD), State.SET_ASIDE)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="cases")
    rule_code = models.CharField(max_length=40)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="cases")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    occurrence = models.CharField(max_length=80, help_text=_("the period or the fact that set the rule off"))
    role = models.CharField(
        max_length=10,
        choices=Role.choices,
        default=Role.EMPLOYEE,
        help_text=_("as what the person is touched"),
    )
    incident = models.CharField(
        max_length=60, blank=True, help_text=_("the one incident behind it (finding:12): punished once")
    )
    period = models.CharField(max_length=7, help_text=_("month in which points would count"))
    state = models.CharField(max_length=20, choices=State.choices)
    evidence = models.JSONField(
        default=dict, help_text=_("frozen: months, k of n, ranks, score and standing ids, gate")
    )
    is_distinguishable = models.BooleanField(null=True)
    found_at = models.DateTimeField()
    reason = models.CharField(max_length=1000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "rule_code", "employee", "occurrence"], name="incentives_case_once"
            )
        ]
