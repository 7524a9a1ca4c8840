"""Reads: unread messages in the inbox, messages on a customer's timeline, the outbox, what breaks fact 8."""

import datetime as dt

from django.db.models import Count, Q, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import may
from core.navigation import InboxItem
from customers.selectors import Entry
from notifications.addresses import hash_of
from notifications.models import Message, Robot, Suspension
from notifications.registries import confidential_kinds, message_veils
from notifications.wording import reason_of

LATE = dt.timedelta(hours=3)  # longer than the longest wait between tries
FRESH = dt.timedelta(days=7)  # so long a failure is news
LONGEST_HOLIDAY = dt.timedelta(days=14)  # a daily summary waits for a working day
STATES = Message.State


def inbox(user, company, at):
    """One line for all unread messages."""
    unread = Message.objects.unread(user).filter(company=company)
    newest = unread.annotate(count=Window(Count("pk"))).values_list("subject", "count").first()
    if newest is None:
        return []
    subject, count = newest
    title = ngettext("%(count)s unread message", "%(count)s unread messages", count) % {"count": count}
    news = {"is_information": True, "count": count}
    return [
        InboxItem("messages", title, url=reverse("messages"), detail=subject, icon="envelope", extra=news),
    ]


def troubles(user, company, at):
    """For who looks after the outbox: robots that do not get through, and what could not be delivered lately."""
    if not may(user, "notifications.manage"):
        return []
    stuck = Q(state=STATES.FAILED) | Q(state=STATES.QUEUED, robot__failures__gte=1)
    rows = outbox(user, company).filter(stuck, tried_at__gt=at - FRESH).order_by()
    rows = rows.values_list("robot", "robot__label", "robot__last_error", "robot__failures", "state")
    ill, failed = {}, 0
    for pk, label, error, failures, state, times in rows.annotate(times=Count("pk")):
        failed += times if state == STATES.FAILED else 0
        ill |= {pk: (label, error)} if failures else {}
    items = [_ill_robot(pk, *words) for pk, words in sorted(ill.items())]
    return items + ([_undelivered(failed)] if failed else [])


def _ill_robot(pk, label, error):
    return InboxItem(
        "robots",
        _("The robot “%(name)s” does not get through") % {"name": label},
        url=reverse("robot", args=[pk]),
        detail=reason_of(error),
        action=_("See why"),
        icon="robot",
    )


def _undelivered(count):
    title = ngettext(
        "%(count)s message could not be delivered", "%(count)s messages could not be delivered", count
    )
    return InboxItem(
        "outbox",
        title % {"count": count},
        url=f"{reverse('outbox')}?state={STATES.FAILED}",
        detail=_("In the last seven days. Correct the address, or send again."),
        icon="send-exclamation",
        extra={"is_information": True, "count": count},
    )


def timeline(customer, viewer=None):
    """Messages to the customer: subject and what became of it; and when their address is written to no more."""
    messages = Message.objects.filter(customer_id=customer.pk, company_id=customer.company_id)
    if viewer is not None:
        for veil in message_veils:
            messages = veil(messages, viewer, customer)
    for message in messages:
        yield Entry(message.created_at, message.subject, message.get_state_display(), "envelope")
    if customer.email:
        for row in Suspension.objects.filter(
            company_id=customer.company_id,
            address_hash=hash_of(customer.email),
            suspended_at__isnull=False,
        ):
            detail = ngettext("%(count)s message came back", "%(count)s messages came back", row.bounces) % {
                "count": row.bounces
            }
            yield Entry(row.suspended_at, _("E-mail is no longer sent to this address"), detail, "envelope-x")


def outbox(user, company):
    """What left or waits for people outside, robots, and colleagues' mailboxes; not the messages in the application.

    Messages of confidential groups are left out: not even their number is anybody's business.
    """
    hidden = Q(channel=Message.Channel.INBOX)
    for prefix in confidential_kinds():
        hidden |= Q(kind__startswith=prefix)
    return Message.objects.visible_to(user).filter(company=company).exclude(hidden)


def counts_by_state(messages):
    """{state: how many}, every state named."""
    counted = dict(messages.order_by().values_list("state").annotate(times=Count("pk")))
    return {state: counted.get(state, 0) for state in STATES.values}


def queued_count(at):
    return Message.objects.filter(state=STATES.QUEUED).count()


def failed_count(at):
    return Message.objects.filter(state=STATES.FAILED).count()


def paused_robots(at):
    return Robot.objects.filter(is_active=True, paused_until__gt=at).count()


def violations():
    """Sentences for fact 8: sent twice, sent without a moment, or waiting although nothing keeps it."""
    twice = Message.objects.values("channel", "key").annotate(times=Count("pk")).filter(times__gt=1)
    for row in twice.order_by("channel", "key"):
        yield f"message {row['key']} was asked for {row['times']} times"
    for message in Message.objects.filter(state__in=[STATES.SENT, STATES.BUNDLED], sent_at=None):
        yield f"message {message.pk} counts as sent but has no moment"
    now = timezone.now()
    late = Q(state=STATES.QUEUED, next_try_at__lt=now - LATE)
    late |= Q(state=STATES.GATHERED, next_try_at__lt=now - LONGEST_HOLIDAY)
    for message in Message.objects.filter(late)[:100]:
        yield f"message {message.pk} was asked for at {message.created_at:%Y-%m-%d %H:%M} and has not been sent"
    finished = [STATES.SENT, STATES.SUPPRESSED, STATES.FAILED]
    for message in Message.objects.filter(is_secret=True, state__in=finished).exclude(body="")[:100]:
        yield f"message {message.pk} is finished and still holds its secret"
