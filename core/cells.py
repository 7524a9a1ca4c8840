"""Reading one cell of an imported table: text in, value out, or Refused with a sentence that says how to correct it."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.flow import Refused

YES = {"是", "y", "yes", "true", "1", "√", "有"}
NO = {"否", "n", "no", "false", "0", "×", "无", "没有"}
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$")
_PACKED_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL_DAY = re.compile(r"^\d{5}$")
_SERIAL_ZERO = dt.date(1899, 12, 30)
_PHONE = re.compile(r"^\+?[\d \-()]{5,24}$")


def text(longest):
    """A parser of text up to `longest` characters."""

    def parse(cell):
        if len(cell) > longest:
            raise Refused(_("Shorten this to %(most)s characters.") % {"most": longest})
        if "\x00" in cell:
            raise Refused(_("This holds characters that cannot be stored. Type it again."))
        return cell

    return parse


def code(longest):
    """A number or code that identifies something: no blanks inside."""
    plain = text(longest)

    def parse(cell):
        if re.search(r"\s", cell):
            raise Refused(_("A number holds no blanks. Write it without them."))
        return plain(cell)

    return parse


def day(cell):
    """2026-10-01, 2026/10/1, 2026年10月1日, 20261001 or, where a spreadsheet lost the format, its day number 46296."""
    match = _DAY.match(cell) or _PACKED_DAY.match(cell)
    try:
        found = dt.date(*map(int, match.groups())) if match else _serial_day(cell)
    except ValueError:
        found = None
    if found is None or not 1950 <= found.year <= 2099:
        raise Refused(_("Write the day as year-month-day, for example 2026-10-01."))
    return found


def _serial_day(cell):
    return _SERIAL_ZERO + dt.timedelta(days=int(cell)) if _SERIAL_DAY.match(cell) else None


def yes_no(cell):
    word = cell.lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refused(_("Write 是 or 否 (yes or no)."))


def number(cell):
    """A finite decimal number."""
    try:
        found = Decimal(cell.replace(",", "").replace("，", ""))
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found) >= Decimal(10) ** 12:
        raise Refused(_("Write a number, for example 120."))
    return found


def phone(cell):
    """As it is written, when it looks like a telephone number; eleven digits for a Chinese mobile."""
    digits = re.sub(r"\D", "", cell)
    if cell.startswith("1") and digits == cell and len(digits) != 11:
        raise Refused(_("A mobile number has 11 digits; this one has %(count)s.") % {"count": len(digits)})
    if not _PHONE.match(cell):
        raise Refused(_("Write digits only, for example 13800138000."))
    return cell


def email(cell):
    try:
        validate_email(cell)
    except ValidationError:
        raise Refused(_("This is no e-mail address. Write it like name@example.com.")) from None
    return cell


def choice(names):
    """`names` maps what people write (any case) to the value."""
    known = {str(name).lower(): value for name, value in names.items()}

    def parse(cell):
        if cell.lower() not in known:
            raise Refused(_("Choose one of: %(names)s.") % {"names": "、".join(str(name) for name in names)})
        return known[cell.lower()]

    return parse


def words(cell):
    """Several words separated by 、，, ; or |."""
    return [word for word in re.split(r"[、，,;；|/\s]+", cell) if word]
