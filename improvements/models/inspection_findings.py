"""What an inspection found (问题), its follow-up (整改跟进), and the fault of a named colleague it may tell of."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from improvements.models.inspections import VIEW, Inspection, InspectionItem, user_field
from organization.models import Company, Department, Employee
from organization.scopes import reach_of

FOLLOW_UP = "improvements.follow_up"


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With the inspection for whoever sees it; the measure one has been given for whoever owns it."""
        reach, own = reach_of(user, VIEW), reach_of(user, FOLLOW_UP)
        match = Q(company_id__in=reach.company_ids) | Q(department_id__in=reach.department_ids)
        if own.employee_id:
            match |= Q(owner_id=own.employee_id)
        return self.filter(match)

    def overdue(self, at):
        """The measure's last day has passed and nobody says that it is done."""
        return self.filter(state=InspectionFinding.State.RUNNING, due_at__lte=at)

    def unsettled(self):
        return self.exclude(state__in=InspectionFinding.SETTLED)


class InspectionFinding(models.Model):
    """One item partly or not met. `repeats` is the same item's finding of the inspection before."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("inspection finding", "to be answered")
        DISPUTED = "disputed", pgettext_lazy("inspection finding", "disputed, to be settled")
        WANTED = "wanted", pgettext_lazy("inspection finding", "measure to be set")
        RUNNING = "running", pgettext_lazy("inspection finding", "measure running")
        DONE = "done", pgettext_lazy("inspection finding", "done, to be verified")
        VERIFIED = "verified", pgettext_lazy("inspection finding", "verified")
        NOTED = "noted", pgettext_lazy("inspection finding", "noted, nothing to follow")
        WITHDRAWN = "withdrawn", pgettext_lazy("inspection finding", "withdrawn")

    SETTLED = (State.VERIFIED, State.NOTED, State.WITHDRAWN)

    NOTE = Transition("note", (State.OPEN, State.DISPUTED), State.NOTED)
    DISPUTE = Transition("dispute", (State.OPEN,), State.DISPUTED)
    UPHOLD = Transition("uphold", (State.DISPUTED,), State.WANTED)
    WITHDRAW = Transition("withdraw", (State.DISPUTED,), State.WITHDRAWN)
    LAPSE = Transition("lapse", (State.OPEN,), State.WANTED)
    SET = Transition("set_measure", (State.OPEN, State.WANTED), State.RUNNING)
    FINISH = Transition("finish", (State.RUNNING,), State.DONE)
    VERIFY = Transition("verify", (State.DONE,), State.VERIFIED)
    SEND_BACK = Transition("send_back", (State.DONE,), State.RUNNING)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    item = models.OneToOneField(InspectionItem, on_delete=models.PROTECT, related_name="finding")
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated_by")
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    comment = models.TextField(blank=True, help_text=_("what the head of the department says of it"))
    settled_by = user_field()
    settled_at = models.DateTimeField(null=True)
    settle_reason = models.CharField(max_length=1000, blank=True)
    measure = models.TextField(blank=True)
    owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    done_text = models.TextField(blank=True)
    done_by = user_field()
    done_at = models.DateTimeField(null=True)
    verified_by = user_field()
    verified_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=1000, blank=True)
    warned_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["item__place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("done_by")),
                name="improvements_finding_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("running", "done", "verified"))
                | Q(owner__isnull=False, due_at__isnull=False),
                name="improvements_finding_measure_whole",
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "due_at"], name="improvements_find_state")]

    def __str__(self):
        return str(self.item)

    def get_absolute_url(self):
        return reverse("inspection_finding", args=[self.pk])

    @property
    def is_repeated(self) -> bool:
        return self.repeats_id is not None

    def is_late(self, at):
        return self.state == self.State.RUNNING and self.due_at <= at


class InspectionFact(models.Model):
    """The fault of a named colleague in a finding: a fact for rules only once a second person confirms it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("inspection fact", "to be confirmed")
        CONFIRMED = "confirmed", pgettext_lazy("inspection fact", "confirmed")
        DECLINED = "declined", pgettext_lazy("inspection fact", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("inspection fact", "withdrawn")

    CONFIRM = Transition("confirm", (State.WAITING,), State.CONFIRMED)
    DECLINE = Transition("decline", (State.WAITING,), State.DECLINED)
    WITHDRAW = Transition("withdraw", (State.WAITING, State.CONFIRMED), State.WITHDRAWN)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    finding = models.OneToOneField(InspectionFinding, on_delete=models.PROTECT, related_name="fact")
    kind = models.CharField(max_length=40)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", help_text=_("where they worked on that day")
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_by = user_field()
    settled_at = models.DateTimeField(null=True)
    settle_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("reported_by")),
                name="improvements_fact_four_eyes",
            )
        ]
        indexes = [models.Index(fields=["company", "kind", "settled_at"], name="improvements_fact_kind")]

    @property
    def key(self):
        """Of the fact, stable: what cases that rest on it name as their occurrence."""
        return f"inspection_finding:{self.finding_id}"
