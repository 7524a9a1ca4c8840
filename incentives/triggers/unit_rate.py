"""A unit's rate of satisfied answers below a fixed threshold (PM-6.3; method §1 and §4)."""

from dataclasses import dataclass

from incentives.triggers import departments
from incentives.triggers.base import Hit, Trigger, check_choice, check_share, setting
from incentives.triggers.target_missed import shares_units
from scoring.policy import policy_of
from scoring.statistics.measures import basis_points
from scoring.statistics.thresholds import is_census, target_verdict

MEASURES = ("basic", "satisfied")


@dataclass(frozen=True)
class UnitRateBelow(Trigger):
    """`measure` is 'basic' (basically satisfied or better) or 'satisfied'; the head of the unit is touched.

    The counts are those of the quarter's close, so what came after the cut-off day counts in the next one (PM-5b).
    """

    threshold_bp: int
    measure: str = "basic"
    units: tuple = ()

    close_kind = "quarter"
    roles = ("head",)
    inputs = ("units", "coverage")

    def check(self):
        check_share(self.threshold_bp, "threshold_bp")
        check_choice(self.measure, "measure", MEASURES)

    def overlaps(self, other):
        return shares_units(self, other)

    def hits(self, rule, close, used, *, reads=None):
        scores = departments.scores_of(close, [close.period])
        alpha = setting(rule.version, "ranking", close.cutoff_on).alpha
        hits = []
        for unit in departments.units_of(close, self.units):
            score = scores.get((unit.id, close.period))
            k, n = self._counts(score, close) if score else (0, 0)
            verdict = target_verdict(k, n, basis_points(self.threshold_bp), alpha=alpha)
            if verdict.state in ("below", "clearly_below"):
                hits.append(self._hit(rule, close, unit, score, verdict, alpha))
        return hits

    def _counts(self, score, close):
        """(k, n) of the measure asked for; the score's own where it is that one."""
        if score.metric == {"basic": "basic", "satisfied": "top_two"}[self.measure]:
            return score.k, score.n
        policy = policy_of(close.policy_version, "scoring")
        codes = {str(code) for code in getattr(policy, self.measure)}
        counts = score.counts.items()
        return sum(count for code, count in counts if code in codes), sum(count for _code, count in counts)

    def _hit(self, rule, close, unit, score, verdict, alpha):
        census = _was_census(close, unit)
        is_clear = census or verdict.state == "clearly_below"
        return Hit(
            employee_id=unit.head_id,
            department_id=unit.id,
            occurrence=departments.unit_occurrence(close.period, unit),
            evidence=departments.unit_evidence(
                "unit_rate_below",
                rule,
                unit,
                period=close.period,
                cutoff_on=close.cutoff_on.isoformat(),
                measure=self.measure,
                threshold_bp=self.threshold_bp,
                score_id=score.pk,
                pooled=departments.counts_evidence(verdict.k, verdict.n),
                gate={
                    "distinguishable": is_clear,
                    "p": departments.rounded(verdict.p),
                    "alpha": departments.rounded(alpha),
                    "census": census,
                },
            ),
            is_distinguishable=is_clear,
            role="head",
            head_on=close.cutoff_on,
        )


def _was_census(close, unit):
    """Everyone was asked and enough answered: the rate is then no estimate. Never where the policy names no share."""
    found = close.frozen.get("coverage", {}).get(str(unit.id))
    least_bp = policy_of(close.policy_version, "targets").census_answered_bp if close.policy_version else None
    if not found or not found["homes"] or least_bp is None:
        return False
    return is_census(found["asked"], found["answered"], found["homes"], basis_points(least_bp))
