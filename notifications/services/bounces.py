"""Messages that came back. An address that came back too often is written to no more until somebody lifts that."""

import datetime as dt

from django.db import transaction

from audit.services import record
from notifications import rules
from notifications.addresses import hash_of, parse_message_id, reference, without_addresses
from notifications.models import Message, Suspension

RECENT = dt.timedelta(days=14)


@transaction.atomic
def mark_bounced(*, message_id="", address="", reason="", at):
    """A message came back for good (not: mailbox full today). Found by our Message-ID, else by its address.

    Safe to repeat: a message counts once. Returns the message, or None when there is none of ours.
    """
    message = _by_id(message_id) or _by_address(address, at)
    if message is None:
        return None
    came_back = without_addresses(" ".join(reason.split()))[:200] or "came back"
    blanked = {"body": ""} if message.is_secret else {}
    sent = Message.objects.filter(pk=message.pk, state=Message.State.SENT)
    if sent.update(state=Message.State.FAILED, error=f"bounced: {came_back}", **blanked):
        count_bounce(message, at=at)
    return message


def _by_id(message_id):
    own = parse_message_id(message_id)
    if not own:
        return None
    message = Message.objects.filter(pk=int(own.split(".")[0]), channel=Message.Channel.EMAIL).first()
    return message if message and reference(message) == own else None


def _by_address(address, at):
    if "@" not in address:
        return None
    return (
        Message.objects.filter(
            channel=Message.Channel.EMAIL,
            address__iexact=address.strip(),
            state=Message.State.SENT,
            sent_at__gt=at - RECENT,
        )
        .order_by("-sent_at", "-pk")
        .first()
    )


@transaction.atomic
def count_bounce(message, *, at):
    """One more for the address of this message; suspended when it was one too many."""
    about = {"company_id": message.company_id, "address_hash": hash_of(message.address)}
    Suspension.objects.get_or_create(**about)
    row = Suspension.objects.select_for_update().get(**about)
    row.bounces, row.last_at = row.bounces + 1, at
    if row.bounces >= rules.MOST_BOUNCES and row.suspended_at is None:
        row.suspended_at = at
        record("notifications.suspension.suspended", row, by=None, at=at)
    row.save()


def is_suspended(message):
    """Only e-mail comes back; a text message or a robot has no address that does."""
    if message.channel != Message.Channel.EMAIL or not message.address:
        return False
    return Suspension.objects.filter(
        company_id=message.company_id, address_hash=hash_of(message.address), suspended_at__isnull=False
    ).exists()


@transaction.atomic
def lift(suspension, *, by, at):
    """Write to the address again: it was corrected, or its mail server is back."""
    row = Suspension.objects.select_for_update().get(pk=suspension.pk)
    if row.suspended_at is None:
        return row
    row.suspended_at, row.bounces = None, 0
    row.save()
    record("notifications.suspension.lifted", row, by=by, at=at)
    return row
