"""Empirical-Bayes levels: a second opinion beside a rank (method §3)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, digamma, expit, logit

from .intervals import checked_probability
from .ranking import Row, checked_rows

# Search limits of the prior's strength M = alpha + beta, in answers. At the upper one the prior is a point:
# the data show no differences between subjects, and every level is the pooled share.
LEAST_STRENGTH, GREATEST_STRENGTH = 1.0, 1e7
MEAN_LOGIT_LIMIT = 14.0


@dataclass(frozen=True, slots=True)
class Level:
    """Posterior mean of one true share, and its equal-tailed interval (stretched to hold the mean)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EbLevels:
    """Fitted Beta(alpha, beta) prior and the level of each id; `differences` is False for a point prior."""

    alpha: float
    beta: float
    differences: bool
    levels: dict[Hashable, Level]

    @property
    def prior_mean(self) -> float:
        """Share expected of a subject about whom nothing is known."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def strength(self) -> float:
        """How many answers the prior weighs as much as."""
        return self.alpha + self.beta


def eb_levels(rows: Iterable[Row], level: float = 0.95) -> EbLevels | None:
    """Beta-binomial empirical Bayes, prior by maximum likelihood (Casella 1985; Griffiths 1973).

    `rows` are (id, k, n) with n > 0. None where the likelihood has no maximum: fewer than two subjects, or
    everybody (nobody) satisfied. Deterministic. Raises as `checked_rows`; ValueError for a bad level.
    """
    checked_probability(level, "level")
    checked = sorted(checked_rows(rows), key=lambda row: row[1:])
    counts = tuple(row[1:] for row in checked)
    k, n = np.array(counts, dtype=float).reshape(-1, 2).T
    if len(checked) < 2 or k.sum() in (0, n.sum()):
        return None
    alpha, beta = _fit(counts)
    mean = (alpha + k) / (alpha + beta + n)
    low, high = (betaincinv(alpha + k, beta + n - k, q) for q in ((1 - level) / 2, (1 + level) / 2))
    limits = zip(mean, np.minimum(low, mean), np.maximum(high, mean), strict=True)
    levels = {row[0]: Level(*map(float, found)) for row, found in zip(checked, limits, strict=True)}
    return EbLevels(alpha, beta, alpha + beta < GREATEST_STRENGTH * 0.99, levels)


@lru_cache(maxsize=256)
def _fit(counts: tuple[tuple[int, int], ...]) -> tuple[float, float]:
    """(alpha, beta) of greatest beta-binomial likelihood, from several starts: the surface may be flat.

    Remembered for the counts last asked for: a trial of a rule or an appeal fits the same months again and again.
    """
    k, n = np.array(counts, dtype=float).T
    pooled = logit(np.clip(k.sum() / n.sum(), 1e-6, 1 - 1e-6))
    limits = [(-MEAN_LOGIT_LIMIT, MEAN_LOGIT_LIMIT), (np.log(LEAST_STRENGTH), np.log(GREATEST_STRENGTH))]
    fits = [
        minimize(_loss, (pooled, np.log(start)), (k, n), "L-BFGS-B", True, bounds=limits,
                 options={"ftol": 1e-14, "gtol": 1e-10, "maxiter": 500})
        for start in (2.0, 50.0, 2000.0, GREATEST_STRENGTH)
    ]  # fmt: skip
    best = min(fits, key=lambda fit: fit.fun)
    mean, strength = expit(best.x[0]), np.exp(best.x[1])
    return float(strength * mean), float(strength * (1 - mean))


def _loss(point: np.ndarray, k: np.ndarray, n: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log-likelihood at (logit of the mean, log of the strength), and its gradient."""
    mean, strength = expit(point[0]), np.exp(point[1])
    a, b = strength * mean, strength * (1 - mean)
    value = np.sum(betaln(a + k, b + n - k) - betaln(a, b))
    both = np.sum(digamma(a + b) - digamma(a + b + n))
    da = np.sum(digamma(a + k) - digamma(a)) + both
    db = np.sum(digamma(b + n - k) - digamma(b)) + both
    gradient = np.array([(da - db) * strength * mean * (1 - mean), da * a + db * b])
    return -float(value), -gradient
