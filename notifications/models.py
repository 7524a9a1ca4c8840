from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from organization.models import Company
from organization.scopes import reach_of


class Purpose(models.TextChoices):
    """What a customer may stop, one by one; the codes are those of `customers.Consent`."""

    SURVEYS = "surveys", _("surveys")
    CARE = "care", _("care messages")
    CASES = "cases", _("progress of your own messages to us")


class ManagedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "notifications.manage").company_ids)


class Robot(models.Model):
    """A group robot of WeCom, DingTalk or Feishu. Its address and secret are kept to be used, never shown again."""

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="robots")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    label = models.CharField(max_length=60)
    webhook_url = models.CharField(max_length=500)
    secret = models.CharField(max_length=200, blank=True)
    kinds = models.JSONField(default=list)  # which announcements it is told
    language = models.CharField(max_length=10, default="zh-hans")
    per_minute = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.CharField(max_length=300, blank=True)
    last_sent_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ManagedQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "label"]
        constraints = [
            models.UniqueConstraint(fields=["company", "label"], name="notifications_robot_label"),
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="notifications_robot_some"),
        ]

    @property
    def masked_url(self):
        """Enough to tell two robots apart: the host and the last characters of the key."""
        return f"{urlsplit(self.webhook_url).hostname}/…{self.webhook_url[-4:]}"


class MessageQuerySet(ManagedQuerySet):
    def due(self, at):
        return self.filter(state=Message.State.QUEUED, next_try_at__lte=at)

    def inbox_of(self, user):
        return self.filter(recipient=user, channel=Message.Channel.INBOX)

    def unread(self, user):
        return self.inbox_of(user).filter(read_at=None)


class Message(models.Model):
    """One message to one address, written in the transaction of the change that asked for it (fact 8)."""

    class Channel(models.TextChoices):
        INBOX = "inbox", _("in the application")
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        ROBOT = "robot", _("group robot")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        GATHERED = "gathered", _("waits for the daily summary")
        SENT = "sent", _("sent")
        BUNDLED = "bundled", _("told in the daily summary")
        SUPPRESSED = "suppressed", _("not sent: not wanted")
        FAILED = "failed", _("could not be delivered")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    kind = models.CharField(max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    robot = models.ForeignKey(Robot, null=True, on_delete=models.PROTECT, related_name="messages")
    address = models.CharField(max_length=254, blank=True)
    customer_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, blank=True)  # of those to customers
    language = models.CharField(max_length=10, default="zh-hans")
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)  # the body goes as soon as it is sent or given up
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=160)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    unclear = models.PositiveSmallIntegerField(default=0)  # tries whose end nobody knows: it may have arrived
    next_try_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    QUEUE_AGAIN = Transition("queued_again", (State.FAILED,), State.QUEUED)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="notifications_message_once"),
            models.CheckConstraint(
                condition=Q(channel="robot", robot__isnull=False) | (~Q(channel="robot") & Q(robot=None)),
                name="notifications_message_robot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="queued"), name="notifications_message_due"
            ),
            models.Index(
                fields=["next_try_at"], condition=Q(state="gathered"), name="notifications_message_gathered"
            ),
            models.Index(fields=["recipient", "read_at"], name="notifications_message_inbox"),
            models.Index(fields=["robot", "tried_at"], name="notifications_message_robot_at"),
            models.Index(fields=["company", "state", "-created_at"], name="notifications_message_outbox"),
        ]

    @property
    def is_to_customer(self):
        return bool(self.purpose or self.customer_id)

    @property
    def stopped_as(self):
        """The purpose under which a customer may stop it; messages of before there were several invited to surveys."""
        return self.purpose or Purpose.SURVEYS


class Preferences(models.Model):
    """How a colleague wants to hear by e-mail. The messages in the application always come."""

    class Choice(models.TextChoices):
        NOW = "now", _("at once")
        DAILY = "daily", _("once a working day")
        OFF = "off", _("not by e-mail")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preferences"
    )
    email = models.JSONField(default=dict)  # code of a group of kinds -> Choice
    digest_hour = models.PositiveSmallIntegerField()
    quiet_from = models.PositiveSmallIntegerField(null=True)  # whole hours, Asia/Shanghai
    quiet_until = models.PositiveSmallIntegerField(null=True)


class UnsubscribeLink(models.Model):
    """What a link at the end of a customer's message stops, and undoes. The token itself is never stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    address_hash = models.CharField(max_length=64)
    customer_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    created_at = models.DateTimeField()


class Optout(models.Model):
    """Every stopping and undoing by a link, newest wins; for addresses with and without a customer file."""

    ALL = "all"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    address_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)
    is_out = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["company_id", "at"]
        indexes = [models.Index(fields=["company", "address_hash"], name="notifications_optout_address")]


class Suspension(models.Model):
    """How often messages to an address came back for good; suspended when it was too often."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    address_hash = models.CharField(max_length=64)
    bounces = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)

    objects = ManagedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "address_hash"], name="notifications_suspension_address"
            )
        ]
