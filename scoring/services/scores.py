"""The score step: peer groups, then every subject's k of n with interval, status and target verdict."""

from collections import Counter

from core.period import Period
from organization.models import Department, Site
from scoring import rules
from scoring.models import PeerMember, Score, SubjectKind
from scoring.services.books import Books
from scoring.services.composites import write_composites
from scoring.services.counting import FromCells, subject_counts
from scoring.services.drivers import write_drivers
from scoring.services.peers import freeze_peers, last_departments
from scoring.services.unfolding import unfold_pending
from scoring.statistics.intervals import score_status, wilson
from scoring.statistics.measures import nps, nps_interval
from scoring.statistics.thresholds import target_verdict

UNITS = (SubjectKind.COMPANY, SubjectKind.DEPARTMENT, SubjectKind.SITE)


def run(close, at):
    """All score rows of the period, from its cells, in the close's transaction."""
    unfold_pending(close.company, at)
    books, period = Books(close.company), Period.parse(close.period)
    close.policy_version = books.version(period)
    close.frozen = {"departments": _tree(close.company_id)}
    close.scored_at = at
    close.save(update_fields=["policy_version", "frozen", "scored_at"])
    if period.kind == "month":
        freeze_peers(close.company, period, books.policy("ranking", period).posts)
    Score.objects.bulk_create(score_rows(close, books), batch_size=1000)
    if period.kind == "month":
        write_composites(close, books.policy("composite", period))
    write_drivers(close)


def score_rows(close, books):
    """Unsaved Score rows of every subject that has answers or could have had some."""
    period = Period.parse(close.period)
    counts = subject_counts(
        FromCells(close.company_id, period), close.company_id, close.frozen["departments"]
    )
    for subject in _expected(close, period):
        counts.setdefault(subject, {}).setdefault(rules.OVERALL, Counter())
    scorer = Scorer(books, period)
    places = last_departments([pk for kind, pk in counts if kind == SubjectKind.EMPLOYEE], close.cutoff_on)
    rows = []
    for (kind, pk), measures in sorted(counts.items()):
        place = places.get(pk, 0) if kind == SubjectKind.EMPLOYEE else 0
        subject = {"subject_kind": kind, "subject_id": pk, "department_id": place}
        for measure, figures in sorted(scorer.figures(kind, measures)):
            rows.append(
                Score(
                    close=close,
                    company_id=close.company_id,
                    period=close.period,
                    measure=measure,
                    **subject,
                    **figures,
                )
            )
    return rows


def _tree(company_id):
    departments = Department.objects.filter(company_id=company_id).order_by("pk")
    return [list(pair) for pair in departments.values_list("pk", "parent_id")]


def _expected(close, period):
    """Subjects that get an overall score even without an answer: 'no answers' is a result too."""
    yield SubjectKind.COMPANY, close.company_id
    departments = Department.objects.filter(company_id=close.company_id).exclude(
        closed_on__lt=period.first_day
    )
    for pk in departments.values_list("pk", flat=True):
        yield SubjectKind.DEPARTMENT, pk
    for pk in Site.objects.filter(company_id=close.company_id).values_list("pk", flat=True):
        yield SubjectKind.SITE, pk
    peers = PeerMember.objects.filter(company_id=close.company_id, month=close.period)
    for pk in peers.values_list("employee_id", flat=True):
        yield SubjectKind.EMPLOYEE, pk


class Scorer:
    """Turns counts per value into the figures of a Score, by the policy of the period."""

    def __init__(self, books, period):
        self.policy = books.policy("scoring", period)
        self.targets = books.policy("targets", period)
        self.begins_on = books.begins_on(period)

    def figures(self, kind, measures):
        """(measure, fields of Score) for one subject; the yes/no behind `overall` has no row of its own."""
        for measure, counts in measures.items():
            if measure == rules.NPS:
                yield measure, self._nps(counts)
            elif measure == rules.LOYALTY:
                yield measure, self._share(kind, measure, counts, counts[1], rules.LOYALTY)
            elif measure == rules.OVERALL:
                verdicts = measures.get(rules.SATISFIED, Counter())
                yield (
                    measure,
                    self._share(kind, measure, counts, verdicts[1], self.policy.metric, verdicts.total()),
                )
            elif measure != rules.SATISFIED:
                k = sum(counts[value] for value in self.policy.counted_values)
                yield measure, self._share(kind, measure, counts, k, self.policy.metric)

    def _share(self, kind, measure, counts, k, metric, n=None):
        n = counts.total() if n is None else n
        low, high = wilson(k, n, self.policy.level) or (None, None)
        figures = self._common(counts, k, n, metric) | {
            "value": k / n if n else None,
            "low": low,
            "high": high,
        }
        target = self.targets.target(measure, self.begins_on) if kind in UNITS else None
        if target is not None:
            figures["target_bp"] = int(target * 10_000)
            figures["verdict"] = target_verdict(k, n, target).state if n else ""
        return figures

    def _nps(self, counts):
        """k are the promoters; value and interval are in points from −100 to 100."""
        promoters = sum(counts[value] for value in rules.PROMOTERS)
        detractors = sum(counts[value] for value in rules.DETRACTORS)
        n = counts.total()
        found = nps(promoters, n - promoters - detractors, detractors)
        low, high = nps_interval(promoters, n - promoters - detractors, detractors, self.policy.level)
        return self._common(counts, promoters, n, rules.NPS) | {
            "value": found.score,
            "low": low,
            "high": high,
        }

    def _common(self, counts, k, n, metric):
        return {
            "metric": metric,
            "k": k,
            "n": n,
            "status": score_status(n, self.policy.ok_n, self.policy.low_n),
            "counts": {str(value): count for value, count in sorted(counts.items())},
        }
