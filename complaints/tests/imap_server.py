"""A small real IMAP server for tests: RFC 3501 as far as a client that only reads needs it, and faults on demand.

with ImapServer() as server:
    server.put(b"Subject: …")
    …MailBoxUnencrypted(server.host, server.port).login(server.user, server.password)
"""

import datetime as dt
import re
import socketserver
import threading
import time
from dataclasses import dataclass, field

LITERAL = re.compile(rb"\{(\d+)\}$")
WORDS = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^()]*\))|(\S+)')
PARTIAL = re.compile(rb"BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass
class Stored:
    uid: int
    raw: bytes
    day: dt.date | None = None  # None: found by every SINCE
    flags: set = field(default_factory=set)


@dataclass
class Faults:
    """Each is used up when it has struck so many `times`; `times` 0 means always."""

    drop_after: int | None = None  # bytes of the literal of a fetch, then the connection is cut
    drop_at_uid: int | None = None  # only of this letter
    slow: float = 0.0  # seconds before each answer
    refuse_fetch: bool = False
    close_at_once: bool = False
    times: int = 0

    def strikes(self):
        if self.times == 1:
            self.drop_after, self.refuse_fetch, self.close_at_once = None, False, False
        self.times = max(0, self.times - 1)


class ImapServer:
    """One account with one folder. `commands` records what clients asked, passwords left out."""

    user, password, folder = "complaints", "right", "INBOX"
    host = "127.0.0.1"

    def __init__(self, uid_validity=1, first_uid=1):
        self.letters, self.commands, self.faults = [], [], Faults()
        self.uid_validity, self.next_uid = uid_validity, first_uid
        self.wants_id = False  # as 163.com does: no folder is opened for a program that has not said its name
        self._server = _Threaded((self.host, 0), _Session)
        self._server.imap = self
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *failure):
        self._server.shutdown()
        self._server.server_close()

    def put(self, raw, day=None):
        """A letter arrives; returns its uid."""
        self.letters.append(Stored(self.next_uid, raw, day))
        self.next_uid += 1
        return self.next_uid - 1

    def renumber(self, uid_validity):
        """As after a restore: all letters are there under other numbers."""
        self.uid_validity = uid_validity
        for number, letter in enumerate(self.letters, 1):
            letter.uid = number
        self.next_uid = len(self.letters) + 1


class _Threaded(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is no news here."""


class _Session(socketserver.StreamRequestHandler):
    """One connection: a command a line, answered in turn."""

    def handle(self):
        self.imap = self.server.imap
        self.is_in, self.is_selected, self.is_read_only, self.has_named_itself = False, False, True, False
        if self.imap.faults.close_at_once:
            self.imap.faults.strikes()
            return
        self.say("* OK ready")
        while command := self.read_command():
            tag, name, words = command
            time.sleep(self.imap.faults.slow)
            self.imap.commands.append(name if name == "LOGIN" else " ".join([name, *map(_plain, words)]))
            answer = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                self.say(f"{tag} BAD unknown command")
            elif answer(tag, words) is False:
                return

    def read_command(self):
        """(tag, name, words), with literals of the client taken in; None when it has gone."""
        line, words = self.rfile.readline().rstrip(b"\r\n"), []
        while found := LITERAL.search(line):
            words += _split(line[: found.start()])
            self.say("+ go on")
            words.append(self.rfile.read(int(found[1])))
            line = self.rfile.readline().rstrip(b"\r\n")
        words += _split(line)
        if len(words) < 2:
            return None
        tag, name, *rest = words
        name = name.decode().upper()
        if name == "UID" and rest:
            name, rest = f"UID {rest[0].decode().upper()}", rest[1:]
        return tag.decode(), name, rest

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def do_capability(self, tag, words):
        self.say("* CAPABILITY IMAP4rev1" + (" ID" if self.imap.wants_id else ""))
        self.say(f"{tag} OK done")

    def do_id(self, tag, words):
        self.has_named_itself = True
        self.say("* ID NIL")
        self.say(f"{tag} OK done")

    def do_noop(self, tag, words):
        self.say(f"{tag} OK done")

    def do_logout(self, tag, words):
        self.say("* BYE")
        self.say(f"{tag} OK done")
        return False

    def do_login(self, tag, words):
        user, password = (_plain(word) for word in words)
        self.is_in = (user, password) == (self.imap.user, self.imap.password)
        self.say(f"{tag} OK in" if self.is_in else f"{tag} NO [AUTHENTICATIONFAILED] wrong")

    def do_select(self, tag, words, *, is_read_only=False):
        if not self.is_in or _plain(words[0]) != self.imap.folder:
            return self.say(f"{tag} NO [NONEXISTENT] no such folder")
        if self.imap.wants_id and not self.has_named_itself:
            return self.say(f"{tag} NO Unsafe Login")
        self.is_selected, self.is_read_only = True, is_read_only
        self.say("* FLAGS (\\Seen)")
        self.say(f"* {len(self.imap.letters)} EXISTS")
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {self.imap.uid_validity}] valid")
        self.say(f"* OK [UIDNEXT {self.imap.next_uid}] next")
        return self.say(f"{tag} OK [{'READ-ONLY' if is_read_only else 'READ-WRITE'}] done")

    def do_examine(self, tag, words):
        return self.do_select(tag, words, is_read_only=True)

    def do_uid_search(self, tag, words):
        found = [letter.uid for letter in self.imap.letters if self._matches(letter, words)]
        self.say(" ".join(["* SEARCH", *map(str, found)]))
        self.say(f"{tag} OK done")

    def _matches(self, letter, words):
        terms = [_plain(word).strip("()") for word in words if _plain(word).upper() not in {"CHARSET", "ALL"}]
        terms = " ".join(terms).split()
        for name, value in zip(terms, terms[1:], strict=False):
            if name.upper() == "UID" and letter.uid not in self._chosen(value):
                return False
            if name.upper() == "SINCE" and letter.day and letter.day < _day(value):
                return False
        return True

    def _chosen(self, text):
        """Uids of '3', '3:9', '12:*' (which always holds the last one) and lists of them."""
        last, found = max((letter.uid for letter in self.imap.letters), default=0), set()
        for piece in text.split(","):
            begin, _, end = piece.partition(":")
            ends = [last if one == "*" else int(one) for one in (begin, end or begin)]
            found |= set(range(min(ends), max(ends) + 1))
        return found

    def do_uid_fetch(self, tag, words):
        if self.imap.faults.refuse_fetch:
            self.imap.faults.strikes()
            return self.say(f"{tag} NO not now")
        chosen, wanted = self._chosen(_plain(words[0])), b" ".join(words[1:])
        for place, letter in enumerate(self.imap.letters, 1):
            if letter.uid in chosen and self._send(place, letter, wanted) is False:
                return False
        return self.say(f"{tag} OK done")

    def _send(self, place, letter, wanted):
        head = f"* {place} FETCH (UID {letter.uid} RFC822.SIZE {len(letter.raw)} FLAGS ()"
        partial = PARTIAL.search(wanted)
        if not partial:
            return self.say(head + ")")
        begin, length = int(partial[1] or 0), int(partial[2] or len(letter.raw))
        body = letter.raw[begin : begin + length]
        name = f"BODY[]<{begin}>" if partial[1] else "BODY[]"
        self.wfile.write(f"{head} {name} {{{len(body)}}}\r\n".encode())
        faults = self.imap.faults
        if faults.drop_after is not None and faults.drop_at_uid in {None, letter.uid}:
            self.wfile.write(body[: faults.drop_after])
            faults.strikes()
            return False
        self.wfile.write(body + b")\r\n")
        return None

    def do_uid_store(self, tag, words):
        if self.is_read_only:
            return self.say(f"{tag} NO read only")
        chosen, flags = self._chosen(_plain(words[0])), _plain(words[2]).strip("()").split()
        for letter in self.imap.letters:
            if letter.uid in chosen:
                letter.flags |= set(flags)
        return self.say(f"{tag} OK done")


def _split(line):
    return [quoted or group or word for quoted, group, word in WORDS.findall(line)]


def _plain(word):
    return word.decode("utf-8", "replace").replace('\\"', '"').replace("\\\\", "\\")


def _day(text):
    day, month, year = text.strip('"').split("-")
    return dt.date(int(year), MONTHS.index(month.capitalize()) + 1, int(day))
