"""Month, quarter, half-year or year as one value; bounds in Asia/Shanghai."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: years of four plain digits from 1000 to 2999: neighbours of every period are dates that exist
_FORMS = (
    ("month", re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")),
    ("quarter", re.compile(r"([12][0-9]{3})Q([1-4])")),
    ("half", re.compile(r"([12][0-9]{3})H([12])")),
    ("year", re.compile(r"([12][0-9]{3})")),
)


@dataclass(frozen=True)
class Period:
    """`number` counts periods of this kind from year 0, so that neighbours differ by one."""

    kind: str
    number: int

    @classmethod
    def parse(cls, text):
        """'2026-10', '2026Q3', '2026H2' or '2026'; ValueError otherwise."""
        for kind, form in _FORMS:
            match = form.fullmatch(str(text))
            if match:
                per_year = 12 // MONTHS[kind]
                part = int(match.group(2)) - 1 if kind != "year" else 0
                return cls(kind, int(match.group(1)) * per_year + part)
        raise ValueError(f"not a period: {text!r}")

    @classmethod
    def month_of(cls, moment):
        return cls.of("month", moment)

    @classmethod
    def of(cls, kind, moment):
        """The period of this kind that holds a date or an aware datetime."""
        if isinstance(moment, dt.datetime):
            moment = moment.astimezone(SHANGHAI).date()
        return cls(kind, (moment.year * 12 + moment.month - 1) // MONTHS[kind])

    def __str__(self):
        per_year = 12 // MONTHS[self.kind]
        year, part = divmod(self.number, per_year)
        forms = {"month": f"-{part + 1:02d}", "quarter": f"Q{part + 1}", "half": f"H{part + 1}", "year": ""}
        return f"{year:04d}{forms[self.kind]}"

    @property
    def first_day(self):
        year, month = divmod(self.number * MONTHS[self.kind], 12)
        return dt.date(year, month + 1, 1)

    @property
    def last_day(self):
        return self.next().first_day - dt.timedelta(days=1)

    @property
    def starts_at(self):
        return dt.datetime.combine(self.first_day, dt.time(), SHANGHAI)

    @property
    def ends_at(self):
        """First moment after the period."""
        return self.next().starts_at

    def next(self, steps=1):
        return Period(self.kind, self.number + steps)

    def previous(self, steps=1):
        return Period(self.kind, self.number - steps)

    def months(self):
        """The calendar months inside, oldest first."""
        size = MONTHS[self.kind]
        return [Period("month", self.number * size + step) for step in range(size)]

    def __contains__(self, day):
        return self.first_day <= day <= self.last_day

    def __lt__(self, other):
        return (self.first_day, self.last_day) < (other.first_day, other.last_day)


def window(last, length):
    """The `length` consecutive periods that end with `last`, oldest first."""
    return [last.previous(step) for step in range(length - 1, -1, -1)]


def months_after(day, months):
    """The same day so many months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
