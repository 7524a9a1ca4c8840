"""When an e-mail to a colleague goes: at once, with the daily summary, after the quiet hours, or not at all."""

from core.period import SHANGHAI
from core.workdays import is_working_day
from notifications import rules
from notifications.models import Message, Preferences
from notifications.registries import group_of

FIRST_HOUR = 8  # of the daily summary, until somebody chooses another
NOW, DAILY, OFF = Preferences.Choice.NOW, Preferences.Choice.DAILY, Preferences.Choice.OFF
SUMMARY = "notifications.digest"


def preferences_of(user):
    """Theirs, or what holds until they choose."""
    found = getattr(user, "message_preferences", None)
    return found or Preferences(user=user, digest_hour=FIRST_HOUR)


def choice_for(preferences, kind):
    """How e-mail of this kind comes. What is said about oneself, and the summary, always come at once."""
    code, group = group_of(kind)
    return NOW if group.is_fixed or kind == SUMMARY else chosen(preferences, code)


def chosen(preferences, code):
    """What they chose for a group of kinds; at once, until they choose."""
    return preferences.email.get(code, NOW)


def is_switched_off(message):
    return _is_to_colleague(message) and choice_for(preferences_of(message.recipient), message.kind) == OFF


def held(message, at):
    """(state, moment) when it has to wait, else None."""
    if not _is_to_colleague(message):
        return None
    preferences, local = preferences_of(message.recipient), at.astimezone(SHANGHAI)
    if choice_for(preferences, message.kind) == DAILY:
        return Message.State.GATHERED, rules.next_digest(local, preferences.digest_hour, is_working_day)
    _code, group = group_of(message.kind)
    until = rules.quiet_until(local, preferences.quiet_from, preferences.quiet_until)
    return (Message.State.QUEUED, until) if until and not group.is_fixed else None


def _is_to_colleague(message):
    return message.channel == Message.Channel.EMAIL and message.recipient_id is not None
