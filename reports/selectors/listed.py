"""The answers of a whole chain for the document: every month, as far as the reader may and the pages hold."""

from dataclasses import dataclass

from reports.selectors.answers import labels_of, lines_of, may_read, order_of
from scoring.models import Standing
from scoring.selectors import answers_behind, answers_behind_standing

#: more than these are not printed of one period
MOST = 300


@dataclass(frozen=True)
class Listed:
    lines: list
    total: int


def of_decision(page, user):
    """{period: Listed} of a decision's months or of its newest department score; nothing of a month too small."""
    if page.is_hidden:
        return {}
    if page.evidence is None:
        return {page.period: _listed(answers_behind(page.scores[-1]), {})} if page.scores else {}
    ids = [month.standing_id for month in page.evidence.months if month.standing_id]
    found = Standing.objects.filter(pk__in=ids).select_related("ranking", "company").order_by("period")
    return {
        standing.period: of_standing(standing)
        for standing in found
        if may_read(user, standing.company, standing.period, standing.n)
    }


def of_standing(standing):
    labels = labels_of(standing.company_id, standing.employee_id, [standing.period])
    return _listed(answers_behind_standing(standing), labels)


def of_score(page, labels):
    return {} if page.is_hidden else {page.score.period: _listed(answers_behind(page.score), labels)}


def _listed(found, labels):
    ids = (
        list(found.values_list("pk", flat=True))
        if labels
        else list(found.values_list("pk", flat=True)[:MOST])
    )
    total = len(ids) if labels else found.count()
    ids.sort(key=lambda pk: order_of(labels, pk))
    return Listed(lines_of(ids[:MOST], labels), total)
