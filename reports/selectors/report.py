"""The monthly report as its page and its Excel file show it: from result rows and the frozen findings."""

from dataclasses import dataclass

from django.db.models import Q

from core.period import Period
from organization.models import Department, Site
from organization.selectors import assignment_on
from reports import rules, wording
from reports.models import MonthlyReport
from reports.selectors import charts, comments
from reports.selectors.figures import (
    OVERALL,
    Row,
    ScoreBook,
    axis_of,
    dimensions_of,
    is_shown,
    of_report,
    policy,
)
from reports.selectors.findings import drivers_of
from scoring.models import Close, SubjectKind
from scoring.selectors import figure

#: least complete answers for drivers (method §5): max(LEAST, PER_DIMENSION per dimension)
LEAST_COMPLETE, PER_DIMENSION = 100, 15


@dataclass(frozen=True)
class Page:
    """All that the report page shows."""

    report: MonthlyReport
    close: Close
    month: Period
    title: str
    overall: Row
    integers: str
    things: list
    dimensions: list
    departments: list
    sites: list
    axis: float
    place_axis: float
    trend: dict | None
    trend_finding: str
    trend_note: str
    importance: dict | None
    importance_finding: str
    drivers: list
    complete_missing: int
    comments: list
    rate: str
    has_hidden: bool
    counts_as: str


def report_of(user, company, month):
    """The company's report of a month if the user may see it, or None."""
    found = MonthlyReport.objects.visible_to(user).filter(company=company, period=str(month))
    related = "close__policy_version", "company", "submitted_by__employee", "reviewed_by"
    return found.select_related(*related).first()


def page_of(report):
    month, company = Period.parse(report.period), report.company
    book = ScoreBook.load(company, of_report(month))
    known = dimensions_of(company, month)
    departments = {department.pk: department for department in Department.objects.filter(company=company)}
    by_code = {department.code: department for department in departments.values()}
    named = {dimension.code: wording.named(dimension) for dimension in known}

    def name_of(finding):
        if "department_id" in finding:
            return wording.named(departments[finding["department_id"]])
        return named.get(finding["measure"], finding["measure"])

    overall = book.rows(
        month, [(wording.named(company), "", "", (SubjectKind.COMPANY, company.pk, OVERALL))]
    )[0]
    dimension_rows = book.rows(month, [_dimension(one, by_code, company) for one in known])
    drivers = drivers_of(report.close)
    counts_as = wording.counts_as(policy(company, "scoring", month))
    importance = _importance(drivers, dimension_rows, known, overall.score, counts_as)
    trend = charts.trend(
        book.trend(month, SubjectKind.COMPANY, company.pk), overall.score and overall.score.target_bp
    )
    places = _places(book, month, SubjectKind.DEPARTMENT, departments)
    sites = {site.pk: site for site in Site.objects.filter(company=company)}
    site_rows = _places(book, month, SubjectKind.SITE, sites)
    complete = report.quality.get("complete", 0)
    return Page(
        report=report,
        close=report.close,
        month=month,
        title=wording.title(report.findings, name_of),
        overall=overall,
        integers=_integers(overall.score),
        things=[
            wording.sentence(found, name_of, str(month.previous()))
            for found in rules.three_things(report.findings)
        ],
        dimensions=dimension_rows,
        departments=places,
        sites=site_rows,
        axis=axis_of([*dimension_rows, overall]),
        place_axis=axis_of([*places, *site_rows]),
        trend=trend,
        trend_finding=charts.trend_finding(trend) if trend else "",
        trend_note=charts.sizes(trend) if trend else "",
        importance=importance,
        importance_finding=charts.importance_finding(importance) if importance else "",
        drivers=drivers,
        complete_missing=max(max(LEAST_COMPLETE, PER_DIMENSION * len(known)) - complete, 0),
        comments=comments.of_answers(company, report.comments, named),
        rate=_rate(report.quality),
        counts_as=counts_as,
        has_hidden=any(row.figure.status == "suppressed" for row in [*places, *site_rows]),
    )


def _dimension(dimension, departments, company):
    owner = departments.get(dimension.owner)
    words = wording.named(dimension), wording.named(owner) if owner else ""
    return *words, "", (SubjectKind.COMPANY, company.pk, dimension.code)


def _places(book, month, kind, things):
    """Rows of departments or sites that have answers, by name's code, never by their score."""
    ids = [pk for pk in things if (score := book.get(month, kind, pk)) and score.n]
    ordered = sorted(ids, key=lambda pk: things[pk].code)
    return book.rows(month, [(wording.named(things[pk]), "", "", (kind, pk, OVERALL)) for pk in ordered])


def _integers(score):
    if not is_shown(score) or score.target_bp is None:
        return ""
    return wording.integer_comparison(score.k, score.n, score.target_bp)


def _importance(drivers, rows, known, overall, counts_as):
    by_code = {dimension.code: row for dimension, row in zip(known, rows, strict=True)}
    points = [
        (
            by_code[driver.measure].name,
            by_code[driver.measure].score.k,
            by_code[driver.measure].score.n,
            driver.share,
        )
        for driver in drivers
        if driver.measure in by_code and is_shown(by_code[driver.measure].score)
    ]
    return (
        charts.importance(points, overall.target_bp if overall else None, drivers[0].r_squared, counts_as)
        if points
        else None
    )


def _rate(quality):
    return wording.percent(quality["answered"], quality["asked"]) if quality.get("asked") else ""


def author_of(report):
    """'刘洋（客户服务部）' of a submitted report."""
    if report.submitted_by is None:
        return "", ""
    employee = getattr(report.submitted_by, "employee", None)
    place = assignment_on(employee.pk, report.submitted_at.date()) if employee else None
    return report.submitted_by.get_full_name(), wording.named(place.department) if place else ""


def list_of(user, company):
    """Reports with the company's overall figure, newest first."""
    reports = list(MonthlyReport.objects.visible_to(user).filter(company=company).select_related("close"))
    book = ScoreBook.load(company, _overall_of([report.period for report in reports], company))
    rows = []
    for report in reports:
        score = book.get(report.period, SubjectKind.COMPANY, company.pk)
        rows.append((report, figure(score)))
    return rows


def _overall_of(periods, company):
    return Q(period__in=periods, subject_kind=SubjectKind.COMPANY, subject_id=company.pk, measure=OVERALL)
