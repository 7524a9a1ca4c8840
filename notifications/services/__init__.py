"""What other rooms ask of this one."""

from notifications.registries import announcements, message_groups, permissions_to_send
from notifications.services.bounces import mark_bounced
from notifications.services.queueing import announce, invite, notify, write_to_customer
from notifications.services.reading import mark_all_read, mark_read
from notifications.services.sending import send_due

__all__ = [
    "announce",
    "announcements",
    "invite",
    "mark_all_read",
    "mark_bounced",
    "mark_read",
    "message_groups",
    "notify",
    "permissions_to_send",
    "send_due",
    "write_to_customer",
]
