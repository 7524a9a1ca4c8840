"""What became of a message and how a robot is, in words for the pages of staff."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.addresses import masked
from notifications.models import Message, Robot
from notifications.registries import announcements, group_of

#: codes this room writes into Message.error -> sentence; anything else is a server's own words
REASONS = {
    "consent": gettext_lazy("the customer does not want it, or it no longer applies"),
    "preference": gettext_lazy("the recipient gets no e-mail of this kind"),
    "read": gettext_lazy("read in the application, or switched off, before the summary"),
    "robot_off": gettext_lazy("the robot is off"),
    "suspended": gettext_lazy("messages to this address came back too often"),
    "erased": gettext_lazy("the customer was erased"),
    "left": gettext_lazy("the recipient's login is closed"),
    "may have arrived": gettext_lazy("cut off twice while it was sent; it may have arrived all the same"),
    "the name of the server is not known": gettext_lazy("the name of the server is not known"),
    "the answer took too long": gettext_lazy("the answer took too long"),
    "not an address": gettext_lazy("not an address"),
    "not a number that gets text messages": gettext_lazy("not a number that gets text messages"),
    "the gateway did not accept it": gettext_lazy("the gateway did not accept it"),
    "its address is not allowed here": gettext_lazy("its address is not allowed here"),
    "nothing is said of this kind any more": gettext_lazy("nothing is said of this kind any more"),
    "SMS_BACKEND names no backend": gettext_lazy("SMS_BACKEND names no backend"),
    "SMS_HTTP_URL is not set": gettext_lazy("SMS_HTTP_URL is not set"),
}
ICONS = {
    Message.Channel.EMAIL: "envelope",
    Message.Channel.SMS: "chat-dots",
    Message.Channel.ROBOT: "robot",
}


@dataclass(frozen=True)
class Told:
    """One line of the outbox: about what, to whom, what became of it; no text of the message."""

    message: Message
    title: str
    to: str
    icon: str
    reason: str
    may_retry: bool


def told(message):
    """Of a message to a colleague only its group is named: a hearing is nobody else's business."""
    to = masked(message.address)
    if message.robot_id:
        title, to = (
            f"{announcements.get(message.kind, message.kind)} · {message.subject}",
            message.robot.label,
        )
    elif message.recipient_id:
        title, to = str(group_of(message.kind)[1].label), f"{message.recipient} · {to}"
    else:
        title = message.subject
    return Told(
        message=message,
        title=title,
        to=to,
        icon=ICONS.get(message.channel, "inbox"),
        reason=reason_of(message.error),
        may_retry=message.state == Message.State.FAILED and not (message.is_secret and not message.body),
    )


def reason_of(error):
    if error.startswith("bounced: "):
        return _("came back: %(words)s") % {"words": error.removeprefix("bounced: ")}
    return str(REASONS.get(error, error))


@dataclass(frozen=True)
class Condition:
    look: str
    icon: str
    text: str
    is_trouble: bool = False


def condition_of(robot: Robot, at):
    if not robot.is_active:
        return Condition("", "slash-circle", _("off"))
    if robot.paused_until and robot.paused_until > at:
        return Condition("look", "pause-fill", _("rests"), is_trouble=True)
    if robot.failures:
        return Condition("look", "exclamation-triangle", _("last try failed"), is_trouble=True)
    if robot.last_sent_at:
        return Condition("done", "check2", _("works"))
    return Condition("", "circle", _("not tried yet"))


def sentences_of(robot):
    return [str(announcements.get(kind, kind)) for kind in robot.kinds]
