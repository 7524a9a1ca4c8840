"""Months in a row near one end of the ranking, and the window they make up (method §3).

A window ends in a hit and holds `length` hits of one peer group in calendar-consecutive months. Between its
hits at most `max_pauses` months may be insufficient: such a month keeps the streak alive but is not one
of the hits, neither for a reward nor for a penalty, and its answers are not in the window. Anything else
(a miss, a month not eligible, a month without a row, another peer group) breaks the streak.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

StreakState = Literal["none", "running", "paused", "complete"]


class Standing(StrEnum):
    """How a month ended for one person and one end of the ranking."""

    HIT = "hit"
    MISS = "miss"
    INSUFFICIENT = "insufficient"
    NOT_ELIGIBLE = "not_eligible"


class MonthStanding(NamedTuple):
    """One person's month: `month` as `month_number` gives it, the frozen peer group, the standing."""

    month: int
    group: Hashable
    standing: Standing


@dataclass(frozen=True, slots=True)
class Streak:
    """Where a streak stands after its last month.

    `window` are the months of the hits that count, in order; `pauses` the insufficient months between or
    after them; `missing` how many hits are still needed. Only `complete` makes a case.
    """

    state: StreakState
    window: tuple[int, ...]
    pauses: tuple[int, ...]
    missing: int


def month_number(year: int, month: int) -> int:
    """A month as one integer, so that consecutive months are consecutive numbers; ValueError off 1..12."""
    if not 1 <= month <= 12:
        raise ValueError(f"no such month: {month}")
    return 12 * year + month - 1


def standing_of(*, eligible: bool, n: int, in_places: bool, rank_min_n: int = 10) -> Standing:
    """A month's standing from its facts: not eligible before insufficient before hit or miss.

    A month in which the group was too small to be ranked is a miss: `in_places` is False.
    """
    if not eligible:
        return Standing.NOT_ELIGIBLE
    if n < rank_min_n:
        return Standing.INSUFFICIENT
    return Standing.HIT if in_places else Standing.MISS


def streak(
    months: Iterable[MonthStanding],
    *,
    length: int = 3,
    max_pauses: int = 1,
    used_through: int | None = None,
) -> Streak:
    """The streak that ends in the latest of `months` (in any order; at least one, else ValueError).

    Months up to `used_through`, the last month of the latest window that had an effect, no longer count:
    windows do not overlap. Without an effect the window rolls on, so a fourth hit is complete again.
    ValueError for one month twice, a length below 1 or negative pauses.
    """
    if length < 1 or max_pauses < 0:
        raise ValueError("a streak has a length of at least 1 and no negative number of pauses")
    run = _run(_latest_first(months), max_pauses, used_through)
    hits = [month.month for month in run if month.standing is Standing.HIT][:length]
    if not hits:
        return Streak("none", (), (), length)
    pauses = [m.month for m in run if m.standing is Standing.INSUFFICIENT and m.month > hits[-1]]
    state = _state(run[0], len(hits) == length)
    return Streak(state, tuple(reversed(hits)), tuple(reversed(pauses)), length - len(hits))


def _latest_first(months: Iterable[MonthStanding]) -> list[MonthStanding]:
    ordered = sorted(months, key=lambda month: month.month, reverse=True)
    if not ordered:
        raise ValueError("no months")
    if len({month.month for month in ordered}) != len(ordered):
        raise ValueError("a month stands in the list twice")
    return ordered


def _run(months: list[MonthStanding], max_pauses: int, used_through: int | None) -> list[MonthStanding]:
    """The unbroken months, latest first: hits, and at most `max_pauses` insufficient ones."""
    run: list[MonthStanding] = []
    pauses_left = max_pauses
    for month in months:
        pauses_left -= month.standing is Standing.INSUFFICIENT
        if pauses_left < 0 or _breaks(month, months[0], len(run), used_through):
            break
        run.append(month)
    return run


def _breaks(month: MonthStanding, last: MonthStanding, position: int, used_through: int | None) -> bool:
    return (
        month.standing in (Standing.MISS, Standing.NOT_ELIGIBLE)
        or month.month != last.month - position
        or month.group != last.group
        or (used_through is not None and month.month <= used_through)
    )


def _state(last: MonthStanding, full: bool) -> StreakState:
    """A month that is insufficient completes nothing, even when enough hits stand before it."""
    if last.standing is Standing.INSUFFICIENT:
        return "paused"
    return "complete" if full else "running"


def completed_windows(
    months: Iterable[MonthStanding], *, length: int = 3, max_pauses: int = 1
) -> list[tuple[int, ...]]:
    """Every window of a history, had each one had its effect: complete, in order, none overlapping.

    For trying a policy on the past. Raises as `streak`; an empty history has no windows.
    """
    ordered = sorted(months, key=lambda month: month.month)
    windows: list[tuple[int, ...]] = []
    for end in range(1, len(ordered) + 1):
        used = windows[-1][-1] if windows else None
        found = streak(ordered[:end], length=length, max_pauses=max_pauses, used_through=used)
        if found.state == "complete":
            windows.append(found.window)
    return windows
