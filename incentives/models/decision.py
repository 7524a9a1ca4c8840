from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Motion, Seat
from core.flow import Transition
from incentives.models.case import Case
from incentives.models.rule import Rule
from incentives.models.scope import VisibleQuerySet
from jobs.models import Attachment
from organization.models import Company, Department, Employee


class DecisionQuerySet(VisibleQuerySet):
    def told(self):
        """One's own only once one was told of it: by the hearing, or by the letter."""
        heard = Hearing.objects.filter(decision=OuterRef("pk"))
        return Q(issued_at__isnull=False) | Q(Exists(heard))

    def live(self):
        return self.exclude(state__in=Decision.DEAD)

    def appeal_window_passed(self, at):
        """Issued, and nobody appealed in time; a suspended decision waits for the appeal's outcome."""
        return self.filter(state=Decision.State.ISSUED, appeal_until__lte=at).order_by("pk")


class Decision(models.Model):
    """A reward or penalty on its way: proposed, heard, voted, issued, final, posted, exported."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        HEARING = "hearing", _("being heard")
        READY = "ready", _("ready for the vote")
        VOTING = "voting", _("being voted on")
        APPROVED = "approved", _("approved")
        ISSUED = "issued", _("issued, may be appealed")
        SUSPENDED = "suspended", _("suspended by an appeal")
        FINAL = "final", _("final")
        POSTED = "posted", _("posted")
        EXPORTED = "exported", _("in the payroll file")
        RETURNED = "returned", _("returned to HR")
        REJECTED = "rejected", _("rejected")
        SET_ASIDE = "set_aside", _("set aside")
        REVERSED = "reversed", _("reversed")

    DEAD = (State.REJECTED, State.SET_ASIDE, State.REVERSED)
    CALL_HEARING = Transition("call_hearing", (State.PROPOSED, State.RETURNED), State.HEARING)
    END_HEARING = Transition("end_hearing", (State.HEARING,), State.READY)
    SUBMIT = Transition("submit", (State.PROPOSED, State.READY, State.RETURNED), State.VOTING)
    APPROVE = Transition("approve", (State.VOTING,), State.APPROVED)
    REJECT = Transition("reject", (State.VOTING,), State.REJECTED)
    RETURN = Transition("return", (State.VOTING,), State.RETURNED)
    ISSUE = Transition("issue", (State.APPROVED,), State.ISSUED)
    SUSPEND = Transition("suspend", (State.ISSUED,), State.SUSPENDED)
    FINALIZE = Transition("finalize", (State.ISSUED, State.SUSPENDED), State.FINAL)
    POST = Transition("post", (State.FINAL,), State.POSTED)
    EXPORT = Transition("export", (State.POSTED,), State.EXPORTED)
    SET_ASIDE = Transition(
        "set_aside", (State.PROPOSED, State.HEARING, State.READY, State.RETURNED), State.SET_ASIDE
    )
    REVERSE = Transition(
        "reverse", (State.SUSPENDED, State.FINAL, State.POSTED, State.EXPORTED), State.REVERSED
    )

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="decisions")
    rule_code = models.CharField(max_length=40)
    direction = models.CharField(max_length=10, choices=Rule.Direction.choices)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="decisions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    occurrence = models.CharField(max_length=80)
    counts_for = models.CharField(max_length=7)
    effects = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PROPOSED)
    motion = models.ForeignKey(Motion, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    reason = models.CharField(
        max_length=1000, blank=True, help_text=_("why HR proposes a held case, or changed the grade")
    )
    opinion = models.TextField(blank=True, help_text=_("HR's view of the employee's statement"))
    set_aside_reason = models.CharField(max_length=1000, blank=True)
    approved_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    document_number = models.CharField(max_length=60, blank=True)
    appeal_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)
    reverse_reason = models.CharField(max_length=1000, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="incentives_decision_number"),
            models.UniqueConstraint(
                fields=["company", "rule_code", "employee", "occurrence"],
                condition=~Q(state__in=["rejected", "set_aside", "reversed"]),
                name="incentives_decision_one_live",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("decision", args=[self.pk])

    def get_own_url(self):
        """The page of the person it is about."""
        return reverse("my_decision", args=[self.pk])

    def get_state_display(self):
        """What puts nothing into the ledger is not 'posted': a warning is in force, a dismissal only recommended."""
        kinds = {effect["kind"] for effect in self.effects}
        if self.state != self.State.POSTED or any("amount" in effect for effect in self.effects):
            return str(self.State(self.state).label)
        if "recommend" in kinds:
            return gettext("recommended, not carried out by the system")
        return gettext("in force")


class HearingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def overdue(self, at):
        """Open ones whose last day has passed."""
        return self.open().filter(due_at__lte=at)

    def read_by(self, user):
        """With their files: who sees the decision, whom it is about once told, and who votes or voted on it."""
        seats = Seat.objects.filter(
            motion__topic="incentives.decision", motion__in=Motion.objects.visible_to(user)
        )
        seen = Decision.objects.visible_to(user)
        match = Q(decision__in=seen.values("pk")) | Q(decision__in=seats.values("motion__topic_id"))
        return self.filter(match)


class Hearing(models.Model):
    """The employee is told and may state their case before a penalty is voted on."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="hearings")
    told_at = models.DateTimeField()
    due_at = models.DateTimeField()
    counted_days = models.JSONField(default=list)
    statement = models.TextField(blank=True)
    stated_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    effects = models.JSONField(default=list, help_text=_("the penalty the employee was told of"))
    ended_at = models.DateTimeField(null=True)

    objects = HearingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(ended_at=None), name="incentives_hearing_one_open"
            )
        ]

    @property
    def kept_files(self):
        return list(self.files.all())


class HearingFile(models.Model):
    """What the employee handed in with their statement."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="hearing_file")

    class Meta:
        ordering = ["pk"]
