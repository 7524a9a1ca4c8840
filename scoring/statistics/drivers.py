"""What goes with overall satisfaction (not: what causes it): LMG shares and their checks (method §5).

Data matrices hold one answer per row, the drivers in the first columns and the overall item in the last;
covariance matrices follow the same order.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import factorial

import numpy as np

from .intervals import Share, checked_probability

MOST_DRIVERS = 12
LEAST_EIGENVALUE = 1e-10


@dataclass(frozen=True, slots=True)
class Importance:
    """R² and its decomposition over the drivers, in R² units: `parts` sum to `r2`."""

    r2: float
    parts: tuple[float, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """The parts as shares of R², summing to 1 (all 0 when R² is 0)."""
        return tuple(part / self.r2 if self.r2 else 0.0 for part in self.parts)


@dataclass(frozen=True, slots=True)
class CompleteCases:
    """Rows without a missing value, kept `share.k` of `share.n`; `enough` is n >= max(100, 15·drivers)."""

    data: np.ndarray
    share: Share
    enough: bool


@dataclass(frozen=True, slots=True)
class KeyDrivers:
    """A driver analysis to show: complete cases, LMG parts with bootstrap limits, Johnson's check."""

    kept: Share
    lmg: Importance
    low: tuple[float, ...]
    high: tuple[float, ...]
    johnson: Importance


def complete_cases(data: np.ndarray, least: int = 100, per_driver: int = 15) -> CompleteCases:
    """Drop rows with NaN from `data` (n × (k+1)) and say whether enough are left.

    ValueError for another shape.
    """
    data = np.asarray(data, dtype=float)
    if data.ndim != 2 or data.shape[1] < 2:
        raise ValueError("data are rows of at least one driver and the overall item")
    kept = data[~np.isnan(data).any(axis=1)]
    enough = len(kept) >= max(least, per_driver * (data.shape[1] - 1))
    return CompleteCases(kept, Share(len(kept), len(data)), enough)


def lmg(covariance: np.ndarray) -> Importance:
    """Lindeman, Merenda & Gold (1980): each driver's gain in R², averaged over all orders (Shapley).

    `covariance` is (k+1) × (k+1), overall item last, k <= 12. ValueError when it is not, when a variable
    is constant, or when drivers are collinear.
    """
    correlation = _correlation(covariance)
    r2 = _subset_r2(correlation[None])
    return Importance(float(r2[0, -1]), tuple(_shapley(r2)[0].tolist()))


def _correlation(covariance: np.ndarray) -> np.ndarray:
    matrix = np.asarray(covariance, dtype=float)
    k = matrix.shape[0] - 1
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not 1 <= k <= MOST_DRIVERS:
        raise ValueError(f"a covariance matrix of 1 to {MOST_DRIVERS} drivers and the overall item")
    if not np.all(np.isfinite(matrix)) or np.any(np.diag(matrix) <= 0):
        raise ValueError("a variable is constant or not a number")
    scale = np.sqrt(np.diag(matrix))
    correlation = matrix / np.outer(scale, scale)
    if np.linalg.eigvalsh(correlation[:k, :k])[0] < LEAST_EIGENVALUE:
        raise ValueError("drivers are collinear: leave one out")
    return correlation


def _subset_r2(correlations: np.ndarray) -> np.ndarray:
    """R² of the overall item on every subset (bits of the index): (b, k+1, k+1) -> (b, 2^k)."""
    k = correlations.shape[1] - 1
    r2 = np.zeros((len(correlations), 2**k))
    for subsets, masks in _subsets(k):
        drivers = correlations[:, subsets[:, :, None], subsets[:, None, :]]
        with_target = correlations[:, subsets, k]
        coefficients = np.linalg.solve(drivers, with_target[..., None])[..., 0]
        r2[:, masks] = np.sum(coefficients * with_target, axis=-1)
    return r2


@lru_cache(maxsize=MOST_DRIVERS)
def _subsets(k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each size 1..k: the subsets as rows of driver numbers, and as bit masks."""
    sizes = [np.array(list(combinations(range(k), size))) for size in range(1, k + 1)]
    return [(subsets, (1 << subsets).sum(axis=1)) for subsets in sizes]


def _shapley(r2: np.ndarray) -> np.ndarray:
    """(b, 2^k) R² by subset -> (b, k) mean gains, a subset of size s weighing s!(k-s-1)!/k!."""
    k = r2.shape[1].bit_length() - 1
    masks = np.arange(2**k)
    sizes = ((masks[:, None] >> np.arange(k)) & 1).sum(axis=1)
    weights = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)])
    gains = np.empty((len(r2), k))
    for driver in range(k):
        without = masks[(masks >> driver) & 1 == 0]
        gains[:, driver] = (r2[:, without | 1 << driver] - r2[:, without]) @ weights[sizes[without]]
    return gains


def johnson_weights(covariance: np.ndarray) -> Importance:
    """Johnson's (2000) relative weights by the nearest orthogonal variables. Input, errors as `lmg`."""
    correlation = _correlation(covariance)
    values, vectors = np.linalg.eigh(correlation[:-1, :-1])
    root = vectors * np.sqrt(values) @ vectors.T
    beta = np.linalg.solve(root, correlation[:-1, -1])
    parts = root**2 @ beta**2
    return Importance(float(np.sum(parts)), tuple(parts.tolist()))


def bootstrap_lmg(
    data: np.ndarray, *, seed: int, repetitions: int = 200, level: float = 0.95
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Percentile bootstrap limits (low, high) of each driver's LMG part, in R² units; rows are resampled.

    `data` is n × (k+1) complete cases. The same seed gives the same limits; show them rounded. Draws in
    which a variable is constant or drivers are collinear are left out. ValueError when none is left.
    """
    checked_probability(level, "level")
    data, rng = np.asarray(data, dtype=float), np.random.default_rng(seed)
    draws = (_draw_correlation(data, rng) for _ in range(repetitions))
    usable = [correlation for correlation in draws if correlation is not None]
    if not usable:
        raise ValueError("no draw could be decomposed")
    parts = np.concatenate([_shapley(_subset_r2(correlation[None])) for correlation in usable])
    low, high = np.quantile(parts, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return tuple(low.tolist()), tuple(high.tolist())


def _draw_correlation(data: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    rows = rng.integers(len(data), size=len(data))
    try:
        return _correlation(np.cov(data[rows], rowvar=False))
    except ValueError:
        return None


def key_drivers(
    data: np.ndarray,
    *,
    seed: int,
    least: int = 100,
    per_driver: int = 15,
    repetitions: int = 200,
    level: float = 0.95,
) -> KeyDrivers | None:
    """The whole analysis of raw answers (n × (k+1), NaN = missing); None when too few are complete.

    Raises ValueError as `lmg` for constant or collinear drivers.
    """
    cases = complete_cases(data, least, per_driver)
    if not cases.enough:
        return None
    covariance = np.cov(cases.data, rowvar=False)
    found = lmg(covariance)
    low, high = bootstrap_lmg(cases.data, seed=seed, repetitions=repetitions, level=level)
    return KeyDrivers(cases.share, found, low, high, johnson_weights(covariance))
