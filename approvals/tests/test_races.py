"""Members vote at the same moment: one vote each, one outcome, one event. The controls show what guards prevent."""

import threading

import pytest
from django.db import connection

from approvals import services
from approvals.models import Motion, Vote
from approvals.tests.build import make_committee, make_members, make_motion, make_proposer
from core.models import Event
from tests.factories import at
from tests.racing import PATIENCE, at_once, careless, kinds

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


def test_the_same_question_opened_at_once_is_one_motion(eight):
    members, committee = eight
    proposer = make_proposer(committee)
    outcomes = at_once([lambda: make_motion(committee, proposed_by=proposer)] * 4)
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert Motion.objects.get().seats.count() == 8


def test_control_checking_before_writing_lets_all_votes_through(eight):
    name, times = "tests.ballot", 4
    outcomes = careless(
        lambda: not Event.objects.filter(name=name).exists(),
        lambda: Event.objects.create(name=name, object_id=1),
        times,
    )
    assert kinds(outcomes) == {"done": times}
    assert Event.objects.filter(name=name).count() == times


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, with or without our lock"
)
def test_control_without_the_lock_two_last_votes_do_not_see_each_other(eight, monkeypatch):
    members, committee = eight
    motion = make_motion(committee)
    for user in members[:4]:
        ballot(motion, user)()
    cast = threading.Barrier(2)

    def count_after_both_have_voted(motion, *, at):
        cast.wait(PATIENCE)
        return honest(motion, at=at)

    honest = services.close_if_decided
    monkeypatch.setattr(services, "_locked", lambda motion: Motion.objects.get(pk=motion.pk))
    monkeypatch.setattr(services, "close_if_decided", count_after_both_have_voted)
    at_once([ballot(motion, user) for user in members[4:6]])
    assert (Vote.objects.count(), carried()) == (6, 0)
