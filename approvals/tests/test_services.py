import datetime as dt

import pytest

from approvals import selectors, services, verification
from approvals.models import Motion, Seat, Vote
from approvals.tests.build import (
    make_colleague,
    make_committee,
    make_members,
    make_motion,
    make_proposer,
    vote,
)
from audit.models import AuditRow
from core.flow import Refused
from core.models import Event
from notifications.models import Message
from tests import factories
from tests.factories import at


@pytest.fixture
def group(company):
    return make_committee(company)


@pytest.fixture
def members(group):
    return make_members(group, 6)


def test_seats_are_frozen_from_the_terms_of_that_day(group, members):
    leaver = group.memberships.get(employee=members[5].employee)
    services.end_membership(leaver, ends_on=dt.date(2026, 10, 31), by=members[0], at=at())
    motion = make_motion(group)
    assert motion.seats.count() == 5
    late = make_members_one_more(group)
    assert not motion.seats.filter(employee=late.employee).exists()


def test_who_leaves_the_group_during_a_vote_keeps_the_seat_and_who_joins_has_none(group, members):
    motion = make_motion(group)
    leaver = group.memberships.get(employee=members[5].employee)
    services.end_membership(leaver, ends_on=dt.date(2026, 11, 3), by=members[0], at=at(2026, 11, 3))
    late = make_members_one_more(group)
    vote(motion, members[5], at=at(2026, 11, 5))
    with pytest.raises(Refused) as refusal:
        vote(motion, late, at=at(2026, 11, 5))
    assert refusal.value.code == "no_seat"
    assert selectors.tally(motion).entitled == 6


def make_members_one_more(group):
    employee = factories.make_employee(group.company.departments.first(), "后来")
    user = factories.user_with(group.company, "approvals.vote", employee=employee)
    services.start_membership(group, employee=employee, starts_on=dt.date(2026, 1, 1), by=user, at=at())
    return user


def test_the_committees_terms_are_frozen_too(group, members):
    motion = make_motion(group)
    group.quorum_bp = 100
    group.approve_bp = 0
    group.save()
    vote(motion, members[0])
    motion.refresh_from_db()
    assert motion.state == Motion.State.OPEN


def test_the_last_day_is_counted_in_working_days(group, members):
    assert make_motion(group, at=at(2026, 11, 5)).due_at == at(2026, 11, 11, 0)


def test_four_of_six_approvals_carry_and_say_so_once(group, members):
    motion = make_motion(group, topic_id=7)
    for user in members[:4]:
        vote(motion, user)
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED
    event = Event.objects.get(name="approvals.motion_carried")
    assert (event.object_id, event.data) == (motion.pk, {"topic": "tests.question", "topic_id": 7})


def test_a_rejected_motion_says_so(group, members):
    motion = make_motion(group)
    for user in members[:3]:
        vote(motion, user, "reject")
    assert Event.objects.get().name == "approvals.motion_rejected"


def test_one_return_ends_where_the_committee_says_so(group, members):
    motion = make_motion(group)
    vote(motion, members[1], "return")
    assert Event.objects.get().name == "approvals.motion_returned"


def test_silence_never_approves_however_late(group, members):
    motion = make_motion(group)
    for user in members[:3]:
        vote(motion, user)
    services.remind(at(2027, 11, 5))
    motion.refresh_from_db()
    assert motion.state == Motion.State.OPEN


def test_a_late_vote_still_counts(group, members):
    motion = make_motion(group)
    for user in members[:4]:
        vote(motion, user, at=at(2026, 12, 24))
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED


def test_a_vote_is_cast_once(group, members):
    motion = make_motion(group)
    vote(motion, members[0])
    with pytest.raises(Refused, match="已|already"):
        vote(motion, members[0], "reject")
    assert Vote.objects.get().choice == "approve"


def test_nobody_votes_on_themselves_or_on_what_they_proposed(group, members):
    proposer, subject = members[4], members[5]
    excluded = {subject.employee.pk: Seat.Ground.SUBJECT}
    motion = make_motion(group, proposed_by=proposer, excluded=excluded)
    for user in (proposer, subject):
        with pytest.raises(Refused) as refusal:
            vote(motion, user)
        assert refusal.value.code == "recused"
    assert {seat.ground for seat in motion.seats.exclude(recused_at=None)} == {"proposer", "subject"}


def test_somebody_without_a_seat_has_no_vote(group, members):
    motion = make_motion(group)
    for outsider in (make_proposer(group), factories.make_user()):
        with pytest.raises(Refused) as refusal:
            vote(motion, outsider)
        assert refusal.value.code == "no_seat"


def test_a_closed_motion_takes_no_vote(group, members):
    motion = make_motion(group)
    vote(motion, members[1], "return")
    with pytest.raises(Refused) as refusal:
        vote(motion, members[2])
    assert refusal.value.code == "state"


def test_recusal_recounts_and_may_decide(group, members):
    make_members_one_more(group)
    motion = make_motion(group)
    for user in members[:4]:
        vote(motion, user)
    services.recuse(motion, note="当事人是我的亲属", by=members[4], at=at())
    motion.refresh_from_db()
    assert (selectors.tally(motion).entitled, motion.state) == (6, Motion.State.CARRIED)
    assert Event.objects.filter(name="approvals.motion_carried").count() == 1


def test_recusal_needs_words_and_comes_before_the_vote(group, members):
    motion = make_motion(group)
    with pytest.raises(Refused) as refusal:
        services.recuse(motion, note=" ", by=members[0], at=at())
    assert refusal.value.field == "note"
    vote(motion, members[0])
    with pytest.raises(Refused):
        services.recuse(motion, note="亲属", by=members[0], at=at())


def test_a_recused_member_has_no_vote(group, members):
    motion = make_motion(group)
    services.recuse(motion, note="亲属", by=members[0], at=at())
    with pytest.raises(Refused) as refusal:
        vote(motion, members[0])
    assert refusal.value.code == "recused"


def three_left_of_six(group, members):
    motion = make_motion(group)
    for user in members[3:]:
        services.recuse(motion, note="亲属", by=user, at=at())
    return motion


def test_without_a_possible_quorum_the_motion_stays_open_and_flagged(group, members):
    motion = three_left_of_six(group, members)
    for user in members[:3]:
        vote(motion, user)
    motion.refresh_from_db()
    assert (selectors.tally(motion).is_quorum_possible, motion.state) == (False, Motion.State.OPEN)
    assert selectors.seats_to_fill(motion).count() == 3


def test_the_chair_names_a_stand_in_and_their_vote_counts(group, members):
    motion = three_left_of_six(group, members)
    stand_in = make_colleague(group)
    services.name_stand_in(
        motion, employee=stand_in.employee, instead_of=members[3].employee, by=members[0], at=at()
    )
    for user in [*members[:2], stand_in]:
        vote(motion, user)
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED


@pytest.mark.parametrize(
    "who", ["member", "same seat twice", "not needed", "concerned", "without the right to vote"]
)
def test_stand_ins_are_refused(group, members, who):
    colleague = make_colleague(group)
    other = make_colleague(group, "另一位")
    if who == "not needed":
        motion = make_motion(group)
        services.recuse(motion, note="亲属", by=members[5], at=at())
    else:
        motion = three_left_of_six(group, members)
    if who == "concerned":
        Motion.objects.filter(pk=motion.pk).update(excluded={str(colleague.employee.pk): "subject"})
    instead_of, by = members[5].employee, members[0]
    if who == "member":
        by = members[1]
    if who == "without the right to vote":
        colleague.grants.all().delete()
    if who == "same seat twice":
        services.name_stand_in(motion, employee=other.employee, instead_of=instead_of, by=by, at=at())
    with pytest.raises(Refused):
        services.name_stand_in(motion, employee=colleague.employee, instead_of=instead_of, by=by, at=at())


def test_a_member_names_the_stand_in_when_the_chair_is_recused(group, members):
    motion = make_motion(group)
    for user in members[:3]:
        services.recuse(motion, note="亲属", by=user, at=at())
    colleague = make_colleague(group)
    services.name_stand_in(
        motion, employee=colleague.employee, instead_of=members[0].employee, by=members[4], at=at()
    )
    assert motion.seats.get(employee=colleague.employee).stands_in_for == members[0].employee


def test_the_same_question_is_not_put_twice_while_it_lives(group, members):
    motion = make_motion(group, topic_id=3)
    with pytest.raises(Refused) as refusal:
        make_motion(group, topic_id=3)
    assert refusal.value.code == "state"
    vote(motion, members[0], "return")
    assert make_motion(group, topic_id=3).round == 2


def test_only_who_put_a_motion_withdraws_it(group, members):
    proposer = make_proposer(group)
    motion = make_motion(group, proposed_by=proposer)
    with pytest.raises(Refused):
        services.withdraw(motion, by=members[0], at=at())
    services.withdraw(motion, by=proposer, at=at())
    assert Event.objects.get().name == "approvals.motion_withdrawn"


def test_an_empty_committee_decides_nothing(group):
    factories.make_department(group.company, "office", "总经办")
    with pytest.raises(Refused):
        make_motion(group)


def test_one_person_is_a_committee_too(company):
    alone = make_committee(company, code="chair")
    (chair,) = make_members(alone, 1)
    motion = make_motion(alone)
    vote(motion, chair)
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED


def test_directions_are_hidden_until_the_motion_is_closed(group, members):
    motion = make_motion(group)
    vote(motion, members[0], "reject")
    seen = {view.employee: view for view in selectors.visible_votes(motion, members[1])}
    hidden = seen[members[0].employee]
    assert (hidden.has_voted, hidden.is_hidden, hidden.choice, hidden.reason) == (True, True, "", "")
    own = next(view for view in selectors.visible_votes(motion, members[0]) if view.is_own)
    assert (own.choice, own.reason) == ("reject", "依据不足")
    vote(motion, members[1], "return")
    motion.refresh_from_db()
    assert {view.choice for view in selectors.visible_votes(motion, members[5])} == {"reject", "return", ""}


def test_an_open_committee_hides_nothing(company):
    openly = make_committee(company, code="open", is_blind=False)
    first, second, _third = make_members(openly, 3)
    motion = make_motion(openly)
    vote(motion, first)
    assert [view.choice for view in selectors.visible_votes(motion, second)] == ["approve", "", ""]


def test_members_are_told_once_for_all_motions_of_a_moment(group, members):
    proposer = make_proposer(group)
    for topic_id in range(3):
        make_motion(group, topic_id=topic_id, proposed_by=proposer)
    assert Message.objects.filter(kind="approvals.vote").count() == 6


def test_silent_members_are_reminded_once_a_day(group, members):
    motion = make_motion(group, at=at(2026, 11, 2))
    vote(motion, members[0])
    services.remind(at(2026, 11, 2))
    assert not Message.objects.filter(kind="approvals.reminder").exists()
    for hour in (9, 10):
        services.remind(at(2026, 11, 4, hour))
    assert Message.objects.filter(kind="approvals.reminder").count() == 5
    services.remind(at(2026, 11, 9))
    assert Message.objects.filter(kind="approvals.reminder").count() == 10


def test_a_committee_has_one_chair_at_a_time(group, members):
    with pytest.raises(Refused) as refusal:
        services.start_membership(
            group,
            employee=make_proposer(group).employee,
            starts_on=at().date(),
            is_chair=True,
            by=members[0],
            at=at(),
        )
    assert refusal.value.field == "is_chair"


def test_members_come_from_the_same_company(group, members):
    stranger = factories.make_employee(
        factories.make_department(factories.make_company("other", "他司")), "外人"
    )
    with pytest.raises(Refused):
        services.start_membership(group, employee=stranger, starts_on=at().date(), by=members[0], at=at())


def test_a_term_ends_once(group, members):
    membership = group.memberships.first()
    with pytest.raises(Refused):
        services.end_membership(membership, ends_on=dt.date(2025, 1, 1), by=members[0], at=at())
    services.end_membership(membership, ends_on=dt.date(2026, 6, 30), by=members[0], at=at())
    with pytest.raises(Refused):
        services.end_membership(membership, ends_on=dt.date(2026, 7, 30), by=members[0], at=at())


def test_votes_are_audited_without_their_direction(group, members):
    motion = make_motion(group)
    vote(motion, members[0], "reject", "很具体的理由")
    row = AuditRow.objects.get(verb="approvals.vote.cast")
    assert (row.actor, row.data, row.to_state) == (members[0], {}, "")


def test_awaiting_lists_what_the_member_may_still_vote_on(group, members):
    open_one, voted, recused = (make_motion(group, topic_id=n) for n in (1, 2, 3))
    vote(voted, members[0])
    services.recuse(recused, note="亲属", by=members[0], at=at())
    assert list(Motion.objects.awaiting(members[0].employee.pk)) == [open_one]


def test_facts_hold_after_honest_votes_and_each_break_is_found(group, members):
    motion = make_motion(group, excluded={members[5].employee.pk: Seat.Ground.SUBJECT})
    for user in members[:4]:
        vote(motion, user)
    assert list(verification.violations()) == []
    Vote.objects.create(
        seat=motion.seats.get(employee=members[5].employee),
        choice="approve",
        cast_by=members[0],
        cast_at=at(),
    )
    found = "\n".join(verification.violations())
    assert "somebody else" in found and "excluded: subject" in found and "recused seat" in found
    Vote.objects.exclude(seat__employee=members[0].employee).delete()
    assert "do not carry it" in "\n".join(verification.violations())
