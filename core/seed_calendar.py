"""Seed of the calendar table from chinesecalendar (announced years only)."""

import datetime as dt
from importlib.metadata import version

import chinese_calendar
from chinese_calendar.constants import holidays, workdays


def announced_days(first_year=2020):
    """(day, is_workday, name, source) for every day of the years the library knows."""
    last_year = max(day.year for day in holidays)
    source = f"chinesecalendar {version('chinesecalendar')}"
    day = dt.date(first_year, 1, 1)
    while day.year <= last_year:
        name = holidays.get(day) or workdays.get(day) or ""
        yield day, chinese_calendar.is_workday(day), name, source
        day += dt.timedelta(days=1)
