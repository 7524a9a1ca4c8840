from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from organization.models import Company
from organization.scopes import reach_of
from scoring.models import Close


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Drafts only for those who write them; submitted reports for everybody of the company."""
        writers = reach_of(user, "reports.write").company_ids
        readers = reach_of(user, "reports.view").company_ids
        match = models.Q(company_id__in=writers)
        match |= models.Q(company_id__in=readers) & ~models.Q(state=MonthlyReport.State.DRAFT)
        return self.filter(match)


class MonthlyReport(models.Model):
    """The monthly satisfaction report: figures from the close's result rows, words edited by people."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted to the group")
        REVIEWED = "reviewed", _("reviewed by the group")

    SUBMIT = Transition("submit", (State.DRAFT,), State.SUBMITTED)
    REVIEW = Transition("review", (State.SUBMITTED,), State.REVIEWED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    close = models.OneToOneField(Close, on_delete=models.PROTECT, related_name="report")
    number = models.CharField(max_length=30)
    period = models.CharField(max_length=7)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    findings = models.JSONField(
        default=list, help_text=_("what the close found: codes and figures, worded at display")
    )
    comments = models.JSONField(
        default=list, help_text=_("typical comments: dimension, end of the scale, answer")
    )
    quality = models.JSONField(
        default=dict, help_text=_("asked, answered, late, excluded; counted at drafting")
    )
    summary = models.TextField(blank=True, help_text=_("customer service's own words"))
    drafted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(fields=["company", "period"], name="reports_report_once"),
            models.UniqueConstraint(fields=["company", "number"], name="reports_report_number"),
        ]
