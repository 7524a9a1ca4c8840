from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from organization.models import Company, DatedQuerySet, Employee, name_for_reader
from organization.scopes import employee_id_of, reach_of


class Committee(models.Model):
    """A standing or temporary group that decides; one person is a committee too. Shares are basis points."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="committees")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    quorum_bp = models.PositiveIntegerField(help_text=_("least share of entitled members who must vote"))
    approve_bp = models.PositiveIntegerField(
        help_text=_("approvals must be more than this share of entitled members")
    )
    one_reject_ends = models.BooleanField(default=False)
    one_return_ends = models.BooleanField(default=True)
    is_blind = models.BooleanField(default=True)
    voting_days = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="approvals_committee_code")]

    def __str__(self):
        return name_for_reader(self)


class Membership(models.Model):
    """A term of office."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="memberships")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="memberships")
    is_chair = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "employee", "starts_on"], name="approvals_membership_term"
            )
        ]


class MotionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Motions in which the user has a seat, and those of companies they audit or whose committees they keep."""
        companies = reach_of(user, "approvals.audit", "approvals.manage").company_ids
        seated = models.Q(seats__employee_id=employee_id_of(user))
        return self.filter(seated | models.Q(company_id__in=companies)).distinct()

    def open(self):
        return self.filter(state=Motion.State.OPEN)

    def overdue(self, at):
        """Still open after the last day: silence has decided nothing."""
        return self.open().filter(due_at__lte=at)

    def awaiting(self, employee_id):
        """Open motions on which this employee may still vote."""
        return self.filter(
            state=Motion.State.OPEN,
            seats__employee_id=employee_id,
            seats__recused_at=None,
            seats__vote=None,
        )


class Motion(models.Model):
    """One question put to a committee. What it is about is named by topic and id; the room above acts on events."""

    class State(models.TextChoices):
        OPEN = "open", _("being voted on")
        CARRIED = "carried", _("carried")
        REJECTED = "rejected", _("rejected")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    CARRY = Transition("carry", (State.OPEN,), State.CARRIED)
    REJECT = Transition("reject", (State.OPEN,), State.REJECTED)
    RETURN = Transition("return", (State.OPEN,), State.RETURNED)
    WITHDRAW = Transition("withdraw", (State.OPEN,), State.WITHDRAWN)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="motions")
    topic = models.CharField(max_length=60)
    topic_id = models.BigIntegerField()
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    terms = models.JSONField(
        default=dict, help_text=_("quorum and thresholds, frozen at opening; see rules.Terms")
    )
    excluded = models.JSONField(
        default=dict, help_text=_("employee id -> ground: who may not vote nor stand in")
    )
    reminded_on = models.DateField(null=True)

    objects = MotionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "topic_id"],
                condition=models.Q(state__in=["open", "carried"]),
                name="approvals_motion_one_live",
            ),
            models.UniqueConstraint(fields=["topic", "topic_id", "round"], name="approvals_motion_round"),
        ]

    def get_absolute_url(self):
        return reverse("motion", args=[self.pk])


class Seat(models.Model):
    """A member's (or stand-in's) place in one motion, frozen at opening; recusal takes it out of the count."""

    class Ground(models.TextChoices):
        SUBJECT = "subject", _("it is about them")
        PROPOSER = "proposer", _("they proposed it")
        VERIFIER = "verifier", _("they verified the facts")
        LINE = "line", _("direct superior")
        DECLARED = "declared", _("declared an interest")

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="seats")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    is_chair = models.BooleanField(default=False)
    stands_in_for = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    recused_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["motion_id", "-is_chair", "pk"]
        constraints = [models.UniqueConstraint(fields=["motion", "employee"], name="approvals_seat_once")]


class Vote(models.Model):
    """Cast once, never changed."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")
        RETURN = "return", _("return")

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="vote")
    choice = models.CharField(max_length=20, choices=Choice.choices)
    reason = models.CharField(max_length=1000, blank=True)
    cast_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cast_at = models.DateTimeField()
