"""What an employee sees of their own month: score, rank with its doubt, what is near, what may be appealed."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Sum

from appeals.models import Appeal
from appeals.subjects import Windows
from core.period import SHANGHAI, Period, window
from core.templatetags.scores import Figure
from core.workdays import working_days_left
from incentives import rules as incentive_rules
from incentives.models import Decision, Rule
from incentives.triggers.rank_book import group_of
from incentives.wording import effects_text
from organization.models import Employee
from organization.selectors import assignment_on
from policies.models import Version
from reports import wording
from reports.selectors import comments
from reports.selectors.figures import (
    OVERALL,
    Row,
    ScoreBook,
    axis_of,
    dimensions_of,
    is_shown,
    of_subject,
    policy,
)
from scoring.models import Close, Composite, Standing, SubjectKind, Unfolding
from scoring.services.adjudication import Kind, corrected_at, in_force, of_company, overlaid
from scoring.services.composites import SURVEY
from scoring.statistics import streaks
from scoring.statistics.intervals import wilson

COMMENTS = 3
ENDS = ("top", "bottom")


@dataclass(frozen=True)
class Box:
    """One month of a streak: reached with a rank, paused, running or still to come."""

    month: Period
    state: str
    rank: int | None = None


@dataclass(frozen=True)
class Near:
    """How far a rule of the ranking is: months reached, what is still missing, what would follow."""

    rule: Rule
    boxes: list
    reached: int
    missing: int
    places: int
    effects: str
    least_n: int
    so_far: int | None
    is_complete: bool


@dataclass(frozen=True)
class Objection:
    """A thing that may be objected to, and until when."""

    title: str
    kind: str
    until: dt.datetime | None
    days_left: int
    is_open: bool
    url_id: int | None = None
    score: object = None
    month: str = ""
    appeal: Appeal | None = None


@dataclass(frozen=True)
class Part:
    name: str
    source: str
    value: object
    weight: str
    counted: object


@dataclass(frozen=True)
class After:
    """The composite with the score that an appeal corrected: k of n, that part, and the sum; None when incomplete."""

    k: int
    n: int
    survey: float
    total: float | None


@dataclass(frozen=True)
class Page:
    employee: Employee
    place: object
    month: Period
    close: Close | None
    overall: Row
    figure: Figure
    standing: Standing | None
    peers: int
    is_indistinct: bool
    near: Near | None
    bottom: Near | None
    dimensions: list
    axis: float
    comments: list
    comment_count: int
    objections: list
    composite: Composite | None
    counts_as: str
    parts: list = field(default_factory=list)
    corrected: dict | None = None
    composite_after: After | None = None


def page_of(employee, month, close, *, at):
    company = employee.company
    book = ScoreBook.load(company, of_subject(month, SubjectKind.EMPLOYEE, employee.pk))
    key = SubjectKind.EMPLOYEE, employee.pk
    known = dimensions_of(company, month)
    overall = book.rows(month, [(employee.name, "", "", (*key, OVERALL))])[0]
    rows = book.rows(month, [(wording.named(one), "", "", (*key, one.code)) for one in known])
    standings = counted_standings(employee, month)
    standing = Standing.objects.filter(employee=employee, period=str(month)).select_related("ranking").first()
    share, peers = _peers(standing)
    near, bottom = nears_of(employee, month, standings, at)
    shown = is_shown(overall.score)
    texts = said_about(employee, month) if shown else None
    composite = Composite.objects.filter(employee=employee, period=str(month)).first()
    return Page(
        employee=employee,
        place=assignment_on(employee.pk, month.last_day),
        month=month,
        close=close,
        overall=overall,
        figure=_own_figure(overall, standing, share),
        standing=standing,
        peers=peers,
        is_indistinct=is_indistinct(standing),
        near=near,
        bottom=bottom,
        dimensions=rows,
        axis=axis_of([*rows, overall]),
        comments=comments.page_of(texts, company, size=COMMENTS) if texts is not None else [],
        comment_count=texts.count() if texts is not None else 0,
        objections=objections_of(employee, month, book, at),
        composite=composite,
        counts_as=wording.counts_as(policy(company, "scoring", month)),
        parts=_parts(composite),
        corrected=_corrected(Kind.STANDING, standing, month),
        composite_after=composite_after(composite, _corrected(Kind.SCORE, overall.score, month)),
    )


def _corrected(kind, row, month):
    """The row's figures after an appeal beside the first ones; None where none were made or too few are left."""
    if row is None:
        return None
    figures = in_force(row.company_id, kind, [row.pk]).get(row.pk)
    scoring = policy(row.company, "scoring", month)
    if figures is None or scoring is None or figures["n"] < scoring.low_n:
        return None
    return figures


def composite_after(composite, figures):
    if composite is None or figures is None:
        return None
    survey = 100 * figures["k"] / figures["n"]
    total = None
    if composite.is_complete:
        total = sum(
            (survey if entry["part"] == SURVEY else float(entry["value"])) * entry["weight_bp"] / 10_000
            for entry in composite.parts
        )
    return After(figures["k"], figures["n"], survey, total)


def said_about(employee, month):
    return comments.counted_texts(employee.company_id, month, employee_id=employee.pk)


def standings_of(employee, month):
    """The last year's standings by month, each with its ranking."""
    months = [str(one) for one in window(month, 12)]
    found = Standing.objects.filter(employee=employee, period__in=months).select_related("ranking")
    return {standing.period: standing for standing in found}


def counted_standings(employee, month):
    """The same; what an appeal corrected counts as corrected."""
    found = standings_of(employee, month).values()
    return {row.period: row for row in overlaid(found, of_company(employee.company_id))}


def _own_figure(row, standing, share):
    """The share that ranks people (the policy's collection modes) when there is one, else the whole score."""
    figure = row.figure
    if standing is not None and standing.n and is_shown(row.score):
        low, high = wilson(standing.k, standing.n)
        return Figure(standing.k, standing.n, low, high, figure.status, peer=share)
    return Figure(figure.k, figure.n, figure.low, figure.high, figure.status, peer=share)


def _peers(standing):
    """(pooled share of everybody else in the ranking, how many they are)."""
    if standing is None:
        return None, 0
    others = Standing.objects.filter(ranking=standing.ranking_id, status=Standing.Status.RANKED)
    others = others.exclude(pk=standing.pk)
    sums = others.aggregate(k=Sum("k"), n=Sum("n"))
    return (sums["k"] / sums["n"] if sums["n"] else None), others.count()


def is_indistinct(standing):
    if standing is None or not standing.rank_low:
        return False
    return 2 * (standing.rank_high - standing.rank_low + 1) > standing.ranking.eligible


def nears_of(employee, month, standings, at):
    """(Near of the top, Near of the bottom), each None without a rule in force or a place in the month."""
    standing = standings.get(str(month))
    rules = _rules(employee, month.last_day) if standing is not None else {}
    if not rules:
        return None, None
    ranking = policy(employee.company, "ranking", month)
    used = _used_through(employee, rules.values())
    next_month = month.next()
    so_far = _so_far(employee, next_month, ranking.modes) if next_month == Period.month_of(at) else None
    known = {"used": used, "so_far": so_far, "standing": standing, "ranking": ranking}
    return tuple(_near(rules.get(place), place, month, standings, **known) for place in ENDS)


def _rules(employee, day):
    """{end of the ranking: the rule of the policy in force that a streak there would set off}."""
    versions = Version.objects.in_force(day).filter(company_id=employee.company_id)
    found = Rule.objects.filter(version__in=versions, trigger="rank_streak", is_active=True)
    by_place = {}
    for rule in found.select_related("clause"):
        by_place.setdefault(rule.params.get("place"), rule)
    return by_place


def _near(rule, place, month, standings, *, used, so_far, standing, ranking):
    if rule is None:
        return None
    found = streaks.streak(
        [month_standing(one, place) for one in standings.values()],
        length=ranking.streak_length,
        max_pauses=ranking.max_pauses,
        used_through=used.get(rule.code),
    )
    return Near(
        rule=rule,
        boxes=_boxes(found, standings, month, ranking.streak_length, so_far is not None),
        reached=len(found.window),
        missing=found.missing,
        places=standing.ranking.places,
        effects=effects_text(rule.effects),
        least_n=ranking.rank_min_n,
        so_far=so_far,
        is_complete=found.state == "complete",
    )


def month_standing(standing, place):
    hit = streaks.Standing.HIT if standing.place == place else streaks.Standing.MISS
    known = {"insufficient": streaks.Standing.INSUFFICIENT, "not_eligible": streaks.Standing.NOT_ELIGIBLE}
    number = Period.parse(standing.period).number
    return streaks.MonthStanding(number, group_of(standing.ranking), known.get(standing.status, hit))


def _used_through(employee, rules):
    """{rule code: the last month of the latest window that had its effect}."""
    decisions = Decision.objects.filter(employee=employee, rule_code__in=[rule.code for rule in rules])
    used = {}
    for code, occurrence in decisions.exclude(state__in=Decision.DEAD).values_list("rule_code", "occurrence"):
        months = incentive_rules.months_of(occurrence)
        if months and incentive_rules.owner_of(employee.pk, occurrence) == employee.pk:
            used[code] = max(*months, used.get(code, 0))
    return used


def _boxes(found, standings, month, length, is_now):
    boxes = []
    for number in sorted([*found.window, *found.pauses]):
        one = Period("month", number)
        state = "on" if number in found.window else "pause"
        boxes.append(Box(one, state, standings[str(one)].rank))
    for step in range(1, found.missing + 1):
        boxes.append(Box(month.next(step), "now" if step == 1 and is_now else "open"))
    return boxes[: length + len(found.pauses)]


def _so_far(employee, month, modes):
    counted = Unfolding.objects.filter(company_id=employee.company_id, month=str(month), is_counted=True)
    return counted.filter(answer__employee=employee, answer__mode__in=modes).count()


def objections_of(employee, month, book, at):
    """Decisions that may be appealed and the scores of two months, each with its last day and the appeal there is."""
    decisions = Decision.objects.filter(employee=employee, appeal_until__isnull=False).exclude(
        state__in=Decision.DEAD
    )
    known = {
        (one.subject, one.object_id): one
        for one in Appeal.objects.filter(employee=employee).exclude(state=Appeal.State.WITHDRAWN)
    }
    found = [
        _of_decision(decision, at, known)
        for decision in decisions.select_related("rule__clause").order_by("-appeal_until")[:3]
    ]
    months = [str(month), str(month.previous())]
    closes = {
        close.period: close
        for close in Close.objects.filter(company_id=employee.company_id, period__in=months)
    }
    windows = Windows(employee.company)
    for period in months:
        score = book.get(period, SubjectKind.EMPLOYEE, employee.pk)
        if score is not None and score.n and period in closes and closes[period].scored_at:
            until = windows.of(closes[period], corrected_at(score.company_id, Kind.SCORE, score.pk))
            found.append(_of_score(score, until, at, known))
    return found


def _of_decision(decision, at, known):
    return Objection(
        title=effects_text(decision.effects, decision.counts_for),
        kind="decision",
        until=decision.appeal_until,
        days_left=_days_left(decision.appeal_until, at),
        is_open=at < decision.appeal_until,
        url_id=decision.pk,
        appeal=known.get(("decision", decision.pk)),
    )


def _of_score(score, until, at, known):
    return Objection(
        title="",
        kind="score",
        until=until,
        days_left=_days_left(until, at),
        is_open=at < until,
        url_id=score.pk,
        score=score if is_shown(score) else None,
        month=score.period,
        appeal=known.get(("score", score.pk)),
    )


def _days_left(until, at):
    return working_days_left(at, (until - dt.timedelta(seconds=1)).astimezone(SHANGHAI).date())


def _parts(composite):
    """The parts of the composite in the policy's order: value × weight, and where it comes from."""
    return [_part(entry) for entry in composite.parts] if composite else []


def _part(entry):
    value, weight = entry.get("value"), entry["weight_bp"]
    english = entry.get("name_en") if wording.is_english() else ""
    return Part(
        name=english or entry.get("name") or entry["part"],
        source=entry.get("source") or "",
        value=None if value is None else f"{float(value):.1f}",
        weight=f"{weight / 100:g}%",
        counted=None if value is None else f"{float(value) * weight / 10_000:.1f}",
    )
