"""What would have become of a streak, had the answers been others: the same rule on the frozen counts."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.period import Period
from core.templatetags.manyi import month_short
from incentives.triggers.base import setting
from organization.models import Site
from reports import wording
from scoring.models import Cell, Ranking, Standing
from scoring.rules import SATISFIED
from scoring.services.adjudication import of_company, overlaid
from scoring.statistics import gate
from scoring.statistics.ranking import bottom_places, rank_by_share, top_places

PLACES = {"top": top_places, "bottom": bottom_places}
DIRECTIONS = {"top": "better", "bottom": "worse"}


@dataclass(frozen=True)
class Scenario:
    """One hypothesis, recomputed: does the rule still hold, and on which figures."""

    title: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Books:
    """The frozen rows a case rests on."""

    case: object
    evidence: dict
    policy: object
    months: dict

    @property
    def place(self):
        return self.evidence["place"]

    @property
    def last(self):
        return self.evidence["months"][-1]

    def is_inside(self, month, rows):
        """Whether the employee stands inside the places at their end of the ranking, with these counts."""
        return self.case.employee_id in PLACES[self.place](rows, month["places"])

    def rows(self, month, k, n):
        """(employee, k, n) of everybody ranked in the month, the employee's own counts replaced."""
        others = [row for row in self.months[month["period"]] if row[0] != self.case.employee_id]
        return [*others, (self.case.employee_id, k, n)]


def read(case):
    """Books of a streak case, or None for another kind of evidence."""
    if case.evidence.get("kind") != "rank_streak":
        return None
    periods = [month["period"] for month in case.evidence["months"]]
    rankings = Ranking.objects.filter(
        company_id=case.company_id, post_id=case.evidence["post_id"], period__in=periods
    )
    months = {period: [] for period in periods}
    for row in ranked_rows(rankings, _figures(case)):
        months[row.period].append((row.employee_id, row.k, row.n))
    return Books(
        case, case.evidence, setting(case.rule.version, "ranking", Period.parse(periods[-1])), months
    )


def ranked_rows(rankings, figures=None):
    """Everybody ranked in these rankings, by employee; `figures` are the adjudicated ones to count with."""
    rows = Standing.objects.filter(ranking__in=rankings).select_related("ranking").order_by("employee_id")
    return [row for row in overlaid(rows, figures or {}) if row.status == Standing.Status.RANKED]


def same_rank(standing, others):
    """Whether the rank recomputed from the frozen counts is the one that was given."""
    rows = [(row.employee_id, row.k, row.n) for row in [*others, standing]]
    ranked = rank_by_share(rows)
    return any(row.id == standing.employee_id and row.rank == standing.rank for row in ranked)


def _figures(case):
    """What appeals had corrected by the time the case was found."""
    until = case.evidence.get("adjudicated_until")
    return of_company(case.company_id, dt.datetime.fromisoformat(until)) if until else {}


def scenarios(books, *, changed=None):
    """What is shown beside the chain; `changed` is the reader's own number of answers in the last month."""
    found = [*_without_a_site(books), *_least_change(books)]
    if changed:
        found.append(_changed(books, changed))
    return found


def agrees(books):
    """Whether ranks recomputed from the frozen counts are those the case was built on."""
    return all(
        any(
            row.id == books.case.employee_id and row.rank == month["rank"]
            for row in rank_by_share(books.months[month["period"]])
        )
        and books.is_inside(month, books.months[month["period"]])
        for month in books.evidence["months"]
    )


def _least_change(books):
    """The fewest answers of the last month that would have had to be other, and one fewer."""
    room = _room(books)
    turning = next((count for count in range(1, room + 1) if not _holds(books, count)), None)
    if turning is None:
        return [_changed(books, room)] if room else []
    return [_changed(books, count) for count in (turning - 1, turning) if count]


def _room(books):
    last = books.last
    return last["n"] - last["k"] if books.place == "bottom" else last["k"]


def _after(books, count):
    last = books.last
    return last["k"] + count if books.place == "bottom" else last["k"] - count


def _holds(books, count):
    return books.is_inside(books.last, books.rows(books.last, _after(books, count), books.last["n"]))


def _changed(books, count):
    count = min(count, _room(books))
    last, k = books.last, _after(books, count)
    ranked = rank_by_share(books.rows(last, k, last["n"]))
    rank = next(row.rank for row in ranked if row.id == books.case.employee_id)
    values = {
        "month": month_short(last["period"]),
        "count": count,
        "k": k,
        "n": last["n"],
        "rank": rank,
        "places": last["places"],
    }
    holds = books.is_inside(last, books.rows(last, k, last["n"]))
    if books.place == "bottom":
        title = _("%(count)s more satisfied in %(month)s") % values
        still = _("%(k)s / %(n)s, place %(rank)s, still among the last %(places)s")
    else:
        title = _("%(count)s fewer satisfied in %(month)s") % values
        still = _("%(k)s / %(n)s, place %(rank)s, still among the first %(places)s")
    text = still if holds else _("%(k)s / %(n)s, place %(rank)s: not all months in a row")
    return Scenario(title, holds, text % values)


def _without_a_site(books):
    """The place that speaks most for the case, left out in every month; never a place with answers too few to show."""
    counts = _by_site(books)
    if len(counts) < 2:
        return []
    sums = {
        site: (sum(k for k, n in months.values()), sum(n for k, n in months.values()))
        for site, months in counts.items()
    }
    shown = sorted(site for site in sums if sums[site][1] >= books.policy.rank_min_n)
    if not shown:
        return []
    pick = min if books.place == "bottom" else max
    site_id = pick(shown, key=lambda site: sums[site][0] / sums[site][1])
    site = Site.objects.filter(pk=site_id).first()
    values = {"site": wording.named(site) if site else _("no place"), "count": sums[site_id][1]}
    title = _("Without the %(count)s answers of %(site)s") % values
    return [_recomputed(books, title, counts[site_id])]


def _by_site(books):
    """{site id: {period: (k, n)}} of the employee's answers in the window, in the ranking's collection modes."""
    cells = Cell.objects.filter(
        company_id=books.case.company_id,
        employee_id=books.case.employee_id,
        period__in=list(books.months),
        measure=SATISFIED,
        mode__in=books.evidence["modes"],
        count__gt=0,
    )
    found = {}
    for site, period, value, count in cells.values_list("site_id", "period", "value").annotate(
        total=Sum("count")
    ):
        k, n = found.setdefault(site, {}).get(period, (0, 0))
        found[site][period] = (k + count * value, n + count)
    return found


def _recomputed(books, title, minus):
    """Every month and the gate again, with some answers left out."""
    left = []
    for month in books.evidence["months"]:
        k, n = minus.get(month["period"], (0, 0))
        left.append((month, month["k"] - k, month["n"] - n))
    total_k, total_n = sum(k for _month, k, _n in left), sum(n for _month, _k, n in left)
    if any(n < books.policy.rank_min_n for _month, _k, n in left):
        detail = _("too few answers would be left in one of the months to be ranked")
        return Scenario(title, False, detail)
    inside = all(books.is_inside(month, books.rows(month, k, n)) for month, k, n in left)
    peers = books.evidence["peers"]
    verdict = gate.evidence_gate(
        gate.Share(total_k, total_n),
        gate.Share(peers["k"], peers["n"]),
        group_size=peers["members"] + 1,
        direction=DIRECTIONS[books.place],
        alpha=books.policy.alpha,
    )
    values = {
        "k": total_k,
        "n": total_n,
        "share": wording.percent(total_k, total_n),
        "bound": f"{100 * verdict.bound:.1f}%",
    }
    if not inside:
        return Scenario(title, False, _("%(k)s / %(n)s (%(share)s): not all months in a row") % values)
    needed = books.case.rule.evidence == "required"
    text = (
        _("%(k)s / %(n)s (%(share)s), at most %(bound)s")
        if books.place == "bottom"
        else _("%(k)s / %(n)s (%(share)s), at least %(bound)s")
    )
    return Scenario(title, verdict.distinguishable or not needed, text % values)
