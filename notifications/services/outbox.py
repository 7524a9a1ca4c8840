"""What staff who look after the outbox may do with messages that failed."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import Refused, advance
from customers.models import Contact, Customer
from notifications.models import Message
from notifications.rules import canonical

MOST_AT_ONCE = 200


@transaction.atomic
def retry(message, *, by, at):
    """Queue a failed message again, with all its tries, to the address that was corrected meanwhile."""
    if message.is_secret and not message.body:
        raise Refused(
            _("This message held a secret, so its text was removed. Ask the customer to write again."),
            code="blanked",
        )
    moved = present_address(message)
    corrected = {"address": moved} if moved != message.address else {}
    return advance(
        message,
        Message.QUEUE_AGAIN,
        by=by,
        at=at,
        **corrected,
        attempts=0,
        unclear=0,
        next_try_at=at,
        error="",
        sent_at=None,
    )


def present_address(message):
    """Where it goes now. An address that was given for this message alone, or is on file still, stays."""
    if message.recipient_id:
        return message.recipient.email or message.address
    file = (
        Customer.objects.filter(pk=message.customer_id, erased_at=None).select_related("merged_into").first()
    )
    if file is None:
        return message.address
    kind = "phone" if message.channel == Message.Channel.SMS else "email"
    leading, used = file.merged_into or file, canonical(message.address)
    now = {getattr(leading, kind), *_values(Contact.objects.filter(kind=kind, customer=leading), "value")}
    former = _values(Customer.history.filter(id__in=[file.pk, leading.pk]), kind)
    is_corrected = used in {canonical(one) for one in former} - {canonical(one) for one in now}
    return getattr(leading, kind) if is_corrected and getattr(leading, kind) else message.address


def _values(rows, field):
    return set(rows.values_list(field, flat=True))


@transaction.atomic
def retry_all(messages, *, by, at):
    """Queue up to 200 failed messages of this queryset again. Returns how many; blanked ones are left alone."""
    failed = messages.filter(state=Message.State.FAILED).exclude(is_secret=True, body="")
    chosen = list(failed.select_for_update(of=("self",)).order_by("pk")[:MOST_AT_ONCE])
    for message in chosen:
        retry(message, by=by, at=at)
    return len(chosen)
