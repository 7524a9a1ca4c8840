"""Members vote at the same moment: one vote each, one outcome, one event. The controls show what guards prevent."""

import threading

import pytest
import time_machine
from django.db import connection

from approvals import services
from approvals.models import Delegation, Minutes, Motion, Vote
from approvals.services import motions
from approvals.tests.build import make_committee, make_members, make_motion, make_proposer
from core.models import Event
from tests.factories import at
from tests.racing import PATIENCE, at_once, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def eight(company):
    committee = make_committee(company)
    return make_members(committee, 8), committee


def ballot(motion, user, choice="approve"):
    return lambda: services.cast_vote(motion, choice=choice, reason="同时", by=user, at=at())


def carried():
    return Event.objects.filter(name="approvals.motion_carried").count()


def test_eight_votes_at_once_carry_the_motion_once(eight):
    members, committee = eight
    motion = make_motion(committee)
    outcomes = at_once([ballot(motion, user) for user in members])
    assert kinds(outcomes) == {"Refused": 2, "done": 6}
    assert (Vote.objects.count(), carried(), Motion.objects.get().state) == (6, 1, Motion.State.CARRIED)


def test_one_member_voting_many_times_at_once_has_one_vote(eight):
    members, committee = eight
    motion = make_motion(committee)
    outcomes = at_once(
        [ballot(motion, members[0], choice) for choice in ("approve", "reject", "approve", "reject")]
    )
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert Vote.objects.count() == 1


def test_vote_and_recusal_of_one_member_at_once_leave_one_of_them(eight):
    members, committee = eight
    motion = make_motion(committee)
    away = lambda: services.recuse(motion, note="亲属", by=members[0], at=at())  # noqa: E731
    assert kinds(at_once([ballot(motion, members[0]), away])) == {"Refused": 1, "done": 1}
    recused = motion.seats.exclude(recused_at=None).count()
    assert Vote.objects.count() + recused == 1


def test_approve_against_reject_at_once_is_one_outcome_told_once(company):
    committee = make_committee(company, one_reject_ends=True)
    members = make_members(committee, 3)
    motion = make_motion(committee)
    ballot(motion, members[0])()
    outcomes = at_once([ballot(motion, members[1]), ballot(motion, members[2], "reject")])
    assert kinds(outcomes) == {"Refused": 1, "done": 1}
    motion.refresh_from_db()
    choices = set(Vote.objects.exclude(cast_by=members[0]).values_list("choice", flat=True))
    told = set(Event.objects.values_list("name", flat=True))
    expected = {"approve": "carried", "reject": "rejected"}[choices.pop()]
    assert (motion.state, told, choices) == (expected, {f"approvals.motion_{expected}"}, set())


def give(members, delegate):
    return services.give_delegation(
        members[0].employee.memberships.get().committee,
        delegate=delegate.employee,
        starts_on=at().date(),
        ends_on=at().date(),
        by=members[0],
        at=at(),
    )


def vote_for(motion, member, by):
    return lambda: services.cast_vote(motion, choice="approve", on_behalf_of=member.employee, by=by, at=at())


def test_member_and_delegate_at_once_have_one_vote_together(eight):
    members, committee = eight
    give(members, members[1])
    motion = make_motion(committee)
    outcomes = at_once([ballot(motion, members[0]), vote_for(motion, members[0], members[1])])
    assert kinds(outcomes) == {"Refused": 1, "done": 1}
    assert Vote.objects.count() == 1


def vote_while_it_ends(motion, given, members, monkeypatch):
    """The delegate's vote has found its delegation; now the member ends it. [delegation ended when the vote was in?]"""
    read, ended, was_ended = threading.Event(), threading.Event(), []

    def dawdle(**facts):
        read.set()
        ended.wait(2)
        was_ended.append(ended.is_set())

    monkeypatch.setattr("approvals.rules.refuse_delegate", dawdle)

    def end():
        read.wait(PATIENCE)
        services.end_delegation(given, by=members[0], at=at())
        ended.set()

    outcomes = at_once([vote_for(motion, members[0], members[1]), end])
    assert kinds(outcomes) == {"done": 2}
    assert Vote.objects.count() == 1
    return was_ended


def test_a_vote_and_the_end_of_its_delegation_do_not_pass_each_other(eight, monkeypatch):
    members, committee = eight
    given, motion = give(members, members[1]), make_motion(committee)
    assert vote_while_it_ends(motion, given, members, monkeypatch) == [False]


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, with or without our lock"
)
def test_control_without_the_lock_a_vote_is_cast_by_a_delegation_that_has_ended(eight, monkeypatch):
    members, committee = eight
    given, motion = give(members, members[1]), make_motion(committee)
    monkeypatch.setattr("approvals.services.voting._held", lambda at: Delegation.objects.standing())
    assert vote_while_it_ends(motion, given, members, monkeypatch) == [True]


def test_giving_a_vote_to_two_at_once_gives_it_once(eight):
    members, _committee = eight
    outcomes = at_once([lambda to=to: give(members, to) for to in members[1:5]])
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert Delegation.objects.count() == 1


def test_two_batches_in_opposite_order_do_not_block_each_other(eight):
    members, committee = eight
    proposer = make_proposer(committee)
    both = [make_motion(committee, topic_id=topic_id, proposed_by=proposer) for topic_id in range(6)]

    def batch(user, lines):
        chosen = [services.Line(motion, "approve") for motion in lines]
        return lambda: services.cast_batch(chosen, by=user, at=at())

    assert kinds(at_once([batch(members[0], both), batch(members[1], both[::-1])])) == {"done": 2}
    assert Vote.objects.count() == 12


def test_minutes_of_one_vote_assembled_and_signed_at_once_are_one(eight):
    members, committee = eight
    motion = make_motion(committee)
    ballot(motion, members[1], "return")()
    with time_machine.travel(at(), tick=False):
        drafts = at_once(
            [lambda: services.assemble_minutes(committee, motions=[motion], by=members[0], at=at())] * 3
        )
        assert kinds(drafts) == {"Refused": 2, "done": 1}
        draft = Minutes.objects.get()
        signed = at_once(
            [
                lambda: services.sign_minutes(Minutes.objects.get(pk=draft.pk), by=members[0], at=at()),
                lambda: services.sign_minutes(Minutes.objects.get(pk=draft.pk), by=members[0], at=at()),
                lambda: services.discard_minutes(Minutes.objects.get(pk=draft.pk), by=members[1], at=at()),
            ]
        )
    assert kinds(signed) == {"Refused": 2, "done": 1}
    assert Minutes.objects.filter(number="JY-2611-0002").count() == 0


def test_the_same_question_opened_at_once_is_one_motion(eight):
    members, committee = eight
    proposer = make_proposer(committee)
    outcomes = at_once([lambda: make_motion(committee, proposed_by=proposer)] * 4)
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert Motion.objects.get().seats.count() == 8


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, with or without our lock"
)
def test_control_without_the_lock_two_last_votes_do_not_see_each_other(eight, monkeypatch):
    members, committee = eight
    motion = make_motion(committee)
    for user in members[:4]:
        ballot(motion, user)()
    both = threading.Barrier(2)

    def count_after_both_have_voted(motion, *, at):
        both.wait(PATIENCE)
        found = honest(motion, at=at)
        both.wait(PATIENCE)  # neither has committed while the other counts
        return found

    honest = motions.close_if_decided
    monkeypatch.setattr(motions, "locked", lambda motion: Motion.objects.get(pk=motion.pk))
    monkeypatch.setattr(motions, "close_if_decided", count_after_both_have_voted)
    at_once([ballot(motion, user) for user in members[4:6]])
    assert (Vote.objects.count(), carried()) == (6, 0)


@pytest.fixture
def guards_off(monkeypatch):
    """guards_off(number) -> a ballot without the motion's lock and with a close that checks and only then writes.

    Outside a transaction of its own, so that SQLite lets the voters in between each other too.
    """

    def make(number):
        counted, read = threading.Barrier(number), threading.Barrier(number)
        honest = motions.close_if_decided

        def count_when_all_have_voted(motion, *, at):
            counted.wait(PATIENCE)
            return honest(motion, at=at)

        def read_then_write(motion, transition, **stamps):
            assert Motion.objects.get(pk=motion.pk).state in transition.sources
            read.wait(PATIENCE)
            Motion.objects.filter(pk=motion.pk).update(state=transition.target, closed_at=stamps["closed_at"])

        monkeypatch.setattr(motions, "locked", lambda motion: Motion.objects.get(pk=motion.pk))
        monkeypatch.setattr(motions, "close_if_decided", count_when_all_have_voted)
        monkeypatch.setattr(motions, "advance", read_then_write)
        return lambda motion, user, choice="approve": (
            lambda: services.cast_vote.__wrapped__(motion, choice=choice, reason="同时", by=user, at=at())
        )

    return make


def test_control_without_the_guards_eight_votes_carry_the_motion_eight_times(eight, guards_off):
    members, committee = eight
    motion, cast = make_motion(committee), guards_off(8)
    assert kinds(at_once([cast(motion, user) for user in members])) == {"done": 8}
    assert carried() == 8


def test_control_without_the_guards_approve_against_reject_closes_twice(company, guards_off):
    committee = make_committee(company, one_reject_ends=True)
    members = make_members(committee, 3)
    motion = make_motion(committee)
    ballot(motion, members[0])()
    cast = guards_off(2)
    outcomes = at_once([cast(motion, members[1]), cast(motion, members[2], "reject")])
    assert kinds(outcomes) == {"done": 2}
    assert Event.objects.filter(name__startswith="approvals.motion_").count() == 2


def test_taking_back_against_the_last_vote_is_one_outcome(eight):
    members, committee = eight
    proposer = make_proposer(committee)
    motion = make_motion(committee, proposed_by=proposer)
    for user in members[:5]:
        ballot(motion, user)()
    back = lambda: services.withdraw(Motion.objects.get(pk=motion.pk), by=proposer, at=at())  # noqa: E731
    assert kinds(at_once([ballot(motion, members[5]), back])) == {"Refused": 1, "done": 1}
    told = Event.objects.filter(name__startswith="approvals.motion_").values_list("name", flat=True)
    assert list(told) == [f"approvals.motion_{Motion.objects.get().state}"]
