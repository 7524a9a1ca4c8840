"""What must come out again, byte for byte, when a closed period is re-run from its frozen inputs (fact 3)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from core.period import Period
from core.registries import Registry
from scoring.models import Close, Score, Standing
from scoring.services.books import Books
from scoring.services.counting import FromCells, FromRatings, subject_counts
from scoring.services.ranks import groups, rank_group
from scoring.services.scores import Scorer


@dataclass(frozen=True)
class Part:
    """`stored(close)` are the rows as they stand, `recomputed(close)` the same from the frozen inputs.

    Both are lists of plain JSON values in a fixed order, without anything that may rightly change later.
    """

    stored: Callable
    recomputed: Callable


#: name -> Part; rooms above add what their close step makes (cases)
checksum_parts = Registry()


def checksum_of(close):
    """SHA-256 over the rows that the close has made so far."""
    return _hash({name: part.stored(close) for name, part in checksum_parts.items()})


def recompute_checksum(close):
    """The same, computed anew from ratings, frozen peers and the policy version of the close."""
    return _hash({name: part.recomputed(close) for name, part in checksum_parts.items()})


def _hash(parts):
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def stored_counts(close):
    rows = Score.objects.filter(close=close, n__gt=0)
    columns = ("subject_kind", "subject_id", "measure", "metric", "k", "n", "counts")
    return sorted(([*row] for row in rows.values_list(*columns)), key=lambda row: row[:4])


def recomputed_counts(close, source=None):
    """Counts of every subject with answers, from the rating rows (or another source of groups)."""
    if close.state == Close.State.OPEN:
        return []
    period = Period.parse(close.period)
    scorer = Scorer(Books.of_close(close), period)
    source = source or FromRatings(close.company_id, period)
    counts = subject_counts(source, close.company_id, close.frozen["departments"])
    rows = []
    for (kind, pk), measures in counts.items():
        for measure, own in scorer.figures(kind, measures):
            if own["n"]:
                rows.append([str(kind), pk, measure, own["metric"], own["k"], own["n"], own["counts"]])
    return sorted(rows, key=lambda row: row[:4])


def stored_ranks(close):
    rows = Standing.objects.filter(ranking__close=close).order_by("employee_id")
    return [list(row) for row in rows.values_list("employee_id", "k", "n", "status", "rank", "place")]


def recomputed_ranks(close):
    """Standings from the rating rows and the frozen peer groups; none before the close was ranked."""
    period = Period.parse(close.period)
    if period.kind != "month" or close.state in (Close.State.OPEN, Close.State.SCORED):
        return []
    policy = Books.of_close(close).policy("ranking", period)
    rows = []
    for _post, members, counts in groups(close, policy, FromRatings(close.company_id, period)):
        standings = rank_group(members, counts, policy)[1]
        rows += [
            [pk, own["k"], own["n"], str(own["status"]), own.get("rank"), str(own.get("place", ""))]
            for pk, own in standings.items()
        ]
    return sorted(rows)


checksum_parts.register("counts", Part(stored_counts, recomputed_counts), order=10)
checksum_parts.register("ranks", Part(stored_ranks, recomputed_ranks), order=20)


def violations():
    """Sentences, one per break of facts 3 and 9 in any period."""
    for close in Close.objects.select_related("company").order_by("pk"):
        name = f"{close.company.code} {close.period}"
        if close.state == Close.State.OPEN:
            if close.scores.exists() or close.rankings.exists():
                yield f"period {name} is open and has results"
            continue
        yield from _wrong_counts(close, name)
        if close.checksum and recompute_checksum(close) != close.checksum:
            yield f"period {name}: a re-run gives another checksum"


def _wrong_counts(close, name):
    period = Period.parse(close.period)
    if not close.scores.exists():
        yield f"period {name} is {close.state} and has no scores"
    stored = stored_counts(close)
    if stored != recomputed_counts(close):
        yield f"period {name}: counts recomputed from the ratings differ from the scores"
    if stored != recomputed_counts(close, FromCells(close.company_id, period)):
        yield f"period {name}: the cells differ from the scores"
    if stored_ranks(close) != recomputed_ranks(close):
        yield f"period {name}: ranks recomputed from the ratings differ from the standings"
