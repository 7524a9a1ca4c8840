"""The group's pages over a topic of their own: rights, blindness, equal choices, batch, committee."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Membership, Motion, Vote
from approvals.tests import build
from approvals.tests.pages import address, browse, make_room, register_topic, text
from tests import factories


@pytest.fixture
def room(company, monkeypatch):
    register_topic(monkeypatch)
    return make_room(company)


@pytest.fixture
def motion(room):
    return build.make_motion(room, proposed_by=room.proposer)


def test_the_list_names_what_waits_for_me(room, motion):
    page = text(browse(room.users[0]).get(reverse("votes")))
    assert "1 件等您表决" in page
    assert "是否同意第 1 件？" in page


def test_an_empty_list_says_so(room):
    assert "没有等您表决的事项" in text(browse(room.users[0]).get(reverse("votes")))


def test_three_equal_choices_and_none_preselected(room, motion):
    page = text(browse(room.users[0]).get(address("motion", motion)))
    assert page.count('type="radio"') == 3
    assert " checked" not in page
    assert "<h1" in page and "是否同意第 1 件？" in page


def test_a_vote_is_a_post(room, motion):
    member = browse(room.users[0])
    assert member.get(address("vote_cast", motion), {"choice": "approve"}).status_code == 405
    assert not Vote.objects.exists()
    assert member.post(address("vote_cast", motion), {"choice": "approve"}).status_code == 302
    assert Vote.objects.get().choice == "approve"


@pytest.mark.parametrize("choice", ["reject", "return"])
def test_rejecting_and_returning_need_a_reason_beside_the_field(room, motion, choice):
    member = browse(room.users[0])
    response = member.post(address("vote_cast", motion), {"choice": choice, "reason": " "})
    assert response.status_code == 422
    assert 'id="id_reason_error"' in text(response)
    assert 'aria-invalid="true"' in text(response)
    assert not Vote.objects.exists()
    member.post(address("vote_cast", motion), {"choice": choice, "reason": "建议先辅导"})
    assert Vote.objects.get().reason == "建议先辅导"


def test_no_choice_is_no_vote(room, motion):
    response = browse(room.users[0]).post(address("vote_cast", motion), {})
    assert response.status_code == 422
    assert "请从同意、否决、退回中选一项" in text(response)
    assert not Vote.objects.exists()


def test_after_a_vote_comes_the_next_and_at_the_end_the_list(room, motion):
    second = build.make_motion(room, topic_id=2, proposed_by=room.proposer)
    member = browse(room.users[0])
    assert "1 / 2" in text(member.get(address("motion", motion)))
    assert member.post(address("vote_cast", motion), {"choice": "approve"}).url == address("motion", second)
    assert member.post(address("vote_cast", second), {"choice": "approve"}).url == reverse("votes")


def test_voting_twice_is_refused_in_words(room, motion):
    member = browse(room.users[0])
    member.post(address("vote_cast", motion), {"choice": "approve"})
    response = member.post(address("vote_cast", motion), {"choice": "reject", "reason": "改主意"})
    assert response.status_code == 409
    assert Vote.objects.get().choice == "approve"


def test_directions_stay_hidden_until_the_vote_is_closed(room, motion):
    build.vote(motion, room.users[0], "reject", "私下的理由")
    for viewer in (room.users[1], factories.user_with(room.company, "approvals.audit")):
        page = text(browse(viewer).get(address("motion", motion)))
        assert "私下的理由" not in page
        assert "已投 1 票，还差 1 票到法定人数" in page
    assert "私下的理由" in text(browse(room.users[0]).get(address("motion", motion)))


def test_the_record_of_a_closed_motion_names_votes_and_reasons(room, motion):
    build.vote(motion, room.users[0], "return", "证据要补")
    assert Motion.objects.get().state == Motion.State.RETURNED
    page = text(browse(factories.user_with(room.company, "approvals.audit")).get(address("motion", motion)))
    for words in ("表决记录", "证据要补", "周总", "未投", "1 票退回"):
        assert words in page
    assert 'type="radio"' not in page


def test_standing_aside_is_a_page_with_a_note(room, motion):
    member = browse(room.users[1])
    assert "回避此事？" in text(member.get(address("vote_recuse", motion)))
    assert member.post(address("vote_recuse", motion), {"note": ""}).status_code == 422
    assert motion.seats.filter(recused_at=None).count() == 3
    member.post(address("vote_recuse", motion), {"note": "是亲属"})
    assert motion.seats.get(employee=room.users[1].employee).note == "是亲属"
    assert 'type="radio"' not in text(member.get(address("motion", motion)))


def test_the_four_answers_of_rights(room, motion):
    outsider = factories.user_with(factories.make_company("other", "别的公司"), "approvals.vote")
    lacking = factories.user_with(room.company, "policies.view")
    unseated = factories.user_with(room.company, "approvals.vote")
    assert browse().get(address("motion", motion)).status_code == 302
    assert browse(lacking).get(address("motion", motion)).status_code == 403
    for user in (outsider, unseated):
        assert browse(user).get(address("motion", motion)).status_code == 404
        assert browse(user).post(address("vote_cast", motion), {"choice": "approve"}).status_code == 404
    excluded = build.make_motion(
        room, topic_id=3, proposed_by=room.proposer, excluded={room.users[0].employee.pk: "subject"}
    )
    assert (
        browse(room.users[0]).post(address("vote_cast", excluded), {"choice": "approve"}).status_code == 409
    )
    assert not Vote.objects.exists()


def test_an_auditor_reads_but_does_not_vote(room, motion):
    auditor = browse(factories.user_with(room.company, "approvals.audit"))
    assert 'type="radio"' not in text(auditor.get(address("motion", motion)))
    assert auditor.post(address("vote_cast", motion), {"choice": "approve"}).status_code == 403


def test_the_committee_page_says_how_it_decides(room):
    page = text(browse(room.users[0]).get(address("committee", room)))
    for words in ("3 人", "至少 67% 须投票", "超过 50% 同意才通过", "一票退回即退回", "表决期 3 个工作日"):
        assert words in page
    assert "增加成员" not in page


def test_terms_are_entered_and_ended_by_who_manages_the_group(room):
    manager = browse(factories.user_with(room.company, "approvals.manage"))
    newcomer = factories.make_employee(room.company.departments.first(), "赵敏")
    place = address("committee_add", room)
    assert manager.post(place, {"employee": newcomer.pk, "starts_on": ""}).status_code == 422
    assert manager.post(place, {"employee": newcomer.pk, "starts_on": "2026-11-01"}).status_code == 302
    term = Membership.objects.get(employee=newcomer)
    assert manager.get(address("membership_end", term)).status_code == 200
    manager.post(address("membership_end", term), {"ends_on": "2026-12-31"})
    assert str(Membership.objects.get(pk=term.pk).ends_on) == "2026-12-31"


def test_members_do_not_manage_their_own_group(room):
    member = browse(room.users[0])
    assert member.post(address("committee_add", room), {}).status_code == 403
    assert member.get(address("membership_end", Membership.objects.first())).status_code == 403
    outsider = factories.user_with(factories.make_company("other", "别的公司"), "approvals.manage")
    assert browse(outsider).get(address("committee", room)).status_code == 404


def test_a_second_chair_is_refused_beside_the_field(room):
    manager = browse(factories.user_with(room.company, "approvals.manage"))
    newcomer = factories.make_employee(room.company.departments.first(), "赵敏")
    data = {"employee": newcomer.pk, "starts_on": "2026-11-01", "is_chair": "on"}
    response = manager.post(address("committee_add", room), data)
    assert response.status_code == 409
    assert "该日已有组长" in text(response)


def test_the_chair_names_a_stand_in_when_no_quorum_is_left(room):
    excluded = {user.employee.pk: "line" for user in room.users[1:]}
    motion = build.make_motion(room, topic_id=4, proposed_by=room.proposer, excluded=excluded)
    chair = browse(room.users[0])
    assert "回避后达不到法定人数" in text(chair.get(address("motion", motion)))
    stand_in = build.make_colleague(room, "赵敏")
    data = {"instead_of": room.users[1].employee.pk, "employee": stand_in.employee.pk}
    stranger = factories.user_with(room.company, "incentives.view")
    assert browse(stranger).post(address("vote_stand_in", motion), data).status_code == 403
    assert chair.post(address("vote_stand_in", motion), data).status_code == 302
    assert motion.seats.get(employee=stand_in.employee).stands_in_for == room.users[1].employee


def queries_of(client, place):
    client.get(place)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["votes", "votes_batch", "committee", "minutes_new"])
def test_a_longer_list_asks_no_more_queries(room, name):
    client = browse(factories.user_with(room.company, "approvals.manage", "approvals.vote"))
    place = reverse(name, args=[] if name.startswith("votes") else [room.pk])
    everybody = {user.employee.pk: "line" for user in room.users[1:]}
    counts = []
    for numbers in (range(2), range(2, 8)):
        for number in numbers:
            build.make_motion(room, topic_id=number, proposed_by=room.proposer, excluded=everybody)
            closed = build.make_motion(room, topic_id=100 + number, proposed_by=room.proposer)
            build.vote(closed, room.users[0], "return")
        counts.append((queries_of(client, place), queries_of(browse(room.users[0]), place)))
    assert counts[0] == counts[1]
