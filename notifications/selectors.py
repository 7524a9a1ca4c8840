"""Reads: unread messages in the inbox, messages on a customer's timeline, what breaks fact 8."""

import datetime as dt

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from core.navigation import InboxItem
from customers.selectors import Entry
from notifications.models import Message

MOST_COUNTED = 100
LATE = dt.timedelta(hours=3)  # longer than the longest wait between tries


def inbox(user, company, at):
    """One line for all unread messages."""
    unread = Message.objects.unread(user).filter(company=company)
    subjects = list(unread.values_list("subject", flat=True)[:MOST_COUNTED])
    if not subjects:
        return []
    count = len(subjects)
    title = ngettext("%(count)s unread message", "%(count)s unread messages", count) % {"count": count}
    news = {"is_information": True, "count": count}
    return [
        InboxItem(
            "messages", title, url=reverse("messages"), detail=subjects[0], icon="envelope", extra=news
        ),
    ]


def timeline(customer):
    """Messages to the customer: subject and what became of it."""
    for message in Message.objects.filter(customer_id=customer.pk, company_id=customer.company_id):
        yield Entry(message.created_at, message.subject, message.get_state_display(), "envelope")


def queued_count(at):
    return Message.objects.filter(state=Message.State.QUEUED).count()


def violations():
    """Sentences for fact 8: sent twice, sent without a moment, or waiting although nothing keeps it."""
    twice = Message.objects.values("channel", "key").annotate(times=Count("pk")).filter(times__gt=1)
    for row in twice.order_by("channel", "key"):
        yield f"message {row['key']} was asked for {row['times']} times"
    for message in Message.objects.filter(state=Message.State.SENT, sent_at=None):
        yield f"message {message.pk} counts as sent but has no moment"
    late = timezone.now() - LATE
    for message in Message.objects.filter(state=Message.State.QUEUED, next_try_at__lt=late)[:100]:
        yield f"message {message.pk} was asked for at {message.created_at:%Y-%m-%d %H:%M} and has not been sent"
