from django.db import transaction

from notifications.models import Message


@transaction.atomic
def mark_read(user, message_id, *, at):
    return Message.objects.unread(user).filter(pk=message_id).update(read_at=at)


@transaction.atomic
def mark_all_read(user, *, at, until=None):
    """All, or those up to the message `until`: what came in since the page was opened nobody has seen."""
    unread = Message.objects.unread(user)
    if until is not None:
        unread = unread.filter(pk__lte=until)
    return unread.update(read_at=at)
