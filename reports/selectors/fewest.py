"""The fewest answers without which it would have come out otherwise: the same rule on the counts that are left.

Named by their opaque numbers where one person's month is concerned. What one answer decides is fragile.
"""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from fractions import Fraction

from incentives.models import Rule
from incentives.simulation.fragility import Fragility
from incentives.triggers import Hit
from reports.selectors import whatif
from scoring.labels import labels_of, order_of
from scoring.models import Standing, SubjectKind
from scoring.rules import OVERALL, SATISFIED
from scoring.selectors import answers_behind, answers_behind_standing
from scoring.services import adjudication
from scoring.statistics import gate
from scoring.statistics.intervals import binomial_cdf
from scoring.statistics.measures import basis_points, is_below
from scoring.statistics.ranking import bottom_places, rank_by_share, top_places
from scoring.statistics.thresholds import PeriodCount, target_verdict, two_periods_below

MOST_NAMED = 6


@dataclass(frozen=True)
class Fewest:
    """`count` answers of `period` less, `k` of `n` left in it; what then? `n` is None when too few would be left.

    `outcome`: reward, penalty (either would not be), met, below (the target), top, bottom, middle (the place).
    `households` when it takes more homes that answer, not fewer answers; `pooled` when `k` and `n` are those of the
    whole window, because only together would chance explain it. `is_satisfied` says which answers they are.
    """

    count: int
    period: str
    k: int | None
    n: int | None
    outcome: str
    is_satisfied: bool = False
    labels: list = field(default_factory=list)
    rank: int | None = None
    households: bool = False
    pooled: bool = False
    is_fragile: bool = False


def least(holds, most):
    """The smallest count from 1 to `most` with which it no longer holds, or None; more can only help."""
    place = bisect_left(range(1, most + 1), True, key=lambda count: not holds(count))
    return place + 1 if place < most else None


def of_case(case, books=None):
    """Fewest of a case, or None where no answer stands behind it or none can change it."""
    ask = {
        "rank_streak": _of_streak,
        "target_missed": _of_target,
        "unit_rate_below": _of_rate,
        "coverage_below": _of_coverage,
        "best_team": _of_team,
    }.get(case.evidence.get("kind"))
    found = ask(case, books) if ask else None
    if found is None:
        return None
    is_decisive = case.is_distinguishable and _is_required(case)
    hit = Hit(case.employee_id, case.department_id, case.occurrence, case.evidence, bool(is_decisive))
    is_alone = found.count == 1 and found.n is not None
    fragile = is_alone or Fragility().one_answer_decides(hit)
    return replace(found, is_fragile=fragile)


def _is_required(case):
    return case.rule.evidence == "required"


def _outcome(case):
    return "penalty" if case.rule.direction == Rule.Direction.PENALTY else "reward"


def _of_streak(case, books):
    books = books or whatif.read(case)
    is_bottom = books.place == "bottom"
    found = [one for month in books.evidence["months"] if (one := _in_month(books, month, is_bottom))]
    if _is_required(case) and case.is_distinguishable and (by_gate := _by_gate(books, is_bottom)):
        found.append(by_gate)
    best = min(reversed(found), key=lambda one: (one.n is None, one.count), default=None)
    if best is None:
        return None
    period, labels = _labels_in(books, best)
    return replace(best, outcome=_outcome(case), period=period, labels=labels)


def _in_month(books, month, is_bottom):
    """One month alone: another place with answers enough to be ranked, else too few to be ranked at all."""
    k, n = month["k"], month["n"]
    most = n - k if is_bottom else k
    spare = max(n - books.policy.rank_min_n, 0)

    def counts(count):
        return (k if is_bottom else k - count), n - count

    count = least(lambda one: books.is_inside(month, books.rows(month, *counts(one))), min(most, spare))
    if count is not None:
        return Fewest(count, month["period"], *counts(count), "", not is_bottom)
    if spare < most:
        return Fewest(spare + 1, month["period"], None, None, "", not is_bottom)
    return None


def _by_gate(books, is_bottom):
    pooled, peers = books.evidence["pooled"], books.evidence["peers"]
    k, n = pooled["k"], pooled["n"]

    def counts(count):
        return (k if is_bottom else k - count), n - count

    def holds(count):
        verdict = gate.evidence_gate(
            gate.Share(*counts(count)),
            gate.Share(peers["k"], peers["n"]),
            group_size=peers["members"] + 1,
            direction=whatif.DIRECTIONS[books.place],
            alpha=books.policy.alpha,
        )
        return verdict.distinguishable

    count = least(holds, n - k if is_bottom else k)
    if count is None:
        return None
    return Fewest(count, books.last["period"], *counts(count), "", not is_bottom, pooled=True)


def _labels_in(books, found):
    """(month, opaque numbers of the answers left out): of that month, or for the whole window of the latest that has
    so many."""
    if found.count > MOST_NAMED:
        return found.period, []
    periods = [month["period"] for month in books.evidence["months"]] if found.pooled else [found.period]
    ids = [month["standing_id"] for month in books.evidence["months"] if month["period"] in periods]
    by_period = Standing.objects.select_related("ranking", "ranking__close").in_bulk(ids)
    for standing in sorted(by_period.values(), key=lambda row: row.period, reverse=True):
        labels = _labels_of_standing(standing, found.count, is_satisfied=found.is_satisfied)
        if len(labels) == found.count:
            return standing.period, labels
    return found.period, []


def _labels_of_standing(standing, count, *, is_satisfied):
    left_out = adjudication.in_force(
        standing.company_id, adjudication.Kind.CLOSE, [standing.ranking.close_id]
    ).get(standing.ranking.close_id, {})
    counted = answers_behind_standing(standing).exclude(pk__in=left_out.get("left_out", ()))
    return _labels(standing.company_id, standing.employee_id, standing.period, counted, count, is_satisfied)


def _labels(company_id, employee_id, period, counted, count, is_satisfied):
    if count > MOST_NAMED:
        return []
    wanted = counted.filter(ratings__measure=SATISFIED, ratings__value=int(is_satisfied))
    ids = list(wanted.values_list("pk", flat=True).distinct())
    labels = labels_of(company_id, employee_id, [period])
    named = sorted((pk for pk in ids if pk in labels), key=lambda pk: order_of(labels, pk))
    return [labels[pk] for pk in named[:count]]


def _of_target(case, _books):
    """In one of the periods no longer below, or together no longer clearly so."""
    rows = case.evidence["periods"]
    must_be_clear = _is_required(case) and case.is_distinguishable
    found = []
    for place, row in enumerate(rows):

        def holds(count, place=place):
            left = [
                (one["k"], one["n"] - (count if at == place else 0), basis_points(one["target_bp"]))
                for at, one in enumerate(rows)
            ]
            if not all(n and is_below(k, n, target) for k, n, target in left):
                return False
            return not must_be_clear or _pooled_p(left) < case.evidence["gate"]["alpha"]

        count = least(holds, row["n"] - row["k"])
        if count is not None:
            found.append(Fewest(count, row["period"], row["k"], row["n"] - count, _outcome(case)))
    return min(reversed(found), key=lambda one: one.count, default=None)


def _pooled_p(rows):
    if len(rows) == 2:
        return two_periods_below(*(PeriodCount(*row) for row in rows)).p
    lowest = float(min(target for _k, _n, target in rows))
    return binomial_cdf(sum(k for k, _n, _t in rows), sum(n for _k, n, _t in rows), lowest)


def _of_rate(case, _books):
    frozen, pooled = case.evidence, case.evidence["pooled"]
    k, n, threshold = pooled["k"], pooled["n"], basis_points(frozen["threshold_bp"])
    must_be_clear = _is_required(case) and case.is_distinguishable and not frozen["gate"].get("census")

    def holds(count):
        if n == count:
            return False
        state = target_verdict(k, n - count, threshold, alpha=frozen["gate"]["alpha"]).state
        return state == "clearly_below" if must_be_clear else state in ("below", "clearly_below")

    count = least(holds, n - k)
    return None if count is None else Fewest(count, frozen["period"], k, n - count, _outcome(case))


def _of_coverage(case, _books):
    frozen = case.evidence
    threshold = basis_points(frozen["threshold_bp"])
    homes, answered = frozen["homes"], frozen["answered"]
    count = least(lambda more: is_below(answered + more, homes, threshold), homes - answered)
    if count is None:
        return None
    return Fewest(count, frozen["period"], answered + count, homes, _outcome(case), households=True)


def _of_team(case, _books):
    """Where the score of the team alone decides; with marks for working together the weights do too."""
    frozen = case.evidence
    teams = frozen["teams"]
    if any(team["collaboration"] for team in teams):
        return None
    pooled = frozen["pooled"]
    others = [Fraction(team["k"], team["n"]) for team in teams if team["id"] != frozen["unit"]["id"]]

    def holds(count):
        left = Fraction(pooled["k"] - count, pooled["n"] - count) if pooled["n"] > count else Fraction(0)
        return 1 + sum(other > left for other in others) <= frozen["places"]

    count = least(holds, pooled["k"])
    if count is None:
        return None
    k, n = pooled["k"] - count, pooled["n"] - count
    return Fewest(count, frozen["period"], k, n, _outcome(case), is_satisfied=True)


def of_score(score, low_n):
    """Fewest answers without which the target would be met, or no longer be."""
    if score.target_bp is None or not score.n:
        return None
    target, was_below = (
        basis_points(score.target_bp),
        is_below(score.k, score.n, basis_points(score.target_bp)),
    )

    def counts(count):
        return (score.k if was_below else score.k - count), score.n - count

    def holds(count):
        k, n = counts(count)
        return n > 0 and is_below(k, n, target) == was_below

    count = least(holds, score.n - score.k if was_below else score.k)
    if count is None:
        return None
    k, n = counts(count)
    left = (k, n) if n >= low_n else (None, None)
    labels = []
    if score.subject_kind == SubjectKind.EMPLOYEE and score.measure == OVERALL:
        labels = _labels(
            score.company_id,
            score.subject_id,
            score.period,
            answers_behind(score),
            count,
            is_satisfied=not was_below,
        )
    outcome = "met" if was_below else "below"
    return Fewest(count, score.period, *left, outcome, not was_below, labels, is_fragile=count == 1)


def of_standing(standing, policy):
    """Fewest answers without which one would no longer stand near an end, or from the middle would near the top."""
    if standing.rank is None or not standing.ranking.places:
        return None
    ends_low = standing.place != Standing.Place.TOP
    most = standing.n - standing.k if ends_low else standing.k
    spare = max(standing.n - policy.rank_min_n, 0)
    others = [
        (row.employee_id, row.k, row.n)
        for row in whatif.ranked_rows([standing.ranking_id])
        if row.employee_id != standing.employee_id
    ]

    def without(count):
        own = (standing.k if ends_low else standing.k - count), standing.n - count
        return [*others, (standing.employee_id, *own)]

    count = least(lambda one: _place(standing, without(one)) == standing.place, min(most, spare))
    found = Fewest(count or spare + 1, standing.period, None, None, "middle", not ends_low)
    if count is None and (spare >= most or not standing.place):
        return None
    if count is not None:
        _pk, k, n = without(count)[-1]
        rank = next(row.rank for row in rank_by_share(without(count)) if row.id == standing.employee_id)
        becomes = _place(standing, without(count)) or "middle"
        found = replace(found, k=k, n=n, rank=rank, outcome=str(becomes), is_fragile=count == 1)
    return replace(found, labels=_labels_of_standing(standing, found.count, is_satisfied=not ends_low))


def _place(standing, rows):
    """At which end somebody stands among these counts; '' for neither."""
    places = standing.ranking.places
    if standing.employee_id in top_places(rows, places):
        return Standing.Place.TOP
    return Standing.Place.BOTTOM if standing.employee_id in bottom_places(rows, places) else ""
