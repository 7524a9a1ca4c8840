"""Pure: addresses, length of a text message, waits between tries, quiet hours and the moment of the daily summary."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

MOST_ATTEMPTS = 8
MOST_UNCLEAR = 2  # a message arrives at most so often
LONGEST_WAIT = dt.timedelta(hours=2)
MOST_BOUNCES = 3
LONGEST_ROBOT_PAUSE = dt.timedelta(hours=1)
MOST_FAILURES = 3  # in a row; then a robot rests
MINUTE = dt.timedelta(minutes=1)
MAINLAND = re.compile(r"1[3-9][0-9]{9}")
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
WITHIN_A_NUMBER = re.compile(r"[\s().\-]")
LINK = re.compile(r"https?://\S+")
ELLIPSIS = "…"


def canonical(address):
    """One form for all spellings of an address: 'Lin@Example.com' -> 'lin@example.com', '+86 138…' -> '138…'."""
    address = address.strip()
    if "@" in address:
        return address.lower()
    number = WITHIN_A_NUMBER.sub("", address)
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            return number.removeprefix(prefix)
    return number


def sms_number(text):
    """'138 0000 0001' -> '13800000001', abroad '+44…'; None for what cannot get a text message."""
    number = canonical(text)
    if MAINLAND.fullmatch(number) or INTERNATIONAL.fullmatch(number):
        return number
    return None


def fit(text, tail, limit):
    """Words and `tail` within `limit` characters. Words go first, from their end; no link is ever cut."""
    text = " ".join(text.split())
    if len(text) + len(tail) <= limit:
        return text + tail
    links = LINK.findall(text)
    kept = "".join(f" {link}" for link in links) + tail
    words = " ".join(LINK.sub(" ", text).split())
    room = limit - len(kept) - len(ELLIPSIS)
    return (words[:room].rstrip() + ELLIPSIS if room > 0 else "") + kept


def wait_after(attempts):
    """One minute, then twice as long each time, up to two hours."""
    return min(dt.timedelta(seconds=30) * 2 ** min(attempts, 12), LONGEST_WAIT)


def retry_after(text, now):
    """The header's seconds or date as a time to wait, at most an hour; None when it says nothing."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return min(dt.timedelta(seconds=int(text[:6])), LONGEST_ROBOT_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max(moment - now, dt.timedelta()), LONGEST_ROBOT_PAUSE)


def robot_pause(failures, asked=None):
    """How long a robot rests after `failures` in a row; `asked` is what its vendor wants. None: it goes on."""
    if asked is None and failures < MOST_FAILURES:
        return None
    return max(asked or dt.timedelta(), min(MINUTE * 2 ** min(failures - 1, 6), LONGEST_ROBOT_PAUSE))


def free_at(tries, per_minute, at):
    """When the next may go: None at once, else a moment. `tries` are the newest moments of trying, newest first."""
    within = [tried for tried in tries if tried > at - MINUTE]
    return within[per_minute - 1] + MINUTE if len(within) >= per_minute else None


def quiet_until(local, start, end):
    """End of the quiet hours that hold the local moment, or None. They may run past midnight; equal hours: none."""
    if start is None or end is None or start == end:
        return None
    hour = local.hour
    is_quiet = start <= hour < end if start < end else hour >= start or hour < end
    if not is_quiet:
        return None
    day = local.date() + dt.timedelta(days=1 if hour >= end else 0)
    return dt.datetime.combine(day, dt.time(end), local.tzinfo)


def next_digest(local, hour, is_working_day):
    """The next `hour` o'clock of a working day after the local moment."""
    moment = dt.datetime.combine(local.date(), dt.time(hour), local.tzinfo)
    while moment <= local or not is_working_day(moment.date()):
        moment += dt.timedelta(days=1)
    return moment
