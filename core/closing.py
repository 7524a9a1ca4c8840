"""One step of a period's close, as each room registers it in core.registries.close_steps."""

from collections.abc import Callable
from dataclasses import dataclass

from core.flow import Transition


@dataclass(frozen=True)
class CloseStep:
    """`prepare(close, at, beat)` may work long in transactions of its own and must be safe to repeat;
    `run(close, at)` is called in one transaction together with `transition`, with the close's row locked.
    """

    label: object
    transition: Transition
    run: Callable
    prepare: Callable | None = None
