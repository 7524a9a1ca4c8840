"""How long something counts that runs for months."""

import calendar
import datetime as dt


def months_after(day, months):
    """The same day so many months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
