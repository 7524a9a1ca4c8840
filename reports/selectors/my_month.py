"""An employee's running month: answers so far, what is near, points, warnings; figures of nobody else.

The share of the running month moves only once a week: were it new after each answer, it would tell what the last
customer said.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from appeals.objections import objections_of
from core.flow import Refused
from core.period import SHANGHAI, Period
from core.templatetags.scores import Figure
from incentives.models import LedgerLine, Warning
from organization.models import Employee
from organization.selectors import assignment_on
from reports import rules
from reports.selectors import mine
from reports.selectors.figures import policy
from scoring.models import Close, Standing, Unfolding
from scoring.rules import SATISFIED
from scoring.selectors import latest_close
from scoring.statistics.intervals import score_status, wilson


@dataclass(frozen=True)
class SoFar:
    """`received` until now; `figure` counts until the end of `until`, the last Sunday, None in the first week.

    `rank_min_n` is None for who holds a post that is not ranked.
    """

    received: int
    figure: Figure
    until: dt.date | None
    least_n: int
    rank_min_n: int | None

    @property
    def missing_to_rank(self):
        return max((self.rank_min_n or 0) - self.received, 0)


@dataclass(frozen=True)
class Sums:
    """Points and fen of a month and of its quarter, as they stand in the ledger."""

    month: int
    quarter: int
    fen_quarter: int
    quarter_period: Period


@dataclass(frozen=True)
class Page:
    employee: Employee
    place: object
    month: Period
    so_far: SoFar
    close: Close | None
    standing: Standing | None
    is_indistinct: bool
    near: mine.Near | None
    bottom: mine.Near | None
    sums: Sums
    warnings: list = field(default_factory=list)

    @property
    def axis(self):
        return rules.axis_start([self.so_far.figure.low])

    @property
    def last(self):
        """The month of the newest ranking, or None."""
        return Period.parse(self.close.period) if self.close else None


def page_of(employee, at):
    """Everything but what is open and what may be appealed: those come from their rooms."""
    month = Period.month_of(at)
    day = at.astimezone(SHANGHAI).date()
    close = latest_close(employee.company)
    last = Period.parse(close.period) if close else None
    standings = mine.counted_standings(employee, last) if last else {}
    standing = standings.get(str(last))
    place = assignment_on(employee.pk, day)
    near, bottom = mine.nears_of(employee, last, standings, at) if last else (None, None)
    return Page(
        employee=employee,
        place=place,
        month=month,
        so_far=so_far_of(employee, place, month, day),
        close=close,
        standing=standing,
        is_indistinct=mine.is_indistinct(standing),
        near=near,
        bottom=bottom,
        sums=sums_of(employee, month),
        warnings=list(
            Warning.objects.filter(employee=employee)
            .in_force(day)
            .select_related("decision__rule__clause")
            .order_by("expires_on")
        ),
    )


def so_far_of(employee, place, month, day):
    """`place` is the assignment of that day, or None."""
    scoring, ranking = (policy(employee.company, name, month) for name in ("scoring", "ranking"))
    counted = Unfolding.objects.filter(
        company_id=employee.company_id,
        month=str(month),
        is_counted=True,
        answer__employee=employee,
        answer__exclusion=None,
    )
    if ranking is not None:
        counted = counted.filter(answer__mode__in=ranking.modes)
    rated = counted.filter(answer__ratings__measure=SATISFIED)
    until = sunday_before(day)
    settled = Q(
        answer__submitted_at__lt=dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), SHANGHAI)
    )
    n, k = rated.aggregate(
        n=Count("pk", filter=settled), k=Count("pk", filter=settled & Q(answer__ratings__value=1))
    ).values()
    low_n = scoring.low_n if scoring else 0
    is_ranked = ranking is not None and place is not None and place.post.code in ranking.posts
    return SoFar(
        received=counted.count(),
        figure=_figure(k, n, scoring),
        until=until if until >= month.first_day else None,
        least_n=low_n,
        rank_min_n=ranking.rank_min_n if is_ranked else None,
    )


def objections_for(employee, at):
    """What may be appealed; nothing while the company's policy has no section on appeals."""
    try:
        return objections_of(employee, at)
    except Refused:
        return []


def sunday_before(day):
    """The last Sunday that is over: the week begins on Monday."""
    return day - dt.timedelta(days=day.weekday() + 1)


def _figure(k, n, scoring):
    if scoring is None or not n:
        return Figure(0, 0, None, None, status="none")
    low, high = wilson(k, n)
    return Figure(k, n, low, high, status=score_status(n, scoring.ok_n, scoring.low_n))


def sums_of(employee, month):
    quarter = Period.of("quarter", month.first_day)
    months = [str(one) for one in quarter.months()]
    lines = LedgerLine.objects.filter(employee=employee, counts_for__in=months)
    points = Q(unit=LedgerLine.Unit.POINTS)
    money = Q(unit=LedgerLine.Unit.FEN) & ~Q(money_class="team_fund")
    found = lines.order_by().aggregate(
        month=Sum("amount", filter=points & Q(counts_for=str(month))),
        quarter=Sum("amount", filter=points),
        fen=Sum("amount", filter=money),
    )
    return Sums(found["month"] or 0, found["quarter"] or 0, found["fen"] or 0, quarter)
