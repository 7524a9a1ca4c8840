"""A company with a policy, a questionnaire and as many answers as a test wants."""

import datetime as dt
import itertools

from core.period import SHANGHAI, Period
from policies.models import Document, Version
from surveys.models import Answer, Campaign, Mode
from surveys.services.questionnaires import publish_questionnaire
from tests import factories

CONTENT = {
    "scoring": {
        "metric": "top_two",
        "satisfied": [4, 5],
        "basic": [3, 4, 5],
        "ok_n": 30,
        "low_n": 10,
        "level_bp": 9500,
    },
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
    "targets": {"overall_bp": 9000, "valid_from": "2026-01-01", "by_dimension": {"attitude": 9000}},
    "closing": {"month": {"cutoff_day": 31, "run_day": 1}},
    "composite": {
        "parts": [
            {"code": "survey", "name": "客户满意", "name_en": "Customer satisfaction", "weight_bp": 6000},
            {"code": "sales", "name": "销售业绩", "name_en": "Sales performance", "weight_bp": 3000},
            {"code": "teamwork", "name": "团队协作", "name_en": "Teamwork", "weight_bp": 1000},
        ]
    },
}
DIMENSIONS = [{"code": "attitude", "name": "服务态度"}, {"code": "accuracy", "name": "房源真实"}]
QUESTIONS = [
    {"code": "overall", "kind": "rate5", "text": "总体", "overall": True},
    {"code": "polite", "kind": "rate5", "text": "礼貌", "dimension": "attitude", "na": True},
    {"code": "patient", "kind": "rate5", "text": "耐心", "dimension": "attitude"},
    {"code": "honest", "kind": "rate5", "text": "真实", "dimension": "accuracy"},
    {"code": "again", "kind": "rate5", "text": "再购", "role": "repurchase"},
    {"code": "advise", "kind": "rate5", "text": "推荐", "role": "recommend"},
    {"code": "nps", "kind": "nps", "text": "推荐指数"},
]
LONG_AGO = dt.date(2024, 1, 1)
_refs = itertools.count(1)


def make_policy(
    company, *, effective_from=LONG_AGO, effective_to=None, label="1", published_at=None, **sections
):
    """A published version; `sections` replace or change those of CONTENT."""
    document, _made = Document.objects.get_or_create(
        company=company, code="rewards", defaults={"title": "奖惩办法"}
    )
    content = {name: table | sections.pop(name, {}) for name, table in CONTENT.items()}
    content |= {"dimensions": DIMENSIONS} | sections
    return Version.objects.create(
        document=document,
        company=company,
        label=label,
        state=Version.State.PUBLISHED,
        effective_from=effective_from,
        effective_to=effective_to,
        content=content,
        checksum=label,
        published_at=published_at or factories.at(2024, 1, 1),
    )


def make_campaign(company, mode=Mode.WEB, questions=None):
    version = publish_questionnaire(
        company=company,
        code="encounter",
        raw={
            "title": "服务评价",
            "sections": [
                {
                    "code": f"part{start}",
                    "title": "服务",
                    "questions": (questions or QUESTIONS)[start : start + 6],
                }
                for start in range(0, len(questions or QUESTIONS), 6)
            ],
        },
        by=None,
        at=factories.at(2024, 1, 2),
    )
    campaign, _made = Campaign.objects.get_or_create(
        company=company,
        code=f"continuous-{mode}",
        defaults={
            "title": "服务跟踪",
            "kind": Campaign.Kind.CONTINUOUS,
            "version": version,
            "mode": mode,
            "opens_on": LONG_AGO,
        },
    )
    return campaign


def answer_of(
    campaign, values, *, employee=None, department=None, site=None, at=None, segment="", assignment=None
):
    """An unsaved answer about an employee (department and site follow from the assignment) or a department."""
    at = at or factories.at(2026, 10, 12)
    if employee and assignment is None:
        assignment = employee.assignments.order_by("starts_on").last()
    ref = f"T{next(_refs):07d}"
    return Answer(
        company_id=campaign.company_id,
        campaign=campaign,
        version=campaign.version,
        external_ref=ref,
        number=ref,
        employee=employee,
        department=department or (assignment.department if assignment else None),
        site=site or (assignment.site if assignment else None),
        segment=segment,
        mode=campaign.mode,
        submitted_at=at,
        answers=values,
    )


def give_answers(campaign, employee, satisfied, total, *, month="2026-10", **fields):
    """`satisfied` of `total` answers about the employee, spread over the month, dimensions varied a little."""
    period, assignment = Period.parse(month), employee.assignments.order_by("starts_on").last()
    answers = []
    for number in range(total):
        day = period.first_day + dt.timedelta(days=number % 27)
        moment = dt.datetime.combine(day, dt.time(10, number % 60), SHANGHAI)
        mark = 4 + number % 2 if number < satisfied else 1 + number % 3
        values = {
            "overall": mark,
            "polite": "na" if number % 7 == 0 else min(5, mark + number % 2),
            "patient": mark,
            "honest": max(1, mark - number % 3),
            "again": mark,
            "advise": mark,
            "nps": min(10, 2 * mark),
        }
        answers.append(
            answer_of(campaign, values, employee=employee, assignment=assignment, at=moment, **fields)
        )
    return Answer.objects.bulk_create(answers)


def make_team(company, size=8, department=None, since=LONG_AGO):
    """Consultants of one department and project."""
    department = department or factories.make_department(company)
    site = factories.make_site(company, code=f"site-{department.code}")
    names = ["王丽", "方磊", "沈佳", "周婷", "许诺", "罗敏", "高鹏", "林涛", "何静", "邓超", "唐宁", "宋洁"]
    return [
        factories.make_employee(department, names[number % len(names)], site=site, since=since)
        for number in range(size)
    ]


def make_month(company, month="2026-10", size=8, total=40, best=38, step=1):
    """Policy, team and a month of answers: the first employee has `best` satisfied, each next one `step` fewer."""
    make_policy(company)
    campaign, team = make_campaign(company), make_team(company, size)
    for place, employee in enumerate(team):
        give_answers(campaign, employee, best - place * step, total, month=month)
    return campaign, team


def november(day=2, hour=3):
    return factories.at(2026, 11, day, hour)


OCTOBER = Period.parse("2026-10")
