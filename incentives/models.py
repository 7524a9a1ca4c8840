from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.models import Motion
from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from core.flow import Transition
from organization.models import Company, Department, Employee
from organization.scopes import reach_of
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


class VisibleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of a company for HR, group and audit; their people's for heads; their own for everybody."""
        wide = reach_of(user, "incentives.view")
        own = reach_of(user, "incentives.view_own")
        match = Q(company_id__in=wide.company_ids) | Q(department_id__in=wide.department_ids)
        if own.employee_id:
            match |= Q(employee_id=own.employee_id) & self.told()
        return self.filter(match)

    def told(self):
        """What of their own people may see."""
        return Q()


class Case(models.Model):
    """A literal hit of a rule, always visible; the gate only says whether it proposes itself (fact 4)."""

    class State(models.TextChoices):
        FOUND = "found", _("to be proposed")
        HELD = "held", _("held back: evidence not sufficient")
        PROPOSED = "proposed", _("proposed")
        SET_ASIDE = "set_aside", _("set aside")

    PROPOSE = Transition("propose", (State.FOUND, State.HELD), State.PROPOSED)
    SET_ASIDE = Transition("set_aside", (State.FOUND, State.HELD), State.SET_ASIDE)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="cases")
    rule_code = models.CharField(max_length=40)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="cases")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    occurrence = models.CharField(max_length=80, help_text=_("the period or the fact that set the rule off"))
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


class HearingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def overdue(self, at):
        """Open ones whose last day has passed."""
        return self.open().filter(due_at__lte=at)


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


class LedgerQuerySet(AppendOnlyQuerySet, VisibleQuerySet):
    pass


class LedgerLine(AppendOnlyModel):
    """Points or fen of one employee; never changed, corrected only by a reversing line (fact 5)."""

    class Unit(models.TextChoices):
        POINTS = "points", _("points")
        FEN = "fen", _("money")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="ledger_lines")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="ledger_lines")
    effect = models.PositiveIntegerField(help_text=_("place in the decision's effects"))
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    unit = models.CharField(max_length=10, choices=Unit.choices)
    money_class = models.CharField(max_length=30, blank=True)
    amount = models.IntegerField()
    counts_for = models.CharField(max_length=7)
    posted_at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="incentives_line_number"),
            models.UniqueConstraint(
                fields=["decision", "effect"], condition=Q(reverses=None), name="incentives_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="incentives_line_not_zero"),
        ]


class Notice(models.Model):
    """A numbered document that follows a decision: letter, or notice published inside the company (praise only)."""

    class Kind(models.TextChoices):
        LETTER = "letter", _("decision letter")
        COMMENDATION = "commendation", _("commendation notice")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind"], name="incentives_notice_once"),
            models.UniqueConstraint(fields=["company", "number"], name="incentives_notice_number"),
        ]


class Talk(models.Model):
    """An admonishing talk (诫勉谈话) the head holds and records; the employee acknowledges."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("to be held")
        HELD = "held", _("held, to be acknowledged")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        CANCELLED = "cancelled", _("cancelled")

    HOLD = Transition("hold", (State.SCHEDULED,), State.HELD)
    ACKNOWLEDGE = Transition("acknowledge", (State.HELD,), State.ACKNOWLEDGED)
    CANCEL = Transition("cancel", (State.SCHEDULED, State.HELD), State.CANCELLED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="talk")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="talks")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    head = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="talks_to_hold")
    state = models.CharField(max_length=20, choices=State.choices, default=State.SCHEDULED)
    due_at = models.DateTimeField()
    held_on = models.DateField(null=True)
    minutes = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    employee_note = models.CharField(max_length=1000, blank=True)

    objects = VisibleQuerySet.as_manager()

    def get_absolute_url(self):
        return reverse("talk", args=[self.pk])
