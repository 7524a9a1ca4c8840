"""Words and numbers as they are typed, and as they are kept. Plain values in, plain values or Refused out."""

import re
import unicodedata

from django.utils.translation import gettext as _

from core import cells
from core.flow import Refused

LONGEST_NAME = 60
LONGEST_PHONE = 30
LONGEST_VALUE = 254
HOME_PREFIX = re.compile(r"^(\+86|0086|86)(?=1[3-9]\d{9}$)")


def tidy_line(typed, longest, field):
    """One line without control characters; Refused when it is too long."""
    whole = (typed or "").encode("utf-8", "ignore").decode("utf-8")
    plain = "".join(" " if unicodedata.category(char) == "Cc" else char for char in whole)
    line = " ".join(plain.split())
    if len(line) > longest:
        raise Refused(_("Shorten this to %(most)s characters.") % {"most": longest}, field=field)
    return line


def tidy_name(typed):
    name = tidy_line(typed, LONGEST_NAME, "name")
    if not name:
        raise Refused(_("Write the name, as the customer wishes to be called."), field="name")
    return name


def tidy_phone(typed, field="phone"):
    """'+86 138-0000-0001' -> '13800000001'; other numbers keep their '+'. '' stays ''."""
    plain = unicodedata.normalize("NFKC", tidy_line(typed, LONGEST_PHONE, field))
    if not plain:
        return ""
    number = _parsed(cells.phone, HOME_PREFIX.sub("", re.sub(r"[\s\-()./]", "", plain)), field)
    if len(number) > LONGEST_PHONE:
        raise Refused(_("Shorten this to %(most)s characters.") % {"most": LONGEST_PHONE}, field=field)
    return number


def tidy_email(typed, field="email"):
    plain = unicodedata.normalize("NFKC", tidy_line(typed, LONGEST_VALUE, field))
    return _parsed(cells.email, plain, field) if plain else ""


def tidy_contact(kind, typed, field="value"):
    """The value of a further contact; Refused when it is empty or cannot be one of its kind."""
    if kind == "phone":
        value = tidy_phone(typed, field)
    elif kind == "email":
        value = tidy_email(typed, field)
    else:
        value = tidy_line(typed, LONGEST_VALUE, field)
    if not value:
        raise Refused(_("Write the number, address or name that reaches the customer."), field=field)
    return value


def _parsed(parse, text, field):
    try:
        return parse(text)
    except Refused as wrong:
        raise Refused(wrong.message, field=field) from None
