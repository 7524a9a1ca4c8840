"""What staff who look after the outbox may do with messages that failed."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import Refused, advance
from notifications.models import Message

MOST_AT_ONCE = 200


@transaction.atomic
def retry(message, *, by, at):
    """Queue a failed message again, with all its tries."""
    if message.is_secret and not message.body:
        raise Refused(
            _("This message held a secret, so its text was removed. Ask the customer to write again."),
            code="blanked",
        )
    return advance(
        message,
        Message.QUEUE_AGAIN,
        by=by,
        at=at,
        attempts=0,
        unclear=0,
        next_try_at=at,
        error="",
        sent_at=None,
    )


@transaction.atomic
def retry_all(messages, *, by, at):
    """Queue up to 200 failed messages of this queryset again. Returns how many; blanked ones are left alone."""
    failed = messages.filter(state=Message.State.FAILED).exclude(is_secret=True, body="")
    chosen = list(failed.select_for_update(of=("self",)).order_by("pk")[:MOST_AT_ONCE])
    for message in chosen:
        retry(message, by=by, at=at)
    return len(chosen)
