"""What the board shows: counts by SQL over the cases somebody may see, in as many statements for ten cases as for ten
million. Internal reports and cases merged into others are never among them."""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.db.models import Count, F, Q
from django.utils.functional import cached_property

from complaints import hot
from complaints.models import Case, CaseLink, Kind, State
from complaints.models.case import OPEN, RUNNING
from complaints.pages.stages import FIRST_ANSWER_OPEN, overdue
from complaints.policy import rules_of, topics_of
from core.flow import Refused
from core.period import SHANGHAI
from core.templatetags.scores import Figure
from organization.models import Department, Employee, Site

WEEKS = 12
MOST_PEOPLE = 50
MOST_REPEATS = 10
SATISFIED = (4, 5)
COUNTS = (
    "received", "open", "overdue", "on_time", "judged", "first_judged", "first_on_time", "asked", "rated", "satisfied",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a table of shares."""

    name: str
    figure: Figure
    overdue: int = 0
    query: str = ""  # of the list that shows what is counted; '' where the list has no such filter


@dataclass(frozen=True)
class HotTopic:
    name: str
    code: str
    trend: hot.Trend
    weeks: tuple
    query: str = ""

    @property
    def bars(self):
        """(x, y, height) in percent for a small column chart, the oldest week first."""
        top = max(self.weeks) or 1
        step = 100 / len(self.weeks)
        return [
            (f"{place * step:.2f}%", f"{100 - 100 * count / top:.2f}%", f"{100 * count / top:.2f}%")
            for place, count in enumerate(self.weeks)
        ]


@dataclass
class Places:
    """Place × problem type (PM-2): counts with sums; `shade` 0–4 is how dark a cell is drawn."""

    columns: list
    rows: list = field(default_factory=list)
    total: int = 0


@dataclass
class Board:
    """All of the page; `cases` is what the person may see, narrowed by the filters, received in [since, until)."""

    company: object
    cases: object
    seen: object  # what the person may see, not narrowed: an earlier case outside of it is not spoken of
    since: dt.date
    until: dt.date
    at: dt.datetime
    link: object  # callable(**filters) -> query of the list that shows what a cell counts

    @property
    def last_day(self):
        return self.until - dt.timedelta(days=1)

    @cached_property
    def _policy(self):
        try:
            return rules_of(self.company, self.at.astimezone(SHANGHAI).date())
        except Refused:  # no policy in force: codes are shown as they are
            return None

    @cached_property
    def window(self):
        return self.cases.filter(received_at__gte=start_of(self.since), received_at__lt=start_of(self.until))

    @property
    def _unanswered_late(self):
        """Due by now and never answered: not in time, whatever comes."""
        return Q(state__in=RUNNING, due_at__lte=self.at, responded_at=None)

    @cached_property
    def _counted(self):
        """Counts of the window by class, department and handler together: one look at the cases for four tables."""
        late = self._unanswered_late
        rated = Q(rating__isnull=False)
        grouped = self.window.order_by().values("class_code", "department_id", "handler_id")
        return list(
            grouped.annotate(
                received=Count("pk"),
                open=Count("pk", filter=Q(state__in=OPEN)),
                overdue=Count("pk", filter=overdue(self.at)),
                on_time=Count("pk", filter=Q(answered_on_time=True)),
                judged=Count("pk", filter=Q(answered_on_time__isnull=False) | late),
                first_judged=Count("pk", filter=_first_judged(self.at)),
                first_on_time=Count("pk", filter=Q(first_answered_at__lte=F("first_answer_due_at"))),
                asked=Count("pk", filter=Q(asked_at__isnull=False)),
                rated=Count("pk", filter=rated),
                satisfied=Count("pk", filter=rated & Q(rating__in=SATISFIED)),
            )
        )

    @cached_property
    def totals(self):
        """Counts of the whole window."""
        return {name: sum(row[name] for row in self._counted) for name in COUNTS}

    @property
    def on_time(self):
        return figure(self.totals["on_time"], self.totals["judged"])

    @property
    def first_answer(self):
        return figure(self.totals["first_on_time"], self.totals["first_judged"])

    @property
    def handling(self):
        """Satisfaction with the handling: 4 or 5 of 5 among those who rated."""
        return figure(self.totals["satisfied"], self.totals["rated"])

    @cached_property
    def classes(self):
        names = {entry.code: str(entry) for entry in self._policy.classes} if self._policy else {}
        order = {code: place for place, code in enumerate(names)}
        found = self._shares("class_code", names, "class_code")
        return [line for code, line in sorted(found, key=lambda pair: order.get(pair[0], len(order)))]

    @cached_property
    def departments(self):
        names = {one.pk: str(one) for one in Department.objects.filter(company=self.company)}
        return _by_name(self._shares("department_id", names, "department"))

    @cached_property
    def people(self):
        """By name, never by result: this helps to share work out, it is no league table."""
        found = dict(self._shares("handler_id", {}, "handler"))
        ids = [pk for pk in list(found)[:MOST_PEOPLE] if pk]
        names = dict(Employee.objects.filter(pk__in=ids).values_list("pk", "name"))
        return _by_name([(pk, replace(found[pk], name=names[pk])) for pk in names])

    def _shares(self, column, names, filter_name):
        """[(key, Line)]; `filter_name` is what the list of cases calls the column."""
        sums = {}
        for row in self._counted:
            mine = sums.setdefault(row[column], [0, 0, 0])
            for place, name in enumerate(("on_time", "judged", "overdue")):
                mine[place] += row[name]
        return [
            (key, Line(names.get(key, key or "—"), figure(k, n), late, self._opens(filter_name, key)))
            for key, (k, n, late) in sums.items()
        ]

    def _opens(self, filter_name, key):
        return self.link(**{filter_name: key}) if key else ""

    @cached_property
    def places(self):
        """Praise has no problem and is left out."""
        counts = {
            (site, problem): count
            for site, problem, count in self.window.exclude(kind=Kind.PRAISE)
            .order_by()
            .values_list("site_id", "problem_type")
            .annotate(count=Count("pk"))
        }
        sites = {one.pk: str(one) for one in Site.objects.filter(company=self.company)}
        types = {entry.code: str(entry) for entry in self._policy.problem_types} if self._policy else {}
        return place_table(counts, sites, types, self.link)

    @cached_property
    def topics(self):
        """Topics of the newest window of `hot_days` against the three before, and twelve weeks as columns."""
        if self._policy is None:
            return []
        end, days = start_of(self.until), self._policy.hot_days
        newest, oldest = end - dt.timedelta(days=days), end - dt.timedelta(days=days * (1 + hot.BEFORE))
        weeks = {f"week{place}": _week(end, place) for place in range(WEEKS)}
        since = min(oldest, end - dt.timedelta(weeks=WEEKS))
        near = self.cases.filter(received_at__gte=since, received_at__lt=end, topics__isnull=False)
        rows = (
            near.order_by()
            .values(code=F("topics__code"))
            .annotate(
                now=Count("pk", filter=Q(received_at__gte=newest)),
                before=Count("pk", filter=Q(received_at__gte=oldest, received_at__lt=newest)),
                **{name: Count("pk", filter=match) for name, match in weeks.items()},
            )
        )
        by_code = {row["code"]: row for row in rows}
        names = self._topic_names
        first_day = f"{self.until - dt.timedelta(days=days)}"
        return [
            HotTopic(
                names.get(found.code, found.code),
                found.code,
                found,
                _weeks_of(by_code[found.code]),
                self.link(topic=found.code, since=first_day) if found.now else "",
            )
            for found in hot.trends([(code, row["now"], row["before"]) for code, row in by_code.items()])
        ]

    @cached_property
    def _topic_names(self):
        try:
            return {topic.code: str(topic) for topic in topics_of(self.company, self.until)}
        except Refused:
            return {}

    @property
    def hot_days(self):
        return self._policy.hot_days if self._policy else 0

    @cached_property
    def repeats(self):
        """Repeat complaints: how many cases of the window are one, and the newest pairs."""
        links = CaseLink.objects.filter(
            kind=CaseLink.Kind.REPEAT, second__in=self.window.values("pk"), first__in=self.seen.values("pk")
        )
        return {
            "count": links.values("second").distinct().count(),
            "pairs": list(
                links.select_related("first", "second").order_by("-second__received_at")[:MOST_REPEATS]
            ),
        }


def _first_judged(at):
    answered = Q(first_answered_at__isnull=False, first_answer_due_at__isnull=False)
    return answered | (FIRST_ANSWER_OPEN & Q(first_answer_due_at__lte=at))


def start_of(day):
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def _week(end, place):
    """The condition of week number `place`, 0 the oldest of WEEKS."""
    start = end - dt.timedelta(weeks=WEEKS - place)
    return Q(received_at__gte=start, received_at__lt=start + dt.timedelta(weeks=1))


def _weeks_of(row):
    return tuple(row[f"week{place}"] for place in range(WEEKS))


def figure(k, n):
    """Every case of the window is counted, so there is no least number to show it."""
    return Figure(*hot.share_figure(k, n))


def _by_name(found):
    return [
        line for key, line in sorted(found, key=lambda pair: pair[1].name) if line.figure.n or line.overdue
    ]


def place_table(counts, sites, types, link):
    """{(site id or None, problem code): count} → Places; only sites and types that occur, in their usual order."""
    used_types = {problem for site, problem in counts}
    columns = [(code, types[code]) for code in types if code in used_types]
    columns += [(code, code or "—") for code in sorted(used_types - set(types))]
    used_sites = {site for site, problem in counts}
    places = [(pk, name) for pk, name in sites.items() if pk in used_sites]
    places += [(None, "—")] if None in used_sites else []
    top = max(counts.values(), default=0)
    table = Places(columns=[name for code, name in columns])
    for pk, name in places:
        cells = [
            {
                "count": count,
                "shade": _shade(count, top),
                "query": link(site=pk, problem=code) if pk and code else "",
            }
            for code, column in columns
            for count in [counts.get((pk, code), 0)]
        ]
        table.rows.append({"name": name, "cells": cells, "total": sum(cell["count"] for cell in cells)})
    table.total = sum(row["total"] for row in table.rows)
    return table


def _shade(count, top):
    return 0 if not count else min(4, 1 + 4 * count // (top + 1))


def board_for(user, company, filters, at):
    """The Board of what this user may see; `filters` is the bound, valid form of the page."""
    cases = Case.objects.visible_to(user).filter(company=company).of_customers().exclude(state=State.MERGED)
    return Board(
        company, filters.narrow(cases), cases, filters.first_day, filters.end_day, at, filters.list_query
    )
