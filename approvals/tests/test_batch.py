"""Voting line by line: the password with each batch, all or none, and only on what was shown."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from approvals import services, topics
from approvals.models import Vote
from approvals.tests import build
from approvals.tests.pages import PASSWORD, TOPIC, browse, make_room, register_topic, text
from tests.factories import at

PAGE = "votes_batch"


@pytest.fixture
def room(company, monkeypatch):
    cache.clear()
    register_topic(monkeypatch)
    room = make_room(company)
    for user in room.users:
        user.set_password(PASSWORD)
        user.save()
    return room


@pytest.fixture
def motions(room):
    return [build.make_motion(room, topic_id=number, proposed_by=room.proposer) for number in (1, 2)]


def key(motion, user, name="choice"):
    return f"s{motion.seats.get(employee=user.employee).pk}-{name}"


def shown(client):
    """The hidden fields of the page, as a browser would send them."""
    lines = client.get(reverse(PAGE)).context["lines"]
    return {form["shown"].html_name: form.initial["shown"] for seat, question, form, is_own in lines}


def send(user, data, password=PASSWORD, fields=None):
    client = browse(user)
    fields = shown(client) if fields is None else fields
    return client.post(reverse(PAGE), fields | data | {"password": password})


def choices(room, motions, place=0, choice="approve"):
    user = room.users[place]
    return {key(motion, user): choice for motion in motions}


def test_each_reward_has_a_line_and_blank_lines_stay_open(room, motions):
    build.make_motion(room, topic_id=11, proposed_by=room.proposer)
    page = text(browse(room.users[0]).get(reverse(PAGE)))
    assert "第 1 件" in page and "第 2 件" in page and "第 11 件" not in page
    assert " checked" not in page
    assert send(room.users[0], choices(room, motions[:1])).url == reverse("votes")
    assert [vote.seat.motion_id for vote in Vote.objects.all()] == [motions[0].pk]


@pytest.mark.parametrize(
    ("password", "words"),
    [("wrong", "密码不正确，没有投出任何一票"), ("", "请输入密码；没有投出任何一票")],
)
def test_a_wrong_password_casts_nothing_and_says_so_at_the_field(room, motions, password, words):
    response = send(room.users[0], choices(room, motions), password)
    assert response.status_code == 422
    assert words in text(response) and 'id="id_password_error"' in text(response)
    assert not Vote.objects.exists()


def test_the_password_counts_for_one_batch_only(room, motions):
    send(room.users[0], choices(room, motions[:1]))
    assert send(room.users[0], choices(room, motions[1:]), "").status_code == 422
    assert Vote.objects.count() == 1


def test_guessing_the_password_is_limited_as_at_sign_in(room, motions):
    for _time in range(6):
        send(room.users[0], choices(room, motions), "wrong")
    response = send(room.users[0], choices(room, motions))
    assert response.status_code == 422
    assert not Vote.objects.exists()
    cache.clear()
    assert send(room.users[0], choices(room, motions)).status_code == 302


def test_a_bad_line_or_no_line_casts_nothing(room, motions):
    lines = choices(room, motions[:1]) | choices(room, motions[1:], choice="reject")
    assert send(room.users[0], lines).status_code == 422
    assert send(room.users[0], {}).context["problem"].startswith("没有提交")
    assert not Vote.objects.exists()


def test_a_motion_closed_meanwhile_is_said_and_nothing_is_cast(room, motions):
    before = shown(browse(room.users[0]))
    build.vote(motions[0], room.users[1], "return")
    response = send(room.users[0], choices(room, motions), fields=before)
    assert response.status_code == 409
    assert "有一件已结束或已投过" in text(response) and "第 2 件" in text(response)
    assert not Vote.objects.filter(cast_by=room.users[0]).exists()


def test_a_line_that_reads_otherwise_than_was_shown_is_not_voted_on(room, motions, monkeypatch):
    before = shown(browse(room.users[0]))
    changed = topics.Topic(
        title=str,
        questions=lambda ids: {
            pk: topics.Question(f"第 {pk} 件改为 500 元？", is_batchable=True) for pk in ids
        },
    )
    monkeypatch.setitem(topics.topics._entries, TOPIC, (0, changed))
    response = send(room.users[0], choices(room, motions), fields=before)
    assert response.status_code == 409
    assert "在您查看后变了" in text(response) and " checked" not in text(response)
    assert not Vote.objects.exists()


def test_lines_that_concern_me_stand_apart_and_are_not_offered(room, motions):
    about_me = build.make_motion(
        room, topic_id=3, proposed_by=room.proposer, excluded={room.users[0].employee.pk: "subject"}
    )
    page = text(browse(room.users[0]).get(reverse(PAGE)))
    assert "另有 1 件您须回避" in page and "第 3 件" in page
    assert key(about_me, room.users[0]) not in page
    send(room.users[0], choices(room, [*motions, about_me]))
    assert not Vote.objects.exists()


def test_the_verb_casts_all_or_none(room, motions):
    user = room.users[0]
    build.vote(motions[1], room.users[1], "return")
    lines = [services.Line(motion, "approve") for motion in motions]
    with pytest.raises(services.BatchRefused) as refusal:
        services.cast_batch(lines, by=user, at=at())
    assert refusal.value.line.motion == motions[1]
    assert not Vote.objects.filter(cast_by=user).exists()


def test_a_batch_has_at_most_a_hundred_lines(room, motions):
    with pytest.raises(services.motions.Refused, match="100"):
        services.cast_batch([services.Line(motions[0], "approve")] * 101, by=room.users[0], at=at())
    assert not Vote.objects.exists()
