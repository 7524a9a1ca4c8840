"""How anybody voted is told to nobody before the decision: page, list, API, audit log, messages, events."""

import re

import pytest
from django.urls import reverse

from approvals import selectors, services
from approvals.models import Motion, Vote
from approvals.tests import build
from approvals.tests.pages import address, browse, make_room, register_topic, text
from core.models import Event
from notifications.models import Message
from tests import factories
from tests.factories import at

SECRET = "只有我自己知道的理由"


@pytest.fixture
def motion(company, monkeypatch):
    register_topic(monkeypatch)
    room = make_room(company, 6)
    motion = build.make_motion(room, proposed_by=room.proposer)
    motion.users, motion.proposer = room.users, room.proposer
    build.vote(motion, room.users[0], "reject", SECRET)
    build.vote(motion, room.users[1], "approve")
    return motion


def everyone(motion):
    """The other members, and who may do everything in the company, HR and auditor in one."""
    company, verbs = motion.company, ("approvals.audit", "approvals.manage", "audit.view", "incentives.view")
    return [motion.users[2], factories.user_with(company, *verbs)]


def looks(user, motion):
    """All that this user can look at about the motion, as one text."""
    client = browse(user)
    places = [
        address("motion", motion),
        reverse("votes"),
        address("committee", motion.committee),
        f"/api/v1/motions/{motion.pk}/",
        "/api/v1/motions/",
        reverse("audit_log"),
    ]
    answers = [client.get(place) for place in places]
    return "\n".join(text(answer) for answer in answers if answer.status_code == 200)


def without_tokens(page):
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=|"X-CSRFToken": )"[^"]+"', "", page)


def test_whatever_was_voted_everybody_else_sees_the_same(motion):
    users = everyone(motion)
    before = [without_tokens(looks(user, motion)) for user in users]
    assert all(SECRET not in seen for seen in before)
    for choice, reason in (("approve", "其他"), ("return", "其他")):
        Vote.objects.filter(reason=SECRET).update(choice=choice, reason=reason)
        assert [without_tokens(looks(user, motion)) for user in users] == before
        Vote.objects.filter(reason=reason).update(reason=SECRET)


def test_messages_and_events_say_nothing_of_it(motion):
    told = " ".join(Message.objects.values_list("subject", flat=True)) + str(
        list(Event.objects.values("data"))
    )
    assert "reject" not in told and "否决" not in told


def test_after_the_end_it_is_open_to_all_of_them(motion):
    for user in motion.users[2:5]:
        build.vote(motion, user)
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED
    for user in everyone(motion):
        assert SECRET in looks(user, motion)


def test_putting_and_withdrawing_a_motion_is_no_way_to_look(motion):
    services.withdraw(motion, by=motion.proposer, at=at())
    motion.refresh_from_db()
    for user in [*everyone(motion), motion.proposer]:
        assert SECRET not in looks(user, motion)
    own = next(line for line in selectors.visible_votes(motion, motion.users[0]) if line.is_own)
    assert own.reason == SECRET


def test_of_the_dissent_nothing_is_said_while_the_vote_is_open(motion):
    lines = selectors.visible_votes(motion, motion.users[2])
    assert selectors.dissent_of(lines, motion.state) == []
    assert "票不同意见" not in text(browse(motion.users[2]).get(address("motion", motion)))
