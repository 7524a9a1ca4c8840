"""The daily summary: one e-mail on working days with counts and links, of what a colleague chose to hear that way."""

from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.period import SHANGHAI
from core.workdays import is_working_day
from notifications import timing
from notifications.models import Message
from notifications.registries import group_of

MOST_LINES = 12  # of one group; the rest stands on the page


def send_digests(at):
    """Tick: bundle what waits for people whose hour has come. Returns how many summaries were written."""
    waiting = Message.objects.filter(state=Message.State.GATHERED, next_try_at__lte=at)
    pairs = sorted(set(waiting.values_list("recipient_id", "company_id")))
    if not pairs or not is_working_day(at.astimezone(SHANGHAI).date()):
        return 0
    return sum(_bundle(user_id, company_id, at) for user_id, company_id in pairs)


@transaction.atomic
def _bundle(user_id, company_id, at):
    """One summary and its messages marked, together; the row lock lets one of several ticks do it."""
    gathered = Message.objects.filter(
        state=Message.State.GATHERED, recipient_id=user_id, company_id=company_id, next_try_at__lte=at
    )
    messages = list(gathered.select_for_update(of=("self",)).order_by("pk"))
    if not messages:
        return 0
    user = User.objects.select_related("message_preferences").get(pk=user_id)
    wanted = _wanted(user, messages)
    told = {message.pk for message in wanted}
    _mark([message for message in messages if message.pk in told], Message.State.BUNDLED, "", at)
    _mark([message for message in messages if message.pk not in told], Message.State.SUPPRESSED, "read", at)
    if not wanted:
        return 0
    _write(user, wanted, at)
    return 1


def _mark(messages, state, error, at):
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids).update(state=state, sent_at=at, error=error)


def _wanted(user, messages):
    """Without what was read in the application meanwhile, or switched off."""
    preferences = timing.preferences_of(user)
    read = set(
        Message.objects.filter(
            channel=Message.Channel.INBOX,
            key__in=[message.key for message in messages],
            read_at__isnull=False,
        ).values_list("key", flat=True)
    )
    return [
        message
        for message in messages
        if message.key not in read and timing.choice_for(preferences, message.kind) != timing.OFF
    ]


def _write(user, messages, at):
    with translation.override(user.language):
        subject = ngettext("%(count)s message for you", "%(count)s messages for you", len(messages)) % {
            "count": len(messages)
        }
        body = _body(messages)
    first = messages[0]
    Message.objects.create(
        company_id=first.company_id,
        channel=Message.Channel.EMAIL,
        kind=timing.SUMMARY,
        key=f"digest:{first.pk}",
        recipient=user,
        address=user.email or first.address,
        language=user.language,
        subject=subject,
        body=body,
        created_at=at,
        next_try_at=at,
    )


def _body(messages):
    """Per group its count, then a line and a link for each message."""
    ordered = sorted(messages, key=lambda message: (group_of(message.kind)[0], message.pk))
    parts = []
    for _code, members in groupby(ordered, key=lambda message: group_of(message.kind)[0]):
        members = list(members)
        _name, group = group_of(members[0].kind)
        lines = [f"{group.label} · {len(members)}"]
        lines += [_line(message) for message in members[:MOST_LINES]]
        if len(members) > MOST_LINES:
            lines.append(_("… and %(count)s more") % {"count": len(members) - MOST_LINES})
        parts.append("\n".join(lines))
    parts.append(
        _("All messages: %(link)s\nHow you hear of them: %(settings)s")
        % {
            "link": f"{settings.PUBLIC_URL}{reverse('messages')}",
            "settings": f"{settings.PUBLIC_URL}{reverse('message_settings')}",
        }
    )
    return "\n\n".join(parts)


def _line(message):
    link = f"\n  {settings.PUBLIC_URL}{message.url}" if message.url else ""
    return f"- {message.subject}{link}"
