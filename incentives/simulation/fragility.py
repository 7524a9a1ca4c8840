"""Whether one answer decides a hit: would it still be there, and be proven, had that answer been the other way?"""

from bisect import bisect_left, bisect_right
from fractions import Fraction

from scoring.models import Standing
from scoring.statistics.gate import Share, evidence_gate
from scoring.statistics.measures import basis_points, is_below


class Fragility:
    """Asks by the kind of evidence; keeps the rankings it has read. A kind it does not know rests on no count."""

    def __init__(self):
        self._rankings = {}

    def one_answer_decides(self, hit):
        evidence = hit.evidence
        ask = {
            "rank_streak": self._in_a_ranking,
            "target_missed": _under_a_target,
            "unit_rate_below": _under_a_rate,
            "coverage_below": _under_a_coverage,
        }.get(evidence.get("kind"))
        return bool(ask and ask(hit, evidence))

    def _in_a_ranking(self, hit, evidence):
        """One answer more for the other side, in any month of the window."""
        place = evidence["place"]
        rankings = _rankings_of([month["standing_id"] for month in evidence["months"]])
        for month in evidence["months"]:
            shares = self._shares(rankings[month["standing_id"]])
            if not _stays(shares, month["k"], month["n"], place, month["places"]):
                return True
        return hit.is_distinguishable and not _is_proven(evidence)

    def _shares(self, ranking_id):
        """The shares of all who are ranked in this ranking, the lowest first."""
        if ranking_id not in self._rankings:
            ranked = Standing.objects.filter(ranking_id=ranking_id, status=Standing.Status.RANKED).order_by()
            self._rankings[ranking_id] = sorted(Fraction(k, n) for k, n in ranked.values_list("k", "n"))
        return self._rankings[ranking_id]


def _rankings_of(standing_ids):
    return dict(Standing.objects.filter(pk__in=standing_ids).values_list("pk", "ranking_id"))


def _stays(shares, k, n, place, places):
    """Whether the person is still wholly inside the places at that end; ties that straddle the cut are outside."""
    own, turned = Fraction(k, n), Fraction(*_turned(k, n, place))
    if place == "bottom":
        as_far = bisect_right(shares, turned) - (own <= turned)
    else:
        as_far = len(shares) - bisect_left(shares, turned) - (own >= turned)
    return as_far + 1 <= places


def _is_proven(evidence):
    """The gate over the window with one answer turned round; the peers are those of the frozen evidence."""
    pooled, peers, gate = evidence["pooled"], evidence["peers"], evidence["gate"]
    size = peers["members"] + 1
    return evidence_gate(
        Share(*_turned(pooled["k"], pooled["n"], evidence["place"])),
        Share(peers["k"], peers["n"]),
        group_size=size,
        direction=gate["direction"],
        alpha=min(gate["alpha"] * size, 1.0),  # the evidence holds the group's share of it
    ).distinguishable


def _turned(k, n, place):
    """The counts with the answer that speaks most for the hit turned round."""
    return (min(k + 1, n), n) if place == "bottom" else (max(k - 1, 0), n)


def _under_a_target(hit, evidence):
    return any(_rises(row["k"], row["n"], row["target_bp"]) for row in evidence["periods"])


def _under_a_rate(hit, evidence):
    pooled = evidence["pooled"]
    return _rises(pooled["k"], pooled["n"], evidence["threshold_bp"])


def _under_a_coverage(hit, evidence):
    """One more household that answers."""
    least = basis_points(evidence["threshold_bp"])
    return not is_below(evidence["answered"] + 1, evidence["homes"], least)


def _rises(k, n, share_bp):
    """Whether the rate is no longer below with one satisfied answer more among as many."""
    return not is_below(min(k + 1, n), n, basis_points(share_bp))
