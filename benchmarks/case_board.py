"""The board of 100,000 cases: the whole page, against plain SQL that counts what the page shows.

The floor groups the cases by state, class, department, handler, place × problem and topic with the same bounds of
time; it renders nothing and asks nobody's rights. The page must not need more statements for more cases.
"""

import datetime as dt
import itertools

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from benchmarks.report_page import by_turns
from complaints.models import Case, CaseTopic
from core.period import SHANGHAI
from organization.models import Assignment, Department, Employee, Grant, Post, Role, Site
from policies.services import set_up

DAYS = 90
TYPES = ("attitude", "waiting", "information", "contract", "money", "handover", "repair", "other")
TOPICS = (
    "waiting",
    "manner",
    "refund",
    "price",
    "listing",
    "loan",
    "handover",
    "repair",
    "parking",
    "callback",
)
CLASSES = ("simple", "general", "complex")
START = dt.date(2024, 1, 1)


def rows(quick):
    count = 10_000 if quick else 100_000
    company, user = build(1_000)
    few = statements(user)
    fill(company, count - 1_000)
    many = statements(user)
    if many != few:
        raise RuntimeError(f"the board needs {many} statements for {count} cases, {few} for 1,000")
    client = client_of(user)
    page, floor = by_turns(
        lambda: client.get("/cases/board/"), lambda: plain_sql(company.pk), 5 if quick else 9
    )
    name = f"board of {count:,} cases, {many} statements"
    return [{"name": name, "unit": "ms", "value": page, "floor": floor, "ratio": page / floor, "goal": 3.0}]


def plain_sql(company_id):
    since = timezone.now() - dt.timedelta(days=DAYS)
    late = "SUM(CASE WHEN answered_on_time THEN 1 ELSE 0 END), COUNT(answered_on_time)"
    where = "WHERE company_id = %s AND kind <> 'report' AND state <> 'merged' AND received_at >= %s"
    with connection.cursor() as cursor:
        for columns in (
            "state",
            "class_code",
            "department_id",
            "handler_id",
            "site_id, problem_type",
            "rating",
        ):
            cursor.execute(
                f"SELECT {columns}, COUNT(*), {late} FROM complaints_case {where} GROUP BY {columns}",
                [company_id, since],
            )
            cursor.fetchall()
        cursor.execute(
            "SELECT t.code, COUNT(*), SUM(CASE WHEN c.received_at >= %s THEN 1 ELSE 0 END) FROM complaints_casetopic t"
            f" JOIN complaints_case c ON c.id = t.case_id {where.replace('WHERE ', 'WHERE c.')} GROUP BY t.code",
            [since, company_id, timezone.now() - dt.timedelta(days=112)],
        )
        return cursor.fetchall()


def build(count):
    company = set_up(
        "realestate_rewards", unit="bench-board", name="测量公司", by=None, at=timezone.now()
    ).version.company
    for number in range(6):
        Site.objects.create(company=company, code=f"s{number}", name=f"项目 {number}")
    department = Department.objects.get(company=company, code="service")
    post = Post.objects.get(company=company, code="service")
    for number in range(12):
        employee = Employee.objects.create(
            company=company, number=f"B{number:03d}", name=f"专员 {number}", joined_on=START
        )
        Assignment.objects.create(employee=employee, department=department, post=post, starts_on=START)
    user = User.objects.create(username="bench-board")
    user.set_unusable_password()
    user.save()
    role = Role.objects.get(company=company, code="service")
    Grant.objects.create(user=user, role=role, starts_on=START)
    fill(company, count)
    return company, user


_numbers = itertools.count(1)


def fill(company, count):
    """Cases spread over 120 days, nine of ten answered; one or two topics each."""
    sites, units = list(company.sites.all()), list(company.departments.all())
    people = list(Employee.objects.filter(company=company))
    now = timezone.now().astimezone(SHANGHAI)
    made = Case.objects.bulk_create(
        [one_case(company, next(_numbers), now, sites, units, people) for _ in range(count)], batch_size=2000
    )
    CaseTopic.objects.bulk_create(
        [
            CaseTopic(case=case, code=TOPICS[(place * step) % len(TOPICS)])
            for place, case in enumerate(made)
            for step in ((1, 3) if place % 5 else (1,))
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def one_case(company, number, now, sites, units, people):
    received = now - dt.timedelta(days=number % 120, minutes=number % 600)
    answered = number % 10 != 0
    return Case(
        company=company,
        number=f"TS-{number:07d}",
        key=f"bench:{number}",
        kind=("complaint", "praise", "suggestion")[number % 3],
        channel="web",
        state="closed" if answered else "investigating",
        received_at=received,
        due_at=received + dt.timedelta(days=9),
        first_answer_due_at=received + dt.timedelta(days=1),
        first_answered_at=received + dt.timedelta(hours=number % 40),
        responded_at=received + dt.timedelta(days=4) if answered else None,
        answered_on_time=number % 7 != 0 if answered else None,
        asked_at=received + dt.timedelta(days=4) if answered else None,
        rating=1 + number % 5 if number % 4 == 0 else None,
        site=sites[number % len(sites)],
        problem_type=TYPES[number % len(TYPES)],
        class_code=CLASSES[number % len(CLASSES)],
        department=units[number % len(units)],
        handler=people[number % len(people)],
    )


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def statements(user):
    client = client_of(user)
    client.get("/cases/board/")
    with CaptureQueriesContext(connection) as seen:
        answer = client.get("/cases/board/")
    if answer.status_code != 200:
        raise RuntimeError(f"the board does not open: {answer.status_code} {answer.headers}")
    return len(seen)
