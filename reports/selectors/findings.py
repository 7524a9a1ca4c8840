"""What a closed month shows, as codes and figures: the same rows give the same findings, in no language."""

from django.db.models import Count, Q

from reports import rules
from reports.selectors.figures import OVERALL, ScoreBook, counts_of, is_shown, of_report
from scoring.models import Driver, Rating, SubjectKind, Unfolding
from surveys.models import Exclusion, Invitation


def findings_of(company, period, measures):
    """[{"code": "overall", …}, {"code": "dimension_below", "measure", "k", "n", …}, …] of the month's result rows."""
    book = ScoreBook.load(company, of_report(period))
    found = [_overall(book.get(period, SubjectKind.COMPANY, company.pk), period)]
    found += _of_dimensions(book, company, period, measures)
    for department_id in book.subjects(period, SubjectKind.DEPARTMENT):
        score = book.get(period, SubjectKind.DEPARTMENT, department_id)
        if is_shown(score) and score.verdict == "clearly_below":
            found.append(
                {"code": "department_clearly_below", "department_id": department_id, **_counts(score)}
            )
    return found


def _overall(score, period):
    if score is None:
        return {"code": "overall", "k": 0, "n": 0, "verdict": "", "target_bp": None}
    return {"code": "overall", "verdict": score.verdict, **_counts(score)}


def _counts(score):
    return {"k": score.k, "n": score.n, "target_bp": score.target_bp}


def _of_dimensions(book, company, period, measures):
    scores = [book.get(period, SubjectKind.COMPANY, company.pk, measure) for measure in measures]
    before = [book.get(period.previous(), SubjectKind.COMPANY, company.pk, measure) for measure in measures]
    compared = rules.changes(
        [(counts_of(now), counts_of(then)) for now, then in zip(scores, before, strict=True)]
    )
    for measure, score, change in zip(measures, scores, compared, strict=True):
        if not is_shown(score):
            continue
        common = {"measure": measure, **_counts(score)}
        if change.state in ("up", "down"):
            moved = {"points": round(change.points, 2), "p": round(change.p, 6)}
            yield {"code": f"dimension_{change.state}", **common, **moved}
        if score.verdict:
            yield {"code": f"dimension_{score.verdict}", **common}


def quality_of(company, period, measures):
    """Who answered, what was left out, what came late: counted once, when the report is drafted."""
    asked = Invitation.objects.filter(
        company=company, sent_at__gte=period.starts_at, sent_at__lt=period.ends_at
    ).exclude(state=Invitation.State.UNDELIVERABLE)
    unfolded = Unfolding.objects.filter(company=company, month=str(period))
    counts = unfolded.aggregate(
        received=Count("pk"),
        counted=Count("pk", filter=Q(is_counted=True)),
        late=Count("pk", filter=Q(is_late=True)),
    )
    excluded = Exclusion.objects.filter(
        answer__unfolding__company=company, answer__unfolding__month=str(period)
    )
    return {
        "asked": asked.count(),
        "answered": asked.filter(state=Invitation.State.SUBMITTED).count(),
        "excluded": excluded.count(),
        "complete": _complete(company, period, measures),
        **counts,
    }


def _complete(company, period, measures):
    """Answers with the overall item and every dimension: what drivers can be computed from."""
    needed = [OVERALL, *measures]
    ratings = Rating.objects.filter(
        measure__in=needed,
        answer__unfolding__company=company,
        answer__unfolding__month=str(period),
        answer__unfolding__is_counted=True,
    )
    whole = ratings.values("answer").annotate(known=Count("pk")).filter(known=len(needed))
    return whole.count()


def drivers_of(close):
    return list(Driver.objects.filter(close=close).order_by("-share", "measure"))
