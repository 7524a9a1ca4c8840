"""The excellent team of a half-year: departments ranked by team score and collaboration (RE-5.2d)."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from core.period import Period
from incentives.triggers import departments
from incentives.triggers.base import Hit, Trigger, check_whole, setting
from scoring.models import Composite, Score
from scoring.policy import NO_COMPOSITE
from scoring.rules import two_decimals
from scoring.services.composites import SURVEY
from scoring.statistics import gate

MOST_PLACES = 20
HIDDEN = (Score.Status.NONE, Score.Status.SUPPRESSED)


@dataclass(frozen=True)
class BestTeam(Trigger):
    """The first `places` of the teams are candidates, ties included; the group picks. Every member is touched once as
    member, and the head once more as head. Whoever belongs to several of them is touched for the first alone: the
    better place, among equals the code that comes first.

    Teams are departments with people of their own and nobody below them. `collaboration` is the part of the composite
    that says how people work together; both parts weigh as in the policy's composite. A team without it, where others
    have it, is not ranked: nothing is silently weighed anew.
    """

    places: int = 1
    collaboration: str = "teamwork"
    units: tuple = ()

    close_kind = "half"
    roles = ("member", "head")
    inputs = ("units", "members")

    def check(self):
        check_whole(self.places, "places", least=1, most=MOST_PLACES)

    def overlaps(self, other):
        return True

    def hits(self, rule, close, used, *, reads=None):
        teams = self._teams(rule, close)
        ranked = [team for team in teams if team["value"] is not None]
        hits = []
        for team in ranked:
            team["place"] = 1 + sum(other["exact"] > team["exact"] for other in ranked)
        alpha = setting(rule.version, "ranking", close.cutoff_on).alpha
        for team in sorted(ranked, key=_order):
            if team["place"] <= self.places and len(ranked) > self.places:
                hits += self._fan_out(rule, close, team, ranked, alpha)
        return _once_each(hits)

    def _teams(self, rule, close):
        parents = {parent for _child, parent in close.frozen.get("departments", ())}
        scores = departments.scores_of(close, [close.period])
        together = self._collaboration(close)
        weights = self._weights(rule, close)
        found = []
        for unit in departments.units_of(close, self.units):
            members = close.frozen["members"].get(str(unit.id), [])
            score = scores.get((unit.id, close.period))
            if unit.id in parents or not members or score is None or score.status in HIDDEN:
                continue
            survey = Fraction(100 * score.k, score.n)
            marks = [together[pk] for pk in members if pk in together]
            found.append(
                {
                    "unit": unit,
                    "score": score,
                    "members": members,
                    "collaboration": sum(marks) / len(marks) if marks else None,
                    "survey": survey,
                }
            )
        has_marks = any(team["collaboration"] is not None for team in found)
        for team in found:
            team["exact"] = _together(team, weights, has_marks)
            team["value"] = None if team["exact"] is None else str(two_decimals(team["exact"]))
        return found

    def _weights(self, rule, close):
        """(weight of the survey, of collaboration) in the policy's composite; a policy without it weighs them alike."""
        parts = setting(rule.version, "composite", close.cutoff_on, otherwise=NO_COMPOSITE).parts
        by_code = {part.code: part.weight_bp for part in parts}
        return by_code.get(SURVEY) or 5000, by_code.get(self.collaboration) or 5000

    def _collaboration(self, close):
        """{employee id: mean of the months that have it}; from the composites as they were closed."""
        months = [str(month) for month in Period.parse(close.period).months()]
        rows = Composite.objects.filter(company_id=close.company_id, period__in=months)
        marks = defaultdict(list)
        for employee_id, parts in rows.order_by().values_list("employee_id", "parts"):
            for part in parts:
                if part["part"] == self.collaboration and part["value"] is not None:
                    marks[employee_id].append(Fraction(part["value"]))
        return {pk: sum(values) / len(values) for pk, values in marks.items()}

    def _fan_out(self, rule, close, team, ranked, alpha):
        unit = team["unit"]
        rows = [(other["unit"].id, other["score"].k, other["score"].n) for other in ranked]
        verdict = gate.gate_within(rows, unit.id, direction="better", alpha=alpha)
        evidence = departments.unit_evidence(
            "best_team",
            rule,
            unit,
            period=close.period,
            place=team["place"],
            places=self.places,
            members=len(team["members"]),
            score_id=team["score"].pk,
            pooled=departments.counts_evidence(team["score"].k, team["score"].n),
            teams=[_team_evidence(other) for other in sorted(ranked, key=_order)],
            gate={
                "distinguishable": verdict.distinguishable,
                "bound": departments.rounded(verdict.bound),
                "alpha": departments.rounded(verdict.alpha_used),
            },
        )
        when = departments.unit_occurrence(close.period, unit)
        touched = [(pk, "member", when) for pk in team["members"]] + [(unit.head_id, "head", f"{when}/head")]
        return [
            Hit(
                employee_id=employee_id,
                department_id=unit.id,
                occurrence=occurrence,
                evidence=evidence,
                is_distinguishable=verdict.distinguishable,
                role=role,
                incident=f"team:{when}",
                head_on=close.cutoff_on if role == "head" else None,
            )
            for employee_id, role, occurrence in touched
        ]


def _once_each(hits):
    """The first hit of each person in each role, naming the further teams; a head that is missing is nobody yet."""
    first = {}
    for place, hit in enumerate(hits):
        key = hit.role, hit.employee_id or f"place {place}"
        if key in first:
            first[key] = _also_in(first[key], hit.evidence["unit"])
        else:
            first[key] = hit
    return list(first.values())


def _also_in(hit, unit):
    return hit._replace(evidence=hit.evidence | {"also_in": [*hit.evidence.get("also_in", ()), unit]})


def _together(team, weights, has_marks):
    """Weighted 0–100; the score alone where nobody's collaboration is known; None where only this team's is missing."""
    if not has_marks:
        return team["survey"]
    if team["collaboration"] is None:
        return None
    survey, together = weights
    return (survey * team["survey"] + together * team["collaboration"]) / (survey + together)


def _order(team):
    return -team["exact"], team["unit"].code


def _team_evidence(team):
    mark = team["collaboration"]
    return {
        **team["unit"].evidence,
        "place": team["place"],
        "k": team["score"].k,
        "n": team["score"].n,
        "collaboration": None if mark is None else str(two_decimals(mark)),
        "value": team["value"],
    }
