from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from jobs.models import Attachment
from organization.models import Company, Department, Employee
from organization.scopes import employee_id_of, reach_of
from surveys.models import Answer


class HandReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the company or the departments one may report on; never the one about oneself."""
        reach = reach_of(user, "incentives.report_fact")
        found = self.filter(Q(company_id__in=reach.company_ids) | Q(department_id__in=reach.department_ids))
        own = employee_id_of(user)
        return found.exclude(employee_id=own) if own else found


class HandReport(models.Model):
    """A fact that comes in by hand with evidence, until its own room supplies it; counts once a second person agrees.

    `kind` is the rule parameter it serves: a staff suggestion with effect, tampering, a late care task, a data error.
    `employee` is who would be touched: the person it is about, or the head of the department on that day.
    """

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("hand report", "to be verified")
        VERIFIED = "verified", pgettext_lazy("hand report", "verified")
        DECLINED = "declined", pgettext_lazy("hand report", "declined")

    VERIFY = Transition("verify", (State.REPORTED,), State.VERIFIED)
    DECLINE = Transition("decline", (State.REPORTED,), State.DECLINED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=40)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="hand_reports")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    text = models.TextField()
    figures = models.JSONField(
        default=dict, help_text=_("counts before and after, where the rule asks for the effect")
    )
    answer = models.ForeignKey(
        Answer, null=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("the survey answer about the same incident"),
    )  # fmt: skip
    state = models.CharField(max_length=20, choices=State.choices, default=State.REPORTED)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settle_reason = models.CharField(max_length=1000, blank=True)

    objects = HandReportQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="incentives_handreport_number"),
            models.CheckConstraint(
                condition=models.Q(settled_by=None) | ~models.Q(settled_by=models.F("reported_by")),
                name="incentives_handreport_four_eyes",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("hand_report", args=[self.pk])


class HandReportFile(models.Model):
    report = models.ForeignKey(HandReport, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="hand_report_file")
