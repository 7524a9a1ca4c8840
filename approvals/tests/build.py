"""A committee with members who have logins, and a motion before it."""

import datetime as dt

from approvals import services
from approvals.models import Committee
from tests import factories

TERM = dt.date(2026, 1, 1)
NAMES = ("周总", "孙悦", "何军", "赵敏", "林岚", "刘洋", "吴倩", "罗敏", "高鹏")


def make_committee(company, **changes):
    values = {
        "code": "group",
        "name": "客户满意度管理小组",
        "quorum_bp": 6667,
        "approve_bp": 5000,
        "one_reject_ends": False,
        "one_return_ends": True,
        "is_blind": True,
        "voting_days": 3,
        "starts_on": TERM,
    }
    return Committee.objects.create(company=company, **values | changes)


def make_members(committee, size, department=None):
    """`size` members with logins; the first one chairs. Returns their users."""
    department = department or factories.make_department(committee.company, "office", "总经办")
    users = []
    for place, name in enumerate(NAMES[:size]):
        employee = factories.make_employee(department, name)
        user = factories.user_with(committee.company, "approvals.vote", employee=employee)
        services.start_membership(
            committee, employee=employee, starts_on=TERM, is_chair=place == 0, by=user, at=factories.at()
        )
        users.append(user)
    return users


def make_proposer(committee):
    office = committee.company.departments.first()
    return factories.make_user(employee=factories.make_employee(office, "陈静"))


def make_motion(committee, *, topic_id=1, proposed_by=None, excluded=None, at=None):
    return services.open_motion(
        committee=committee,
        topic="tests.question",
        topic_id=topic_id,
        proposed_by=proposed_by or make_proposer(committee),
        excluded=excluded,
        at=at or factories.at(),
    )


def vote(motion, user, choice="approve", reason="", at=None):
    reason = reason or ("" if choice == "approve" else "依据不足")
    return services.cast_vote(
        motion, choice=choice, reason=reason, by=user, at=at or factories.at(2026, 11, 5)
    )


def make_colleague(committee, name="代理"):
    """Somebody outside the committee whose login may vote: a possible stand-in."""
    employee = factories.make_employee(committee.company.departments.first(), name)
    return factories.user_with(committee.company, "approvals.vote", employee=employee)
