"""Working days of mainland China: pure counting over a table of days."""

import datetime as dt
from dataclasses import dataclass

from core.models import CalendarDay
from core.period import SHANGHAI
from core.remembering import is_one_page, remembered


@dataclass(frozen=True)
class Due:
    """`day` is the last day; `counted` the working days that led there; provisional beyond the known calendar."""

    day: dt.date
    counted: tuple
    is_provisional: bool

    @property
    def at(self):
        """First moment after the due day, Asia/Shanghai."""
        return dt.datetime.combine(self.day + dt.timedelta(days=1), dt.time(), SHANGHAI)


def count_forward(start, days, table):
    """Day 0 is `start`; the `days`-th working day after it. `table` maps date -> bool for known days."""
    counted, day, provisional = [], start, False
    while len(counted) < days:
        day += dt.timedelta(days=1)
        if day not in table:
            provisional = True
        if table.get(day, day.weekday() < 5):
            counted.append(day)
    return Due(day, tuple(counted), provisional)


def is_working_day(day):
    known = CalendarDay.objects.filter(day=day).values_list("is_workday", flat=True).first()
    return day.weekday() < 5 if known is None else known


def due_after(start, days):
    """The due day `days` working days after `start` (a date or aware datetime), by the calendar table."""
    if isinstance(start, dt.datetime):
        start = start.astimezone(SHANGHAI).date()
    horizon = start + dt.timedelta(days=days * 3 + 30)
    return count_forward(start, days, _known(start, horizon))


def working_days_left(at, due_day):
    """Working days from tomorrow to `due_day`, both counted; 0 when it is today or past."""
    today = at.astimezone(SHANGHAI).date()
    table = _known(today, due_day)
    days = (today + dt.timedelta(days=step) for step in range(1, (due_day - today).days + 1))
    return sum(table.get(day, day.weekday() < 5) for day in days)


def _known(first, last):
    """{day: is it a working day} of the days the calendar knows; a page with many deadlines reads each year once."""
    if not is_one_page():
        return _days(first, last)
    found = {}
    for year in range(first.year, last.year + 1):
        whole = dt.date(year, 1, 1), dt.date(year, 12, 31)
        found |= remembered(("core.calendar", year), lambda whole=whole: _days(*whole))
    return found


def _days(first, last):
    return dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_workday"))
