"""Reads of closed periods for reports, dashboards and the why page: result rows only, never answers one by one."""

from dataclasses import dataclass

from scipy.stats import binom

from core.period import Period, window
from core.templatetags.scores import Figure
from organization.scopes import with_descendants
from scoring.models import Close, Score, Standing, SubjectKind
from scoring.policy import policy_of, version_for
from scoring.rules import OVERALL, SATISFIED
from scoring.statistics.change import compare, may_show_arrow
from surveys.models import Answer

INSIDE, BEYOND_95, BEYOND_998 = "inside", "beyond_95", "beyond_998"
#: flag of scoring.Unfolding that says whether an answer stands in a period of this kind
COUNTED = {"month": "is_counted", "quarter": "is_counted_in_quarter", "half": "is_counted_in_half"}


@dataclass(frozen=True)
class Movement:
    """From an earlier score to a later one: difference of shares (−1..1), p, Newcombe limits."""

    difference: float
    p: float
    low: float
    high: float

    @property
    def is_demonstrable(self):
        return self.p < 0.05

    @property
    def direction(self):
        """'up' or 'down' when the change is demonstrable, else ''."""
        if not self.is_demonstrable:
            return ""
        return "up" if self.difference > 0 else "down"


@dataclass(frozen=True)
class FunnelPoint:
    employee_id: int
    name: str
    department_id: int
    k: int
    n: int
    zone: str

    @property
    def share(self):
        return self.k / self.n


@dataclass(frozen=True)
class Funnel:
    """Everybody of one post over some months; `limits` are (n, low95, high95, low998, high998) as shares."""

    points: tuple
    k: int
    n: int
    limits: tuple

    @property
    def share(self):
        return self.k / self.n if self.n else None


def close_of(company, period):
    """The Close of a period (Period or its text), or None."""
    return Close.objects.filter(company=company, period=str(period)).first()


def latest_close(company, kind="month", *, at_least=Close.State.RANKED):
    """The newest Close of this kind that has come at least that far, or None."""
    order = list(Close.State.values)
    states = order[order.index(at_least) :]
    return Close.objects.filter(company=company, kind=kind, state__in=states).order_by("-period").first()


def score_of(company, period, kind, subject_id, measure=OVERALL):
    """One Score or None. `kind` is a SubjectKind; the company's own subject id is its pk."""
    return scores(company, period, kind, measure).filter(subject_id=subject_id).first()


def scores(company, period, kind, measure=None):
    """Score rows of all subjects of a kind in a period, optionally of one measure."""
    found = Score.objects.filter(company=company, period=str(period), subject_kind=kind)
    return found if measure is None else found.filter(measure=measure)


def scores_by_measure(company, period, kind, subject_id):
    """{measure: Score} of one subject in one period, in one query."""
    return {score.measure: score for score in scores(company, period, kind).filter(subject_id=subject_id)}


def trend(company, kind, subject_id, measure, last_period, months=12):
    """[(Period, Score or None)] of the consecutive periods that end with `last_period`, oldest first."""
    last = last_period if isinstance(last_period, Period) else Period.parse(last_period)
    periods = window(last, months)
    found = Score.objects.filter(
        company=company,
        subject_kind=kind,
        subject_id=subject_id,
        measure=measure,
        period__in=[str(period) for period in periods],
    )
    by_period = {score.period: score for score in found}
    return [(period, by_period.get(str(period))) for period in periods]


def figure(score, *, peer=None):
    """The score as the score component draws it; a missing score is 'no answers'. Not for NPS, which is no share."""
    if score is None:
        return Figure(0, 0, None, None, status=Score.Status.NONE, peer=peer)
    target = None if score.target_bp is None else score.target_bp / 10_000
    return Figure(
        score.k,
        score.n,
        score.low,
        score.high,
        status=score.status,
        target=target,
        verdict=score.verdict,
        peer=peer,
    )


def change(score, previous, *, min_n=30):
    """Movement from `previous` to `score`; None when either is missing or has fewer than `min_n` answers."""
    if score is None or previous is None or not may_show_arrow(score.n, previous.n, min_n):
        return None
    found = compare(score.k, score.n, previous.k, previous.n)
    return Movement(found.difference, found.p, found.low, found.high)


def standings_of(employee, periods):
    """An employee's standings in the given periods (Period or text), oldest first, rankings included."""
    texts = [str(period) for period in periods]
    found = Standing.objects.filter(employee=employee, period__in=texts)
    return found.select_related("ranking__post").order_by("period")


def funnel(company, last_period, months, post, *, departments=None):
    """Pooled k of n per employee of a post over the months that end with `last_period`, against their pooled share.

    Counts are those of the rankings (the policy's collection modes). Employees with fewer answers than may be shown
    are in the pooled share but are not points. `departments` (ids) limits the points, not the pooled share.
    """
    last = last_period if isinstance(last_period, Period) else Period.parse(last_period)
    periods = [str(period) for period in window(last, months)]
    standings = Standing.objects.filter(company=company, ranking__post=post, period__in=periods)
    pooled = {}
    for standing in standings.select_related("employee").order_by("period"):
        known = pooled.get(standing.employee_id)
        k, n = (known[2] + standing.k, known[3] + standing.n) if known else (standing.k, standing.n)
        pooled[standing.employee_id] = (standing.employee.name, standing.department_id, k, n)
    least = max(1, policy_of(version_for(company, last.first_day), "scoring").low_n)
    k, n = sum(row[2] for row in pooled.values()), sum(row[3] for row in pooled.values())
    share = k / n if n else None
    points = [
        FunnelPoint(pk, name, department, own_k, own_n, _zone(own_k, own_n, share))
        for pk, (name, department, own_k, own_n) in pooled.items()
        if own_n >= least and (departments is None or department in departments)
    ]
    return Funnel(tuple(points), k, n, _limits([point.n for point in points], share))


def _zone(k, n, share):
    low95, high95, low998, high998 = _limits_at(n, share)
    if not low998 <= k / n <= high998:
        return BEYOND_998
    return INSIDE if low95 <= k / n <= high95 else BEYOND_95


def _limits(sizes, share):
    if not sizes:
        return ()
    first, last = max(5, min(sizes) - 5), max(sizes) + 5
    step = max(1, (last - first) // 60)
    return tuple((n, *_limits_at(n, share)) for n in range(first, last + step, step))


def _limits_at(n, share):
    return tuple(_exact_limit(n, share, q) for q in (0.025, 0.975, 0.001, 0.999))


def _exact_limit(n, share, q):
    """Binomial quantile as a share, interpolated between whole answers (Spiegelhalter 2005)."""
    if not 0 < share < 1:
        return share
    k = binom.ppf(q, n, share)
    over = (binom.cdf(k, n, share) - q) / binom.pmf(k, n, share)
    return float(min(max((k - over) / n, 0.0), 1.0))


def answers_behind(score):
    """The answers whose counts make up a score, oldest first; all modes, excluded ones left out."""
    counted = _counted(score.company_id, Period.parse(score.period))
    measure = SATISFIED if score.measure == OVERALL else score.measure
    return _of_subject(counted, score).filter(ratings__measure=measure).order_by("submitted_at", "pk")


def answers_behind_standing(standing):
    """The answers that ranked an employee: those of the ranking's collection modes."""
    counted = _counted(standing.company_id, Period.parse(standing.period))
    found = counted.filter(employee_id=standing.employee_id, mode__in=standing.ranking.modes)
    return found.filter(ratings__measure=SATISFIED).order_by("submitted_at", "pk")


def _counted(company_id, period):
    """Answers that stand in the cells of a period."""
    return Answer.objects.filter(
        unfolding__company_id=company_id,
        **{f"unfolding__{period.kind}": str(period), f"unfolding__{COUNTED[period.kind]}": True},
    )


def _of_subject(answers, score):
    if score.subject_kind == SubjectKind.COMPANY:
        return answers
    if score.subject_kind == SubjectKind.DEPARTMENT:
        return answers.filter(department_id__in=departments_below(score))
    return answers.filter(**{f"{score.subject_kind}_id": score.subject_id})


def departments_below(score):
    """A department with all below it, by the tree that was frozen at the close."""
    tree = score.close.frozen.get("departments")
    if tree is None:
        return with_descendants({score.subject_id}, score.company_id)
    found = frontier = {score.subject_id}
    while frontier:
        frontier = {child for child, parent in tree if parent in frontier} - found
        found = found | frontier
    return found
