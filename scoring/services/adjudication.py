"""Closed periods after an appeal: recounted without some answers, kept beside the first figures (RE-4.1b).

Nothing of a close is changed. `recount` only reads; `adjudicate` writes what it found as rows of their own.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q

from core.period import Period
from scoring.models import Adjudication, Close, Score, Standing, Unfolding
from scoring.selectors import COUNTED
from scoring.services.books import Books, hold_books
from scoring.services.counting import FromRatings, subject_counts
from scoring.services.ranks import groups, rank_group
from scoring.services.scores import Scorer

Kind = Adjudication.Kind
MOMENT = dt.timedelta(microseconds=1)
RANKED = (Close.State.RANKED, Close.State.PROPOSED, Close.State.REPORTED, Close.State.LOCKED)
SCORE_FIELDS = ("k", "n", "value", "low", "high", "status", "counts", "verdict")
STANDING_FIELDS = ("k", "n", "status", "rank", "rank_low", "rank_high", "level", "place")
RANKING_FIELDS = ("eligible", "places", "is_ranked", "chi2", "p_value")
FIELDS = {Kind.SCORE: SCORE_FIELDS, Kind.STANDING: STANDING_FIELDS, Kind.RANKING: RANKING_FIELDS}
#: what tells one state of a row from another: whole numbers and words, no floats
TELLING = {
    Kind.SCORE: ("k", "n", "counts"),
    Kind.STANDING: ("k", "n", "status", "rank", "place"),
    Kind.RANKING: ("eligible", "places", "is_ranked", "p_value"),
}


class Without(FromRatings):
    """The rating rows of a period, some answers left out."""

    def __init__(self, company_id, period, answer_ids):
        super().__init__(company_id, period)
        self.ratings = self.ratings.exclude(answer_id__in=answer_ids)


@dataclass(frozen=True)
class Change:
    """One row of a close and its figures before and after."""

    kind: str
    row: object
    before: dict
    after: dict


@dataclass(frozen=True)
class Recount:
    close: Close
    left_out: tuple
    changes: tuple

    def of(self, kind):
        return [change for change in self.changes if change.kind == kind]


def closes_with(answers):
    """Closed periods in which at least one of these answers is counted, months first."""
    found = set()
    for unfolding in Unfolding.objects.filter(answer__in=answers):
        for kind, flag in COUNTED.items():
            if getattr(unfolding, flag):
                found.add((unfolding.company_id, getattr(unfolding, kind)))
    match = Q(pk__in=[])
    for company_id, period in found:
        match |= Q(company_id=company_id, period=period)
    closes = Close.objects.filter(match).exclude(state=Close.State.OPEN)
    return sorted(
        closes.select_related("company", "policy_version"),
        key=lambda close: (close.kind != "month", close.period),
    )


def in_force(company_id, kind, ids, until=None):
    """{object id: figures} of the newest adjudications, those made up to `until` when given."""
    found = Adjudication.objects.filter(company_id=company_id, kind=kind, object_id__in=ids)
    found = found if until is None else found.filter(made_at__lte=until)
    return dict(found.values_list("object_id", "figures"))


def corrected_at(company_id, kind, pk):
    """When the figures of a row were last corrected, or None."""
    found = Adjudication.objects.filter(company_id=company_id, kind=kind, object_id=pk)
    return found.aggregate(last=Max("made_at"))["last"]


def overlaid(standings, figures):
    """The same unsaved-in-memory rows with adjudicated figures; `figures` is {kind: {id: figures}}."""
    standings = list(standings)
    for row in standings if figures else ():
        own = figures.get(Kind.STANDING, {}).get(row.pk, {})
        group = figures.get(Kind.RANKING, {}).get(row.ranking_id, {})
        for thing, found in ((row, own), (row.ranking, group)):
            for name, value in found.items():
                setattr(thing, name, value)
        row.is_adjudicated = bool(own or group)
    return standings


def is_overlaid(row):
    return getattr(row, "is_adjudicated", False)


def of_company(company_id, until=None):
    """All adjudicated standings and rankings as `overlaid` takes them, those made up to `until` when given."""
    found = Adjudication.objects.filter(company_id=company_id, kind__in=(Kind.STANDING, Kind.RANKING))
    found = found if until is None else found.filter(made_at__lte=until)
    figures = {Kind.STANDING: {}, Kind.RANKING: {}}
    for kind, pk, own in found.values_list("kind", "object_id", "figures"):
        figures[kind][pk] = own
    return figures


def after_all(company_id, at):
    """`at`, or a moment later than every close and adjudication there is: `made_at` tells what each of them could see.

    What a vote has carried is acted on as of its closing, which may lie before a close that was scored meanwhile.
    """
    scored = Close.objects.filter(company_id=company_id).aggregate(last=Max("scored_at"))["last"]
    made = Adjudication.objects.filter(company_id=company_id).aggregate(last=Max("made_at"))["last"]
    return max([at, *(moment + MOMENT for moment in (scored, made) if moment)])


def before_close(close):
    """Those that stood when a period was scored: what its streaks were counted with."""
    return {} if close.scored_at is None else of_company(close.company_id, close.scored_at)


def recount(close, answer_ids):
    """What a closed period would be without these answers and those left out before."""
    earlier = in_force(close.company_id, Kind.CLOSE, [close.pk]).get(close.pk, {})
    left_out = tuple(sorted({*earlier.get("left_out", ()), *answer_ids}))
    source = Without(close.company_id, close.period, left_out)
    changes = [*_scores(close, source), *(_ranks(close, source) if close.state in RANKED else ())]
    return Recount(close, left_out, tuple(changes))


def _changed(kind, rows, now):
    """Changes of rows whose telling figures differ from those in force."""
    known = in_force(rows[0].company_id, kind, [row.pk for row in rows]) if rows else {}
    for row in rows:
        before = {name: getattr(row, name) for name in FIELDS[kind]}
        before |= {name: value for name, value in known.get(row.pk, {}).items() if name in before}
        after = before | {name: now(row).get(name) for name in FIELDS[kind] if name in now(row)}
        if any(before[name] != after[name] for name in TELLING[kind]):
            yield Change(kind, row, before, after)


def _scores(close, source):
    scorer = Scorer(Books.of_close(close), Period.parse(close.period))
    counts = subject_counts(source, close.company_id, close.frozen.get("departments", []))
    figures = {}
    for (kind, pk), measures in counts.items():
        for measure, own in scorer.figures(kind, measures):
            figures[str(kind), pk, measure] = own
    rows = list(Score.objects.filter(close=close, n__gt=0))

    def now(row):
        key = row.subject_kind, row.subject_id, row.measure
        return figures.get(key) or _nothing(scorer, row)

    yield from _changed(Kind.SCORE, rows, now)


def _nothing(scorer, row):
    """The figures of a score whose last answer is gone."""
    measures = {row.measure: Counter()}
    return next((own for measure, own in scorer.figures(row.subject_kind, measures)), {})


def _ranks(close, source):
    if close.kind != "month":
        return
    policy = Books.of_close(close).policy("ranking", Period.parse(close.period))
    standings = {}
    rankings = {}
    for post, members, counts in groups(close, policy, source):
        rankings[post.pk], own = rank_group(members, counts, policy)
        standings |= own
    rows = Standing.objects.filter(ranking__close=close).select_related("ranking", "company", "employee")
    rows = list(rows.order_by("employee_id"))
    unranked = dict.fromkeys(("rank", "rank_low", "rank_high", "level"), None) | {"place": ""}
    groups_of = {row.ranking_id: row.ranking for row in rows}
    untested = {"chi2": None, "p_value": None}
    yield from _changed(
        Kind.RANKING, list(groups_of.values()), lambda row: untested | rankings.get(row.post_id, {})
    )
    yield from _changed(
        Kind.STANDING, rows, lambda row: unranked | _plain(standings.get(row.employee_id, {}))
    )


def _plain(figures):
    return {name: str(value) if name in ("status", "place") else value for name, value in figures.items()}


@transaction.atomic
def adjudicate(found, *, cause, at):
    """Keep a recount beside the first figures; once per cause. Returns how many rows were written."""
    close = found.close
    hold_books(close.company)
    rows = [(Kind.CLOSE, close.pk, {"left_out": list(found.left_out)})]
    rows += [(change.kind, change.row.pk, change.after) for change in found.changes]
    Adjudication.objects.bulk_create(
        Adjudication(
            company_id=close.company_id,
            close=close,
            kind=kind,
            object_id=pk,
            figures=figures,
            cause=cause,
            made_at=at,
        )
        for kind, pk, figures in rows
    )
    return len(rows)
