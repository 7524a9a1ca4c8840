"""Verified facts about people's work, whatever room keeps them; rooms above rest rules on them without knowing it."""

import datetime as dt
from dataclasses import dataclass, field

from core.registries import fact_sources


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
