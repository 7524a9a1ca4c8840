"""The employee's pages: hearing, decisions, ledger, receipt, talk."""

import pytest
import time_machine
from django.urls import reverse

from incentives import services
from incentives.models import Decision, Hearing, Talk
from incentives.policy import parse_clocks
from incentives.tests.build import CLOCKS
from incentives.tests.pages import NOON, browse
from tests.factories import at


@pytest.fixture
def hearing(page_stage):
    decision = page_stage.proposed(page_stage.worst)
    services.call_hearing(decision, by=page_stage.hr, at=at(2026, 11, 2))
    return Hearing.objects.get()


@pytest.fixture
def me(page_stage):
    with time_machine.travel(NOON, tick=False):
        yield browse(page_stage.worst.user)


def address(name, thing):
    return reverse(name, args=[thing.pk])


def text(response):
    return response.content.decode()


def test_the_hearing_tells_what_why_which_clause_until_when_and_whom_to_ask(me, hearing):
    page = text(me.get(address("my_hearing", hearing)))
    for words in (
        "方磊：10 月绩效 −3\xa0分",
        "最后 1 名",
        "第 5.3 条（一）",
        "11 月 4 日（周三）24:00",
        "不表决，不扣分",
        "陈静",
    ):
        assert words in page


def test_that_the_superior_takes_no_part_is_said_only_where_the_policy_says_so(me, hearing, monkeypatch):
    place = address("my_hearing", hearing)
    assert "直接上级不参与" in text(me.get(place))
    clocks = parse_clocks(CLOCKS | {"recuse_line": False})
    monkeypatch.setattr("incentives.policy.clocks", lambda company, day: clocks)
    page = text(me.get(place))
    assert "直接上级不参与" not in page and "再由管理小组表决" in page


def test_a_statement_is_handed_in_once(me, hearing):
    place = address("my_statement", hearing)
    assert me.post(place, {"statement": "  "}).status_code == 422
    assert me.post(place, {"statement": "客户不满的是交付"}).status_code == 302
    assert "客户不满的是交付" in text(me.get(address("my_hearing", hearing)))
    assert me.post(place, {"statement": "再补充"}).status_code == 409
    assert Hearing.objects.get().statement == "客户不满的是交付"


def test_why_hr_proposes_what_the_evidence_held_back_is_told_to_the_person(page_stage):
    decision = page_stage.proposed(
        page_stage.worst,
        effects=[{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}],
        reason="三次提醒后仍未改进",
    )
    hearing = services.call_hearing(decision, by=page_stage.hr, at=at(2026, 11, 3))
    me = browse(page_stage.worst.user)
    for place in (address("my_hearing", hearing), address("my_decision", decision)):
        assert "三次提醒后仍未改进" in text(me.get(place))


def test_who_has_made_a_statement_may_end_the_hearing_early(me, hearing):
    me.post(address("my_statement", hearing), {"statement": "请核实"})
    assert "我没有补充了" in text(me.get(address("my_hearing", hearing)))
    assert "您的陈述保留" in text(me.get(address("my_waiver", hearing)))
    me.post(address("my_waiver", hearing))
    assert (Hearing.objects.get().statement, Hearing.objects.get().decision.state) == ("请核实", "ready")


def test_waiving_takes_two_steps(me, hearing):
    place = address("my_waiver", hearing)
    assert "放弃不等于同意" in text(me.get(place))
    assert Hearing.objects.get().waived_at is None
    me.post(place)
    assert Hearing.objects.get().decision.state == Decision.State.READY


def test_nobody_else_opens_my_hearing(page_stage, hearing):
    for name in ("my_hearing", "my_waiver"):
        assert browse(page_stage.best.user).get(address(name, hearing)).status_code == 404
    assert browse().get(address("my_hearing", hearing)).status_code == 302
    assert browse(page_stage.hr).get(address("my_hearing", hearing)).status_code == 403


def test_a_proposal_nobody_told_me_of_is_not_shown(page_stage):
    decision = page_stage.proposed(page_stage.worst)
    me = browse(page_stage.worst.user)
    assert me.get(address("my_decision", decision)).status_code == 404
    assert "10 月绩效" not in text(me.get(reverse("my_ledger")))


def test_a_decision_says_until_when_i_may_object_and_receipt_is_no_consent(page_stage):
    decision = page_stage.issued(page_stage.best)
    me = browse(page_stage.best.user)
    page = text(me.get(address("my_decision", decision)))
    assert "您可以申诉到" in page
    assert reverse("my_appeal_new", args=["decision", decision.pk]) in page
    assert "确认收到不等于同意" in page
    assert me.get(address("my_receipt", decision)).status_code == 405
    assert me.post(address("my_receipt", decision)).status_code == 302
    assert Decision.objects.get().received_at is not None
    assert me.post(address("my_receipt", decision)).status_code == 409


def test_my_ledger_holds_my_lines_and_nobody_elses(page_stage):
    page_stage.posted(page_stage.best)
    assert "我的绩效分合计" in text(browse(page_stage.best.user).get(reverse("my_ledger")))
    other = text(browse(page_stage.worst.user).get(reverse("my_ledger")))
    assert "您的账目是空的" in other
    assert "ZM-" not in other


def test_a_talk_is_held_by_the_head_and_acknowledged_by_the_employee(page_stage):
    page_stage.posted(page_stage.worst)
    talk, head = Talk.objects.get(), browse(page_stage.head)
    assert "方磊" in text(head.get(reverse("talks")))
    assert head.post(address("talk", talk), {"held_on": "", "minutes": ""}).status_code == 422
    with time_machine.travel(at(2026, 11, 17), tick=False):
        head = browse(page_stage.head)
        future = head.post(address("talk", talk), {"held_on": "2026-11-30", "minutes": "谈了交付"})
        assert future.status_code == 409
        assert "谈话日期不能晚于今天" in text(future)
        head.post(address("talk", talk), {"held_on": "2026-11-17", "minutes": "商定每周复盘"})
        me = browse(page_stage.worst.user)
        assert "商定每周复盘" in text(me.get(address("my_talk", talk)))
        me.post(address("my_talk", talk), {"note": "同意"})
    assert Talk.objects.get().state == Talk.State.ACKNOWLEDGED


def test_another_head_does_not_see_the_talk(page_stage):
    page_stage.posted(page_stage.worst)
    talk = Talk.objects.get()
    page_stage.allow(page_stage.best.user, "incentives.hold_talk")
    assert browse(page_stage.best.user).get(address("talk", talk)).status_code == 404
    assert browse(page_stage.worst.user).get(address("talk", talk)).url == address("my_talk", talk)


def test_a_talk_not_yet_held_has_no_minutes_to_read(page_stage):
    page_stage.posted(page_stage.worst)
    assert browse(page_stage.worst.user).get(address("my_talk", Talk.objects.get())).status_code == 404


@pytest.fixture
def untold(page_stage):
    """A penalty that HR has proposed and of which the employee has not been told."""
    return page_stage.proposed(page_stage.worst)


def test_what_is_only_being_considered_is_not_shown_to_the_person_concerned(me, untold):
    for place in ("my_decision", "why_decision"):
        assert me.get(address(place, untold)).status_code == 404
    assert me.get(f"/api/v1/decisions/{untold.pk}/").status_code == 404
    assert me.get("/api/v1/decisions/").json()["results"] == []


def test_from_the_hearing_on_the_person_concerned_sees_their_decision(me, hearing):
    for place in ("my_decision", "why_decision"):
        assert me.get(address(place, hearing.decision)).status_code == 200
    assert len(me.get("/api/v1/decisions/").json()["results"]) == 1
