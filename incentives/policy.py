"""The sections of a policy that this room reads: clocks, money, letters."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from policies.selectors import section

MONEY_CLASSES = ("performance_pay", "loss_compensation", "fine")
DAYS = ("hearing_days", "receipt_days", "appeal_days", "talk_days", "propose_days")


@dataclass(frozen=True)
class Clocks:
    """Working days of each step; which committee votes; whether direct superiors are recused."""

    hearing_days: int
    receipt_days: int
    appeal_days: int
    talk_days: int
    propose_days: int
    committee: str = "group"
    recuse_line: bool = True


@dataclass(frozen=True)
class Money:
    """What money may be taken as; `fine` only where the company switched it on."""

    fine_enabled: bool
    default_class: str


@dataclass(frozen=True)
class Letters:
    """How numbered documents are called; {company}, {year} and {n} are filled in."""

    decision: str = "{company}奖惩〔{year}〕{n} 号"
    commendation: str = "{company}表扬〔{year}〕{n} 号"


def parse_clocks(raw):
    """Raises ValueError with a sentence, as all parsers here."""
    for name in DAYS:
        if not isinstance(raw.get(name), int) or raw[name] < 1:
            raise ValueError(
                _("[clocks] %(name)s must be a whole number of working days, at least 1.") % {"name": name}
            )
    known = {name: raw[name] for name in (*DAYS, "committee", "recuse_line") if name in raw}
    return Clocks(**known)


def parse_money(raw):
    default = raw.get("default_class", "performance_pay")
    if default not in MONEY_CLASSES:
        known = ", ".join(MONEY_CLASSES)
        raise ValueError(_("[money] default_class must be one of %(known)s.") % {"known": known})
    fines = bool(raw.get("fine_enabled", False))
    if default == "fine" and not fines:
        raise ValueError(_("[money] fines are off, so they cannot be the default class."))
    return Money(fine_enabled=fines, default_class=default)


def parse_letters(raw):
    letters = Letters(**{name: raw[name] for name in ("decision", "commendation") if name in raw})
    for pattern in (letters.decision, letters.commendation):
        try:
            pattern.format(company="", year=2000, n=1)
        except (KeyError, IndexError, ValueError) as wrong:
            raise ValueError(_("[letters] unknown place in “%(pattern)s”.") % {"pattern": pattern}) from wrong
        if "{n}" not in pattern or "{year}" not in pattern:
            raise ValueError(_("[letters] a number needs {year} and {n}."))
    return letters


def clocks(company, day) -> Clocks:
    return section(company, "clocks", day)


def letters_of(version) -> Letters:
    """The version's patterns, or the plain ones when the book does not say."""
    return parse_letters(version.content.get("letters", {}))
