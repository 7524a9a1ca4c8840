"""From who answered to who was served: post-stratification, raking, response (method §2)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np

from .intervals import Interval, Share, checked_counts, wilson_from_share


@dataclass(frozen=True, slots=True)
class Stratum:
    """`k` satisfied of `n` answers from `population` people; strata of a family (e.g. a site) merge first."""

    id: Hashable
    population: int
    k: int
    n: int
    family: Hashable = None

    def __post_init__(self) -> None:
        checked_counts(self.k, self.n)
        checked_counts(self.n, self.population)


@dataclass(frozen=True, slots=True)
class Poststratified:
    """Weighted share `p` (0..1), SE, interval, answers, effective answers, ids as they were merged."""

    p: float
    se: float | None
    interval: Interval
    n: int
    n_eff: float
    strata: tuple[tuple[Hashable, ...], ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    ids: tuple[Hashable, ...]
    population: int
    k: int
    n: int
    family: Hashable

    def merged(self, other: "_Cell") -> "_Cell":
        return _Cell(self.ids + other.ids, self.population + other.population,
                     self.k + other.k, self.n + other.n, self.family)  # fmt: skip


def collapse(strata: Sequence[Stratum], min_n: int = 5) -> list[tuple[Hashable, ...]]:
    """Which strata stand together once none has fewer than `min_n` answers (or only one is left).

    Give the strata in a meaningful order: neighbours are merged, of the same family if there is one,
    then the smaller, then the earlier.
    """
    return [cell.ids for cell in _cells(strata, min_n)]


def _cells(strata: Sequence[Stratum], min_n: int) -> list[_Cell]:
    if min_n < 1:
        raise ValueError("a stratum needs at least one answer")
    if len({stratum.id for stratum in strata}) != len(strata):
        raise ValueError("a stratum stands in the list twice")
    cells = [_Cell((s.id,), s.population, s.k, s.n, s.family) for s in strata if s.population]
    while len(cells) > 1 and (short := _first_short(cells, min_n)) is not None:
        first = _partner(cells, short)
        cells[first : first + 2] = [cells[first].merged(cells[first + 1])]
    return cells


def _first_short(cells: Sequence[_Cell], min_n: int) -> int | None:
    return next((i for i, cell in enumerate(cells) if cell.n < min_n), None)


def _partner(cells: Sequence[_Cell], short: int) -> int:
    """The index of the earlier of the two cells to merge."""
    neighbours = [i for i in (short - 1, short + 1) if 0 <= i < len(cells)]
    best = min(neighbours, key=lambda i: (cells[i].family != cells[short].family, cells[i].n, i))
    return min(best, short)


def poststratified(strata: Sequence[Stratum], min_n: int = 5, level: float = 0.95) -> Poststratified | None:
    """p = Σ W_h p_h, SE² = Σ W_h² p_h(1-p_h)/(n_h-1)·(1-f_h), W_h = N_h/N, f_h = n_h/N_h.

    (Cochran 1977.) The interval is Wilson's on the effective number of answers p(1-p)/SE² (Korn & Graubard
    1998); where the SE is 0 or unknown, on Kish's; a point when everybody answered. None when nobody did.
    ValueError for more answers than people, a stratum twice, bad counts or level.
    """
    cells = _cells(strata, min_n)
    n = sum(cell.n for cell in cells)
    if n == 0:
        return None
    total = sum(cell.population for cell in cells)
    p = float(sum(Fraction(cell.population * cell.k, total * cell.n) for cell in cells))
    se = _standard_error(cells, total)
    n_eff = _effective_n(cells, total, p, se)
    interval = (p, p) if n == total else wilson_from_share(p, n_eff, level)
    return Poststratified(p, se, interval, n, n_eff, tuple(cell.ids for cell in cells))


def _standard_error(cells: Sequence[_Cell], total: int) -> float | None:
    if any(cell.n == 1 < cell.population for cell in cells):
        return None
    return sqrt(sum((cell.population / total) ** 2 * _variance(cell) for cell in cells))


def _variance(cell: _Cell) -> float:
    if cell.n == cell.population:
        return 0.0
    p = cell.k / cell.n
    return p * (1 - p) / (cell.n - 1) * (1 - cell.n / cell.population)


def _effective_n(cells: Sequence[_Cell], total: int, p: float, se: float | None) -> float:
    if se and 0 < p < 1:
        return p * (1 - p) / se**2
    return 1 / sum((cell.population / total) ** 2 / cell.n for cell in cells)


def kish_deff(weights: Sequence[float] | np.ndarray) -> float:
    """Kish (1965) design effect of weighting, n Σw²/(Σw)² >= 1. ValueError unless weights are positive."""
    w = _checked_weights(weights)
    return float(len(w) * np.sum(w**2) / np.sum(w) ** 2)


def _checked_weights(weights: Sequence[float] | np.ndarray) -> np.ndarray:
    w = np.asarray(weights, dtype=float)
    if w.ndim != 1 or not len(w) or not np.all(np.isfinite(w) & (w > 0)):
        raise ValueError("weights are one row of positive numbers")
    return w


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """Weighted share (0..1), linearised SE, Wilson interval on n/deff, answers, effective answers, deff."""

    p: float
    se: float | None
    interval: Interval
    n: int
    n_eff: float
    deff: float


def weighted_share(
    satisfied: Sequence[bool], weights: Sequence[float] | np.ndarray, level: float = 0.95
) -> WeightedShare:
    """Σwy/Σw with SE √(n/(n-1) Σw²(y-p)²)/Σw (Taylor linearisation); y and w one entry per answer.

    ValueError for weights that are not positive or of another length.
    """
    w, y = _checked_weights(weights), np.asarray(satisfied, dtype=float)
    if y.shape != w.shape:
        raise ValueError("one weight per answer")
    n, deff = len(w), kish_deff(w)
    p = float(np.sum(w * y) / np.sum(w))
    se = float(np.sqrt(n / (n - 1) * np.sum((w * (y - p)) ** 2)) / np.sum(w)) if n > 1 else None
    return WeightedShare(p, se, wilson_from_share(p, n / deff, level), n, n / deff, deff)


def rake(
    margins: Mapping[str, Sequence[Hashable]],
    targets: Mapping[str, Mapping[Hashable, float]],
    *,
    tolerance: float = 1e-10,
    max_rounds: int = 500,
) -> np.ndarray:
    """Weights (mean 1, one per answer) that give every margin its target shares (Deming & Stephan 1940).

    `margins` holds each answer's category per variable; `targets` a share per category (any positive scale).
    ValueError when categories and targets differ, or the rounds do not converge.
    """
    if not targets:
        raise ValueError("no targets to rake to")
    variables = [_membership(margins[name], shares, name) for name, shares in targets.items()]
    weights = np.ones(len(variables[0][0]))
    for _ in range(max_rounds):
        for codes, shares in variables:
            weights = weights * (shares * len(codes) / np.bincount(codes, weights))[codes]
        if all(_margin_error(weights, *variable) <= tolerance for variable in variables):
            return weights
    raise ValueError(f"raking did not converge in {max_rounds} rounds")


def _margin_error(weights: np.ndarray, codes: np.ndarray, shares: np.ndarray) -> float:
    return float(np.max(np.abs(np.bincount(codes, weights) / len(codes) - shares)))


def _membership(
    categories: Sequence[Hashable], shares: Mapping[Hashable, float], name: str
) -> tuple[np.ndarray, np.ndarray]:
    if set(categories) != set(shares):
        raise ValueError(f"the categories of {name!r} differ from those of its target")
    place = {category: i for i, category in enumerate(shares)}
    target = np.array([float(share) for share in shares.values()])
    return np.array([place[category] for category in categories]), target / target.sum()


def response_rate_2(
    *,
    complete: int,
    partial: int = 0,
    refused: int = 0,
    no_contact: int = 0,
    other: int = 0,
    unknown: int = 0,
) -> Share:
    """AAPOR RR2 (Standard Definitions 2023): (I+P) / ((I+P) + (R+NC+O) + (UH+UO)), as counts."""
    answered = complete + partial
    return Share(answered, answered + refused + no_contact + other + unknown)


def coverage(answering_households: Sequence[Hashable], households: int) -> Share:
    """Distinct households with a valid answer among the unit's households (PM-6.1), as counts.

    ValueError when more answered than the unit has.
    """
    return Share(len(set(answering_households)), households)
