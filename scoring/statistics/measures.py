"""From counts per value to the measures of satisfaction (method §1)."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal

from .intervals import Interval, Share, checked_counts, wilson

FIVE_POINTS = (1, 2, 3, 4, 5)
TOP_TWO = (4, 5)
BASIC = (3, 4, 5)
NpsClass = Literal["promoter", "passive", "detractor"]


def top_box(
    counts: Mapping[Hashable, int],
    satisfied: Collection[Hashable] = TOP_TWO,
    valid: Collection[Hashable] = FIVE_POINTS,
) -> Share:
    """Satisfied answers among the valid ones; any other value (not applicable, blank) is in neither.

    `counts` maps value or option code to number of answers; keys must be of the type of `valid`.
    ValueError when a satisfied value is not valid, or a count is negative.
    """
    if not set(satisfied) <= set(valid):
        raise ValueError(f"satisfied values {satisfied!r} are not all among the valid ones {valid!r}")
    return Share(_total(counts, satisfied), _total(counts, valid))


def basic_box(counts: Mapping[Hashable, int]) -> Share:
    """'Basically satisfied or better': 3-5 of a five-point scale. Never to be mixed with `top_box`."""
    return top_box(counts, satisfied=BASIC)


def _total(counts: Mapping[Hashable, int], values: Collection[Hashable]) -> int:
    return sum(checked_counts(0, counts.get(value, 0))[1] for value in set(values))


def is_below(k: int, n: int, target: Fraction) -> bool:
    """Whether k/n < target, exactly, by cross-multiplication. ValueError when n = 0."""
    return share_below(k, n, target.numerator, target.denominator)


def share_below(k: int, n: int, num: int, den: int = 100) -> bool:
    """Whether k/n < num/den in integers: `share_below(19, 20, 95)` is False.

    ValueError when n = 0 (no answers prove nothing) or den <= 0.
    """
    k, n = checked_counts(k, n)
    if n == 0 or den <= 0:
        raise ValueError("a share of no answers, or a target without a positive denominator")
    return den * k < num * n


def basis_points(points: int) -> Fraction:
    """A target kept as an integer of hundredths of a percent: 9500 is 95 %. ValueError outside 0..10000."""
    return Fraction(checked_counts(points, 10_000)[0], 10_000)


def is_loyal(items: Sequence[int | None], at_least: int = 4) -> bool | None:
    """One answer's loyalty: all of overall, repurchase, recommend >= `at_least`; None if one is missing."""
    answered = [item for item in items if item is not None]
    if not answered or len(answered) < len(items):
        return None
    return all(item >= at_least for item in answered)


@dataclass(frozen=True, slots=True)
class Loyalty:
    """Loyal answers among those who answered all items, and how many did not."""

    share: Share
    incomplete: int


def loyalty(answers: Sequence[Sequence[int | None]], at_least: int = 4) -> Loyalty:
    """Loyalty of a group; `answers` is one sequence of items per answer, None for an item not answered."""
    verdicts = [is_loyal(items, at_least) for items in answers]
    incomplete = verdicts.count(None)
    return Loyalty(Share(verdicts.count(True), len(verdicts) - incomplete), incomplete)


@dataclass(frozen=True, slots=True)
class Nps:
    """Net promoter score and its standard error, both in points of -100..100, on `n` answers."""

    score: float
    se: float
    n: int


def nps_class(value: int | None, promoter_min: int = 9, detractor_max: int = 6) -> NpsClass | None:
    """The class of one answer on 0-10; None when missing or outside the scale (such as 11, don't know)."""
    if value is None or not 0 <= value <= 10:
        return None
    if value >= promoter_min:
        return "promoter"
    return "detractor" if value <= detractor_max else "passive"


def nps(promoters: int, passives: int, detractors: int) -> Nps | None:
    """100·(P-D) with SE 100·√((P+D-(P-D)²)/n) (Reichheld 2003; multinomial variance). None when n = 0."""
    n = _answers(promoters, passives, detractors)
    if n == 0:
        return None
    difference = Fraction(promoters - detractors, n)
    variance = (Fraction(promoters + detractors, n) - difference**2) / n
    return Nps(float(100 * difference), 100 * sqrt(variance), n)


def nps_interval(promoters: int, passives: int, detractors: int, level: float = 0.95) -> Interval | None:
    """Interval of the NPS in points: Wilson limits of P and D combined with their multinomial correlation.

    The square-and-add method (Newcombe 1998 for dependent shares), not Wald, so it stays inside -100..100
    and does not shrink to a point when everybody is a promoter. None when n = 0.
    """
    n = _answers(promoters, passives, detractors)
    p_limits, d_limits = wilson(promoters, n, level), wilson(detractors, n, level)
    if p_limits is None or d_limits is None:
        return None
    p, d = promoters / n, detractors / n
    rho = _multinomial_correlation(promoters, passives, detractors)
    low = _square_and_add(p - p_limits[0], d_limits[1] - d, rho)
    high = _square_and_add(p_limits[1] - p, d - d_limits[0], rho)
    return 100 * (p - d - low), 100 * (p - d + high)


def _answers(*counts: int) -> int:
    return sum(checked_counts(0, count)[1] for count in counts)


def _multinomial_correlation(promoters: int, passives: int, detractors: int) -> float:
    if passives == 0:
        return -1.0
    not_promoters, not_detractors = passives + detractors, passives + promoters
    return -sqrt(promoters * detractors / (not_promoters * not_detractors))


def _square_and_add(a: float, b: float, rho: float) -> float:
    return sqrt(max(0.0, a * a + b * b - 2 * rho * a * b))


def csi_0_100(items: Sequence[float | None], low: float = 1, high: float = 5) -> float | None:
    """One answer's 'ACSI-type' index: 100·(mean of its overall items - low)/(high - low), equal weights.

    Items lie on `low`..`high`; the index on 0..100. None when an item is missing; ValueError off the scale.
    """
    answered = [item for item in items if item is not None]
    if not answered or len(answered) < len(items):
        return None
    if not all(low <= item <= high for item in answered):
        raise ValueError(f"items {items!r} are not all on the scale {low}..{high}")
    return 100 * (sum(answered) / len(answered) - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Mean:
    """Arithmetic mean and its standard error (None below two values) in the units of the values."""

    mean: float
    se: float | None
    n: int


def mean_from_counts(counts: Mapping[float, int]) -> Mean | None:
    """Mean and SE (s/√n, s with n-1) of values counted as value -> number of answers; None when n = 0."""
    n = _answers(*counts.values())
    if n == 0:
        return None
    mean = sum(Fraction(value) * count for value, count in counts.items()) / n
    squares = sum(count * (Fraction(value) - mean) ** 2 for value, count in counts.items())
    se = sqrt(squares / (n - 1) / n) if n > 1 else None
    return Mean(float(mean), se, n)
