"""Where rooms add themselves to what this one runs; filled in each app's `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from core.registries import Registry


@dataclass(frozen=True)
class FigureSource:
    """Figures of a department that an inspector reads beside the checklist instead of looking them up.

    `area` is the area of items they stand beside (rules, complaints, …). `labels` are lazy words by code.
    `compute(company=, department_ids=, since=, at=, left_out=)` gives {code: (count, of)}, `of` None for plain counts;
    `since` is a date, `at` the moment of looking. The employees in `left_out` read the figures: nothing that is about
    them may be in. `link(code, department)` is the list behind a figure, or ''; for whoever holds one of `verbs`.
    """

    area: str
    labels: dict
    compute: Callable
    link: Callable
    verbs: tuple


#: name -> FigureSource
inspection_facts = Registry()
