"""Twelve rules on streaks of three months for 10,000 ranked people, against the plain SQL that fetches the same rows.

One floor fetches, for each rule, the columns that the rule reads of every standing of the months a streak can reach
back to; it decides nothing. The other fetches them once, as the product does for rules that read the same; it is the
stricter one. The product finds and judges every hit, with its evidence; rules that read the same
standings share them, as in a close. It must not need more statements for a rule of a large company than of a small one.
"""

import datetime as dt
import random

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.report_page import by_turns
from core.period import Period
from incentives.models import Rule
from incentives.services.cases import rules_at, used_by_rule
from incentives.triggers.rank_book import FIELDS
from organization.models import Company, Department, Employee, Post
from policies.models import Clause, Document, Version
from scoring.models import Close, Ranking, Standing

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")
RULES, POSTS = 12, 20
SINCE = dt.date(2024, 1, 1)
RANKING = {
    "modes": ["web"],
    "posts": ["p0"],
    "rank_min_n": 10,
    "min_eligible": 8,
    "place_share_bp": 1500,
    "streak_length": 3,
    "max_pauses": 1,
    "alpha_bp": 500,
}


def rows(quick):
    people = 1_000 if quick else 10_000
    small, large = build("bench-few", 200), build("bench-many", people)
    few, many = statements(small), statements(large)
    if many != few:
        raise RuntimeError(f"{RULES} rules need {many} statements for {people} people, {few} for 200")
    found = run(large)
    name = f"{RULES} rules, 3 months of {people:,} people, {found} hits"
    turns = 5 if quick else 7
    return [
        row(f"{name}, a fetch a rule", *by_turns(lambda: run(large), lambda: plain_sql(large, RULES), turns)),
        row(f"{name}, one fetch", *by_turns(lambda: run(large), lambda: plain_sql(large, 1), turns)),
    ]


def row(name, product, floor):
    return {
        "name": name,
        "unit": "ms",
        "value": product,
        "floor": floor,
        "ratio": product / floor,
        "goal": 2.0,
    }


def run(close):
    """Every rule's hits at the close of the last month, as the close finds them; returns their number."""
    found, reads = rules_at(close), {}
    used = used_by_rule(close.company_id, [rule for rule, _trigger in found], close.period)
    return sum(len(trigger.hits(rule, close, used[rule.code], reads=reads)) for rule, trigger in found)


def statements(close):
    with CaptureQueriesContext(connection) as seen:
        run(close)
    return len(seen)


def plain_sql(close, fetches):
    columns = ", ".join("id" if name == "pk" else name for name in FIELDS)
    marks = ", ".join(["%s"] * len(MONTHS))
    with connection.cursor() as cursor:
        for _fetch in range(fetches):
            cursor.execute(
                f"SELECT {columns} FROM scoring_standing WHERE company_id = %s AND period IN ({marks})",
                [close.company_id, *MONTHS],
            )
            cursor.fetchall()


def build(code, people):
    """A company with twelve rules, four ranked months and people who truly differ a little; returns October's close."""
    company = Company.objects.create(code=code, name=code, opened_on=SINCE)
    department = Department.objects.create(company=company, code="sales", name="销售部")
    posts = [Post.objects.create(company=company, code=f"p{number}", name="顾问") for number in range(POSTS)]
    staff = Employee.objects.bulk_create(
        Employee(company=company, number=f"{code}{number}", name=f"员工{number}", joined_on=SINCE)
        for number in range(people)
    )
    version = book(company)
    levels = random.Random(7)
    own = {one.pk: levels.betavariate(18, 2) for one in staff}
    for month in MONTHS:
        close = Close.objects.create(
            company=company,
            kind="month",
            period=month,
            cutoff_on=Period.parse(month).last_day,
            state=Close.State.RANKED,
            policy_version=version,
            scored_at=timezone.now(),
        )
        for place, post in enumerate(posts):
            rank(close, post, department, staff[place::POSTS], own, levels)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return close


def book(company):
    document = Document.objects.create(company=company, code="rewards", title="奖惩办法")
    version = Version.objects.create(
        document=document,
        company=company,
        label="1",
        state=Version.State.PUBLISHED,
        effective_from=SINCE,
        content={"ranking": RANKING},
        checksum="1",
    )
    clauses = [Clause(version=version, code="RE-5", number="第 5 条", text="条款", order=1)]
    (clause,) = Clause.objects.bulk_create(clauses)
    Rule.objects.bulk_create(
        Rule(
            company=company,
            version=version,
            clause=clause,
            code=f"R{number}",
            title=f"规则 {number}",
            direction="reward" if number % 2 else "penalty",
            trigger="rank_streak",
            params={"place": "top" if number % 2 else "bottom"},
            effects=[],
            evidence="warn",
        )
        for number in range(RULES)
    )
    return version


def rank(close, post, department, members, own, levels):
    """One post's month: 40 answers each, the best and the worst 15 in 100 near the ends."""
    ranking = Ranking.objects.create(
        close=close,
        company_id=close.company_id,
        period=close.period,
        post=post,
        modes=["web"],
        eligible=len(members),
        places=len(members) * 15 // 100,
        is_ranked=True,
        p_value=0.01,
    )
    counts = {one.pk: sum(levels.random() < own[one.pk] for _answer in range(40)) for one in members}
    order = sorted(members, key=lambda one: -counts[one.pk])
    Standing.objects.bulk_create(
        Standing(
            ranking=ranking,
            company_id=close.company_id,
            period=close.period,
            employee=one,
            department=department,
            k=counts[one.pk],
            n=40,
            status="ranked",
            rank=place + 1,
            rank_low=1,
            rank_high=len(members),
            place="top"
            if place < ranking.places
            else "bottom"
            if place >= len(members) - ranking.places
            else "",
        )
        for place, one in enumerate(order)
    )
