"""How a customer can be reached, as typed and as kept. Plain values in, plain values or Refused out."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.flow import Refused
from surveys.entry import clean_text

LONGEST_NAME = 60
LONGEST_EMAIL = 254
MOBILE = re.compile(r"^1[3-9]\d{9}$")
MOBILE_DIGITS = 11
ALMOST_MOBILE = re.compile(r"^1[3-9]\d{5,12}$")
FIXED_LINE = re.compile(r"^0\d{9,11}$")
ABROAD = re.compile(r"^\+[1-9]\d{7,14}$")
HOME_PREFIX = re.compile(r"^(\+86|0086|86)(?=1[3-9]\d{9}$)")


@dataclass(frozen=True)
class Contact:
    """Name, telephone and e-mail of the one who speaks; each may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def tidied(self):
        """As it is kept; Refused at the field `name`, `phone` or `email` that is wrong."""
        return Contact(tidy_name(self.name), tidy_phone(self.phone), tidy_email(self.email))


def tidy_name(typed):
    name = " ".join(clean_text(typed or "").split())
    if len(name) > LONGEST_NAME:
        raise Refused(_("Shorten the name to %(most)s characters.") % {"most": LONGEST_NAME}, field="name")
    return name


def tidy_phone(typed):
    """13800000001 for a mobile of mainland China, 057188880000 for a fixed line, +85291234567 for one abroad."""
    digits = re.sub(r"[\s\-()./]", "", unicodedata.normalize("NFKC", typed or ""))
    digits = HOME_PREFIX.sub("", digits)
    if digits and not any(shape.match(digits) for shape in (MOBILE, FIXED_LINE, ABROAD)):
        raise Refused(_what_is_wrong_with(digits), field="phone")
    return digits


def _what_is_wrong_with(digits):
    """How many digits of a mobile number are missing or too many, where it looks like one."""
    missing = MOBILE_DIGITS - len(digits)
    if ALMOST_MOBILE.match(digits) and missing > 0:
        return ngettext(
            "The mobile number is %(count)s digit short: write all 11.",
            "The mobile number is %(count)s digits short: write all 11.",
            missing,
        ) % {"count": missing}
    if ALMOST_MOBILE.match(digits) and missing < 0:
        return ngettext(
            "The mobile number has %(count)s digit too many: it has 11.",
            "The mobile number has %(count)s digits too many: it has 11.",
            -missing,
        ) % {"count": -missing}
    return _("Write a mobile number of 11 digits, or a number abroad with + and the country's code.")


def takes_sms(phone):
    """Whether a text message can reach it."""
    return bool(MOBILE.match(phone) or ABROAD.match(phone))


def tidy_email(typed):
    email = unicodedata.normalize("NFKC", typed or "").strip()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not email or len(email) > LONGEST_EMAIL:
        raise Refused(
            _("This is no e-mail address. Write it like name@example.com."), field="email"
        ) from None
    return email
