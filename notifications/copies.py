"""Letters and text messages kept as files where no server is set up: they go with the words of their message."""

import re

from django.conf import settings

from notifications.addresses import OUR_ID
from notifications.models import Message

TEXT_NAME = re.compile(r"-([0-9]{1,18})\.[0-9a-f]{16}\.txt$")
HEAD = re.compile(r"^Message-ID:\s*(\S+)", re.MULTILINE)


def forget_blanked():
    """Remove the kept copies of every message to a customer that holds no address any more (CC-4.4)."""
    found = {**_texts(), **_letters()}
    blank = Message.objects.filter(
        pk__in=set(found.values()), address="", recipient=None, robot=None
    ).values_list("pk", flat=True)
    gone = set(blank)
    for path, pk in found.items():
        if pk in gone:
            path.unlink(missing_ok=True)


def _texts():
    """{path: id of the message} of text messages in files."""
    if settings.SMS_BACKEND != "file" or not settings.SMS_FILE_PATH.is_dir():
        return {}
    named = ((path, TEXT_NAME.search(path.name)) for path in settings.SMS_FILE_PATH.iterdir())
    return {path: int(name[1]) for path, name in named if name}


def _letters():
    """{path: id of the message} of letters in files; each file holds one."""
    if not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") or not settings.EMAIL_FILE_PATH.is_dir():
        return {}
    found = {}
    for path in settings.EMAIL_FILE_PATH.iterdir():
        head = HEAD.search(path.read_text(encoding="utf-8", errors="replace"))
        ours = OUR_ID.search(head[1]) if head else None
        found |= {path: int(ours[1])} if ours else {}
    return found
