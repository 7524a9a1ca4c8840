"""The composite of RE-1: survey, sales performance, teamwork, each with its weight and its source."""

from fractions import Fraction

from scoring import rules
from scoring.models import Composite, MetricValue, Score, SubjectKind

SURVEY = "survey"


def write_composites(close, policy):
    """One row per employee with any part; a part that is missing leaves the composite incomplete."""
    if not policy.parts:
        return
    values = _survey_values(close)
    metrics = MetricValue.objects.filter(company=close.company_id, period=close.period)
    for metric in metrics.filter(metric__in=[part.code for part in policy.parts]):
        values.setdefault(metric.employee_id, {})[metric.metric] = (Fraction(metric.value), metric.source)
    rows = [_composite(close, policy, employee_id, found) for employee_id, found in sorted(values.items())]
    Composite.objects.bulk_create(rows, batch_size=1000)


def _survey_values(close):
    """{employee id: {survey: (0–100, source)}}; nobody's few answers are shown through this door either."""
    scores = Score.objects.filter(close=close, subject_kind=SubjectKind.EMPLOYEE, measure=rules.OVERALL)
    hidden = (Score.Status.NONE, Score.Status.SUPPRESSED)
    return {
        score.subject_id: {}
        if score.status in hidden
        else {SURVEY: (Fraction(100 * score.k, score.n), f"{score.k}/{score.n}")}
        for score in scores
    }


def _composite(close, policy, employee_id, found):
    value, is_complete = rules.composite(
        policy.parts, {code: value for code, (value, _source) in found.items()}
    )
    return Composite(
        close=close,
        company_id=close.company_id,
        period=close.period,
        employee_id=employee_id,
        parts=[_part(part, *found.get(part.code, (None, ""))) for part in policy.parts],
        value=value,
        is_complete=is_complete,
    )


def _part(part, value, source):
    shown = None if value is None else str(rules.two_decimals(value))
    return {
        "part": part.code,
        "name": part.name,
        "name_en": part.name_en,
        "value": shown,
        "weight_bp": part.weight_bp,
        "source": source,
    }
