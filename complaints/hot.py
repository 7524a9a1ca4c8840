"""Whether a topic is demonstrably hotter than before: counts in, verdict out (no ORM, no clock)."""

from dataclasses import dataclass

from scipy.stats import binomtest, false_discovery_control

ALPHA = 0.05  # of the family of all topics, Benjamini–Hochberg
BEFORE = 3  # the window is compared with the three windows of the same length before it


@dataclass(frozen=True)
class Trend:
    """A topic's cases in the window and in the `BEFORE` windows before; `verdict` more, less or same."""

    code: str
    now: int
    before: int
    p: float
    verdict: str

    @property
    def expected(self):
        """Cases of one window, had nothing changed against the time before."""
        return self.before / BEFORE


def trends(counts):
    """[(code, now, before)] → [Trend], the most frequent first.

    Under 'no change' each of the topic's cases falls into the newest of BEFORE + 1 equal windows with chance
    1 / (BEFORE + 1): an exact two-sided binomial test per topic, all topics together held to a false discovery
    rate of ALPHA (method: change, drivers, quality). A topic without cases has no test.
    """
    counts = [row for row in counts if row[1] + row[2] > 0]
    if not counts:
        return []
    share = 1 / (BEFORE + 1)
    raw = [binomtest(now, now + before, share).pvalue for code, now, before in counts]
    adjusted = false_discovery_control(raw)
    found = [
        Trend(code, now, before, float(p), _verdict(now, before, p))
        for (code, now, before), p in zip(counts, adjusted, strict=True)
    ]
    return sorted(found, key=lambda trend: (-trend.now, -trend.before, trend.code))


def _verdict(now, before, p):
    if p >= ALPHA:
        return "same"
    return "more" if now * BEFORE > before else "less"


def share_figure(k, n):
    """(k, n, low, high) with the Wilson interval of k/n at 95 %; (k, 0, None, None) without cases."""
    if n == 0:
        return k, 0, None, None
    interval = binomtest(k, n).proportion_ci(0.95, method="wilson")
    return k, n, float(interval.low), float(interval.high)
