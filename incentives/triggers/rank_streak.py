"""Near the top or bottom of the ranking several months running (RE-5.2a, RE-5.3a; method §3)."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.period import Period, window
from incentives.triggers.base import Hit
from policies.selectors import section, section_of
from scoring.models import Standing
from scoring.statistics import gate, streaks
from scoring.statistics.intervals import wilson

DIRECTIONS = {"top": "better", "bottom": "worse"}
DIGITS = 6  # floats in frozen evidence are rounded, so that both databases keep the same bytes


@dataclass(frozen=True)
class RankStreak:
    """`place` is 'top' or 'bottom'; length, pauses and alpha come from the ranking section in force."""

    place: str

    @classmethod
    def from_params(cls, params):
        if set(params) != {"place"} or params["place"] not in DIRECTIONS:
            raise ValueError(_("rank_streak needs place = “top” or “bottom”"))
        return cls(place=params["place"])

    def hits(self, rule, close, used):
        """Everybody whose streak is complete at the end of `close`'s month, by employee id.

        `used` maps employee ids to the last month (Period number) that already had its effect: it and those before
        count no more. The window of a hit does not depend on it, only whether there is one.
        """
        if close.kind != "month":
            return []
        book = Book.read(rule, close)
        hits = []
        for employee_id in sorted(book.histories):
            found = self._streak(book, employee_id, used.get(employee_id))
            if found.state == "complete":
                hits.append(self._hit(rule, book, employee_id, found.window))
        return hits

    def _streak(self, book, employee_id, used):
        months = [
            streaks.MonthStanding(Period.parse(row.period).number, group_of(row), self._standing(row))
            for row in book.histories[employee_id].values()
        ]
        if max(month.month for month in months) != book.last:
            return streaks.Streak("none", (), (), book.ranking.streak_length)
        return streaks.streak(
            months, length=book.ranking.streak_length, max_pauses=book.ranking.max_pauses, used_through=used
        )

    def _standing(self, row):
        if row.status == Standing.Status.NOT_ELIGIBLE:
            return streaks.Standing.NOT_ELIGIBLE
        if row.status == Standing.Status.INSUFFICIENT:
            return streaks.Standing.INSUFFICIENT
        return streaks.Standing.HIT if row.place == self.place else streaks.Standing.MISS

    def _hit(self, rule, book, employee_id, numbers):
        rows = [book.histories[employee_id][number] for number in numbers]
        verdict = self._verdict(book, employee_id, rows)
        return Hit(
            employee_id=employee_id,
            department_id=rows[-1].department_id,
            occurrence=f"{rows[0].period}..{rows[-1].period}",
            evidence=self._evidence(rule, book, rows, verdict),
            is_distinguishable=verdict.distinguishable,
        )

    def _verdict(self, book, employee_id, rows):
        """The gate over the window, against all eligible of the same rankings, those with too few answers included."""
        peers = [
            (peer.employee_id, peer.k, peer.n)
            for row in rows
            for peer in book.rankings[row.ranking_id]
            if peer.status != Standing.Status.NOT_ELIGIBLE
        ]
        return gate.gate_within(
            peers, employee_id, direction=DIRECTIONS[self.place], alpha=book.ranking.alpha
        )

    def _evidence(self, rule, book, rows, verdict):
        low, high = wilson(verdict.k, verdict.n)
        weak = [
            row.period
            for row in rows
            if row.ranking.p_value is not None and row.ranking.p_value >= book.ranking.alpha
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
            "rule": {
                "code": rule.code,
                "version": rule.version.label,
                "clause": rule.clause.number,
                "params": rule.params,
            },
        }


@dataclass(frozen=True)
class Book:
    """The standings of the months a streak can reach back to, by employee and by ranking."""

    ranking: object
    last: int
    histories: dict
    rankings: dict

    @classmethod
    def read(cls, rule, close):
        last = Period.parse(close.period)
        ranking = ranking_of(rule.version, last)
        months = window(last, ranking.streak_length + ranking.max_pauses)
        rows = Standing.objects.filter(
            company_id=close.company_id, period__in=[str(month) for month in months]
        )
        histories, rankings = defaultdict(dict), defaultdict(list)
        for row in rows.select_related("ranking").order_by("period", "employee_id"):
            histories[row.employee_id][Period.parse(row.period).number] = row
            rankings[row.ranking_id].append(row)
        return cls(ranking, last.number, histories, rankings)


def ranking_of(version, period):
    """The rule's own book says how streaks are counted, else the book that does so in that month."""
    if "ranking" in version.content:
        return section_of(version, "ranking")
    return section(version.company, "ranking", period.last_day)


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


def group_of(row):
    """Months compare only within one post and one way of asking."""
    return row.ranking.post_id, tuple(row.ranking.modes)


def rounded(value):
    return None if value is None else round(value, DIGITS)
