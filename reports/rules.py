"""What the figures say: distances, changes, trends, limits, and which findings come first. Plain values only."""

import re
from dataclasses import dataclass
from math import erfc, sqrt

from scoring.statistics.change import benjamini_hochberg, two_proportion_z

ALPHA = 0.05
AXIS_STARTS = (0.7, 0.5, 0.4, 0.2, 0.0)
PHONE = re.compile(r"\d[\d \-]{5,}\d")


def needed(n, target_bp):
    """Least number of satisfied customers among `n` that meets a target in basis points."""
    return -(-target_bp * n // 10_000)


def still_missing(k, n, target_bp):
    """How many more of these `n` customers would have to be satisfied; 0 when the target is met."""
    return max(needed(n, target_bp) - k, 0)


def is_just_met(k, n, target_bp):
    """Met, and half a percent of the answers fewer would not have been enough."""
    return 0 <= k - needed(n, target_bp) <= n // 200


@dataclass(frozen=True)
class Change:
    """From an earlier share to this one. `state`: first, few, same, up, down; `p` is adjusted (Benjamini-Hochberg)."""

    state: str
    points: float = 0.0
    p: float | None = None


def changes(pairs):
    """One Change per ((k, n, is_enough), (k, n, is_enough) or None) pair: now and before."""
    tests = [_test(now, before) for now, before in pairs]
    adjusted = iter(benjamini_hochberg([test[1] for test in tests if test]))
    return [
        _change(now, before, next(adjusted) if test else None)
        for (now, before), test in zip(pairs, tests, strict=True)
    ]


def _test(now, before):
    if now is None or before is None or not (now[2] and before[2]):
        return None
    return two_proportion_z(now[0], now[1], before[0], before[1])


def _change(now, before, p):
    if p is None:
        known = now is not None and before is not None and before[1] > 0
        return Change("few" if known else "first")
    points = 100 * (now[0] / now[1] - before[0] / before[1])
    if p >= ALPHA:
        return Change("same", points, p)
    return Change("up" if points > 0 else "down", points, p)


def trend_direction(rows):
    """'up', 'down' or '' by the Cochran-Armitage test over (k, n) in order of time; empty months are skipped."""
    rows = [(step, k, n) for step, (k, n) in enumerate(rows) if n]
    total, satisfied = sum(n for _, _, n in rows), sum(k for _, k, _ in rows)
    if len(rows) < 3 or satisfied in (0, total):
        return ""
    share = satisfied / total
    slope = sum(step * (k - n * share) for step, k, n in rows)
    spread = sum(n * step * step for step, _, n in rows) - sum(n * step for step, _, n in rows) ** 2 / total
    z = slope / sqrt(share * (1 - share) * spread)
    if erfc(abs(z) / sqrt(2)) >= ALPHA:
        return ""
    return "up" if z > 0 else "down"


def axis_start(shares):
    """Left end of a common axis that shows all these shares; its ends are always written beside it."""
    lowest = min((share for share in shares if share is not None), default=1.0)
    return next(start for start in AXIS_STARTS if lowest >= start or start == 0.0)


def third_of_month(day):
    """1, 2 or 3: the ten days of a month in which something happened; dates would point at a customer."""
    return min((day.day - 1) // 10 + 1, 3)


def without_names(text, names, placeholder):
    """A customer's words with colleagues' names and anything like a phone number taken out."""
    for name in names:
        if name and name in text:
            text = text.replace(name, placeholder)
    return PHONE.sub("***", text)


#: what a reader should hear first
URGENCY = (
    "dimension_down",
    "dimension_clearly_below",
    "department_clearly_below",
    "dimension_below",
    "dimension_up",
    "dimension_met",
)


def by_urgency(findings):
    """Findings other than the overall one, the most pressing first, the lower share first among equals."""
    rest = [finding for finding in findings if finding["code"] in URGENCY]
    return sorted(rest, key=lambda found: (URGENCY.index(found["code"]), found["k"] / found["n"]))


def three_things(findings):
    """At most three, each dimension or department once, one good one among them when there is one."""
    chosen, seen = [], set()
    for finding in by_urgency(findings):
        key = (finding.get("measure"), finding.get("department_id"))
        if key not in seen:
            seen.add(key)
            chosen.append(finding)
    good = [finding for finding in chosen if finding["code"] in ("dimension_met", "dimension_up")]
    if len(chosen) > 3 and good and not any(finding in good for finding in chosen[:3]):
        return [*chosen[:2], max(good, key=lambda found: found["k"] / found["n"])]
    return chosen[:3]
