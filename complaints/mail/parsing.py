"""A letter read: from bytes to what it says, who wrote it, what it answers, and whether a machine wrote it.

Pure: no database, no clock, no network. Whatever the bytes are, the answer is a ParsedLetter (RE-5.1b, CC-3.4).
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser, BytesParser

from complaints.mail import headers, wording

MOST_PARTS = 200
#: containers within containers; the standard parser calls itself for each and falls over at a few hundred
MOST_NESTED = 40
#: lines that may begin a part, blank lines, bytes of headers: beyond, the standard parser takes minutes
MOST_MARKS, MOST_BLANKS, MOST_HEADER_BYTES = 2000, 20_000, 500_000
CONTAINER = re.compile(rb"content-type:[ \t\r\n]*(?:multipart|message)/", re.IGNORECASE)
LONGEST_SUBJECT = 200
LONGEST_NAME = 60
#: parts that belong to the machinery of a letter, not to what somebody wanted to show
MACHINERY = {
    "application/pgp-signature", "application/pgp-encrypted", "application/pkcs7-signature",
    "application/x-pkcs7-signature", "text/calendar", "text/rfc822-headers",
}  # fmt: skip
DAEMON = re.compile(
    r"^(mailer-daemon|postmaster|mail-daemon|mail\.daemon|bounce[s]?([-+].*)?)@", re.IGNORECASE
)
NO_REPLY = re.compile(
    r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply.*|mailer-daemon|postmaster|bounce.*|notifications?|alerts?"
    r"|system|daemon|root|news(letter)?)@",
    re.IGNORECASE,
)
AWAY = re.compile(
    r"^(自动回复|自动答复|自動回覆|外出自动回复|休假自动回复|不在办公室|automatic reply|auto[- ]?reply"
    r"|auto[- ]?response|out of (the )?office)\s*([:：].*)?$|^来自.{1,60}的自动回复",
    re.IGNORECASE,
)
RETURNED = re.compile(
    r"^(系统退信|退信|undeliver(ed|able)( mail)?|mail delivery (failed|failure|system)|delivery status notification"
    r"|returned mail|failure notice)\b",
    re.IGNORECASE,
)
FAILED_FIELD = re.compile(
    r"^(?:final|original)-recipient:\s*(?:rfc822;)?\s*(\S+@\S+)", re.IGNORECASE | re.MULTILINE
)
RAW_NAME = re.compile(r'name="?([^";]+)', re.IGNORECASE)
ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """An attachment, before anybody has looked at what it is. An enclosed letter is taken over, not kept as a file."""

    name: str
    content: bytes
    is_letter: bool = False


@dataclass(frozen=True)
class ParsedLetter:
    """`text` is what is new in it, `quoted` the history and signature below; `references` the ids it answers.

    `enclosed`: what letters say that were forwarded as attachments; their files stand among the attachments.
    `failed_address` and `is_final` belong to a bounce: whom it could not reach, and whether it has given up.
    `is_partial`: it is so built that only its headers could be read.
    """

    message_id: str
    references: tuple = ()
    from_name: str = ""
    from_address: str = ""
    subject: str = ""
    text: str = ""
    quoted: str = ""
    enclosed: str = ""
    attachments: tuple = ()
    sent_at: dt.datetime | None = None
    is_bounce: bool = False
    is_auto_reply: bool = False
    may_be_answered: bool = True
    failed_address: str = ""
    is_final: bool = True
    is_partial: bool = False

    @property
    def whole_text(self):
        return f"{self.text}\n\n{self.quoted}".strip()


def parse(raw):
    """The letter in these bytes. Never raises for what is wrong in them."""
    try:
        message = None if _is_monstrous(raw) else BytesParser().parsebytes(raw)
    except headers.STUMBLES:
        message = None
    if message is None:
        return _from_headers(BytesHeaderParser().parsebytes(raw[:MOST_HEADER_BYTES]), raw, leaves=None)
    return _from_headers(message, raw, list(_leaves(message)))


def _is_monstrous(raw):
    """Built to keep a parser busy, not to be read."""
    return (
        raw.count(b"\n--") > MOST_MARKS
        or raw.count(b"\n\n") + raw.count(b"\n\r\n") > MOST_BLANKS
        or not re.search(rb"\r?\n\r?\n", raw[:MOST_HEADER_BYTES])
        and len(raw) > MOST_HEADER_BYTES
        or sum(1 for _found in CONTAINER.finditer(raw)) > MOST_NESTED
    )


def _from_headers(message, raw, leaves):
    is_partial, leaves = leaves is None, leaves or []
    name, address = headers.address(headers.raw(message, "from"))
    subject = headers.text(headers.raw(message, "subject"))
    subject = wording.tidy(subject).replace("\n", " ")[:LONGEST_SUBJECT]
    is_bounce, is_auto_reply = _machine(message, address, subject)
    text, quoted = wording.split(_words(leaves))
    report = _report(leaves) if is_bounce else ""
    forwarded = [] if is_bounce else [(one, list(_leaves(one))) for one in _returned(leaves)]
    return ParsedLetter(
        message_id=_id_of(message, raw),
        references=_references(message, leaves if is_bounce else []),
        from_name=wording.tidy(name).replace("\n", " ")[:LONGEST_NAME],
        from_address=address,
        subject=subject,
        text=text,
        quoted=quoted,
        enclosed="\n\n".join(_forwarded_words(one, inside) for one, inside in forwarded)[: wording.MOST_TEXT],
        attachments=tuple(
            _attachments(leaves) + [part for _one, inside in forwarded for part in _attachments(inside)]
        ),
        sent_at=headers.moment(headers.raw(message, "date")),
        is_bounce=is_bounce,
        is_auto_reply=is_auto_reply,
        may_be_answered=_may_be_answered(message, address, is_bounce or is_auto_reply),
        failed_address=_failed(message, report),
        is_final="delayed" not in {action.lower() for action in ACTION.findall(report)},
        is_partial=is_partial,
    )


def _id_of(message, raw):
    """Its own id; a letter without one is known by its bytes."""
    found = headers.ids(headers.raw(message, "message-id"))
    return found[0] if found else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _references(message, leaves):
    """What it answers, the nearest first; of a bounce also the ids of the letter it brings back."""
    far = headers.ids(headers.raw(message, "references"))
    near = headers.ids(headers.raw(message, "in-reply-to"))
    returned = [headers.ids(headers.raw(inner, "message-id")) for inner in _returned(leaves)]
    return tuple(dict.fromkeys([*near, *reversed(far), *(one for found in returned for one in found)]))


# who wrote it: a person or a machine ---------------------------------------------------------------------------


def _machine(message, address, subject):
    """(is a bounce, is an automatic reply)."""
    kind = message.get_content_type()
    report = headers.parameter(message, lambda part: part.get_param("report-type")).lower()
    if kind == "multipart/report" and report != "disposition-notification":
        return True, False
    if kind == "multipart/report" or _says_automatic(message) or AWAY.match(_bare(subject)):
        is_daemon = bool(DAEMON.match(address) and kind != "multipart/report")
        return is_daemon, not is_daemon
    path = headers.raw(message, "return-path")
    returned = (
        bool(DAEMON.match(address)) or path == "<>" or bool(headers.raw(message, "x-failed-recipients"))
    )
    return returned, False


def _says_automatic(message):
    """RFC 3834 and its forerunners."""
    submitted = headers.raw(message, "auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    precedence = headers.raw(message, "precedence").lower()
    if precedence in {"auto_reply", "auto-reply", "junk"} or (precedence == "bulk" and not _is_list(message)):
        return True
    if _suppressed(message) == {"all"}:
        return True
    return any(headers.raw(message, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder"))


def _suppressed(message):
    """Answers that the sender asks programs not to give (Exchange). Only `all` is what automatic replies ask for

    themselves; people's letters, and those that a platform passes on for them, name some.
    """
    named = headers.raw(message, "x-auto-response-suppress").lower().split(",")
    return {one.strip() for one in named} - {"", "none"}


def _is_list(message):
    """A group address that passes letters on: what comes through it was written by people."""
    return bool(headers.raw(message, "list-id") or headers.raw(message, "list-post"))


def _may_be_answered(message, address, is_machine):
    """An answer to a machine, a list or an address that nobody reads starts a loop or is lost."""
    precedence = headers.raw(message, "precedence").lower()
    return not (
        is_machine
        or not address
        or NO_REPLY.match(address)
        or _is_list(message)
        or precedence in {"bulk", "list"}
        or _suppressed(message) & {"autoreply", "oof"}
        or headers.raw(message, "list-unsubscribe")
    )


def _bare(subject):
    """Without the Re: and 回复： of mail programs."""
    return re.sub(r"^((re|fw|fwd|aw|回复|答复|转发)\s*[:：]\s*)+", "", subject, flags=re.IGNORECASE)


# what came back ------------------------------------------------------------------------------------------------


def _report(leaves):
    """The machine's part of a delivery report, as text."""
    for part in leaves:
        if part.get_content_type() == "message/delivery-status":
            blocks = _inner(part) or [part]
            return "\n".join(f"{key}: {value}" for block in blocks for key, value in block.raw_items())
    return ""


def _returned(leaves):
    """The letters that a bounce brings back, or their headers."""
    for part in leaves:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            yield from _inner(part)[:1]
        elif kind == "text/rfc822-headers":
            yield BytesHeaderParser().parsebytes(_bytes(part))


def _failed(message, report):
    named = FAILED_FIELD.search(report)
    value = named[1] if named else headers.raw(message, "x-failed-recipients").split(",")[0]
    return headers.address(value)[1]


# what it says and brings ---------------------------------------------------------------------------------------


def _leaves(message):
    """The parts that hold something; an enclosed letter or report is one part, not opened."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = _inner(part)
        else:
            yield part


def _inner(part):
    return part.get_payload() if part.is_multipart() else []


def _words(leaves):
    """Plain text where there is any, else what the HTML says."""
    plain = [_decoded(part) for part in leaves if _is_text(part, "text/plain")]
    words = wording.tidy("\n\n".join(plain))
    if words:
        return words
    pages = [wording.text_of_html(_decoded(part)) for part in leaves if _is_text(part, "text/html")]
    return wording.tidy("\n\n".join(pages))


def _forwarded_words(message, leaves):
    """Who wrote the enclosed letter, its subject, its words."""
    lines = [headers.text(headers.raw(message, name)) for name in ("from", "subject")]
    return wording.tidy("\n".join([*lines, "", _words(leaves)]))


def _is_text(part, kind):
    return part.get_content_type() == kind and not _name_of(part) and _disposition(part) != "attachment"


def _disposition(part):
    return headers.raw(part, "content-disposition").partition(";")[0].strip().lower()


def _decoded(part):
    return headers.decode(
        _bytes(part)[: 4 * wording.MOST_HTML], headers.parameter(part, type(part).get_content_charset)
    )


def _bytes(part):
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _attachments(leaves):
    """Files first that were attached on purpose, then pictures inside the text."""
    found = [part for part in leaves if _is_attachment(part)]
    found.sort(key=lambda part: _disposition(part) != "attachment")
    return [
        Part(_name_of(part) or part.get_content_type(), _content(part), _is_enclosed(part)) for part in found
    ]


def _is_enclosed(part):
    return part.get_content_type() == "message/rfc822" and part.is_multipart()


def _is_attachment(part):
    if part.get_content_type() in MACHINERY or part.get_content_maintype() == "multipart":
        return False
    if part.get_content_type() == "message/delivery-status":
        return False
    return bool(_name_of(part)) or _disposition(part) == "attachment" or part.get_content_maintype() != "text"


def _content(part):
    """An enclosed letter has no bytes of its own that we would keep; its words and files are taken over."""
    return b"" if part.is_multipart() else _bytes(part)


def _name_of(part):
    name = headers.parameter(part, type(part).get_filename)
    if "\ufffd" in name:  # raw bytes, which the standard library gives up on
        found = RAW_NAME.search(headers.raw(part, "content-disposition") + headers.raw(part, "content-type"))
        name = found[1] if found else name
    return headers.text(headers.unescape(name))[:LONGEST_SUBJECT]
