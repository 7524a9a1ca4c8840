"""Keeping a mailbox and taking in a letter with an attachment."""

from complaints.services import mailbox
from complaints.tests.build_mail import PHOTO, letter, make_mailbox
from core.faults import WritePath
from core.registries import write_paths
from tests.factories import at

RAW = letter(message_id="swept@example.com", files=[PHOTO, ("账单.xlsx", b"PK\x03\x04")])


def kept():
    return (make_mailbox(),)


def policy():
    found = make_mailbox().company
    found.mailboxes.all().delete()
    return (found,)


PATHS = {
    "save_mailbox": (policy, lambda company: make_mailbox(company)),
    "stop_mailbox": (kept, lambda found: mailbox.stop_mailbox(found, by=None, at=at())),
    "request_look": (kept, lambda found: mailbox.request_look(found, by=None, at=at())),
    "read_letter": (kept, lambda found: mailbox.read_letter(found, RAW, at=at(), uid=7)),
}
for name, (arrange, act) in PATHS.items():
    write_paths.register(f"complaints.{name}", WritePath(arrange, act))
