from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from organization.models import Company, DatedQuerySet, Employee, name_for_reader
from organization.scopes import employee_id_of, reach_of, today


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
    is_weighted = models.BooleanField(
        default=False, help_text=_("votes carry the weight of their seat; the quorum still counts heads")
    )
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
    weight = models.PositiveIntegerField(default=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "employee", "starts_on"], name="approvals_membership_term"
            ),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="approvals_membership_weight"),
        ]


class DelegationQuerySet(DatedQuerySet):
    def standing(self):
        """Not ended before their last day."""
        return self.filter(ended_at=None)

    def in_force(self, day):
        return self.standing().on(day)


class Delegation(models.Model):
    """A member gives their vote in one committee to a colleague, from a day to a day; they may end it earlier."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="delegations")
    principal = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("delegate")), name="approvals_delegation_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="approvals_delegation_dates"
            ),
        ]

    @property
    def company(self):
        return self.committee.company


class MotionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Motions in which the user has a seat, stands for a member or has voted for one, those they put themselves,
        and those of companies they audit or whose committees they keep."""
        companies = reach_of(user, "approvals.audit", "approvals.manage").company_ids
        employee_id = employee_id_of(user)
        seats = Seat.objects.filter(
            models.Q(employee_id=employee_id)
            | models.Q(pk__in=Seat.objects.delegated_to(employee_id, today()))
            | models.Q(vote__cast_by=user)
        )
        seated = models.Q(pk__in=seats.values("motion")) if employee_id else models.Q(pk__in=[])
        return self.filter(seated | models.Q(company_id__in=companies) | models.Q(proposed_by=user))

    def open(self):
        return self.filter(state=Motion.State.OPEN)

    def overdue(self, at):
        """Still open after the last day: silence has decided nothing."""
        return self.open().filter(due_at__lte=at)

    def awaiting(self, employee_id, day=None):
        """Open motions on which this employee may still vote, for their own seat or for a member they stand for."""
        return self.filter(pk__in=Seat.objects.awaiting(employee_id, day or today()).values("motion"))


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
    #: what was carried could no longer be carried out: the question may be put again
    LAPSE = Transition("lapse", (State.CARRIED,), State.RETURNED)

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
    declared = models.JSONField(
        default=dict, help_text=_("employee id -> interest declared by somebody who only stands for a member")
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


class SeatQuerySet(models.QuerySet):
    def delegated_to(self, employee_id, day):
        """Seats of open motions whose holders have given their vote to this employee."""
        given = Delegation.objects.in_force(day).filter(
            delegate_id=employee_id,
            committee_id=models.OuterRef("motion__committee_id"),
            principal_id=models.OuterRef("employee_id"),
        )
        return self.filter(models.Exists(given), motion__state=Motion.State.OPEN, stands_in_for=None)

    def awaiting(self, employee_id, day):
        """Seats of open motions without a vote that this employee may cast."""
        away = Seat.objects.filter(motion_id=models.OuterRef("motion_id"), employee_id=employee_id).exclude(
            recused_at=None
        )
        given = self.delegated_to(employee_id, day).filter(
            ~models.Exists(away), ~models.Q(motion__excluded__has_key=str(employee_id))
        )
        return self.filter(
            models.Q(employee_id=employee_id) | models.Q(pk__in=given.values("pk")),
            motion__state=Motion.State.OPEN,
            recused_at=None,
            vote=None,
        )


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
    weight = models.PositiveIntegerField(default=1)
    stands_in_for = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    recused_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["motion_id", "-is_chair", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "employee"], name="approvals_seat_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="approvals_seat_weight"),
        ]


class Vote(models.Model):
    """Cast once, never changed; by the seat's holder, or by a delegate on their behalf."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")
        RETURN = "return", _("return")

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="vote")
    choice = models.CharField(max_length=20, choices=Choice.choices)
    reason = models.CharField(max_length=1000, blank=True)
    cast_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    delegation = models.ForeignKey(Delegation, null=True, on_delete=models.PROTECT, related_name="votes")
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delegation=None, on_behalf_of=None)
                | models.Q(delegation__isnull=False, on_behalf_of__isnull=False),
                name="approvals_vote_principal",
            )
        ]


class MinutesQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who sits in the committee now, who had a seat in one of the motions, who audits or keeps the committee."""
        companies = reach_of(user, "approvals.audit", "approvals.manage").company_ids
        employee_id = employee_id_of(user)
        sits = Membership.objects.on(today()).filter(employee_id=employee_id).values("committee")
        seated = MinutesItem.objects.filter(motion__seats__employee_id=employee_id).values("minutes")
        own = models.Q(committee__in=sits) | models.Q(pk__in=seated) if employee_id else models.Q(pk__in=[])
        return self.filter(own | models.Q(company_id__in=companies))


class Minutes(models.Model):
    """What a committee decided, assembled from closed motions. Signing gives the number and freezes the content."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNED = "signed", pgettext_lazy("minutes", "signed")
        DISCARDED = "discarded", pgettext_lazy("minutes", "discarded")

    SIGN = Transition("sign", (State.DRAFT,), State.SIGNED)
    DISCARD = Transition("discard", (State.DRAFT,), State.DISCARDED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="minutes")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    number = models.CharField(max_length=40, blank=True)
    held_on = models.DateField()
    remarks = models.CharField(max_length=2000, blank=True)
    assembled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assembled_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    content = models.JSONField(default=dict, help_text=_("as signed; see approvals.minutes"))
    content_hash = models.CharField(max_length=64, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], condition=~models.Q(number=""), name="approvals_minutes_number"
            ),
            models.CheckConstraint(
                condition=models.Q(state="signed", signed_at__isnull=False, signed_by__isnull=False)
                & ~models.Q(number="")
                & ~models.Q(content_hash="")
                | ~models.Q(state="signed") & models.Q(signed_at=None, number=""),
                name="approvals_minutes_signed",
            ),
        ]

    def get_absolute_url(self):
        return reverse("minutes", args=[self.pk])


class MinutesItem(models.Model):
    """A motion in its minutes; it stands in one set of minutes at most."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="items")
    motion = models.OneToOneField(Motion, on_delete=models.PROTECT, related_name="minutes_item")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["minutes_id", "place"]
