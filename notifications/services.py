"""Ask for a message inside the change's transaction; the tick sends what was committed."""

import datetime as dt
import hashlib

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core.registries import Registry
from customers.models import Consent
from customers.services import may_be_asked
from notifications.models import Message
from organization.models import Employee

CLAIM = dt.timedelta(minutes=2)
LONGEST_WAIT = dt.timedelta(hours=2)
MOST_ATTEMPTS = 8
log = structlog.get_logger(__name__)

#: name -> callable(message) -> bool: may this still be sent? Asked at sending (consent), not at queueing
permissions_to_send = Registry()


def notify(*, user, company, kind, key, subject, at, body="", url=""):
    """Tell a colleague: in the application always, by e-mail when an address is known. Once per key."""
    messages = [_message(Message.Channel.INBOX, company, kind, f"{key}:{user.pk}", subject, body, url, at)]
    if user.email:
        messages.append(
            _message(Message.Channel.EMAIL, company, kind, f"{key}:{user.pk}", subject, body, url, at)
        )
    for message in messages:
        message.recipient = user
        message.address = user.email if message.channel == Message.Channel.EMAIL else ""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def write_to_customer(*, customer_id, address, company, kind, key, subject, body, at):
    """Queue an e-mail to a customer; whether it may go is asked when it is sent."""
    message = _message(Message.Channel.EMAIL, company, kind, key, subject, body, "", at)
    message.address, message.customer_id = address, customer_id
    Message.objects.bulk_create([message], ignore_conflicts=True)


def _message(channel, company, kind, key, subject, body, url, at):
    return Message(
        channel=channel,
        company=company,
        kind=kind,
        key=key,
        subject=subject,
        body=body,
        url=url,
        created_at=at,
        next_try_at=at,
    )


def customer_agrees(message):
    """Consent is asked when a message goes out: who withdrew meanwhile is left in peace."""
    if message.customer_id is None:
        return True
    return may_be_asked(message.customer_id, Consent.Purpose.SURVEYS)


def invite(event):
    """A new login: tell its owner where to choose a password. The link holds no secret; the password page mails one."""
    employee = Employee.objects.select_related("user", "company").filter(pk=event.object_id).first()
    if employee is None or employee.user is None or not employee.email:
        return
    with translation.override(employee.user.language):
        notify(
            user=employee.user,
            company=employee.company,
            kind="login_given",
            key=f"login_given:{employee.pk}",
            subject=_("Your login for Manyi: %(name)s") % {"name": employee.user.username},
            body=_(
                "Choose a password on the page below with this e-mail address; then sign in with your login."
            ),
            url=reverse("account_reset_password"),
            at=event.created_at,
        )


def send_due(at, limit=200):
    """Send what is due; each message is claimed by one conditional UPDATE. Returns how many went out."""
    sent = 0
    for message in Message.objects.due(at).order_by("pk")[:limit]:
        claimed = Message.objects.due(at).filter(pk=message.pk)
        if claimed.update(next_try_at=at + CLAIM, attempts=F("attempts") + 1):
            sent += _send(message, at)
    return sent


def _send(message, at):
    if not all(permitted(message) for permitted in permissions_to_send):
        return _finish(message, state=Message.State.SUPPRESSED, at=at)
    if message.channel == Message.Channel.EMAIL:
        try:
            _send_email(message)
        except OSError as broken:  # smtplib's errors are OSErrors
            return _try_later(message, broken, at)
    _finish(message, state=Message.State.SENT, at=at)
    return 1


def _send_email(message):
    link = f"\n\n{settings.PUBLIC_URL}{message.url}" if message.url else ""
    EmailMessage(
        subject=" ".join(message.subject.split()),  # one line: a header must not hold more
        body=message.body + link,
        to=[message.address],
        headers={"Message-ID": f"<{message.pk}.{_digest(message.key)}@{settings.MAIL_DOMAIN}>"},
    ).send()


def _digest(key):
    """The same message tried twice has the same id, so that mail programs show it once."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _finish(message, *, state, at):
    Message.objects.filter(pk=message.pk).update(state=state, sent_at=at, error="")
    return 0


def _try_later(message, broken, at):
    attempts = message.attempts + 1
    state = Message.State.FAILED if attempts >= MOST_ATTEMPTS else Message.State.QUEUED
    wait = min(dt.timedelta(seconds=30) * 2**attempts, LONGEST_WAIT)
    Message.objects.filter(pk=message.pk).update(state=state, next_try_at=at + wait, error=str(broken)[:300])
    log.warning("message_not_sent", message=message.pk, attempts=attempts)
    return 0


@transaction.atomic
def mark_read(user, message_id, *, at):
    return Message.objects.unread(user).filter(pk=message_id).update(read_at=at)


@transaction.atomic
def mark_all_read(user, *, at):
    return Message.objects.unread(user).update(read_at=at)
