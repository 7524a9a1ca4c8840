"""Two periods or two groups compared, and many comparisons at once (method §5)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from scipy.special import ndtr

from .intervals import checked_counts, newcombe
from .ranking import pooled_z


@dataclass(frozen=True, slots=True)
class Change:
    """k1/n1 - k2/n2 in -1..1: pooled z with its p, Newcombe limits, Fisher's exact two-sided p."""

    difference: float
    z: float
    p: float
    low: float
    high: float
    fisher_p: float


def two_proportion_z(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float] | None:
    """(z, two-sided p) of k1/n1 - k2/n2 with a pooled share; (0, 1) if all or none are satisfied.

    None when either side has no answers; ValueError for impossible counts.
    """
    (k1, n1), (k2, n2) = checked_counts(k1, n1), checked_counts(k2, n2)
    if not (n1 and n2):
        return None
    z = float(pooled_z(k1, n1, np.asarray(float(k2)), np.asarray(float(n2))))
    return z, float(2 * ndtr(-abs(z)))


def fisher_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """Two-sided p of Fisher's exact test. ValueError for impossible counts."""
    (k1, n1), (k2, n2) = checked_counts(k1, n1), checked_counts(k2, n2)
    return float(scipy.stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue)


def compare(k1: int, n1: int, k2: int, n2: int, level: float = 0.95) -> Change | None:
    """Everything shown about the change from k2/n2 to k1/n1; None when either side has no answers."""
    tested, limits = two_proportion_z(k1, n1, k2, n2), newcombe(k1, n1, k2, n2, level)
    if tested is None or limits is None:
        return None
    return Change(k1 / n1 - k2 / n2, *tested, *limits, fisher_p(k1, n1, k2, n2))


def may_show_arrow(n1: int, n2: int, min_n: int = 30) -> bool:
    """No arrow when either side has fewer than `min_n` answers."""
    return min(n1, n2) >= min_n


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm (1979) adjusted p-values in the given order: where money follows. ValueError off 0..1."""
    p, order = _sorted_p(p_values)
    adjusted = np.maximum.accumulate(p * np.arange(len(p), 0, -1))
    return _in_given_order(adjusted, order)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini & Hochberg (1995) adjusted p-values in the given order: for dashboards.

    ValueError outside 0..1.
    """
    p, order = _sorted_p(p_values)
    scaled = p * len(p) / np.arange(1, len(p) + 1)
    return _in_given_order(np.minimum.accumulate(scaled[::-1])[::-1], order)


def _sorted_p(p_values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    p = np.asarray(p_values, dtype=float)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("p-values lie in 0..1")
    order = np.argsort(p, kind="stable")
    return p[order], order


def _in_given_order(adjusted: np.ndarray, order: np.ndarray) -> list[float]:
    result = np.empty(len(order))
    result[order] = np.minimum(adjusted, 1.0)
    return result.tolist()
