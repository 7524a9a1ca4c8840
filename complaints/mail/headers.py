"""Headers of a letter as people and programs really write them: anything comes out as text, nothing raises."""

import datetime as dt
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST_HEADER = 4000
MOST_IDS = 40
LONGEST_ID = 200
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
IN_BRACKETS = re.compile(r"<([^<>\s]{3,254})>")
BARE = re.compile(r"[^\s<>()\"',;:]{1,64}@[^\s<>()\"',;:]{1,190}")
ID = re.compile(r"<([^<>\s]{1,200})>")
#: GB18030 reads everything that GB2312 and GBK can write, and what mailers wrongly label so
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb-2312": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
#: what the standard library raises for parameters and dates that nobody should write
STUMBLES = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
YEARS = range(1990, 2101)


def decode(data, charset=""):
    """Bytes as text: the charset named, else UTF-8, else GB18030, else UTF-8 with marks for what is broken."""
    named = (charset or "").strip().strip("'\"").lower()
    for name in (WIDER.get(named, named), "utf-8", "gb18030"):
        if not name or name in {"us-ascii", "ascii", "unknown-8bit", "default"}:
            continue
        try:
            return data.decode(name).replace("\0", "")
        except (AssertionError, *STUMBLES):
            continue
    return data.decode("utf-8", "replace").replace("\0", "")


def raw(message, name):
    """The first header of that name on one line, bytes beyond ASCII read as UTF-8 or GB18030; '' without one."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return unescape(str(value))[:LONGEST_HEADER]
    return ""


def unescape(value):
    """A header with its raw bytes decoded and its folds removed."""
    data = value.encode("utf-8", "surrogateescape")
    return " ".join(decode(data).split())


def text(value):
    """A header with its encoded words read. Neighbours of one charset are joined first: mailers cut characters."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, AssertionError, *STUMBLES):
        return value
    words = [piece if isinstance(piece, str) else decode(piece, charset) for piece, charset in pieces]
    return " ".join("".join(words).split())


def address(value):
    """(name, address in small letters) of the first sender; '' where there is none or it cannot be one.

    The standard parser calls itself for each bracket and can be led astray by them: here quoted names are put aside.
    """
    plain = QUOTED.sub(" ", value)
    for found in (*IN_BRACKETS.findall(plain), *BARE.findall(plain)):
        email = found.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            continue
        name = value.partition("<")[0] if "<" in value else ""
        return text(name.replace('\\"', "")).strip("'\" "), email
    return "", ""


def parameter(part, read):
    """What `read(part)` of the standard library says of a part's parameters; '' where it stumbles over them."""
    try:
        value = read(part)
    except STUMBLES:
        return ""
    return value if isinstance(value, str) else ""


def ids(*values):
    """Message ids in these headers, in their order, each once."""
    found = [one for value in values for one in ID.findall(value)]
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def moment(value):
    """The Date header as an aware moment, or None; years that cannot be meant are not believed."""
    try:
        found = parsedate_to_datetime(value)
    except STUMBLES:
        return None
    if found.year not in YEARS:
        return None
    try:
        return found.replace(tzinfo=found.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
