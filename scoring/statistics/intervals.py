"""Counts behind a share, and the intervals shown and judged by (method §1)."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from operator import index
from typing import Literal

from scipy.special import betainc, betaincinv, ndtri

Interval = tuple[float, float]
Side = Literal["lower", "upper"]
Status = Literal["ok", "low_n", "suppressed", "none"]


def checked_counts(k: int, n: int) -> tuple[int, int]:
    """`k` of `n` as Python integers. TypeError for anything but integers, ValueError unless 0 <= k <= n."""
    k, n = index(k), index(n)
    if not 0 <= k <= n:
        raise ValueError(f"counts must satisfy 0 <= k <= n, got k={k}, n={n}")
    return k, n


def checked_probability(value: float, name: str) -> float:
    """`value` if it lies strictly between 0 and 1, else ValueError naming it."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {value}")
    return value


@dataclass(frozen=True, slots=True)
class Share:
    """`k` answers of `n`: the only form in which a share is kept. Raises as `checked_counts`."""

    k: int
    n: int

    def __post_init__(self) -> None:
        checked_counts(self.k, self.n)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.k + other.k, self.n + other.n)

    @property
    def exact(self) -> Fraction | None:
        """k/n without rounding; None when nobody answered."""
        return Fraction(self.k, self.n) if self.n else None


def score_status(n: int, ok_n: int = 30, low_n: int = 10) -> Status:
    """How a score on `n` answers may be shown: `ok`, `low_n` (marked), `suppressed` or `none` (n = 0)."""
    checked_counts(0, n)
    if n == 0:
        return "none"
    if n < low_n:
        return "suppressed"
    return "low_n" if n < ok_n else "ok"


def wilson_from_share(p: float, n: float, level: float = 0.95) -> Interval:
    """Wilson (1927) score interval around share `p` (0..1) for a real-valued, e.g. effective, `n` > 0."""
    return _wilson(p, n, _z_squared(level))


@lru_cache(maxsize=64)
def _z_squared(level: float) -> float:
    z = float(ndtri(0.5 + checked_probability(level, "level") / 2))
    return z * z


@lru_cache(maxsize=8192)  # the same small counts come again and again
def _wilson(p: float, n: float, z2: float) -> Interval:
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2) / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low = 0.0 if p <= 0 else max(0.0, min(centre - half, p))
    high = 1.0 if p >= 1 else min(1.0, max(centre + half, p))
    return float(low), float(high)


def wilson(k: int, n: int, level: float = 0.95, population: int | None = None) -> Interval | None:
    """The interval that is shown: Wilson (1927) score interval of k/n, shares in 0..1; None when n = 0.

    With `population` (people who could have answered, >= n) z² shrinks by the finite population
    correction (N-n)/(N-1). Raises ValueError for impossible counts, level or population.
    """
    k, n = checked_counts(k, n)
    z2 = _z_squared(level)
    if n == 0:
        return None
    return _wilson(k / n, n, z2 * _finite_population(n, population))


def _finite_population(n: int, population: int | None) -> float:
    if population is None:
        return 1.0
    if population < n:
        raise ValueError(f"{n} answers out of a population of {population}")
    return (population - n) / (population - 1) if population > 1 else 0.0


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval | None:
    """The interval by which a person is judged: exact two-sided (Clopper & Pearson 1934), shares in 0..1.

    None when n = 0; ValueError for impossible counts or level.
    """
    tail = (1 - checked_probability(level, "level")) / 2
    k, n = checked_counts(k, n)
    return (_cp_lower(k, n, tail), _cp_upper(k, n, tail)) if n else None


def clopper_pearson_bound(k: int, n: int, alpha: float, side: Side = "lower") -> float | None:
    """Exact one-sided bound of k/n that is wrong with probability at most `alpha` (Clopper & Pearson 1934).

    A share in 0..1, or None when n = 0. ValueError for impossible counts, alpha or side.
    """
    checked_probability(alpha, "alpha")
    k, n = checked_counts(k, n)
    if side not in ("lower", "upper"):
        raise ValueError(f"side is 'lower' or 'upper', not {side!r}")
    if n == 0:
        return None
    return _cp_lower(k, n, alpha) if side == "lower" else _cp_upper(k, n, alpha)


def _cp_lower(k: int, n: int, tail: float) -> float:
    return float(betaincinv(k, n - k + 1, tail)) if k else 0.0


def _cp_upper(k: int, n: int, tail: float) -> float:
    return 1.0 - _cp_lower(n - k, n, tail)


def newcombe(k1: int, n1: int, k2: int, n2: int, level: float = 0.95) -> Interval | None:
    """Interval of k1/n1 - k2/n2 (in -1..1), hybrid score method (Newcombe 1998, method 10).

    None when either side has no answers; ValueError for impossible counts or level.
    """
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    low = sqrt((p1 - first[0]) ** 2 + (second[1] - p2) ** 2)
    high = sqrt((first[1] - p1) ** 2 + (p2 - second[0]) ** 2)
    return p1 - p2 - low, p1 - p2 + high


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X <= k) for X ~ Binomial(n, p), through the regularised incomplete beta function."""
    k, n = checked_counts(k, n)
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in 0..1, got {p}")
    return 1.0 if k == n else float(betainc(n - k, k + 1, 1 - p))
