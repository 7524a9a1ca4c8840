"""The group decides, as its members do over HTTP: delegation, weights, dissent, batch, minutes (RE-2.1)."""

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from approvals import services
from approvals.models import Delegation, Minutes, Motion, Vote
from approvals.tests import build
from approvals.tests.pages import PASSWORD, address, browse, make_room, register_topic, text
from audit.models import AuditRow
from core.models import Event
from core.registries import verifications
from tests.factories import at

pytestmark = pytest.mark.clause("RE-2.1")


@pytest.fixture
def now(company, monkeypatch):
    cache.clear()
    register_topic(monkeypatch)
    with time_machine.travel(at(2026, 11, 4), tick=False):
        yield at(2026, 11, 4)


@pytest.fixture
def room(now, company):
    return make_room(company, 4)


def put(room, topic_id=1, **options):
    return build.make_motion(room, topic_id=topic_id, proposed_by=room.proposer, **options)


def cast(user, motion, choice="approve", reason="", **more):
    data = {"choice": choice, "reason": reason} | more
    return browse(user).post(address("vote_cast", motion), data)


def state_of(motion):
    return Motion.objects.get(pk=motion.pk).state


def holds():
    return list(verifications["6 votes"]()) == []


def test_a_member_who_is_away_is_voted_for_by_name_and_takes_the_vote_back(room):
    chair, second, third, fourth = room.users
    colleague = build.make_colleague(room, "许岚")
    values = {
        "committee": room.pk,
        "delegate": colleague.employee.pk,
        "starts_on": "2026-11-04",
        "ends_on": "2026-11-10",
    }
    assert browse(chair).post(reverse("delegations"), values).status_code == 302
    motion, other = put(room), put(room, 2)
    seat = motion.seats.get(employee=chair.employee)
    assert cast(colleague, motion, seat=seat.pk).status_code == 302
    assert cast(chair, motion).status_code == 409
    assert cast(second, motion).status_code == 302 and cast(third, motion).status_code == 302
    assert state_of(motion) == Motion.State.CARRIED
    assert "由许岚代投" in text(browse(fourth).get(address("motion", motion)))
    row = AuditRow.objects.get(verb="approvals.vote.cast", actor=colleague)
    assert row.on_behalf_of == chair
    browse(chair).post(address("delegation_end", Delegation.objects.get()))
    assert cast(colleague, other, seat=other.seats.get(employee=chair.employee).pk).status_code == 404
    assert holds()


def test_weighted_votes_decide_by_weight_and_the_record_says_so(now, company):
    room = make_room(company, 3, is_weighted=True)
    room.memberships.filter(employee=room.users[0].employee).update(weight=3)
    motion = put(room)
    assert "同意票权重须达 3（共 5）" in text(browse(room.users[1]).get(address("motion", motion)))
    cast(room.users[0], motion, "reject", "费用过高")
    assert state_of(motion) == Motion.State.REJECTED
    record = text(browse(room.users[1]).get(address("motion", motion)))
    assert "1 票否决（权重 3）" in record
    assert holds()


def test_the_minority_is_noted_and_the_chair_signs_minutes_that_then_stand_still(room):
    motion = put(room)
    browse(room.users[3]).post(address("vote_recuse", motion), {"note": "王丽是我的亲属"})
    cast(room.users[1], motion, "reject", "理由不充分")
    cast(room.users[0], motion)
    cast(room.users[2], motion)
    assert "1 票不同意见" in text(browse(room.users[1]).get(address("motion", motion)))
    browse(room.users[1]).post(address("minutes_new", room), {"motions": [motion.pk], "remarks": ""})
    minutes = Minutes.objects.get()
    assert browse(room.users[1]).post(address("minutes_sign", minutes)).status_code == 409
    assert browse(room.users[0]).post(address("minutes_sign", minutes)).status_code == 302
    page = text(browse(room.users[2]).get(address("minutes", minutes)))
    for words in ("JY-2611-0001", "理由不充分", "王丽是我的亲属", "参加表决", "1 票不同意见"):
        assert words in page
    assert holds()


def test_a_batch_of_rewards_needs_the_password_and_is_cast_whole_or_not_at_all(room):
    user = room.users[0]
    user.set_password(PASSWORD)
    user.save()
    motions = [put(room, 1), put(room, 2)]
    page = reverse("votes_batch")
    lines = browse(user).get(page).context["lines"]
    data = {form["shown"].html_name: form.initial["shown"] for seat, question, form, own in lines}
    data |= {f"s{seat.pk}-choice": "approve" for seat, question, form, own in lines}
    assert browse(user).post(page, data | {"password": "wrong"}).status_code == 422
    assert not Vote.objects.exists()
    cast(room.users[1], motions[1], "return", "先补材料")
    assert browse(user).post(page, data | {"password": PASSWORD}).status_code == 409
    assert not Vote.objects.filter(cast_by=user).exists()
    seat = motions[0].seats.get(employee=user.employee).pk
    one = {name: value for name, value in data.items() if name.startswith(f"s{seat}-")}
    assert browse(user).post(page, one | {"password": PASSWORD}).status_code == 302
    assert Vote.objects.filter(cast_by=user).count() == 1


def test_when_the_chair_is_recused_and_no_quorum_is_left_a_member_names_stand_ins(room):
    concerned = {user.employee.pk: "line" for user in room.users[:2]}
    motion = put(room, excluded=concerned)
    assert "1 件表决回避后达不到法定人数" in text(browse(room.users[2]).get(address("committee", room)))
    colleague = build.make_colleague(room, "林岚")
    data = {"instead_of": room.users[0].employee.pk, "employee": colleague.employee.pk}
    assert browse(room.users[0]).post(address("vote_stand_in", motion), data).status_code in (409, 422)
    assert browse(room.users[2]).post(address("vote_stand_in", motion), data).status_code == 302
    for user in (room.users[2], room.users[3], colleague):
        cast(user, motion)
    assert state_of(motion) == Motion.State.CARRIED
    assert holds()


def test_silence_approves_nothing_and_is_shown_as_overdue(room):
    motion = put(room)
    for user in room.users[:2]:
        cast(user, motion)
    with time_machine.travel(at(2027, 3, 1), tick=False):
        services.remind(at(2027, 3, 1))
        assert state_of(motion) == Motion.State.OPEN
        assert "已逾期" in text(browse(room.users[0]).get(reverse("votes")))


def test_where_the_chairman_decides_the_group_is_one_person(now, company):
    room = make_room(company, 1)
    motion = put(room)
    assert "须 1 人投票、1 票同意" in text(browse(room.users[0]).get(address("motion", motion)))
    cast(room.users[0], motion)
    assert state_of(motion) == Motion.State.CARRIED
    assert Event.objects.filter(name="approvals.motion_carried").count() == 1
    about_him = put(room, 2, excluded={room.users[0].employee.pk: "subject"})
    assert cast(room.users[0], about_him).status_code == 409
    assert state_of(about_him) == Motion.State.OPEN
    assert holds()
