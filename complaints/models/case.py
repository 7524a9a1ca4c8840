"""The case: one voice of a customer or colleague, from any channel to its answer; and whom it names."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from customers.models import Customer
from organization.models import Company, Department, Employee, Site
from organization.scopes import employee_id_of, reach_of
from surveys.models import Answer


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("complaint")
    PRAISE = "praise", _("praise")
    SUGGESTION = "suggestion", _("suggestion")
    REPORT = "report", _("internal report")


class Channel(models.TextChoices):
    WEB = "web", _("web form")
    HOTLINE = "hotline", _("hotline")
    MAILBOX = "mailbox", _("mailbox")
    EMPLOYEE = "employee", _("passed on by an employee")
    SURVEY = "survey", _("survey answer")
    ONLINE = "online", _("online service")
    BOX = "box", _("suggestion box")
    VISIT = "visit", _("visit")


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    INVESTIGATING = "investigating", _("being investigated")
    WAITING = "waiting", _("waiting for the customer")
    PROPOSED = "proposed", _("finding to be confirmed")
    PROVED = "proved", _("proof found")
    ATTRIBUTED = "attributed", _("shares proposed")
    CONFIRMED = "confirmed", _("confirmed")
    RESPONDED = "responded", pgettext_lazy("case", "answered")
    CLOSED = "closed", pgettext_lazy("case", "closed")
    WITHDRAWN = "withdrawn", _("withdrawn by the customer")
    DECLINED = "declined", pgettext_lazy("case", "declined")
    MERGED = "merged", _("merged into another case")


class ToldBy(models.TextChoices):
    """How the customer wants to hear of progress; the tracking page is always there."""

    NONE = "none", _("by the tracking page only")
    EMAIL = "email", _("by e-mail")
    SMS = "sms", _("by text message")


#: before a finding is proposed: may still be merged, withdrawn, declined
BEFORE_FINDING = (State.RECEIVED, State.ACCEPTED, State.INVESTIGATING, State.WAITING)
#: the clock runs
RUNNING = (
    State.RECEIVED,
    State.ACCEPTED,
    State.INVESTIGATING,
    State.PROPOSED,
    State.PROVED,
    State.ATTRIBUTED,
    State.CONFIRMED,
)
#: somebody still has something to do
OPEN = (*RUNNING, State.WAITING)


class CaseQuerySet(models.QuerySet):
    def of_customers(self):
        """Without internal reports: what lists, boards, search, timelines and exports start from."""
        return self.exclude(kind=Kind.REPORT)

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, at):
        return self.filter(state__in=RUNNING, due_at__lte=at)

    def visible_to(self, user):
        """Customers' voices in reach of complaints.view; internal reports for their readers.

        Nobody finds a case in which they are named: what they may know of it stands on their own page.
        """
        reach = reach_of(user, "complaints.view")
        readers = reach_of(user, "complaints.read_reports")
        theirs = Allegation.objects.filter(case=OuterRef("pk"), department_id__in=reach.department_ids)
        voices = (
            Q(company_id__in=reach.company_ids) | Q(department_id__in=reach.department_ids) | Exists(theirs)
        )
        found = self.filter(
            (~Q(kind=Kind.REPORT) & voices) | Q(kind=Kind.REPORT, company_id__in=readers.company_ids)
        )
        return found.not_naming(employee_id_of(user))

    def not_naming(self, employee_id):
        """Neither they nor the case they were merged into: the two lead to each other."""
        if not employee_id:
            return self
        of_them = Allegation.objects.filter(employee_id=employee_id)
        here, led = of_them.filter(case=OuterRef("pk")), of_them.filter(case=OuterRef("merged_into"))
        return self.exclude(Exists(here)).exclude(Exists(led))


class Case(models.Model):
    """One voice. Contact fields and texts are personal data: masked by role, removed after the retention time."""

    Kind, Channel, State, ToldBy = Kind, Channel, State, ToldBy

    ACCEPT = Transition("accept", (State.RECEIVED,), State.ACCEPTED)
    DECLINE = Transition("decline", (State.RECEIVED, State.ACCEPTED, State.PROVED), State.DECLINED)
    MERGE = Transition("merge", (*BEFORE_FINDING, State.PROVED), State.MERGED)
    UNMERGE = Transition("unmerge", (State.MERGED,), State.ACCEPTED)
    INVESTIGATE = Transition("investigate", (State.ACCEPTED,), State.INVESTIGATING)
    ASK = Transition("ask", (State.ACCEPTED, State.INVESTIGATING), State.WAITING)
    RESUME = Transition("resume", (State.WAITING,), State.INVESTIGATING)
    PROPOSE = Transition("propose", (State.INVESTIGATING,), State.PROPOSED)
    RETURN = Transition("return", (State.PROPOSED,), State.INVESTIGATING)
    CONFIRM = Transition("confirm", (State.PROPOSED,), State.CONFIRMED)
    PROVE = Transition("prove", (State.ACCEPTED,), State.PROVED)
    ATTRIBUTE = Transition("attribute", (State.PROVED,), State.ATTRIBUTED)
    RETURN_SHARES = Transition("return_shares", (State.ATTRIBUTED,), State.PROVED)
    CONFIRM_PRAISE = Transition("confirm_praise", (State.ATTRIBUTED,), State.CONFIRMED)
    ANSWER = Transition("answer", (State.ACCEPTED, State.CONFIRMED), State.RESPONDED)
    REOPEN = Transition("reopen", (State.RESPONDED, State.CLOSED), State.INVESTIGATING)
    CLOSE = Transition("close", (State.RESPONDED,), State.CLOSED)
    WITHDRAW = Transition("withdraw", (*BEFORE_FINDING, State.PROPOSED), State.WITHDRAWN)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    key = models.CharField(max_length=80, help_text=_("idempotency: the same key never makes a second case"))
    code_hash = models.CharField(max_length=64, blank=True, help_text=_("of the tracking code"))

    # what was said
    text = models.TextField(blank=True)
    happened_on = models.DateField(null=True, blank=True)
    people_named = models.CharField(max_length=120, blank=True, help_text=_("in the customer's words"))
    language = models.CharField(max_length=10, default="zh-hans")

    # who said it
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    is_anonymous = models.BooleanField(default=False)
    hides_name = models.BooleanField(default=False, help_text=_("from the people it is about"))
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    contact_email = models.EmailField(blank=True)
    told_by = models.CharField(max_length=10, choices=ToldBy.choices, default=ToldBy.NONE)

    # where it came from
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    feedback_code = models.ForeignKey(
        "complaints.FeedbackCode", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    answer = models.ForeignKey(
        Answer, null=True, blank=True, on_delete=models.PROTECT, related_name="cases",
        help_text=_("the survey answer about the same incident"),
    )  # fmt: skip

    # classification (PM-2: place × problem type)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    problem_type = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    class_code = models.CharField(max_length=40, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handler = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    investigator = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    # clocks, in working days
    first_answer_due_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True)
    due_is_provisional = models.BooleanField(default=False)
    extension_days = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_days = models.PositiveSmallIntegerField(default=0)
    warned_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    first_escalated_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when those above heard that nobody had answered at all")
    )

    # the end
    responded_at = models.DateTimeField(null=True, blank=True)
    answered_on_time = models.BooleanField(null=True, blank=True, help_text=_("kept from the first answer"))
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("the customer was asked (AU-4)"))
    grace_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("of the handling, 1–5"))
    rated_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_cases"
    )
    on_hold = models.BooleanField(default=False, help_text=_("legal hold: nothing of it is removed"))
    redacted_at = models.DateTimeField(null=True, blank=True, help_text=_("when texts and contacts went"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="complaints_case_number"),
            models.UniqueConstraint(fields=["company", "key"], name="complaints_case_once"),
            models.UniqueConstraint(fields=["answer"], name="complaints_case_of_answer"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="complaints_case_rating"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="complaints_case_not_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(asked_at__isnull=False), name="complaints_case_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "due_at"], name="complaints_case_queue"),
            models.Index(fields=["company", "kind", "received_at"], name="complaints_case_received"),
            models.Index(fields=["company", "site", "problem_type"], name="complaints_case_place"),
            models.Index(fields=["contact_phone"], name="complaints_case_phone"),
            models.Index(fields=["due_at"], condition=Q(state__in=RUNNING), name="complaints_case_due"),
            models.Index(
                fields=["first_answer_due_at"],
                condition=Q(state__in=RUNNING, first_answered_at=None),
                name="complaints_case_first_due",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def is_report(self):
        return self.kind == Kind.REPORT

    def is_overdue(self, at):
        return self.state in RUNNING and self.due_at is not None and self.due_at <= at


class Allegation(models.Model):
    """One person (or, where none is known, one department) and what is said of them: each gets a finding of its own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="allegations")
    employee = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="allegations"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("where the person worked on the day it happened"),
    )  # fmt: skip
    statement = models.CharField(max_length=500, help_text=_("what is said of them, without who said it"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text=_("when the person learnt of it"))
    reply = models.TextField(blank=True, help_text=_("what the person says to it"))
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "employee"], name="complaints_allegation_once"),
            models.UniqueConstraint(
                fields=["case", "department"],
                condition=Q(employee=None),
                name="complaints_allegation_department_once",
            ),
            models.CheckConstraint(
                condition=Q(employee__isnull=False) | Q(department__isnull=False),
                name="complaints_allegation_somebody",
            ),
        ]
