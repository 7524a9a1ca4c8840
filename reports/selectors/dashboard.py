"""A department as its head sees it: distance to target, dimensions, team, year, customers' words."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.period import Period
from organization.models import Department, Post
from organization.scopes import reach_of, with_descendants
from reports import rules, wording
from reports.selectors import charts, comments
from reports.selectors.figures import (
    OVERALL,
    Row,
    ScoreBook,
    axis_of,
    counts_of,
    dimensions_of,
    is_shown,
    of_subject,
    policy,
)
from scoring.models import Close, Score, Standing, SubjectKind
from scoring.selectors import BEYOND_998, funnel

COMMENTS = 3
VERB = "reports.dashboard"


@dataclass(frozen=True)
class Member:
    """One line of the table under the funnel: own department only."""

    name: str
    figure: object
    zone: str


@dataclass(frozen=True)
class Page:
    department: Department
    month: Period
    close: Close | None
    title: str
    overall: Row
    change_text: str
    dimensions: list
    axis: float
    funnel: dict | None
    funnel_finding: str
    funnel_months: list
    members: list
    trend: dict | None
    trend_finding: str
    trend_sizes: str
    comments: list
    comment_count: int
    counts_as: str


def departments_for(user, company):
    """Departments whose dashboard the user may open, those they head themselves first come as they are coded."""
    reach = reach_of(user, VERB)
    found = Department.objects.filter(company=company, closed_on=None)
    if company.pk in reach.company_ids:
        return list(found)
    return list(found.filter(pk__in=reach.department_ids))


def answered_first(departments, month):
    """The same departments, those with answers in the month before those without, otherwise in their order."""
    scores = Score.objects.filter(
        subject_kind=SubjectKind.DEPARTMENT,
        subject_id__in=[one.pk for one in departments],
        period=str(month),
        measure=OVERALL,
        n__gt=0,
    )
    answered = set(scores.values_list("subject_id", flat=True))
    return sorted(departments, key=lambda one: one.pk not in answered)


def page_of(department, month, close):
    company = department.company
    book = ScoreBook.load(company, of_subject(month, SubjectKind.DEPARTMENT, department.pk))
    known = dimensions_of(company, month)
    key = SubjectKind.DEPARTMENT, department.pk
    overall = book.rows(month, [(wording.named(department), "", "", (*key, OVERALL))])[0]
    rows = book.rows(month, [(wording.named(one), "", "", (*key, one.code)) for one in known])
    mine = with_descendants({department.pk}, company.pk)
    team, months = _team(company, month, mine)
    drawn = charts.funnel(team, mine, len(months)) if team else None
    trend = charts.trend(book.trend(month, *key), overall.score.target_bp if overall.score else None)
    texts = said_about(department, month, mine) if is_shown(overall.score) else None
    return Page(
        department=department,
        month=month,
        close=close,
        title=title_of(overall.score, month),
        overall=overall,
        change_text=_change_text(book, overall, month, key),
        dimensions=rows,
        axis=axis_of([*rows, overall]),
        funnel=drawn,
        funnel_finding=charts.funnel_finding(drawn) if drawn else "",
        funnel_months=months,
        members=_members(team, mine) if team else [],
        trend=trend,
        trend_finding=charts.trend_finding(trend) if trend else "",
        trend_sizes=charts.sizes(trend) if trend else "",
        comments=comments.page_of(texts, company, size=COMMENTS) if texts is not None else [],
        comment_count=texts.count() if texts is not None else 0,
        counts_as=wording.counts_as(policy(company, "scoring", month)),
    )


def said_about(department, month, mine=None):
    """Texts of the department's counted answers; the caller has checked that there are enough to show any."""
    ids = with_descendants({department.pk}, department.company_id) if mine is None else mine
    return comments.counted_texts(department.company_id, month, department_id__in=ids)


def title_of(score, month):
    """The conclusion: how many customers from the target, in whole customers."""
    if score is None or not score.n:
        return _("No answers yet in this month")
    if not is_shown(score):
        return _("Not enough answers in this month to show a score")
    if score.target_bp is None:
        return _("%(k)s of %(n)s customers are satisfied") % {"k": score.k, "n": score.n}
    missing = rules.still_missing(score.k, score.n, score.target_bp)
    values = {"count": missing, "target": wording.target(score.target_bp)}
    if missing:
        return (
            ngettext(
                "%(count)s more satisfied customer, and the target of %(target)s is met",
                "%(count)s more satisfied customers, and the target of %(target)s is met",
                missing,
            )
            % values
        )
    values["count"] = score.k - rules.needed(score.n, score.target_bp)
    if not values["count"]:
        return _("The target of %(target)s is just met") % values
    return (
        ngettext(
            "The target of %(target)s is met, by %(count)s customer more than needed",
            "The target of %(target)s is met, by %(count)s customers more than needed",
            values["count"],
        )
        % values
    )


def _change_text(book, overall, month, key):
    before = book.get(month.previous(), *key)
    if counts_of(overall.score) is None or counts_of(before) is None:
        return ""
    return f"{before.k} / {before.n}, {wording.percent(before.k, before.n)}"


def _team(company, month, mine):
    """(scoring's Funnel of the post most of the department holds, months) or (None, [])."""
    posts = Standing.objects.filter(company=company, period=str(month), department_id__in=mine)
    held = Counter(posts.values_list("ranking__post_id", flat=True))
    if not held:
        return None, []
    length = policy(company, "ranking", month).streak_length
    post = Post.objects.get(pk=min(held, key=lambda pk: (-held[pk], pk)))
    found = funnel(company, month, length, post)
    if not found.share or found.share == 1 or not found.points:
        return None, []
    return found, [month.previous(step) for step in range(length - 1, -1, -1)]


def _members(found, mine):
    """The department's own people by name, never by score."""
    rows = []
    for point in sorted(found.points, key=lambda point: (point.name, point.employee_id)):
        if point.department_id in mine:
            zone = "" if point.zone != BEYOND_998 else "below" if point.share < found.share else "above"
            rows.append(Member(point.name, point, zone))
    return rows
