"""Ask for a message inside the change's transaction; the tick sends what was committed (fact 8)."""

import re

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from notifications.models import Message, Purpose, Robot
from notifications.registries import announcements
from organization.models import Employee

A_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,39}")


def notify(*, user, company, kind, key, subject, at, body="", url=""):
    """Tell a colleague: in the application always, by e-mail as they chose, when an address is known. Once per key."""
    messages = [_message(Message.Channel.INBOX, company, kind, f"{key}:{user.pk}", subject, body, url, at)]
    if user.email:
        messages.append(
            _message(Message.Channel.EMAIL, company, kind, f"{key}:{user.pk}", subject, body, url, at)
        )
    for message in messages:
        message.recipient = user
        message.address = user.email if message.channel == Message.Channel.EMAIL else ""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def write_to_customer(
    *,
    company,
    kind,
    key,
    subject,
    body,
    at,
    customer_id=None,
    address="",
    channel=Message.Channel.EMAIL,
    purpose=Purpose.SURVEYS,
    is_secret=False,
):
    """Queue an e-mail or a text message to a customer; whether it may go is asked when it is sent.

    Without `address` the customer's file says it. A secret body is blanked once it is sent. Returns whether
    there was an address.
    """
    if channel not in (Message.Channel.EMAIL, Message.Channel.SMS):
        raise ValueError(f"no channel to customers: {channel}")
    message = _message(channel, company, kind, key, subject, body, "", at)
    message.address = address or _address_of(customer_id, channel)
    if not message.address:
        return False
    message.customer_id, message.purpose, message.is_secret = customer_id, Purpose(purpose), is_secret
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return True


def announce(*, company, kind, key, number, url, at):
    """Tell the company's group robots that chose this kind: its sentence, the number and the link. Once per key.

    There is no way to pass words: what a customer wrote or who they are must not reach a group chat.
    """
    if kind not in announcements:
        raise ValueError(f"{kind!r} is not registered as an announcement")
    if not A_NUMBER.fullmatch(number):
        raise ValueError("an announcement names a number, nothing else")
    robots = Robot.objects.filter(company=company, is_active=True).order_by("pk")
    messages = [
        _to_robot(robot, kind, f"{key}:{robot.pk}", number, url, at)
        for robot in robots
        if kind in robot.kinds
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def _to_robot(robot, kind, key, number, url, at):
    message = _message(Message.Channel.ROBOT, robot.company, kind, key, number, "", url, at)
    message.robot = robot
    return message


def invite(event):
    """A new login: tell its owner where to choose a password. The link holds no secret; the password page mails one."""
    employee = Employee.objects.select_related("user", "company").filter(pk=event.object_id).first()
    if employee is None or employee.user is None or not employee.email:
        return
    with translation.override(employee.user.language):
        notify(
            user=employee.user,
            company=employee.company,
            kind="login_given",
            key=f"login_given:{employee.pk}",
            subject=_("Your login for Manyi: %(name)s") % {"name": employee.user.username},
            body=_(
                "Choose a password on the page below with this e-mail address; then sign in with your login."
            ),
            url=reverse("account_reset_password"),
            at=event.created_at,
        )


def _address_of(customer_id, channel):
    customer = Customer.objects.filter(pk=customer_id).first() if customer_id else None
    if customer is None:
        return ""
    return customer.phone if channel == Message.Channel.SMS else customer.email


def _message(channel, company, kind, key, subject, body, url, at):
    return Message(
        channel=channel,
        company=company,
        kind=kind,
        key=key,
        subject=subject,
        body=body,
        url=url,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        created_at=at,
        next_try_at=at,
    )
