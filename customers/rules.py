"""How personal data looks to those who need not know it, how it is compared, and which stage an owner is in."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

#: what people write between the digits of a telephone number
PHONE_SEPARATORS = " -()+./"
#: so many last digits say whose number it is, with or without the country's code
KEY_DIGITS = 11
#: as many digits of a telephone number as masks leave open; searching by them tells nobody more
TAIL_DIGITS = 4
WHOLE_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{9,11}")

NO_PURCHASE, NOT_MOVED_IN, MOVED_IN = "no_purchase", "not_moved_in", "moved_in"
HOLDS = (NO_PURCHASE, NOT_MOVED_IN, MOVED_IN)


def mask_name(name):
    """林女士 -> 林**; an English name keeps its first letter."""
    return name[:1] + "*" * min(max(len(name) - 1, 0), 3)


def mask_phone(phone):
    """13800000001 -> 138****0001; short numbers keep their last two digits."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else f"****{phone[-2:]}"


def mask_email(email):
    """lin@example.com -> l***@example.com."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if at else ""


def mask_words(words):
    """A WeChat name or an address: its first character."""
    return f"{words[:1]}****" if words else ""


MASKS = {"phone": mask_phone, "email": mask_email}


def mask_contact(kind, value):
    return MASKS.get(kind, mask_words)(value)


def phone_key(phone):
    """Two numbers are the same when their keys are: '+86 138-0000-0001' and '13800000001'. '' for none."""
    return "".join(char for char in phone if char not in PHONE_SEPARATORS)[-KEY_DIGITS:]


def is_tail(words):
    """Whether this may be the end of a telephone number, as people read it out: '0001', '40001'."""
    return words.isascii() and words.isdigit() and TAIL_DIGITS <= len(words) < 7


def tail_of(words):
    """The last digits of what looks like a whole telephone number, else ''."""
    plain = "".join(char for char in words if char not in PHONE_SEPARATORS)
    return plain[-TAIL_DIGITS:] if plain.isascii() and WHOLE_PHONE.fullmatch(plain) else ""


def contact_key(kind, value):
    """How a further contact is compared: capitals, blanks and the country's code make no difference."""
    if kind == "phone":
        return phone_key(value)
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


@dataclass(frozen=True)
class Home:
    """The two days of a purchase that matter here."""

    signed_on: dt.date
    handed_over_on: dt.date | None = None


def stage_on(stages, homes, day, *, is_prospect=True):
    """Which of the policy's stages holds on that day (VK-3.3), or None.

    `homes` are all purchases of the person. Who has moved into one home is judged by the first they moved into.
    A file without any purchase whose owner is known to have bought has no stage: the dates are missing.
    """
    if not homes and not is_prospect:
        return None
    holds, moved_in_on = standing(homes, day)
    for stage in stages:
        if stage.holds == holds and _is_below(stage, moved_in_on, day):
            return stage
    return None


def standing(homes, day):
    """(what holds on that day, the day of the first move or None)."""
    signed = [home for home in homes if home.signed_on <= day]
    if not signed:
        return NO_PURCHASE, None
    moved = [home.handed_over_on for home in homes if home.handed_over_on and home.handed_over_on <= day]
    return (MOVED_IN, min(moved)) if moved else (NOT_MOVED_IN, None)


def _is_below(stage, moved_in_on, day):
    return stage.below_years is None or moved_in_on > years_before(day, stage.below_years)


def move_window(stages, stage, day):
    """(after, until): who moved in on a day `after < x <= until` is in this stage on `day`; None is no limit."""
    earlier = [
        other.below_years
        for other in stages[: stages.index(stage)]
        if other.holds == MOVED_IN and other.below_years is not None
    ]
    after = None if stage.below_years is None else years_before(day, stage.below_years)
    return after, years_before(day, max(earlier)) if earlier else day


def years_before(day, years):
    """The same day that many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
