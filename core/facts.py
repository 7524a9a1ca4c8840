"""Verified facts about people's work, whatever room keeps them; rooms above rest rules on them without knowing it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from core.registries import fact_homes, fact_pages, fact_sources


@dataclass(frozen=True)
class Fact:
    """`kind` is what rules name (care_task_late); `key` is the fact's own, stable and unique (care_task:12).

    `verified_by` are the users who stand behind it. `figures` may hold counts {"before": {"k", "n"}, "after": …}.
    """

    kind: str
    key: str
    number: str
    employee_id: int | None
    department_id: int
    happened_on: dt.date
    verified_at: dt.datetime
    verified_by: tuple = ()
    text: str = ""
    figures: dict = field(default_factory=dict)
    answer_id: int | None = None


def facts_between(company, *, kind, since, until):
    """Facts of this kind verified in [since, until), aware datetimes, of all sources, the earliest first."""
    found = [fact for source in fact_sources for fact in source(company, kind, since, until)]
    return sorted(found, key=lambda fact: (fact.verified_at, fact.key))


@dataclass(frozen=True)
class FactHome:
    """The room that supplies a kind of fact itself: while `is_open(company, day)`, nobody reports it by hand.

    `sentence` (lazy) says where it is entered instead, `url_name` is that page.
    """

    is_open: Callable
    sentence: object
    url_name: str


def home_of(kind, company, day):
    """The FactHome of this kind that is open to the company on that day, or None."""
    home = fact_homes.get(kind)
    return home if home is not None and home.is_open(company, day) else None


def page_of_fact(key, user):
    """The address at which this reader sees the fact with this key, or ''."""
    room, _colon, pk = key.partition(":")
    page = fact_pages.get(room)
    return page(user, int(pk)) if page is not None and pk.isdecimal() else ""
