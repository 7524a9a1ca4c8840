from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Company


class MessageQuerySet(models.QuerySet):
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

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        SUPPRESSED = "suppressed", _("not sent: no consent")
        FAILED = "failed", _("could not be delivered")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    kind = models.CharField(max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    address = models.CharField(max_length=254, blank=True)
    customer_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=160)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="notifications_message_once")]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="queued"), name="notifications_message_due"
            ),
            models.Index(fields=["recipient", "read_at"], name="notifications_message_inbox"),
        ]
