"""The caps and floors of a person's month, laid over the hits of a trial as the ledger lays them over decisions."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from core.period import Period
from incentives.caps import laid_over_months
from incentives.policy import Limits
from policies.selectors import section_of, version_in_force

#: kinds of effects that the ledger keeps as money
MONEY = ("money", "team_fund")
UNITS = ("points", "fen")


@dataclass(frozen=True)
class Part:
    """What of a hit counts in one month; `unit` is 'points' or 'fen'."""

    unit: str
    month: str
    amount: int


def limits_by_month(version):
    """callable(month) -> Limits: the version's own, else those of another book that held then."""
    known = {}

    def limits_of(month):
        if month not in known:
            known[month] = _limits(version, month)
        return known[month]

    return limits_of


def _limits(version, month):
    if "limits" in version.content:
        return section_of(version, "limits")
    book = version_in_force(version.company, Period.parse(month).last_day, "limits")
    is_other = book is not None and book.document_id != version.document_id
    return section_of(book, "limits") if is_other else Limits()


def laid(found, limits_of):
    """The same hits, each with the `parts` that the ledger would post of it and what `lapsed`, in the order given.

    They are posted month after month, the rules of a month in the order of their codes; no month is closed yet, and
    nothing but these hits stands in the books.
    """
    sums, done = defaultdict(Counter), {}
    order = sorted(range(len(found)), key=lambda place: _turn(found[place]))
    for place in order:
        done[place] = _lay(found[place], limits_of(found[place].period), sums)
    return [done[place] for place in range(len(found))]


def _turn(one):
    return one.period, one.rule.code, one.hit.occurrence, one.hit.employee_id or 0


def _lay(one, limits, sums):
    parts, lapsed = [], Counter()
    for effect in one.effects:
        unit = "fen" if effect["kind"] in MONEY else effect["kind"]
        amount = effect.get("amount")
        if unit not in UNITS or not amount:
            continue
        bound = None if effect["kind"] == "team_fund" else limits.of(unit, amount)
        own = sums[one.hit.employee_id, unit]
        months, rest = laid_over_months(
            amount, one.period, bound=bound, sums=own, closed=(), carry=limits.carry_months
        )
        for month, part in months:
            parts.append(Part(unit, month, part))
            if effect["kind"] != "team_fund":
                own[month] += part
        lapsed[unit] += rest
    return replace(one, parts=tuple(parts), lapsed=dict(lapsed))


def months_of_people(found):
    """Rows of (person, month, unit) in which the month had no room for all: what was due, counts there, comes later."""
    rows = {}
    for one in found:
        for unit in UNITS:
            later = [part for part in one.parts if part.unit == unit and part.month != one.period]
            row = rows.setdefault((one.period, one.hit.employee_id, unit), _empty(one, unit))
            row["counted"] += one.posted(unit) - sum(part.amount for part in later)
            row["lapsed"] += one.lapsed.get(unit, 0)
            for part in later:
                row["later"][part.month] = row["later"].get(part.month, 0) + part.amount
    return [rows[key] for key in sorted(rows, key=_of_row) if rows[key]["later"] or rows[key]["lapsed"]]


def _of_row(key):
    period, employee_id, unit = key
    return period, employee_id or 0, unit


def _empty(one, unit):
    return {
        "employee": one.hit.employee_id,
        "department": one.hit.department_id,
        "period": one.period,
        "unit": unit,
        "counted": 0,
        "lapsed": 0,
        "later": {},
    }
