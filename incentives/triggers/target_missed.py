"""A department below the company's target so many quarters running (RE-5.3c; method §4)."""

from dataclasses import dataclass
from fractions import Fraction

from core.period import Period, window
from incentives.triggers import departments
from incentives.triggers.base import Hit, Trigger, check_whole, setting
from scoring.statistics.intervals import binomial_cdf
from scoring.statistics.measures import basis_points, is_below
from scoring.statistics.thresholds import PeriodCount, two_periods_below

MOST_QUARTERS = 8


@dataclass(frozen=True)
class TargetMissed(Trigger):
    """`quarters` running; `units` are department codes, all where none is named. Touches the head."""

    quarters: int
    units: tuple = ()

    close_kind = "quarter"
    roles = ("head",)
    inputs = ("units",)

    def check(self):
        check_whole(self.quarters, "quarters", least=1, most=MOST_QUARTERS)

    def overlaps(self, other):
        return shares_units(self, other)

    def hits(self, rule, close, used, *, reads=None):
        """A quarter without a target, without answers or already used up breaks the run."""
        periods = window(Period.parse(close.period), self.quarters)
        scores = departments.scores_of(close, periods)
        alpha = setting(rule.version, "ranking", close.cutoff_on).alpha
        hits = []
        for unit in departments.units_of(close, self.units):
            if used.get(unit.code, -1) >= periods[0].number:
                continue
            rows = [scores.get((unit.id, str(period))) for period in periods]
            if all(row is not None and _is_below(row) for row in rows):
                hits.append(self._hit(rule, close, unit, rows, alpha))
        return hits

    def _hit(self, rule, close, unit, rows, alpha):
        p = _pooled_p(rows)
        return Hit(
            employee_id=unit.head_id,
            department_id=unit.id,
            occurrence=departments.unit_occurrence(f"{rows[0].period}..{rows[-1].period}", unit),
            evidence=departments.unit_evidence(
                "target_missed",
                rule,
                unit,
                periods=[_period_evidence(row) for row in rows],
                pooled=departments.counts_evidence(sum(row.k for row in rows), sum(row.n for row in rows)),
                gate={
                    "distinguishable": p < alpha,
                    "p": departments.rounded(p),
                    "alpha": departments.rounded(alpha),
                },
            ),
            is_distinguishable=p < alpha,
            role="head",
            head_on=close.cutoff_on,
        )


def shares_units(one, other):
    """Whether two rules on units have a unit in common; none named is all."""
    return not one.units or not other.units or bool(set(one.units) & set(other.units))


def _is_below(row):
    return row.n > 0 and row.target_bp is not None and is_below(row.k, row.n, basis_points(row.target_bp))


def _pooled_p(rows):
    """Exact for two quarters. For more, against the lowest of the targets, which is on the unit's side."""
    targets = [Fraction(row.target_bp, 10_000) for row in rows]
    if len(rows) == 2:
        counts = [PeriodCount(row.k, row.n, target) for row, target in zip(rows, targets, strict=True)]
        return two_periods_below(*counts).p
    return binomial_cdf(sum(row.k for row in rows), sum(row.n for row in rows), float(min(targets)))


def _period_evidence(row):
    counts = departments.counts_evidence(row.k, row.n)
    return {"period": row.period, **counts, "target_bp": row.target_bp, "score_id": row.pk}
