"""Erasure of one customer: no address, no word in messages to them; the opt-outs stay, they hold no address."""

from django.db import transaction

from notifications import copies
from notifications.models import Message


@transaction.atomic
def erase(customer, at):
    theirs = Message.objects.filter(customer_id=customer.pk)
    theirs.filter(state=Message.State.QUEUED).update(
        state=Message.State.SUPPRESSED, sent_at=at, error="erased"
    )
    transaction.on_commit(copies.forget_blanked)
    return theirs.update(address="", subject="", body="", url="")
