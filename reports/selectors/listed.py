"""The answers of a whole chain for the document: every month, as far as the reader may and the pages hold."""

from dataclasses import dataclass

from reports.selectors.answers import lines_of, may_read, ordered, sees_all
from scoring.labels import labels_of
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
    numbered = sees_all(user, page.decision.company)
    if page.evidence is None:
        return {page.period: _listed(answers_behind(page.scores[-1]), {}, numbered)} if page.scores else {}
    ids = [month.standing_id for month in page.evidence.months if month.standing_id]
    found = Standing.objects.filter(pk__in=ids).select_related("ranking", "company").order_by("period")
    return {
        standing.period: of_standing(standing, user)
        for standing in found
        if may_read(user, standing.company, standing.period, standing.n)
    }


def of_standing(standing, user):
    labels = labels_of(standing.company_id, standing.employee_id, [standing.period])
    return _listed(answers_behind_standing(standing), labels, sees_all(user, standing.company))


def of_score(page, labels, user):
    if page.is_hidden:
        return {}
    numbered = sees_all(user, page.score.company)
    return {page.score.period: _listed(answers_behind(page.score), labels, numbered)}


def _listed(found, labels, numbered):
    labels, ids = ordered(found, labels, numbered=numbered)
    total = len(ids) if isinstance(ids, list) else ids.count()
    return Listed(lines_of(list(ids[:MOST]), labels, numbered=numbered), total)
