"""From answers to ratings and cells, each answer exactly once.

The Unfolding row (one per answer, primary key) is the guard, the company's books are the queue. What was
excluded before being unfolded never is; what is excluded later is taken back from periods still open.
"""

from collections import Counter

from django.db import transaction

from core.period import SHANGHAI, Period
from scoring import rules
from scoring.models import Close, Rating, Unfolding
from scoring.selectors import COUNTED
from scoring.services.books import Books, hold_books
from scoring.services.cells import add_counts, take_back
from surveys.content import UNLIMITED, parse_content
from surveys.models import Answer

BATCH = 500


def unfold_pending(company, at, beat=None):
    """Unfold every counted answer that is not yet, in batches of a transaction each; returns how many.

    Safe to run twice at once. Without any policy nothing can be measured and nothing is unfolded.
    """
    done = last = 0
    while True:
        count, last = _unfold_batch(company, Answer.objects.filter(pk__gt=last))
        done += count
        if last is None:
            return done
        if beat:
            beat(done=done)


def unfold_answers(company, answer_ids):
    """Unfold these answers, if they are not yet. Returns how many were."""
    return _unfold_batch(company, Answer.objects.filter(pk__in=answer_ids))[0]


@transaction.atomic
def _unfold_batch(company, answers):
    """(number unfolded, last answer id) of the first waiting answers; (0, None) when none waits."""
    hold_books(company)
    waiting = answers.counted().filter(company=company, unfolding=None).select_related("version")
    batch = list(waiting.order_by("pk")[:BATCH])
    books, contents = Books(company), {}
    if not batch or books.version(Period.month_of(batch[0].submitted_at)) is None:
        return 0, None
    ratings, counts, unfoldings = [], Counter(), []
    for answer in batch:
        unfolding = _place(answer, books)
        values = _values(answer, unfolding, books, contents)
        unfoldings.append(unfolding)
        ratings += [Rating(answer=answer, measure=measure, value=value) for measure, value in values.items()]
        counts.update(_keys(answer, unfolding, values))
    Unfolding.objects.bulk_create(unfoldings)
    Rating.objects.bulk_create(ratings)
    add_counts(company, counts)
    return len(batch), batch[-1].pk


def _place(answer, books):
    """The month, quarter and half-year in which this answer counts."""
    day = answer.submitted_at.astimezone(SHANGHAI).date()
    places = {kind: books.open_period(kind, day) for kind in rules.KINDS}
    return Unfolding(
        answer=answer,
        company=books.company,
        is_late=any(is_late for _period, is_late in places.values()),
        **{kind: str(period) for kind, (period, _is_late) in places.items()},
    )


def _values(answer, unfolding, books, contents):
    if answer.version_id not in contents:
        content = parse_content(answer.version.content, most_per_section=UNLIMITED)
        contents[answer.version_id] = tuple(content.questions.values())
    policy = books.policy("scoring", Period.parse(unfolding.month))
    return rules.ratings_of(contents[answer.version_id], answer.answers, policy.counted_values)


def _keys(answer, unfolding, values, kinds=rules.KINDS):
    """Cell keys to which one answer adds one each."""
    place = (
        answer.employee_id or 0,
        answer.department_id or 0,
        answer.site_id or 0,
        answer.segment,
        answer.mode,
    )
    return [
        (getattr(unfolding, kind), measure, *place, value)
        for kind in kinds
        for measure, value in values.items()
    ]


@transaction.atomic
def discount(answer):
    """An answer was excluded: take it out of its periods that are still open; what is closed stays as it was.

    Closed periods are corrected on appeal, by new entries. Safe to repeat.
    """
    hold_books(answer.company)
    unfolding = Unfolding.objects.filter(answer=answer).first()
    if unfolding is None:
        return
    open_periods = set(
        Close.objects.filter(company=answer.company, state=Close.State.OPEN).values_list("period", flat=True)
    )
    kinds = [
        kind
        for kind, flag in COUNTED.items()
        if getattr(unfolding, flag) and getattr(unfolding, kind) in open_periods
    ]
    values = dict(answer.ratings.values_list("measure", "value"))
    take_back(answer.company, _keys(answer, unfolding, values, kinds))
    for kind in kinds:
        setattr(unfolding, COUNTED[kind], False)
    unfolding.save(update_fields=[COUNTED[kind] for kind in kinds])


def on_answer_submitted(event):
    """Handler of surveys.answer_submitted."""
    answer = Answer.objects.select_related("company").get(pk=event.object_id)
    unfold_answers(answer.company, [answer.pk])


def on_answer_excluded(event):
    """Handler of surveys.answer_excluded; the event is about the answer."""
    discount(Answer.objects.select_related("company").get(pk=event.object_id))
