"""Near the top or bottom of the ranking several months running (RE-5.2a, RE-5.3a; method §3)."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from core.period import Period, window
from incentives.triggers.base import Hit, Trigger, rule_evidence, setting
from scoring.models import Adjudication, Ranking, Standing
from scoring.services import adjudication
from scoring.statistics import gate, streaks
from scoring.statistics.intervals import Share, wilson

Kind = Adjudication.Kind
DIRECTIONS = {"top": "better", "bottom": "worse"}
FIELDS = (
    "pk",
    "ranking_id",
    "employee_id",
    "period",
    "place",
    "status",
    "k",
    "n",
    "department_id",
    "rank",
    "rank_low",
    "rank_high",
)
RANKING, EMPLOYEE, PERIOD, PLACE, STATUS, K, N = range(1, 8)
NOT_ELIGIBLE = str(Standing.Status.NOT_ELIGIBLE)
DIGITS = 6  # floats in frozen evidence are rounded, so that both databases keep the same bytes


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
        histories = book.histories(self.place)
        hits = []
        for employee_id in sorted(histories):
            history = histories[employee_id]
            found = streaks.streak(
                history.months,
                length=ranking.streak_length,
                max_pauses=ranking.max_pauses,
                used_through=used.get(employee_id),
            )
            if found.state == "complete":
                hits.append(self._hit(rule, book, [history.rows[number] for number in found.window]))
        return hits

    def _hit(self, rule, book, rows):
        verdict = self._verdict(book, rows)
        return Hit(
            employee_id=rows[-1].employee_id,
            department_id=rows[-1].department_id,
            occurrence=f"{rows[0].period}..{rows[-1].period}",
            evidence=self._evidence(rule, book, rows, verdict),
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

    def _evidence(self, rule, book, rows, verdict):
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
            "rule": rule_evidence(rule),
        } | adjudicated(rows, book.until)


class Row:
    """One month of somebody who may have a streak, with its ranking; reads like a scoring.Standing."""

    def __init__(self, values, ranking, is_adjudicated):
        self.__dict__.update(zip(FIELDS, values, strict=True))
        self.ranking, self.is_adjudicated = ranking, is_adjudicated


@dataclass(slots=True)
class History:
    """One person's months: as they were ranked, and as a streak at one end counts them."""

    rows: dict = field(default_factory=dict)
    months: list = field(default_factory=list)

    def add(self, number, row, place):
        self.rows[number] = row
        self.months.append(streaks.MonthStanding(number, group_of(row), standing_at(row, place)))


@dataclass
class Book:
    """The standings of the months a streak can reach back to, as plain tuples of FIELDS, with their rankings.

    A handful of queries, however many people there are, and once for all rules of a close that share their `reads`.
    """

    ranking: object
    last: str
    months: dict
    rankings: dict
    rows: list
    figures: dict
    until: object = None
    _pools: dict = field(default_factory=dict)
    _histories: dict = field(default_factory=dict)

    @classmethod
    def of(cls, ranking, close, figures=None, reads=None):
        """The book for these settings of the ranking; from `reads` where a rule before has read it."""
        if figures is not None or reads is None:
            return cls.read(ranking, close, figures)
        if ("standings", ranking) not in reads:
            reads["standings", ranking] = cls.read(ranking, close)
        return reads["standings", ranking]

    @classmethod
    def read(cls, ranking, close, figures=None):
        months = {
            str(month): month.number
            for month in window(Period.parse(close.period), ranking.streak_length + ranking.max_pauses)
        }
        figures = adjudication.before_close(close) if figures is None else figures
        own = {"company_id": close.company_id, "period__in": list(months)}
        rows = _overlaid(Standing.objects.filter(**own).order_by().values_list(*FIELDS), figures)
        return cls(ranking, close.period, months, _rankings(own, figures), rows, figures, close.scored_at)

    @cached_property
    def alpha(self):
        return self.ranking.alpha

    def histories(self, place):
        """{employee id: History} of the people who may have a complete streak at this end: near it in the last month,
        and in as many months as a streak is long."""
        if place not in self._histories:
            near = _candidates(self.rows, place, self.last, self.ranking.streak_length)
            found = {employee_id: History() for employee_id in near}
            for values in self.rows:
                history = found.get(values[EMPLOYEE])
                if history is not None:
                    history.add(self.months[values[PERIOD]], self._row(values), place)
            self._histories[place] = found
        return self._histories[place]

    def _row(self, values):
        changed = values[0] in self.figures.get(Kind.STANDING, {}) or values[RANKING] in self.figures.get(
            Kind.RANKING, {}
        )
        return Row(values, self.rankings[values[RANKING]], changed)

    def pooled(self, ranking_ids):
        """(Share of all together, how many people) over these rankings, the eligible only."""
        if ranking_ids not in self._pools:
            groups = [self._groups[ranking_id] for ranking_id in ranking_ids]
            share = Share(sum(group.k for group in groups), sum(group.n for group in groups))
            self._pools[ranking_ids] = share, len(set().union(*(group.people for group in groups)))
        return self._pools[ranking_ids]

    @cached_property
    def _groups(self):
        found = defaultdict(Group)
        for values in self.rows:
            if values[STATUS] != NOT_ELIGIBLE:
                group = found[values[RANKING]]
                group.k += values[K]
                group.n += values[N]
                group.people.add(values[EMPLOYEE])
        return found


@dataclass(slots=True)
class Group:
    """The eligible people of one ranking and their counts together."""

    k: int = 0
    n: int = 0
    people: set = field(default_factory=set)


def _rankings(own, figures):
    """{id: Ranking} of the months, with what appeals changed in them."""
    found = {ranking.pk: ranking for ranking in Ranking.objects.filter(**own)}
    for pk, changed in figures.get(Kind.RANKING, {}).items():
        for name, value in changed.items() if pk in found else ():
            setattr(found[pk], name, value)
    return found


def _overlaid(rows, figures):
    """The tuples, with what appeals changed in them."""
    changed = figures.get(Kind.STANDING, {})
    if not changed:
        return list(rows)
    return [
        tuple(changed.get(values[0], {}).get(name, value) for name, value in zip(FIELDS, values, strict=True))
        for values in rows
    ]


def _candidates(rows, place, last, length):
    """Who is near this end in the last month and in `length` months at least."""
    near = [values for values in rows if values[PLACE] == place]
    months = Counter(values[EMPLOYEE] for values in near)
    return [
        values[EMPLOYEE] for values in near if values[PERIOD] == last and months[values[EMPLOYEE]] >= length
    ]


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


def standing_at(row, place):
    """How the month counts at this end of the ranking."""
    if row.status == Standing.Status.NOT_ELIGIBLE:
        return streaks.Standing.NOT_ELIGIBLE
    if row.status == Standing.Status.INSUFFICIENT:
        return streaks.Standing.INSUFFICIENT
    return streaks.Standing.HIT if row.place == place else streaks.Standing.MISS


def group_of(row):
    """Months compare only within one post and one way of asking."""
    return row.ranking.post_id, tuple(row.ranking.modes)


def rounded(value):
    return None if value is None else round(value, DIGITS)
