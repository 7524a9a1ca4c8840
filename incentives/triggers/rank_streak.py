"""Near the top or bottom of the ranking several months running (RE-5.2a, RE-5.3a; method §3)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from incentives.triggers.base import Hit, Trigger, rule_evidence, setting
from incentives.triggers.rank_book import Book
from scoring.services import adjudication
from scoring.statistics import gate
from scoring.statistics.intervals import Share, wilson

DIRECTIONS = {"top": "better", "bottom": "worse"}
DIGITS = 6  # floats in frozen evidence are rounded, so that both databases keep the same bytes


@dataclass(frozen=True)
class Found:
    """A complete streak as every rule on this end of the ranking sees it; `begins` is the first month's number."""

    employee_id: int
    department_id: int
    begins: int
    occurrence: str
    evidence: dict
    is_distinguishable: bool


@dataclass(frozen=True)
class RankStreak(Trigger):
    """`place` is 'top' or 'bottom'; length, pauses and alpha come from the ranking section in force."""

    place: str = ""

    close_kind = "month"

    def check(self):
        if self.place not in DIRECTIONS:
            raise ValueError(_("rank_streak needs place = “top” or “bottom”"))

    def hits(self, rule, close, used, *, figures=None, reads=None):
        """Everybody whose streak is complete at the end of `close`'s month, by employee id.

        `used` maps employee ids to the last month (Period number) that already had its effect: it and those before
        count no more. The window of a hit does not depend on it, only whether there is one. `figures` are adjudicated
        ones to count with (scoring.services.adjudication.overlaid); without them, those that stood at the close.
        """
        ranking = setting(rule.version, "ranking", close.cutoff_on)
        book = Book.of(ranking, close, figures, reads)
        if self.place not in book.kept:  # rules that ask the same share what was found
            book.kept[self.place] = [self._found(book, *one) for one in book.complete(self.place)]
        stamp = {"rule": rule_evidence(rule)}
        return [
            Hit(
                employee_id=found.employee_id,
                department_id=found.department_id,
                occurrence=found.occurrence,
                evidence=found.evidence | stamp,
                is_distinguishable=found.is_distinguishable,
            )
            for found in book.kept[self.place]
            if used.get(found.employee_id, found.begins - 1) < found.begins
        ]

    def _found(self, book, employee_id, rows):
        verdict = self._verdict(book, rows)
        return Found(
            employee_id=employee_id,
            department_id=rows[-1].department_id,
            begins=book.months[rows[0].period],
            occurrence=f"{rows[0].period}..{rows[-1].period}",
            evidence=self._evidence(book, rows, verdict),
            is_distinguishable=verdict.distinguishable,
        )

    def _verdict(self, book, rows):
        """The gate over the window, against all eligible of the same rankings, those with too few answers included."""
        together, group_size = book.pooled(tuple(row.ranking_id for row in rows))
        own = Share(sum(row.k for row in rows), sum(row.n for row in rows))
        peers = Share(together.k - own.k, together.n - own.n)
        return gate.evidence_gate(
            own, peers, group_size=group_size, direction=DIRECTIONS[self.place], alpha=book.alpha
        )

    def _evidence(self, book, rows, verdict):
        low, high = wilson(verdict.k, verdict.n)
        weak = [
            row.period
            for row in rows
            if row.ranking.p_value is not None and row.ranking.p_value >= book.alpha
        ]
        return {
            "kind": "rank_streak",
            "place": self.place,
            "post_id": rows[-1].ranking.post_id,
            "modes": list(rows[-1].ranking.modes),
            "months": [month_evidence(row) for row in rows],
            "pooled": {"k": verdict.k, "n": verdict.n, "low": rounded(low), "high": rounded(high)},
            "peers": {"k": verdict.peers_k, "n": verdict.peers_n, "members": verdict.group_size - 1},
            "gate": {
                "distinguishable": verdict.distinguishable,
                "bound": rounded(verdict.bound),
                "alpha": rounded(verdict.alpha_used),
                "direction": verdict.direction,
            },
            "no_difference_months": weak,
        } | adjudicated(rows, book.until)


def adjudicated(rows, until):
    """Up to when appeals had corrected these months, where one did: the frozen evidence is checked against that."""
    if until is None or not any(adjudication.is_overlaid(row) for row in rows):
        return {}
    return {"adjudicated_until": until.isoformat()}


def month_evidence(row):
    """One month as it is frozen: counts, rank and place as the ranking row gives them."""
    low, high = wilson(row.k, row.n)
    return {
        "period": row.period,
        "k": row.k,
        "n": row.n,
        "rank": row.rank,
        "eligible": row.ranking.eligible,
        "places": row.ranking.places,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "p_value": rounded(row.ranking.p_value),
        "standing_id": row.pk,
        "satisfied_low": rounded(low),
        "satisfied_high": rounded(high),
    }


def rounded(value):
    return None if value is None else round(value, DIGITS)
