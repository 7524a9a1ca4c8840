"""The mailbox that customers write to, and what became of each letter."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.case import Case
from organization.models import Company
from organization.scopes import reach_of


class MailboxQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "complaints.manage").company_ids)


class Mailbox(models.Model):
    """An IMAP account. The password stands in the environment under `password_name`, never here."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="mailboxes")
    address = models.EmailField()
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    uses_tls = models.BooleanField(default=True)
    username = models.CharField(max_length=200)
    password_name = models.CharField(max_length=80)
    folder = models.CharField(max_length=80, default="INBOX")
    is_active = models.BooleanField(default=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    next_look_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "address"]
        constraints = [
            models.UniqueConstraint(fields=["company", "address"], name="complaints_mailbox_address")
        ]


class Letter(models.Model):
    """One e-mail that came in: which case it opened or joined, or why it opened none."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("opened a case")
        JOINED = "joined", _("joined a case")
        BOUNCE = "bounce", _("could not be delivered")
        AUTO_REPLY = "auto_reply", _("automatic reply")
        IGNORED = "ignored", _("nothing to read")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="letters")
    message_id = models.CharField(max_length=250)
    thread = models.TextField(blank=True, help_text=_("message ids it answers, space between"))
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="letters")
    left_out = models.PositiveSmallIntegerField(default=0, help_text=_("attachments that were not kept"))
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "message_id"], name="complaints_letter_once")
        ]
