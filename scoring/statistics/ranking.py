"""Ranks inside one peer group, their uncertainty, and who stands at either end (method §3)."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, ndtr

from .intervals import checked_counts, checked_probability

Row = tuple[Hashable, int, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One subject's place: satisfied `k` of `n`, competition rank (1 is best)."""

    id: Hashable
    k: int
    n: int
    rank: int


class Homogeneity(NamedTuple):
    """Pearson's χ², its degrees of freedom and the p-value that all subjects share one level."""

    chi2: float
    df: int
    p: float


def checked_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows with exact counts. ValueError for a subject twice or without answers, or bad counts."""
    checked = [(subject, *checked_counts(k, n)) for subject, k, n in rows]
    if any(n == 0 for _, _, n in checked):
        raise ValueError("a subject without answers cannot be ranked")
    if len({subject for subject, _, _ in checked}) != len(checked):
        raise ValueError("a subject stands in the list twice")
    return checked


def rank_by_share(rows: Iterable[Row]) -> list[Ranked]:
    """Competition ranks 1, 2, 2, 4 by exact fraction k/n, best first, equals in order of id.

    `rows` are (id, k, n) with n > 0, in any order, ids comparable with each other. Raises as `checked_rows`.
    """
    ordered = sorted(checked_rows(rows), key=lambda row: (-Fraction(row[1], row[2]), row[0]))
    ranked: list[Ranked] = []
    for position, (subject, k, n) in enumerate(ordered, start=1):
        tied = ranked and k * ranked[-1].n == ranked[-1].k * n
        ranked.append(Ranked(subject, k, n, ranked[-1].rank if tied else position))
    return ranked


def places(
    eligible: int,
    share: Fraction = Fraction(15, 100),
    minimum: int = 1,
    least_eligible: int = 8,
) -> int:
    """Places K at either end: max(minimum, floor(share·eligible)); 0 below `least_eligible` people.

    Never more than half of the group, so that nobody stands at both ends. TypeError for a float share
    (.29·100 is 28.999…), ValueError for a negative count or a share outside 0..1.
    """
    checked_counts(0, eligible)
    if not isinstance(share, Fraction | int):
        raise TypeError("the share of places is a Fraction")
    if not 0 <= share <= 1:
        raise ValueError(f"the share of places lies in 0..1, got {share}")
    if eligible < least_eligible:
        return 0
    return min(max(minimum, floor(share * eligible)), eligible // 2)


def top_places(rows: Iterable[Row], count: int) -> tuple[Hashable, ...]:
    """The ids wholly inside the best `count` places; a tie that straddles the cut wins nothing."""
    return _inside(rank_by_share(rows), count)


def bottom_places(rows: Iterable[Row], count: int) -> tuple[Hashable, ...]:
    """The ids wholly inside the worst `count` places; a tie that straddles the cut loses nothing."""
    return _inside(reversed(rank_by_share(rows)), count)


def _inside(ranked: Iterable[Ranked], count: int) -> tuple[Hashable, ...]:
    inside: list[Hashable] = []
    for _, ties in groupby(ranked, key=lambda row: row.rank):
        tied = [row.id for row in ties]
        if len(inside) + len(tied) > count:
            break
        inside += tied
    return tuple(inside)


def chi_square_homogeneity(rows: Iterable[Row]) -> Homogeneity:
    """Pearson's χ² of satisfied/not over the subjects, N-1 degrees of freedom, no continuity correction.

    p >= .05 earns the words 'no demonstrable differences'. chi2 = 0 and p = 1 when everybody (or nobody)
    is satisfied or fewer than two subjects stand in the list. Raises as `checked_rows`.
    """
    checked = checked_rows(rows)
    k, n = sum(row[1] for row in checked), sum(row[2] for row in checked)
    df = max(0, len(checked) - 1)
    if df == 0 or k in (0, n):
        return Homogeneity(0.0, df, 1.0)
    # Σ (k_i - n_i p)² / (n_i p (1-p)), with p = k/n, over one common integer denominator.
    chi2 = sum(Fraction((ki * n - ni * k) ** 2, ni) for _, ki, ni in checked) / (k * (n - k))
    return Homogeneity(float(chi2), df, float(chdtrc(df, float(chi2))))


def rank_intervals(rows: Iterable[Row], alpha: float = 0.05) -> dict[Hashable, tuple[int, int]]:
    """For each id its interval: 1 + number significantly better … N - number significantly worse.

    Every pair is compared by the pooled two-proportion z, Holm-corrected (Holm 1979) over all N(N-1)/2
    pairs. Time grows with N², memory with the number of pairs with p <= alpha. Raises as `checked_rows`;
    ValueError for alpha outside 0..1.
    """
    checked_probability(alpha, "alpha")
    checked = checked_rows(rows)
    better, worse = np.zeros(len(checked), int), np.zeros(len(checked), int)
    for winner, loser in _significant_pairs(checked, alpha):
        better[loser] += 1
        worse[winner] += 1
    size = len(checked)
    return {row[0]: (1 + int(b), size - int(w)) for row, b, w in zip(checked, better, worse, strict=True)}


def _significant_pairs(rows: Sequence[Row], alpha: float) -> list[tuple[int, int]]:
    """Pairs (better, worse) of row numbers that Holm's step-down rejects.

    Only p <= alpha can ever be rejected, so the others are counted but not kept.
    """
    size = len(rows)
    candidates = sorted(pair for first in range(size) for pair in _pairs_of(rows, first, alpha))
    remaining = size * (size - 1) // 2
    rejected = []
    for p, winner, loser in candidates:
        if p * remaining > alpha:
            break
        rejected.append((winner, loser))
        remaining -= 1
    return rejected


def _pairs_of(rows: Sequence[Row], first: int, alpha: float) -> list[tuple[float, int, int]]:
    """(p, better, worse) of row `first` against every later row, where p <= alpha."""
    k, n = np.array([row[1:] for row in rows[first:]], dtype=float).T
    z = pooled_z(k[0], n[0], k[1:], n[1:])
    p = 2 * ndtr(-np.abs(z))
    found = np.flatnonzero(p <= alpha)
    others = found + first + 1
    return [
        (float(p[i]), *((first, int(j)) if z[i] > 0 else (int(j), first)))
        for i, j in zip(found, others, strict=True)
    ]


def pooled_z(k1: float, n1: float, k2: np.ndarray, n2: np.ndarray) -> np.ndarray:
    """z of k1/n1 - k2/n2 under a pooled share; 0 where the pooled share is 0 or 1. Arrays broadcast."""
    pooled = (k1 + k2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    difference = k1 / n1 - k2 / n2
    return np.where(variance > 0, difference / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
