"""Write paths of this room for the fault sweep (tests/test_faults.py)."""

import datetime as dt

from approvals import services
from approvals.models import Membership
from approvals.tests.build import make_colleague, make_committee, make_members, make_motion, make_proposer
from core.faults import WritePath
from core.registries import write_paths
from organization.models import Company
from tests import factories
from tests.factories import at


def group(size=3):
    company = Company.objects.first() or factories.make_company()
    committee = make_committee(company)
    return committee, make_members(committee, size)


def new_member():
    committee, members = group()
    return committee, factories.make_employee(committee.company.departments.first(), "新人"), members[0]


def one_term():
    committee, members = group()
    return Membership.objects.filter(committee=committee).first(), members[0]


def question():
    committee, _members = group()
    return committee, make_proposer(committee)


def last_vote():
    """A motion that the next approval carries."""
    committee, members = group()
    motion = make_motion(committee)
    services.cast_vote(motion, choice="approve", by=members[0], at=at())
    return motion, members[1]


def open_motion():
    committee, members = group()
    return make_motion(committee), members[0]


def without_quorum():
    motion, chair = open_motion()
    others = list(motion.seats.exclude(employee=chair.employee).select_related("employee__user"))
    for seat in others:
        services.recuse(motion, note="亲属", by=seat.employee.user, at=at())
    stand_in = make_colleague(motion.committee)
    return motion, stand_in.employee, others[0].employee, chair


def own_motion():
    committee, _members = group()
    proposer = make_proposer(committee)
    return make_motion(committee, proposed_by=proposer), proposer


def overdue():
    open_motion()
    return (at(2026, 12, 1),)


def two_motions():
    """Two motions, each carried by the next approval."""
    committee, members = group()
    motions = [make_motion(committee, topic_id=topic_id) for topic_id in (1, 2)]
    for motion in motions:
        services.cast_vote(motion, choice="approve", by=members[0], at=at())
    return *motions, members[1]


def member_and_colleague():
    committee, members = group()
    return committee, make_colleague(committee).employee, members[0]


def delegated():
    committee, colleague, member = member_and_colleague()
    return give(committee, colleague, member), member


def give(committee, colleague, by):
    return services.give_delegation(
        committee, delegate=colleague, starts_on=at().date(), ends_on=at().date(), by=by, at=at()
    )


def decided():
    committee, members = group()
    motion = make_motion(committee)
    services.cast_vote(motion, choice="return", reason="证据要补", by=members[1], at=at())
    return committee, motion, members[0]


def draft():
    committee, motion, chair = decided()
    return services.assemble_minutes(committee, motions=[motion], by=chair, at=at()), chair


PATHS = {
    "approvals.cast_batch": WritePath(
        two_motions,
        lambda first, second, by: services.cast_batch(
            [services.Line(first, "approve"), services.Line(second, "approve")], by=by, at=at()
        ),
    ),
    "approvals.give_delegation": WritePath(member_and_colleague, give),
    "approvals.end_delegation": WritePath(
        delegated, lambda delegation, by: services.end_delegation(delegation, by=by, at=at())
    ),
    "approvals.assemble_minutes": WritePath(
        decided,
        lambda committee, motion, by: services.assemble_minutes(committee, motions=[motion], by=by, at=at()),
    ),
    "approvals.sign_minutes": WritePath(
        draft, lambda minutes, by: services.sign_minutes(minutes, by=by, at=at())
    ),
    "approvals.discard_minutes": WritePath(
        draft, lambda minutes, by: services.discard_minutes(minutes, by=by, at=at())
    ),
    "approvals.start_membership": WritePath(
        new_member,
        lambda committee, employee, by: services.start_membership(
            committee, employee=employee, starts_on=dt.date(2026, 1, 1), by=by, at=at()
        ),
    ),
    "approvals.end_membership": WritePath(
        one_term,
        lambda term, by: services.end_membership(term, ends_on=dt.date(2026, 11, 30), by=by, at=at()),
    ),
    "approvals.open_motion": WritePath(
        question, lambda committee, by: make_motion(committee, proposed_by=by)
    ),
    "approvals.cast_vote": WritePath(
        last_vote, lambda motion, by: services.cast_vote(motion, choice="approve", by=by, at=at())
    ),
    "approvals.recuse": WritePath(
        open_motion, lambda motion, by: services.recuse(motion, note="亲属", by=by, at=at())
    ),
    "approvals.name_stand_in": WritePath(
        without_quorum,
        lambda motion, employee, instead_of, by: services.name_stand_in(
            motion, employee=employee, instead_of=instead_of, by=by, at=at()
        ),
    ),
    "approvals.withdraw": WritePath(own_motion, lambda motion, by: services.withdraw(motion, by=by, at=at())),
    "approvals.remind": WritePath(overdue, services.remind),
}

for name, path in PATHS.items():
    write_paths.register(name, path)
