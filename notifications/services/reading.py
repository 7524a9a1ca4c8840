from django.db import transaction

from notifications.models import Message


@transaction.atomic
def mark_read(user, message_id, *, at):
    return Message.objects.unread(user).filter(pk=message_id).update(read_at=at)


@transaction.atomic
def mark_all_read(user, *, at):
    return Message.objects.unread(user).update(read_at=at)
