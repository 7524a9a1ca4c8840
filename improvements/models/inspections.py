"""Inspections of departments (巡查, RE-5.1a, CC-5.1): the record, who inspects, the items, the files."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from core.period import SHANGHAI
from jobs.models import Attachment
from organization.models import Company, Department, Employee
from organization.scopes import reach_of

VIEW, INSPECT = "improvements.view_inspections", "improvements.inspect"


def user_field(**options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", **options
    )


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of the company for whoever sees it whole; of the departments one heads what was announced or is told."""
        reach = reach_of(user, VIEW)
        told = Q(is_announced=True) | Q(state__in=Inspection.TOLD)
        return self.filter(
            Q(company_id__in=reach.company_ids) | (Q(department_id__in=reach.department_ids) & told)
        )

    def open(self):
        return self.exclude(state__in=(Inspection.State.CLOSED, Inspection.State.CANCELLED))

    def told(self):
        """Those whose result is out: submitted and everything after."""
        return self.filter(state__in=Inspection.TOLD)

    def unanswered(self, at):
        """The head's answer is overdue."""
        return self.filter(state=Inspection.State.SUBMITTED, answer_due_at__lte=at)


class Inspection(models.Model):
    """One visit of a department with one checklist, frozen with it, and what it found.

    `checklist` is {"code", "name", "name_en", "clause", "clause_number", "pass_bp", "partly_bp"}; `facts` the figures
    read beside it, [{"source", "code", "count", "of"}]. `score_bp` is in hundredths of a percent, None where nothing
    applied; `submitted_bp` as it was handed in, before findings were withdrawn.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("inspection", "planned")
        UNDER_WAY = "under_way", pgettext_lazy("inspection", "under way")
        SUBMITTED = "submitted", pgettext_lazy("inspection", "to be answered")
        ANSWERED = "answered", pgettext_lazy("inspection", "follow-up running")
        CLOSED = "closed", pgettext_lazy("inspection", "closed")
        CANCELLED = "cancelled", pgettext_lazy("inspection", "cancelled")

    TOLD = (State.SUBMITTED, State.ANSWERED, State.CLOSED)
    BEFORE = (State.PLANNED, State.UNDER_WAY)

    BEGIN = Transition("begin", (State.PLANNED,), State.UNDER_WAY)
    SUBMIT = Transition("submit", (State.UNDER_WAY,), State.SUBMITTED)
    ANSWER = Transition("answer", (State.SUBMITTED,), State.ANSWERED)
    GO_ON = Transition("go_on", (State.SUBMITTED,), State.ANSWERED)
    CLOSE = Transition("close", (State.ANSWERED,), State.CLOSED)
    CANCEL = Transition("cancel", (State.PLANNED, State.UNDER_WAY), State.CANCELLED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="inspections")
    checklist_code = models.CharField(max_length=40)
    checklist = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    is_announced = models.BooleanField(default=True)
    planned_on = models.DateField()
    planned_by = user_field()
    planned_at = models.DateTimeField()
    held_on = models.DateField(null=True)
    submitted_by = user_field()
    submitted_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True)
    points = models.PositiveIntegerField(null=True, help_text=_("points reached, in ten-thousandths"))
    possible = models.PositiveIntegerField(null=True, help_text=_("points of the items that applied"))
    score_bp = models.PositiveIntegerField(null=True)
    submitted_bp = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=list)
    answer_due_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_by = user_field()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=1000, blank=True, help_text=_("why it was cancelled, or went on without an answer")
    )
    warned_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="improvements_inspection_number"),
            models.UniqueConstraint(
                fields=["department", "checklist_code"],
                condition=Q(state__in=("planned", "under_way")),
                name="improvements_inspection_one_ahead",
            ),
            models.CheckConstraint(
                condition=Q(score_bp=None) | Q(score_bp__lte=10_000), name="improvements_inspection_score"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "planned_on"], name="improvements_insp_state"),
            models.Index(
                fields=["company", "department", "checklist_code", "held_on"], name="improvements_insp_place"
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("inspection", args=[self.pk])

    @property
    def title(self):
        """The checklist's name in the reader's language."""
        english = self.checklist.get("name_en", "") if get_language() == "en" else ""
        return english or self.checklist.get("name", self.checklist_code)

    @property
    def is_told(self):
        return self.state in self.TOLD

    @property
    def is_ahead(self):
        return self.state in self.BEFORE

    @property
    def has_passed(self):
        """None where nothing applied."""
        return None if self.score_bp is None else self.score_bp >= self.checklist["pass_bp"]

    @property
    def planned_until(self):
        """First moment after the planned day."""
        return dt.datetime.combine(self.planned_on + dt.timedelta(days=1), dt.time(), SHANGHAI)

    def is_late(self, at):
        """The head's answer is overdue, or the planned day has passed."""
        if self.state == self.State.SUBMITTED:
            return self.answer_due_at <= at
        return self.is_ahead and self.planned_until <= at


class Inspector(models.Model):
    """One of those who hold an inspection."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="inspectors")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "employee"], name="improvements_inspector_once")
        ]


class InspectionItem(models.Model):
    """One item of the checklist, copied from the policy when the inspection was planned, and what was seen."""

    class Result(models.TextChoices):
        MET = "met", pgettext_lazy("inspection item", "met")
        PARTLY = "partly", pgettext_lazy("inspection item", "partly met")
        NOT_MET = "not_met", pgettext_lazy("inspection item", "not met")
        NOT_APPLICABLE = "na", pgettext_lazy("inspection item", "not applicable")

    FAILED = (Result.PARTLY, Result.NOT_MET)

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    area = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=20)
    needs_follow_up = models.BooleanField(default=True)
    fact = models.CharField(
        max_length=40, blank=True, help_text=_("kind of fact which a named fault supplies")
    )
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    note = models.TextField(blank=True)
    employee = models.ForeignKey(
        Employee,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("whose fault it is, if named"),
    )
    marked_by = user_field()
    marked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "code"], name="improvements_item_once"),
        ]

    def __str__(self):
        return (self.name_en if get_language() == "en" else "") or self.name

    @property
    def is_failed(self):
        return self.result in self.FAILED


class InspectionFile(models.Model):
    """A photo or document: of an item, taken by the inspectors, or of a finding, proof of what the department did."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="files")
    item = models.ForeignKey(InspectionItem, null=True, on_delete=models.PROTECT, related_name="files")
    finding = models.ForeignKey(
        "improvements.InspectionFinding", null=True, on_delete=models.PROTECT, related_name="files"
    )
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="inspection_file")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item=None, finding__isnull=False) | Q(item__isnull=False, finding=None),
                name="improvements_inspection_file_place",
            )
        ]
