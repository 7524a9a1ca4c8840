"""Counts and ranks of a month with 100,000 answers, from the cells, beside the plain SQL over the same rating rows.

The floor is what one would write without cells: two GROUP BYs over the ratings of the month's answers. Product and
floor take turns on the same database. Memory is the largest Python allocation while the month is counted and ranked;
its floor is the same for a tenth of the answers, so a ratio near 1 says that it does not grow with the answers.
"""

import datetime as dt
import statistics
import time
import tracemalloc
from itertools import islice

from django.db import connection

from core.period import SHANGHAI, Period
from organization.models import Assignment, Company, Department, Employee, Post
from policies.models import Document, Version
from scoring.models import PeerMember
from scoring.services.books import Books
from scoring.services.counting import FromCells, rank_counts, subject_counts
from scoring.services.ranks import rank_group
from scoring.services.scores import Scorer
from scoring.services.unfolding import unfold_pending
from surveys.models import Answer, Campaign, QuestionnaireVersion
from surveys.services.questionnaires import publish_questionnaire

MONTH = Period.parse("2026-10")
SINCE = dt.date(2024, 1, 1)
EMPLOYEES, DEPARTMENTS = 60, 6
DIMENSIONS = ("attitude", "accuracy", "ease", "aftersales")
SCALE = {"ok_n": 30, "low_n": 10, "level_bp": 9500}
CONTENT = {
    "scoring": {"metric": "top_two", "satisfied": [4, 5], "basic": [3, 4, 5], **SCALE},
    "ranking": {
        "modes": ["web"],
        "posts": ["consultant"],
        "rank_min_n": 10,
        "min_eligible": 8,
        "place_share_bp": 1500,
        "streak_length": 3,
        "max_pauses": 1,
        "alpha_bp": 500,
    },
    "targets": {"overall_bp": 9000, "valid_from": "2026-01-01"},
    "closing": {},
    "composite": {},
}


def rows(quick):
    answers, rounds = (10_000, 5) if quick else (100_000, 7)
    small, large = make_company("bench-small", answers // 10), make_company("bench-large", answers)
    product, floor = measured(large, rounds)
    ratio = product / floor
    memory, memory_floor = peak(large), peak(small)
    return [
        {
            "name": f"close: counts and ranks, {answers:,} answers",
            "unit": "ms",
            "value": product * 1000,
            "floor": floor * 1000,
            "ratio": ratio,
            "goal": 3.0,
        },
        {
            "name": f"close: peak memory, {answers:,} against {answers // 10:,}",
            "unit": "MB",
            "value": memory / 2**20,
            "floor": memory_floor / 2**20,
            "ratio": memory / memory_floor,
            "goal": 2.0,
        },
    ]


def measured(company, rounds):
    """Median seconds of the product and of the floor, by turns."""
    times = {count_and_rank: [], plain_sql: []}
    for _round in range(rounds):
        for work, taken in times.items():
            begun = time.perf_counter()
            work(company)
            taken.append(time.perf_counter() - begun)
    return statistics.median(times[count_and_rank]), statistics.median(times[plain_sql])


def peak(company):
    tracemalloc.start()
    count_and_rank(company)
    _now, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def count_and_rank(company):
    """What the score and rank steps work out, without writing the result rows."""
    books, source = Books(company), FromCells(company.pk, MONTH)
    tree = list(Department.objects.filter(company=company).values_list("pk", "parent_id"))
    scorer = Scorer(books, MONTH)
    for (kind, _pk), measures in subject_counts(source, company.pk, tree).items():
        list(scorer.figures(kind, measures))
    policy = books.policy("ranking", MONTH)
    members = list(PeerMember.objects.filter(company=company, month=str(MONTH)))
    return rank_group(
        members, rank_counts(source, [one.employee_id for one in members], policy.modes), policy
    )


def plain_sql(company):
    """Counts per employee, department, measure and value, and k of n per employee, straight from the ratings."""
    source = """
        FROM scoring_rating rating
        JOIN scoring_unfolding unfolding ON unfolding.answer_id = rating.answer_id
        JOIN surveys_answer answer ON answer.id = rating.answer_id
        WHERE unfolding.company_id = %s AND unfolding.month = %s"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT answer.employee_id, answer.department_id, rating.measure, rating.value, COUNT(*) {source} "
            "GROUP BY answer.employee_id, answer.department_id, rating.measure, rating.value",
            [company.pk, str(MONTH)],
        )
        counts = cursor.fetchall()
        cursor.execute(
            f"SELECT answer.employee_id, SUM(rating.value) AS k, COUNT(*) AS n {source} "
            "AND rating.measure = 'satisfied' AND answer.mode = 'web' "
            "GROUP BY answer.employee_id ORDER BY 1.0 * SUM(rating.value) / COUNT(*) DESC",
            [company.pk, str(MONTH)],
        )
        return counts, cursor.fetchall()


def make_company(code, answers):
    """A company with one month of unfolded answers."""
    company = Company.objects.create(code=code, name=code, opened_on=SINCE)
    document = Document.objects.create(company=company, code="bench", title="bench")
    published = dt.datetime.combine(SINCE, dt.time(), SHANGHAI)
    Version.objects.create(
        document=document,
        company=company,
        label="1",
        state=Version.State.PUBLISHED,
        effective_from=SINCE,
        content=CONTENT,
        checksum="bench",
        published_at=published,
    )
    version = publish_questionnaire(company=company, code="bench", raw=questionnaire(), by=None, at=published)
    campaign = Campaign.objects.create(
        company=company,
        code="bench",
        title="bench",
        kind=Campaign.Kind.CONTINUOUS,
        version=version,
        opens_on=SINCE,
    )
    staff = make_staff(company)
    batches = answers_of(campaign, version, staff, answers)
    while batch := list(islice(batches, 5000)):
        Answer.objects.bulk_create(batch)
    unfold_pending(company, published)
    return company


def questionnaire():
    items = [{"code": "overall", "kind": "rate5", "text": "总体", "overall": True}]
    items += [
        {"code": f"item-{name}", "kind": "rate5", "text": name, "dimension": name} for name in DIMENSIONS
    ]
    return {"title": "bench", "sections": [{"code": "one", "title": "one", "questions": items}]}


def make_staff(company):
    post = Post.objects.create(company=company, code="consultant", name="consultant", is_ranked=True)
    departments = [
        Department.objects.create(company=company, code=f"d{number}", name=f"d{number}")
        for number in range(DEPARTMENTS)
    ]
    staff = []
    for number in range(EMPLOYEES):
        employee = Employee.objects.create(
            company=company, number=str(number), name=str(number), joined_on=SINCE
        )
        department = departments[number % DEPARTMENTS]
        Assignment.objects.create(employee=employee, department=department, post=post, starts_on=SINCE)
        PeerMember.objects.create(
            company=company, month=str(MONTH), post=post, employee=employee, department=department
        )
        staff.append((employee.pk, department.pk))
    return staff


def answers_of(campaign, version: QuestionnaireVersion, staff, count):
    for number in range(count):
        employee_id, department_id = staff[number % len(staff)]
        mark = 5 - (number * 7919 % 97) % 5 if number % 3 else 5
        values = {"overall": mark} | {
            f"item-{name}": max(1, mark - (number + place) % 2) for place, name in enumerate(DIMENSIONS)
        }
        yield Answer(
            company_id=campaign.company_id,
            campaign=campaign,
            version=version,
            external_ref=f"B{number}",
            number=f"B{number}",
            employee_id=employee_id,
            department_id=department_id,
            mode="web",
            submitted_at=dt.datetime.combine(
                MONTH.first_day + dt.timedelta(days=number % 30), dt.time(12), SHANGHAI
            ),
            answers=values,
        )
