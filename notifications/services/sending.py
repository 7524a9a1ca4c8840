"""The tick sends what was committed. A message is claimed by one conditional UPDATE; who dies between sending and
marking leaves it due again two minutes later, and it goes out a second time with the same id. Each claim counts as
unclear until its end is written: after two unclear ones it is given up, so that nothing arrives a third time.
"""

import datetime as dt
import time

import structlog
from django.db import transaction
from django.db.models import Case, F, Value, When

from notifications import channels, rules, timing
from notifications.channels.failures import NotDelivered
from notifications.models import Message, Purpose, Robot
from notifications.registries import permissions_to_send
from notifications.services import bounces

CLAIM = dt.timedelta(minutes=2)
LONGEST_BATCH = 60  # seconds; half of the claim, so that no claim lapses while its message is being sent
UNCLEAR = "may have arrived"
IN_BULK = (Purpose.SURVEYS, Purpose.CARE)
log = structlog.get_logger(__name__)


def send_due(at, limit=200):
    """Send what is due; returns how many went out. Invitations by the thousand come after what people wait for."""
    began, sent = time.monotonic(), 0
    in_bulk = Case(When(purpose__in=IN_BULK, then=Value(1)), default=Value(0))
    due = Message.objects.due(at).select_related("company", "robot", "recipient__message_preferences")
    for message in due.order_by(in_bulk, "pk")[:limit]:
        if time.monotonic() - began > LONGEST_BATCH:
            break
        if _claim(message, at):
            sent += _send(message, at)
    return sent


def _claim(message, at):
    """True for just one of several senders."""
    if message.robot_id:
        return _claim_for_robot(message, at)
    return _take(message, at)


def _take(message, at):
    due = Message.objects.due(at).filter(pk=message.pk)
    return due.update(
        next_try_at=at + CLAIM, attempts=F("attempts") + 1, unclear=F("unclear") + 1, tried_at=at
    )


@transaction.atomic
def _claim_for_robot(message, at):
    """The robot's row is locked while its last minute is counted: two senders together keep its limit too."""
    robot = Robot.objects.select_for_update().get(pk=message.robot_id)
    tries = robot.messages.filter(tried_at__gt=at - rules.MINUTE).order_by("-tried_at")
    rests = robot.paused_until if robot.paused_until and robot.paused_until > at else None
    until = rests or rules.free_at(
        list(tries.values_list("tried_at", flat=True)[: robot.per_minute]), robot.per_minute, at
    )
    if until is not None and robot.is_active:
        Message.objects.due(at).filter(pk=message.pk).update(next_try_at=until)
        return False
    return _take(message, at)


def _send(message, at):
    """1 when it went out."""
    if message.unclear >= rules.MOST_UNCLEAR:  # its sender died each time
        return _finish(message, Message.State.FAILED, at, UNCLEAR)
    if reason := _unwanted(message):
        return _finish(message, Message.State.SUPPRESSED, at, reason)
    if bounces.is_suspended(message):
        return _finish(message, Message.State.FAILED, at, "suspended")
    if held := timing.held(message, at):
        return _hold(message, *held)
    try:
        channels.deliver(message)
    except NotDelivered as failure:
        return _failed(message, failure, at)
    _finish(message, Message.State.SENT, at)
    if message.robot_id:
        Robot.objects.filter(pk=message.robot_id).update(
            failures=0, last_error="", last_sent_at=at, paused_until=None
        )
    return 1


def _unwanted(message):
    """Why it is no longer wanted, as a code; '' when it is. Asked now and not at queueing: people change their mind."""
    if message.robot_id and not message.robot.is_active:
        return "robot_off"
    if message.channel == Message.Channel.EMAIL and message.recipient_id and not message.recipient.is_active:
        return "left"
    if timing.is_switched_off(message):
        return "preference"
    if not all(permitted(message) for permitted in permissions_to_send):
        return "consent"
    return ""


def _hold(message, state, until):
    """Kept for later by its reader's wish; that is no try."""
    Message.objects.filter(pk=message.pk).update(
        state=state,
        next_try_at=until,
        attempts=message.attempts,
        unclear=message.unclear,
        tried_at=message.tried_at,
    )
    return 0


def _finish(message, state, at, error="", **counts):
    blanked = {"body": ""} if message.is_secret else {}
    sent_at = None if state == Message.State.FAILED else at
    Message.objects.filter(pk=message.pk).update(
        state=state, sent_at=sent_at, error=error[:300], **blanked, **counts
    )
    return 0


def _failed(message, failure, at):
    """Try again later, or give up; nothing of the address or the words is logged."""
    attempts = message.attempts + 1
    log.warning("message_not_sent", message=message.pk, channel=message.channel, attempts=attempts)
    if message.robot_id:
        _robot_failed(message.robot_id, failure, at)
    if failure.is_bounce:
        bounces.count_bounce(message, at=at)
    unclear = message.unclear + failure.is_unclear
    if unclear >= rules.MOST_UNCLEAR:
        return _finish(message, Message.State.FAILED, at, UNCLEAR)
    if failure.is_final or attempts >= rules.MOST_ATTEMPTS:
        return _finish(message, Message.State.FAILED, at, failure.reason, unclear=unclear)
    wait = max(failure.wait or dt.timedelta(), rules.wait_after(attempts))
    Message.objects.filter(pk=message.pk).update(
        next_try_at=at + wait, error=failure.reason[:300], unclear=unclear
    )
    return 0


@transaction.atomic
def _robot_failed(robot_id, failure, at):
    robot = Robot.objects.select_for_update().get(pk=robot_id)
    robot.failures += 1
    robot.last_error = failure.reason[:300]
    if pause := rules.robot_pause(robot.failures, failure.wait):
        robot.paused_until = at + pause
    robot.save(update_fields=["failures", "last_error", "paused_until"])
