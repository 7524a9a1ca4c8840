"""How a message leaves: one module a channel, each with `send(message)` that returns or raises NotDelivered."""

from notifications.channels import email, robots, sms
from notifications.models import Message

SENDERS = {
    Message.Channel.INBOX: lambda message: None,  # it is there already
    Message.Channel.EMAIL: email.send,
    Message.Channel.SMS: sms.send,
    Message.Channel.ROBOT: robots.send,
}


def deliver(message):
    SENDERS[message.channel](message)
