"""Places where higher rooms add themselves to what this one runs. Filled in each app's `ready()`."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.registries import Registry

#: name -> callable(message) -> bool: may this still be sent? Asked at sending (consent), not at queueing
permissions_to_send = Registry()
#: name -> callable(message) -> address to which a customer's reply to it is to go, or ""
reply_addresses = Registry()
#: name -> callable(messages, viewer, customer) -> messages to the customer that the viewer of their file may know of
message_veils = Registry()
#: code -> Group of kinds of messages to colleagues; the longest prefix decides
message_groups = Registry()
#: kind -> the sentence (lazy) a group robot says; a kind that does not stand here cannot be announced
announcements = Registry()


@dataclass(frozen=True)
class Group:
    """Kinds of messages to colleagues that are chosen together, by the beginning of their names.

    `is_fixed`: always sent by e-mail at once (a hearing, a decision about oneself). `is_confidential`: not even that
    such a message exists is shown in the outbox.
    """

    label: object
    kinds: tuple
    is_fixed: bool = False
    is_confidential: bool = False


OTHER = Group(_("Everything else"), ("",))


def group_of(kind):
    """(code, Group) of a kind of message."""
    found = [
        (len(prefix), code, group)
        for code, group in message_groups.items()
        for prefix in group.kinds
        if kind.startswith(prefix)
    ]
    if not found:
        return "other", OTHER
    _length, code, group = max(found, key=lambda one: one[0])
    return code, group


def all_groups():
    """[(code, Group)] as the preferences show them: choosable ones first, the rest last."""
    return [*message_groups.items(), ("other", OTHER)]


def confidential_kinds():
    return [
        prefix for _code, group in message_groups.items() if group.is_confidential for prefix in group.kinds
    ]
