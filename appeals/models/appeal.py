from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.models import Motion
from core.flow import Transition
from organization.models import Company, Department, Employee
from organization.scopes import reach_of


class AppealQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own at any time; filed ones for HR, group and audit, never those about oneself from that side."""
        wide = reach_of(user, "appeals.view")
        own = reach_of(user, "appeals.file")
        match = Q(company_id__in=wide.company_ids) & ~Q(state=Appeal.State.DRAFT)
        if own.employee_id:
            match |= Q(employee_id=own.employee_id)
        return self.filter(match)

    def open(self):
        """Those that still owe the employee an answer."""
        return self.filter(state__in=Appeal.OPEN)

    def overdue(self, at):
        return self.filter(state__in=Appeal.RUNNING, due_at__lte=at)

    def live_on(self, kind, object_id):
        return self.filter(subject=kind, object_id=object_id).exclude(
            state__in=(Appeal.State.WITHDRAWN, Appeal.State.DRAFT)
        )


class Appeal(models.Model):
    """An employee objects to what was found, counted or decided about them (申诉, RE-4.1b)."""

    class Subject(models.TextChoices):
        DECISION = "decision", _("a decision")
        SCORE = "score", _("a score")
        STANDING = "standing", _("a place in the ranking")
        FINDING = "finding", _("a finding on a complaint")
        ANSWER = "answer", _("a single answer")

    class Ground(models.TextChoices):
        FACT = "fact", _("The facts are wrong")
        DATA = "data", _("The score data are wrong")
        PERSON = "person", _("It was not me")
        PROCEDURE = "procedure", _("The procedure was wrong")
        RULE = "rule", _("The clause does not fit")

    class Wish(models.TextChoices):
        OVERTURN = "overturn", _("Withdraw it altogether")
        VARY = "vary", _("Change it, not withdraw it")
        RECHECK = "recheck", _("Check the data again")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        FILED = "filed", _("filed")
        CHAIR = "chair", _("before the chair")
        ACCEPTED = "accepted", pgettext_lazy("appeal", "accepted")
        INVESTIGATING = "investigating", pgettext_lazy("appeal", "being investigated")
        PROPOSED = "proposed", pgettext_lazy("appeal", "outcome proposed")
        VOTING = "voting", _("being voted on")
        INADMISSIBLE = "inadmissible", _("not admitted, may go to the chair")
        ANSWERED = "answered", pgettext_lazy("appeal", "answered")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("appeal", "answer acknowledged")
        DISMISSED = "dismissed", _("not admitted")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("stands unchanged")
        VARIED = "varied", _("is changed")
        OVERTURNED = "overturned", _("is withdrawn")

    #: nothing of these changes unless answers are left out
    ON_ANSWERS = (Subject.SCORE, Subject.STANDING, Subject.ANSWER)
    #: the clock of the answer runs
    RUNNING = (State.FILED, State.CHAIR, State.ACCEPTED, State.INVESTIGATING, State.PROPOSED, State.VOTING)
    OPEN = (*RUNNING, State.INADMISSIBLE)
    DECIDED = (State.ANSWERED, State.ACKNOWLEDGED)

    FILE = Transition("file", (State.DRAFT,), State.FILED)
    PLEAD_LATE = Transition("plead_late", (State.DRAFT,), State.CHAIR)
    ACCEPT = Transition("accept", (State.FILED,), State.ACCEPTED)
    DECLINE = Transition("decline", (State.FILED,), State.INADMISSIBLE)
    CONTEST = Transition("contest", (State.INADMISSIBLE,), State.CHAIR)
    ADMIT = Transition("admit", (State.CHAIR,), State.ACCEPTED)
    DISMISS = Transition("dismiss", (State.CHAIR, State.INADMISSIBLE), State.DISMISSED)
    INVESTIGATE = Transition("investigate", (State.ACCEPTED,), State.INVESTIGATING)
    PROPOSE = Transition("propose", (State.INVESTIGATING,), State.PROPOSED)
    SEND_BACK = Transition("send_back", (State.PROPOSED, State.VOTING), State.INVESTIGATING)
    SUBMIT = Transition("submit", (State.PROPOSED,), State.VOTING)
    ANSWER = Transition("answer", (State.PROPOSED, State.VOTING), State.ANSWERED)
    ACKNOWLEDGE = Transition("acknowledge", (State.ANSWERED,), State.ACKNOWLEDGED)
    WITHDRAW = Transition(
        "withdraw",
        (
            State.DRAFT,
            State.FILED,
            State.CHAIR,
            State.INADMISSIBLE,
            State.ACCEPTED,
            State.INVESTIGATING,
            State.PROPOSED,
        ),
        State.WITHDRAWN,
    )

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30, blank=True, help_text=_("given when it is filed"))
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="appeals")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200, help_text=_("what it is about, in the company's language"))
    grounds = models.JSONField(default=list)
    text = models.TextField(blank=True)
    wish = models.CharField(max_length=10, choices=Wish.choices, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField()
    window_until = models.DateTimeField(
        null=True, help_text=_("last moment to file; empty while the month is open")
    )
    filed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    counted_days = models.JSONField(default=list)
    plea = models.TextField(blank=True, help_text=_("to the chair: why it should be admitted all the same"))
    is_late = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    inadmissible_reason = models.TextField(blank=True)
    declined_at = models.DateTimeField(null=True)
    chair_until = models.DateTimeField(null=True, help_text=_("until when it may go to the chair"))
    contested_at = models.DateTimeField(null=True)
    chair_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    chair_reason = models.TextField(blank=True)
    chair_at = models.DateTimeField(null=True)
    investigator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reasons = models.TextField(blank=True, help_text=_("what was checked and what it showed; the answer"))
    effects = models.JSONField(
        default=list, help_text=_("of a changed decision: the effects that take its place")
    )
    finding = models.JSONField(
        default=dict,
        help_text=_("of a changed finding: {verdict, severity} that take the place of those confirmed"),
    )
    preview = models.JSONField(default=dict, help_text=_("what would change, as it was shown when proposed"))
    proposed_at = models.DateTimeField(null=True)
    is_large = models.BooleanField(default=False)
    motion = models.ForeignKey(Motion, null=True, on_delete=models.PROTECT, related_name="+")
    sent_back_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    rating_note = models.CharField(max_length=500, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], condition=~Q(number=""), name="appeals_number"
            ),
            models.UniqueConstraint(
                fields=["employee", "subject", "object_id"],
                condition=~Q(state="withdrawn"),
                name="appeals_one_on_a_thing",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("investigator")), name="appeals_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "acknowledged"]) | ~Q(outcome=""),
                name="appeals_answer_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="appeals_rating_range"
            ),
        ]

    def __str__(self):
        return self.number or self.title

    def get_absolute_url(self):
        return reverse("appeal", args=[self.pk])

    def get_own_url(self):
        return reverse("my_appeal", args=[self.pk])

    @property
    def is_running(self):
        return self.state in self.RUNNING

    @property
    def is_decided(self):
        return self.state in self.DECIDED

    def is_overdue(self, at):
        return self.is_running and self.due_at is not None and self.due_at <= at
