"""The monthly report of a large company: the whole page, against plain SQL over the cells that fetches its numbers.

The floor asks the cells for what the page shows: company, departments and projects in two months, the dimensions of
the company, and a year of the overall share. It renders nothing. The page reads result rows, renders the staff frame
and goes through the middleware; its cost must not follow the number of cells.
"""

import datetime as dt
import gc
import statistics
import time

from django.db import connection
from django.test import Client

from accounts.models import User
from core.period import Period, window
from organization.models import Company, Department, Grant, Role, Site
from policies.models import Document, Version
from reports.models import MonthlyReport
from scoring.models import Cell, Close, Score, SubjectKind
from scoring.statistics.intervals import score_status, wilson

MONTH = Period.parse("2026-10")
DIMENSIONS = ("attitude", "accuracy", "ease", "aftersales")
SHARES = {5: 5, 4: 3, 3: 2, 2: 1, 1: 1}
TARGET_BP = 9000
START = dt.date(2024, 1, 1)
SATISFIED = "SUM(CASE WHEN value >= 4 THEN count ELSE 0 END), SUM(count)"
QUERIES = (
    f"SELECT period, measure, {SATISFIED} FROM scoring_cell WHERE company_id = %s AND period IN (%s, %s)"
    " GROUP BY period, measure",
    f"SELECT period, department_id, {SATISFIED} FROM scoring_cell WHERE company_id = %s AND period IN (%s, %s)"
    " AND measure = 'overall' GROUP BY period, department_id",
    f"SELECT period, site_id, {SATISFIED} FROM scoring_cell WHERE company_id = %s AND period IN (%s, %s)"
    " AND measure = 'overall' GROUP BY period, site_id",
)
YEAR = (
    f"SELECT period, {SATISFIED} FROM scoring_cell WHERE company_id = %s AND measure = 'overall'"
    " AND period BETWEEN %s AND %s GROUP BY period"
)


def rows(quick):
    report = build(departments=12 if quick else 30, employees=240 if quick else 600)
    client, path = reader_of(report.company), f"/reports/{report.period}/"
    if client.get(path).status_code != 200:
        raise RuntimeError("the report page does not open")
    page, floor = by_turns(lambda: client.get(path), lambda: plain_sql(report.company_id), 8 if quick else 25)
    cells = Cell.objects.filter(company=report.company).count()
    name = f"report page, {cells:,} cells"
    return [{"name": name, "unit": "ms", "value": page, "floor": floor, "ratio": page / floor, "goal": 3.0}]


def plain_sql(company_id):
    both, year = (str(MONTH), str(MONTH.previous())), window(MONTH, 12)
    with connection.cursor() as cursor:
        for sql in QUERIES:
            cursor.execute(sql, [company_id, *both])
            cursor.fetchall()
        cursor.execute(YEAR, [company_id, str(year[0]), str(year[-1])])
        return cursor.fetchall()


def by_turns(product, floor, count):
    """Medians in ms of A B A B …; the first two rounds warm up."""
    times = ([], [])
    gc.disable()
    try:
        for turn in range(count + 2):
            for act, kept in zip((product, floor), times, strict=True):
                began = time.perf_counter()
                act()
                if turn >= 2:
                    kept.append(1000 * (time.perf_counter() - began))
    finally:
        gc.enable()
    return tuple(statistics.median(kept) for kept in times)


def build(departments, employees):
    """A company with a year of cells, its result rows added up from them, and a submitted report."""
    company = Company.objects.create(code="bench-report", name="测量公司", opened_on=START)
    version = policy_of(company)
    units = [
        Department.objects.create(company=company, code=f"d{n:02d}", name=f"分部 {n}")
        for n in range(departments)
    ]
    sites = [Site.objects.create(company=company, code=f"s{n}", name=f"项目 {n}") for n in range(4)]
    for period in window(MONTH, 12):
        Cell.objects.bulk_create(cells_of(company, str(period), units, sites, employees), batch_size=5000)
        score(company, period, version)
    close = Close.objects.get(company=company, period=str(MONTH))
    at = dt.datetime(2026, 11, 1, 3, tzinfo=dt.UTC)
    return MonthlyReport.objects.create(
        company=company,
        close=close,
        number=f"YB-{MONTH}",
        period=str(MONTH),
        state=MonthlyReport.State.SUBMITTED,
        findings=[{"code": "overall", "k": 8, "n": 12, "verdict": "clearly_below", "target_bp": TARGET_BP}],
        quality={
            "asked": 0,
            "answered": 0,
            "received": 0,
            "counted": 0,
            "excluded": 0,
            "late": 0,
            "complete": 0,
        },
        drafted_at=at,
        submitted_at=at,
    )


def policy_of(company):
    document = Document.objects.create(company=company, code="rewards", number="1", title="办法")
    dimensions = [{"code": code, "name": code, "owner": "d00"} for code in DIMENSIONS]
    scoring = {
        "metric": "top_two",
        "satisfied": [4, 5],
        "basic": [3, 4, 5],
        "ok_n": 30,
        "low_n": 10,
        "level_bp": 9500,
    }
    return Version.objects.create(
        document=document,
        company=company,
        label="1",
        state=Version.State.PUBLISHED,
        effective_from=START,
        content={"dimensions": dimensions, "scoring": scoring},
        checksum="-",
    )


def cells_of(company, period, units, sites, employees):
    for employee in range(1, employees + 1):
        unit, site = units[employee % len(units)], sites[employee % len(sites)]
        for measure in ("overall", *DIMENSIONS):
            for value, count in SHARES.items():
                yield Cell(
                    company=company,
                    period=period,
                    employee_id=employee,
                    department_id=unit.pk,
                    site_id=site.pk,
                    mode="web",
                    measure=measure,
                    value=value,
                    count=count + employee % 2,
                )


def score(company, period, version):
    """The result rows of a month, as the close would write them."""
    close = Close.objects.create(
        company=company,
        kind="month",
        period=str(period),
        cutoff_on=period.last_day,
        state=Close.State.REPORTED,
        policy_version=version,
        scored_at=period.ends_at,
        checksum="-" * 12,
    )
    places = {
        SubjectKind.COMPANY: "company_id",
        SubjectKind.DEPARTMENT: "department_id",
        SubjectKind.SITE: "site_id",
    }
    for kind, column in places.items():
        with connection.cursor() as cursor:
            sql = f"SELECT {column}, measure, {SATISFIED} FROM scoring_cell WHERE company_id = %s AND period = %s"
            cursor.execute(f"{sql} GROUP BY {column}, measure", [company.pk, str(period)])
            found = cursor.fetchall()
        Score.objects.bulk_create([result_row(close, kind, *row) for row in found])


def result_row(close, kind, subject, measure, k, n):
    low, high = wilson(k, n)
    return Score(
        close=close,
        company_id=close.company_id,
        period=close.period,
        subject_kind=kind,
        subject_id=subject,
        measure=measure,
        metric="top_two",
        k=k,
        n=n,
        value=k / n,
        low=low,
        high=high,
        status=score_status(n),
        target_bp=TARGET_BP,
        verdict="clearly_below",
    )


def reader_of(company):
    user = User.objects.create(username="bench-reader", name="测量")
    role = Role.objects.create(
        company=company,
        code="reader",
        name="reader",
        reach=Role.Reach.COMPANY,
        verbs=["core.home", "reports.view"],
    )
    Grant.objects.create(user=user, role=role, starts_on=START)
    client = Client()
    client.force_login(user)
    return client
