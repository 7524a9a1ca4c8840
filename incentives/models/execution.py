from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from incentives.models.decision import Decision
from incentives.models.scope import VisibleQuerySet
from jobs.models import Attachment
from organization.models import Company, Department, Employee
from organization.scopes import reach_of


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who see the decision; its subject and the heads above once it is issued; praise for everybody."""
        wide, own = reach_of(user, "incentives.view"), reach_of(user, "incentives.view_own")
        heads, board = reach_of(user, "incentives.hold_talk"), reach_of(user, "policies.view")
        match = wide.q(company="company_id", department="decision__department_id", employee=None)
        match |= models.Q(decision__department_id__in=heads.department_ids)
        match |= models.Q(kind=Notice.Kind.COMMENDATION, company_id__in=board.company_ids)
        if own.employee_id:
            match |= models.Q(decision__employee_id=own.employee_id)
        return self.filter(match)

    def to_serve(self):
        """Letters whose receipt is confirmed neither online nor by HR's record."""
        return self.filter(
            kind=Notice.Kind.LETTER,
            receipt_until__isnull=False,
            served_as="",
            decision__received_at=None,
            decision__reversed_at=None,
        )


class Notice(models.Model):
    """A numbered document that follows a decision, kept as served; only commendations are published in the company."""

    class Kind(models.TextChoices):
        LETTER = "letter", _("decision letter")
        COMMENDATION = "commendation", _("commendation notice")
        CERTIFICATE = "certificate", _("certificate")
        WARNING = "warning", _("written warning")
        CORRECTION = "correction", _("correction of a decision")

    class Service(models.TextChoices):
        PAPER = "paper", _("signed on paper")
        POST = "post", _("delivered by registered post")
        REFUSED = "refused", _("refused to sign, two witnesses present")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField()
    published_at = models.DateTimeField()
    receipt_until = models.DateTimeField(
        null=True, help_text=_("last day for the receipt, only of a decision letter")
    )
    served_as = models.CharField(
        max_length=10,
        choices=Service.choices,
        blank=True,
        help_text=_("how it arrived, if not confirmed online"),
    )
    served_on = models.DateField(null=True)
    served_note = models.CharField(max_length=200, blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    served_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind"], name="incentives_notice_once"),
            models.UniqueConstraint(fields=["company", "number"], name="incentives_notice_number"),
            models.CheckConstraint(
                condition=models.Q(served_as="", served_on=None)
                | (~models.Q(served_as="") & models.Q(served_on__isnull=False)),
                name="incentives_notice_served_whole",
            ),
        ]


class ReceiptFile(models.Model):
    """A scan or photo of the receipt that was signed, or of the proof of the post."""

    letter = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="receipts")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="receipt_file")

    class Meta:
        ordering = ["pk"]


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


class WarningQuerySet(VisibleQuerySet):
    def in_force(self, day):
        """Neither expired before this day nor lifted."""
        return self.filter(lifted_at=None, expires_on__gte=day)


class Warning(models.Model):
    """A step of the warning ladder: oral, then written; counts until it expires or is lifted (CC-5.3, RE-5.3b)."""

    class Level(models.TextChoices):
        ORAL = "oral", _("oral warning")
        WRITTEN = "written", _("written warning")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="warnings")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="warnings")
    effect = models.PositiveIntegerField(help_text=_("place in the decision's effects"))
    level = models.CharField(max_length=10, choices=Level.choices)
    given_at = models.DateTimeField()
    expires_on = models.DateField()
    lifted_at = models.DateTimeField(null=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "effect"], name="incentives_warning_once")]


class Mark(models.Model):
    """What stands on a person's record: priority in promotion; demotion or dismissal recommended, never done."""

    class Kind(models.TextChoices):
        PRIORITY = "priority", _("priority in promotion and pay")
        DEMOTION = "demotion", _("demotion recommended")
        DISMISSAL = "dismissal", _("dismissal recommended")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="marks")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="marks")
    effect = models.PositiveIntegerField(help_text=_("place in the decision's effects"))
    kind = models.CharField(max_length=20, choices=Kind.choices)
    set_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    checklist = models.JSONField(
        default=list, help_text=_("of a recommendation: [{code, done_at, by}], the law's conditions")
    )
    lifted_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "effect"], name="incentives_mark_once")]


class Duty(models.Model):
    """Something the decision asks somebody to do by a day: explain in writing, be trained, spend a team fund."""

    class Kind(models.TextChoices):
        EXPLANATION = "written_explanation", _("written explanation to the group")
        TRAINING = "training", _("training")
        TEAM_FUND = "team_fund", _("team fund")

    class State(models.TextChoices):
        OPEN = "open", _("to be done")
        DONE = "done", pgettext_lazy("duty", "done, to be checked")
        ACCEPTED = "accepted", pgettext_lazy("duty", "accepted")
        CANCELLED = "cancelled", _("cancelled")

    FINISH = Transition("finish", (State.OPEN,), State.DONE)
    ACCEPT = Transition("accept", (State.DONE,), State.ACCEPTED)
    SEND_BACK = Transition("send_back", (State.DONE,), State.OPEN)
    CANCEL = Transition("cancel", (State.OPEN, State.DONE), State.CANCELLED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="duties", help_text=_("who does it")
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="duties")
    effect = models.PositiveIntegerField(help_text=_("place in the decision's effects"))
    kind = models.CharField(max_length=30, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField()
    text = models.TextField(blank=True, help_text=_("the explanation, or what was done"))
    done_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=1000, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "effect"], name="incentives_duty_once")]

    def get_absolute_url(self):
        return reverse("duty", args=[self.pk])


class DutyFile(models.Model):
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="duty_file")
