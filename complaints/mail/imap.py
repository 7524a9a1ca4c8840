"""The way to an IMAP account: read only, certificates checked, every wait limited, every trouble has a code.

Nothing is changed in the mailbox: it is opened with EXAMINE and letters are fetched with PEEK.
"""

import contextlib
import datetime as dt
import imaplib
import os
import re
import socket
import ssl

from imap_tools import A, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

PATIENCE = 30  # seconds for each answer of the server
GOODBYE = 3
#: a letter with attachments of 15 MB is some 20 MB as it travels; of a larger one only its beginning is read
MOST_BYTES = 25 * 1024 * 1024
BEGINNING = 1024 * 1024
SIZES_AT_ONCE = 100
#: only these names of environment variables may hold a password of a mailbox. Without the limit, whoever keeps the
#: mailboxes could have the secret key sent to a server of their own
PASSWORD_NAME = re.compile(r"^MAILBOX_[A-Z0-9_]{1,60}$")
UID, SIZE = re.compile(rb"UID (\d+)"), re.compile(rb"RFC822\.SIZE (\d+)")


class Trouble(Exception):
    """Why a mailbox could not be read: password, login, host, refused, timeout, tls, folder, dropped, other."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def password_of(mailbox):
    """From the environment; Trouble when it is not set there."""
    name = mailbox.password_name
    found = os.environ.get(name, "") if PASSWORD_NAME.match(name) else ""
    if not found:
        raise Trouble("password")
    return found


@contextlib.contextmanager
def opened(mailbox):
    """The Post behind a mailbox; what goes wrong with the connection comes out as Trouble, nothing else does."""
    password = password_of(mailbox)
    with troubles():
        box = _connect(mailbox)
    try:
        with troubles():
            _sign_in(box, mailbox, password)
            box.folder.set(mailbox.folder, readonly=True)
        yield Post(box)
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.client.sock.settimeout(GOODBYE)
            box.logout()


@contextlib.contextmanager
def troubles():
    try:
        yield
    except socket.gaierror as unknown:
        raise Trouble("host") from unknown
    except ssl.SSLError as untrusted:
        raise Trouble("tls") from untrusted
    except TimeoutError as late:
        raise Trouble("timeout") from late
    except (ConnectionRefusedError, UnicodeError) as closed:
        raise Trouble("host" if isinstance(closed, UnicodeError) else "refused") from closed
    except MailboxLoginError as wrong:
        raise Trouble("login") from wrong
    except MailboxFolderSelectError as missing:
        raise Trouble("folder") from missing
    except (imaplib.IMAP4.abort, ConnectionError) as gone:
        raise Trouble("dropped") from gone
    except (ImapToolsError, imaplib.IMAP4.error) as strange:
        raise Trouble("other") from strange
    except OSError as unreachable:
        raise Trouble("host") from unreachable


def _connect(mailbox):
    if mailbox.uses_tls:
        trusted = ssl.create_default_context()
        return MailBox(mailbox.host, mailbox.port, timeout=PATIENCE, ssl_context=trusted)
    return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=PATIENCE)


def _sign_in(box, mailbox, password):
    box.login(mailbox.username, password, initial_folder=None)
    # 163.com and others let nobody in who does not say which program this is
    if "ID" in box.client.capabilities:
        box.client.xatom("ID", '("name" "Manyi" "version" "1")')


class Post:
    """The letters of one folder, by their numbers (uids)."""

    def __init__(self, box):
        self._box, self._sizes = box, {}
        self.uid_validity = _number(box.client.response("UIDVALIDITY")[1], default=1)

    def uids(self, *, after, since=None):
        """Numbers of the letters above `after`, rising; those since a day where nothing is known of the numbers."""
        with troubles():
            found = self._box.uids(A(date_gte=since) if since else f"UID {after + 1}:*")
        # the last letter answers to N:* whatever N is
        return sorted(uid for uid in map(int, found) if uid > after)

    def measure(self, uids):
        """Ask for sizes beforehand, so that nothing huge is fetched."""
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = ",".join(map(str, uids[start : start + SIZES_AT_ONCE]))
            for line in self._fetch(some, "(UID RFC822.SIZE)"):
                head = line[0] if isinstance(line, tuple) else line or b""
                uid, size = UID.search(head), SIZE.search(head)
                if uid and size:
                    self._sizes[int(uid[1])] = int(size[1])

    def fetch(self, uid):
        """(bytes, whether they are only the beginning), or (None, False) when the letter has gone."""
        is_cut = self._sizes.get(uid, 0) > MOST_BYTES
        part = f"(UID BODY.PEEK[]<0.{BEGINNING}>)" if is_cut else "(UID BODY.PEEK[])"
        for line in self._fetch(str(uid), part):
            if isinstance(line, tuple):
                return line[1], is_cut
        return None, False

    def _fetch(self, uids, part):
        with troubles():
            status, lines = self._box.client.uid("FETCH", uids, part)
        if status != "OK":
            raise Trouble("other")
        return lines


def _number(lines, default):
    text = lines[0] if lines and lines[0] else b""
    return int(text) if text.isdigit() else default


def day_before(at, days):
    """For SINCE, which knows days only and no zones: one more to be sure."""
    return (at - dt.timedelta(days=days + 1)).date()
