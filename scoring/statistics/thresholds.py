"""Targets of units and departments: met, below, or clearly below (method §4)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np
from scipy.special import bdtr, betaln, xlog1py, xlogy

from .gate import Evidence, Outcome, outcome
from .intervals import binomial_cdf, checked_counts, checked_probability
from .measures import is_below

TargetState = Literal["met", "below", "clearly_below", "none"]


@dataclass(frozen=True, slots=True)
class TargetVerdict:
    """Where `k` of `n` stands against `target`; `p` is P(X <= k) if the unit truly stood at the target.

    `none` without answers. `proposes` is None when the target is met (or nothing can be said).
    """

    state: TargetState
    k: int
    n: int
    target: Fraction
    p: float | None
    proposes: Outcome | None


def target_verdict(
    k: int,
    n: int,
    target: Fraction,
    *,
    alpha: float = 0.05,
    evidence: Evidence = "required",
    census: bool = False,
) -> TargetVerdict:
    """`met` (in integers), `below` (a person decides) or `clearly_below` (P(X <= k; n, target) < alpha).

    A census is judged literally, whatever the switch: its share is not an estimate. ValueError for
    impossible counts, a target outside 0..1 or a bad alpha.
    """
    checked_probability(alpha, "alpha")
    k, n = checked_counts(k, n)
    _checked_target(target)
    if n == 0:
        return TargetVerdict("none", k, n, target, None, None)
    p = binomial_cdf(k, n, float(target))
    if not is_below(k, n, target):
        return TargetVerdict("met", k, n, target, p, None)
    clear = p < alpha
    action = outcome(clear, "literal" if census else evidence)
    return TargetVerdict("clearly_below" if clear else "below", k, n, target, p, action)


def _checked_target(target: Fraction) -> None:
    if not isinstance(target, Fraction | int):
        raise TypeError("a target is a Fraction")
    if not 0 <= target <= 1:
        raise ValueError(f"a target lies in 0..1, got {target}")


def is_census(asked: int, answered: int, population: int, least: Fraction = Fraction(80, 100)) -> bool:
    """Whether everyone was asked and at least `least` of them answered. ValueError for impossible counts."""
    checked_counts(answered, asked)
    checked_counts(asked, population)
    return 0 < asked == population and not is_below(answered, asked, least)


def target_applies(target_set_on: date, period_begins_on: date) -> bool:
    """A target set after its period began does not apply to it."""
    return target_set_on <= period_begins_on


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """Answers of one period and the target that applied to it, or None if none did."""

    k: int
    n: int
    target: Fraction | None


@dataclass(frozen=True, slots=True)
class ConsecutiveVerdict:
    """Two periods together: below in both, the pooled exact p, clear or not, and what it proposes."""

    below_in_both: bool
    clear: bool
    p: float | None
    proposes: Outcome | None


def two_periods_below(
    first: PeriodCount,
    second: PeriodCount,
    *,
    alpha: float = 0.05,
    evidence: Evidence = "required",
    census: bool = False,
) -> ConsecutiveVerdict:
    """Two consecutive periods below target: below in both, and pooled exact p < alpha or literal by switch.

    The test is P(X1 + X2 <= k1 + k2) with X_i ~ Binomial(n_i, target_i), also when the target changed in
    between. `census` only if both periods were one. Raises as `target_verdict`; that the periods are
    consecutive is the caller's to know.
    """
    checked_probability(alpha, "alpha")
    if not (_is_period_below(first) and _is_period_below(second)):
        return ConsecutiveVerdict(False, False, None, None)
    p = _pooled_p(first, second)
    clear = p < alpha
    return ConsecutiveVerdict(True, clear, p, outcome(clear, "literal" if census else evidence))


def _is_period_below(period: PeriodCount) -> bool:
    checked_counts(period.k, period.n)
    if period.target is None or period.n == 0:
        return False
    _checked_target(period.target)
    return is_below(period.k, period.n, period.target)


def _pooled_p(first: PeriodCount, second: PeriodCount) -> float:
    k, n = first.k + second.k, first.n + second.n
    if first.target == second.target:
        return binomial_cdf(k, n, _number(first))
    ones = np.arange(min(first.n, k) + 1)
    others = np.minimum(k - ones, second.n)
    return float(np.sum(_pmf(ones, first) * bdtr(others, second.n, _number(second))))


def _number(period: PeriodCount) -> float:
    return float(period.target or 0)


def _pmf(k: np.ndarray, period: PeriodCount) -> np.ndarray:
    n, p = period.n, _number(period)
    choose = -np.log(n + 1) - betaln(n - k + 1, k + 1)
    return np.exp(choose + xlogy(k, p) + xlog1py(n - k, -p))
