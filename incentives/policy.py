"""The sections of a policy that this room reads: clocks, money, letters, limits."""

from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from core.period import Period
from policies.selectors import section, section_of, version_in_force

#: what money may be taken as; what is paid is a bonus, or a team's fund
MONEY_CLASSES = ("performance_pay", "loss_compensation", "fine")
#: bound -> the sign it has
LIMITS = {"points_cap": 1, "points_floor": -1, "money_cap_fen": 1, "money_floor_fen": -1}
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
class Limits:
    """Most and least per person and month over all decisions; None where there is no bound.

    What exceeds counts in the months after, in at most `carry_months` of them; what finds no room there lapses.
    Penalties of one rule that take no more than `batch_points` and `batch_fen`, and nothing else, may be sent to the
    vote and voted on together; without both none is.
    """

    points_cap: int | None = None
    points_floor: int | None = None
    money_cap_fen: int | None = None
    money_floor_fen: int | None = None
    carry_months: int | None = None
    batch_points: int | None = None
    batch_fen: int | None = None

    def of(self, unit, amount):
        """The bound on the side to which this amount moves the month's sum."""
        if unit == "points":
            return self.points_cap if amount > 0 else self.points_floor
        return self.money_cap_fen if amount > 0 else self.money_floor_fen


@dataclass(frozen=True)
class Letters:
    """How numbered documents are called; {company}, {year} and {n} are filled in."""

    decision: str = "{company}奖惩〔{year}〕{n} 号"
    commendation: str = "{company}表扬〔{year}〕{n} 号"
    certificate: str = "{company}证书〔{year}〕{n} 号"
    warning: str = "{company}警告〔{year}〕{n} 号"
    correction: str = "{company}更正〔{year}〕{n} 号"

    def pattern(self, kind):
        """The pattern for a kind of notice; the decision letter has the decisions' own series."""
        return self.decision if kind == "letter" else getattr(self, kind)


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
    letters = Letters(**{field.name: raw[field.name] for field in fields(Letters) if field.name in raw})
    for pattern in (getattr(letters, field.name) for field in fields(Letters)):
        try:
            pattern.format(company="", year=2000, n=1)
        except (KeyError, IndexError, ValueError) as wrong:
            raise ValueError(_("[letters] unknown place in “%(pattern)s”.") % {"pattern": pattern}) from wrong
        if "{n}" not in pattern or "{year}" not in pattern:
            raise ValueError(_("[letters] a number needs {year} and {n}."))
    return letters


def parse_limits(raw):
    for name, sign in LIMITS.items():
        value = raw.get(name)
        if value is not None and (not _is_whole(value) or value * sign <= 0):
            raise ValueError(
                _("[limits] %(name)s must be a whole number, caps above and floors below 0.") % {"name": name}
            )
    for name in ("carry_months", "batch_points", "batch_fen"):
        value = raw.get(name)
        if value is not None and (not _is_whole(value) or value < 0):
            raise ValueError(_("[limits] %(name)s must be a whole number, 0 or more.") % {"name": name})
    return Limits(**{field.name: raw.get(field.name) for field in fields(Limits)})


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def limits_on(company, day) -> Limits:
    """What holds on a day; no bounds where no book sets any."""
    version = version_in_force(company, day, "limits")
    return section_of(version, "limits") if version else Limits()


def limits(company, month) -> Limits:
    """What holds for the sums of a month ('2026-10'); no bounds where no book sets any."""
    return limits_on(company, Period.parse(month).last_day)


def money_of(version) -> Money:
    """The version's section, or the plain one: no fines, what is taken comes off performance pay."""
    return parse_money(version.content.get("money", {}))


def money_class(decision, effect):
    """What the money of a decision's effect is paid or taken as, for the payroll."""
    if effect["kind"] == "team_fund" or effect["amount"] > 0:
        return "team_fund" if effect["kind"] == "team_fund" else "bonus"
    return effect.get("class") or money_of(decision.rule.version).default_class


def clocks(company, day) -> Clocks:
    return section(company, "clocks", day)


def letters_of(version) -> Letters:
    """The version's patterns, or the plain ones when the book does not say."""
    return parse_letters(version.content.get("letters", {}))
