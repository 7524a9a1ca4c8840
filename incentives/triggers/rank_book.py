"""The standings that streaks are looked for in: read once for all rules of a close, whatever they make of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connections
from django.db.models import Aggregate, JSONField, Q, Sum

from core.period import Period, window
from scoring.models import Adjudication, Ranking, Standing
from scoring.services import adjudication
from scoring.statistics import streaks
from scoring.statistics.intervals import Share

Kind, Status = Adjudication.Kind, Standing.Status
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
PK, RANKING, EMPLOYEE, PERIOD, PLACE, STATUS, K, N = range(8)


class Row:
    """One month of somebody who has a streak, with its ranking; reads like a scoring.Standing."""

    def __init__(self, values, ranking, is_adjudicated):
        self.__dict__.update(zip(FIELDS, values, strict=True))
        self.ranking, self.is_adjudicated = ranking, is_adjudicated


class Members(Aggregate):
    """The employee ids of a group in one JSON list, so that a thousand people are one row."""

    function = "jsonb_agg"
    output_field = JSONField()

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, function="json_group_array")


@dataclass(slots=True)
class Group:
    """The eligible people of one ranking and their counts together."""

    k: int = 0
    n: int = 0
    people: list = field(default_factory=list)


@dataclass
class Book:
    """What a streak is judged by, over the months it can reach back to; each a query, however many people there are.

    `rows` are tuples of FIELDS of those months that may stand in a streak: near an end, or with too few answers. Any
    other month breaks it as no month does, so they stay in the database; `groups` has all eligible counted together.
    """

    ranking: object
    last: str
    months: dict
    rankings: dict
    rows: list
    groups: dict
    figures: dict
    until: object = None
    kept: dict = field(default_factory=dict)
    _pools: dict = field(default_factory=dict)

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
        changed = figures.get(Kind.STANDING, {})
        rows = _overlaid(_rows(Standing.objects.filter(**own), changed), changed)
        groups = _groups(Standing.objects.filter(**own), rows, changed)
        return cls(
            ranking, close.period, months, _rankings(own, figures), rows, groups, figures, close.scored_at
        )

    @cached_property
    def alpha(self):
        return self.ranking.alpha

    def complete(self, place):
        """[(employee id, [Row] of the window)] of everybody whose streak at this end is complete, by employee id."""
        return [
            (employee_id, rows)
            for employee_id, months in sorted(self._histories.get(place, {}).items())
            if (rows := self._window(months, place))
        ]

    def _window(self, months, place):
        """The months of a complete streak as Rows; none where it is not complete."""
        found = streaks.streak(
            [
                streaks.MonthStanding(
                    number, self._keys[values[RANKING]], standing_at(values[STATUS], values[PLACE], place)
                )
                for number, values in months.items()
            ],
            length=self.ranking.streak_length,
            max_pauses=self.ranking.max_pauses,
        )
        return [self._row(months[number]) for number in found.window] if found.state == "complete" else []

    @cached_property
    def _histories(self):
        """{place: {employee id: {month: values}}} of those who may have a complete streak there: near it in the last
        month, and in as many months as a streak is long."""
        near = Counter([(values[EMPLOYEE], values[PLACE]) for values in self.rows if values[PLACE]])
        found, of = defaultdict(dict), {}
        for values in self.rows:
            if values[PLACE] and values[PERIOD] == self.last:
                employee_id, place = values[EMPLOYEE], values[PLACE]
                if near[employee_id, place] >= self.ranking.streak_length:
                    of[employee_id] = found[place][employee_id] = {}
        for values in self.rows:
            if values[EMPLOYEE] in of:
                of[values[EMPLOYEE]][self.months[values[PERIOD]]] = values
        return found

    def _row(self, values):
        standings, rankings = self._changed
        is_changed = values[PK] in standings or values[RANKING] in rankings
        return Row(values, self.rankings[values[RANKING]], is_changed)

    def pooled(self, ranking_ids):
        """(Share of all together, how many people) over these rankings, the eligible only."""
        if ranking_ids not in self._pools:
            groups = [self.groups[ranking_id] for ranking_id in ranking_ids]
            share = Share(sum(group.k for group in groups), sum(group.n for group in groups))
            self._pools[ranking_ids] = share, len(set().union(*(group.people for group in groups)))
        return self._pools[ranking_ids]

    @cached_property
    def _changed(self):
        return self.figures.get(Kind.STANDING, {}), self.figures.get(Kind.RANKING, {})

    @cached_property
    def _keys(self):
        return {pk: group_of(ranking) for pk, ranking in self.rankings.items()}


def group_of(ranking):
    """Months compare only within one post and one way of asking."""
    return ranking.post_id, tuple(ranking.modes)


def standing_at(status, at, place):
    """How a month with this status, near the end `at`, counts at the end `place` of the ranking."""
    if status == Standing.Status.NOT_ELIGIBLE:
        return streaks.Standing.NOT_ELIGIBLE
    if status == Standing.Status.INSUFFICIENT:
        return streaks.Standing.INSUFFICIENT
    return streaks.Standing.HIT if at == place else streaks.Standing.MISS


def _rows(standings, changed):
    """The rows a streak may be made of, and the `changed` ones whatever they say; as the driver gives the tuples."""
    wanted = standings.filter(~Q(place="") | Q(status=Status.INSUFFICIENT) | Q(pk__in=changed))
    sql, params = wanted.order_by().values_list(*FIELDS).query.sql_with_params()
    with connections[wanted.db].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _groups(standings, rows, changed):
    """{ranking id: Group}, with what appeals `changed` in the rows."""
    eligible = standings.exclude(status=Status.NOT_ELIGIBLE).exclude(pk__in=changed).order_by()
    counted = eligible.values("ranking_id").annotate(
        all_k=Sum("k"), all_n=Sum("n"), people=Members("employee_id")
    )
    found = defaultdict(
        Group, {row["ranking_id"]: Group(row["all_k"], row["all_n"], row["people"]) for row in counted}
    )
    for values in rows:
        if values[PK] in changed and values[STATUS] != Status.NOT_ELIGIBLE:
            group = found[values[RANKING]]
            group.k += values[K]
            group.n += values[N]
            group.people.append(values[EMPLOYEE])
    return found


def _rankings(own, figures):
    """{id: Ranking} of the months, with what appeals changed in them."""
    found = {ranking.pk: ranking for ranking in Ranking.objects.filter(**own)}
    for pk, changed in figures.get(Kind.RANKING, {}).items():
        for name, value in changed.items() if pk in found else ():
            setattr(found[pk], name, value)
    return found


def _overlaid(rows, changed):
    """The tuples, with what appeals changed in them."""
    if not changed:
        return rows
    return [
        tuple(
            changed.get(values[PK], {}).get(name, value) for name, value in zip(FIELDS, values, strict=True)
        )
        for values in rows
    ]
