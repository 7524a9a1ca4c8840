"""The counted working days, drawn one by one."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    """One box: weekday, day of the month, what it counts as; `look` is '', 'off' or 'due'."""

    weekday: str
    number: int
    word: str
    look: str


def days_of(start, counted):
    """From the day of filing to the last counted one; `counted` are dates."""
    counted = [dt.date.fromisoformat(day) if isinstance(day, str) else day for day in counted]
    if not counted:
        return []
    span = (counted[-1] - start).days
    return [_day(start + dt.timedelta(days=step), start, counted) for step in range(span + 1)]


def _day(day, start, counted):
    if day == start:
        word, look = pgettext("day of an appeal", "filed"), ""
    elif day in counted:
        word, look = str(counted.index(day) + 1), "due" if day == counted[-1] else ""
    else:
        word, look = pgettext("day of an appeal", "off"), "off"
    weekday = f"{day:%a}" if get_language() == "en" else WEEKDAYS[day.weekday()]
    return Day(weekday, day.day, word, look)
