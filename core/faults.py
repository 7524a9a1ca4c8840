"""A write path as the fault sweep sees it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class WritePath:
    """`arrange()` returns the arguments, `act(*args)` is the verb; every table it writes to must be all or none."""

    arrange: Callable
    act: Callable
    observe: Callable | None = None  # more than tables, such as files
