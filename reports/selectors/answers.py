"""Answers as a reader of the evidence chain sees them: counts, opaque numbers, words without names and dates."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, Sum

from core.period import SHANGHAI, Period
from organization.scopes import reach_of
from reports import rules, wording
from reports.selectors import comments
from reports.selectors.figures import policy
from scoring.labels import order_of, shuffled
from scoring.models import Cell, Rating, Unfolding
from scoring.policy import TOP_TWO
from scoring.rules import OVERALL
from surveys.models import Answer, AnswerText, Exclusion

PER_PAGE = 10


@dataclass(frozen=True)
class Slice:
    """One value in the distribution of a score: where its bar begins and how wide it is, in percent."""

    value: int
    count: int
    start: str
    width: str
    look: str
    label_at: str
    is_wide: bool


@dataclass(frozen=True)
class Counts:
    """How a period's answers are distributed, and what was received but not counted."""

    period: str
    counts_as: str
    k: int
    n: int
    slices: list
    received: int
    excluded: int
    blank: int


@dataclass(frozen=True)
class AnswerLine:
    """`label` is the opaque number among the answers about one person in one month, or behind one score; `number`
    counts up as answers come in, so it is there for those only who may see all of them."""

    number: str
    label: str
    when: str
    overall: int | None
    text: str


def sees_all(user, company):
    """Company-wide roles: every answer, by its own number."""
    return company.pk in reach_of(user, "scoring.view", "incentives.view").company_ids


def may_read(user, company, period, n):
    """Answers one by one: for company-wide roles always, for staff and heads from the least number that is shown."""
    if sees_all(user, company):
        return True
    scoring = policy(company, "scoring", Period.parse(period))
    return scoring is not None and n >= scoring.low_n


def counts_of_standing(standing):
    modes = standing.ranking.modes
    cells = Cell.objects.filter(
        company_id=standing.company_id,
        period=standing.period,
        employee_id=standing.employee_id,
        measure=OVERALL,
        mode__in=modes,
        count__gt=0,
    )
    by_value = dict(cells.values_list("value").annotate(total=Sum("count")))
    received = Unfolding.objects.filter(
        company_id=standing.company_id,
        month=standing.period,
        answer__employee_id=standing.employee_id,
        answer__mode__in=modes,
    )
    excluded = Exclusion.objects.filter(answer__unfolding__in=received).count()
    total = received.count()
    return Counts(
        period=standing.period,
        counts_as=_counts_as(standing, TOP_TWO),
        k=standing.k,
        n=standing.n,
        slices=slices(by_value),
        received=total,
        excluded=excluded,
        blank=max(total - excluded - standing.n, 0),
    )


def counts_of_score(score):
    by_value = {int(value): count for value, count in score.counts.items() if count}
    counts_as = _counts_as(score, score.metric)
    return Counts(score.period, counts_as, score.k, score.n, slices(by_value), score.n, 0, 0)


def _counts_as(row, metric):
    """What this row's k counts; ranks always count the satisfied."""
    return wording.counts_as(policy(row.company, "scoring", Period.parse(row.period)), metric)


def slices(by_value):
    """Counts per value as one stacked bar, the best first; darker means more satisfied."""
    total = sum(by_value.values())
    found, start = [], 0.0
    for value in sorted(by_value, reverse=True):
        width = 100 * by_value[value] / total
        look = f"d{min(max(value, 1), 5)}"
        found.append(
            Slice(
                value,
                by_value[value],
                f"{start:.2f}%",
                f"{width:.2f}%",
                look,
                f"{start + 1.3:.2f}%",
                width >= 11,
            )
        )
        start += width
    return found


def page_of(answers, page, labels=None, *, numbered=False):
    """Ten answers, by their opaque numbers; `numbered`: by their own where they have no other."""
    labels, ids = ordered(answers, labels, numbered=numbered)
    found = Paginator(ids, PER_PAGE).get_page(page)
    found.object_list = lines_of(list(found.object_list), labels, numbered=numbered)
    return found


def ordered(answers, labels, *, numbered):
    """(labels, ids in their order); those behind a score that is nobody's own are numbered among themselves."""
    ids = answers.values_list("pk", flat=True)
    if not labels and numbered:
        return {}, ids
    labels = labels or shuffled("", answers.order_by().values_list("pk", "number"))
    return labels, sorted(ids, key=lambda pk: order_of(labels, pk))


def lines_of(ids, labels, *, numbered=False):
    """AnswerLines of these answers, in this order; three queries whatever their number."""
    overall = Rating.objects.filter(answer=OuterRef("pk"), measure=OVERALL).values("value")[:1]
    rows = Answer.objects.filter(pk__in=ids).annotate(overall=Subquery(overall)).in_bulk()
    texts = defaultdict(list)
    for text in AnswerText.objects.filter(answer__in=ids).order_by("pk"):
        texts[text.answer_id].append(text.text)
    names = comments.colleagues(next(iter(rows.values())).company_id) if texts else []
    return [
        AnswerLine(
            rows[pk].number if numbered else "",
            labels.get(pk, ""),
            wording.third(rows[pk].submitted_at.astimezone(SHANGHAI).date()),
            rows[pk].overall,
            rules.without_names(" ".join(texts.get(pk, [])), names, wording.colleague()),
        )
        for pk in ids
    ]
