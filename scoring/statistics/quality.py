"""Checks on how answers came about: call-backs, data entry, straight lines (method §5)."""

from collections.abc import Iterable, Sequence
from math import ceil, log

from .intervals import Share, binomial_cdf, checked_probability


def callback_sample_size(q: float, alpha: float = 0.05) -> int:
    """Call-backs that miss all fakes with probability <= `alpha` if a share `q` is fake: ln alpha/ln(1-q).

    ValueError unless both lie between 0 and 1.
    """
    exact = log(checked_probability(alpha, "alpha")) / log(1 - checked_probability(q, "q"))
    return ceil(exact - 1e-9)


def entry_acceptance(error_rate: float, n: int = 125, c: int = 2) -> float:
    """P(batch is accepted): at most `c` wrong of `n` re-entered fields at a true `error_rate` (binomial).

    ValueError unless 0 <= c <= n and the rate lies in 0..1.
    """
    return binomial_cdf(c, n, error_rate)


def is_accepted(errors: int, c: int = 2) -> bool:
    """Whether a clerk's batch with `errors` wrong fields in the re-entered sample is accepted."""
    return errors <= c


def is_straight_line(values: Sequence[int | None], least_items: int = 7) -> bool:
    """Whether at least `least_items` items were answered, all alike; None is not answered.

    A hint only together with another flag: most straight lines are honest.
    """
    given = [value for value in values if value is not None]
    return len(given) >= least_items and len(set(given)) == 1


def straight_line_share(answers: Iterable[Sequence[int | None]], least_items: int = 7) -> Share:
    """Straight lines among the answers with at least `least_items` items answered."""
    judged = [a for a in answers if sum(value is not None for value in a) >= least_items]
    return Share(sum(is_straight_line(a, least_items) for a in judged), len(judged))
