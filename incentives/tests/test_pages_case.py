"""One case: what HR reads, what HR may do, and what is refused with which words."""

import pytest
import time_machine
from django.urls import reverse

from incentives import services
from incentives.models import Case, Decision, Hearing
from incentives.tests.pages import NOON, PageStage, browse
from tests.factories import at

HELD = (90, 86, 90, 90, 89, 89, 88, 88)


@pytest.fixture
def hr(page_stage):
    with time_machine.travel(NOON, tick=False):
        yield browse(page_stage.hr)


def address(name, thing):
    return reverse(name, args=[thing.pk])


def text(response):
    return response.content.decode()


def test_the_page_holds_months_pool_note_clause_and_course(hr, page_stage):
    page = text(hr.get(address("incentives_case", page_stage.case_of(page_stage.worst))))
    assert "方磊：10 月绩效 −3\xa0分，并安排诫勉谈话" in page
    assert "8、9、10 月满意率都在同组 8 人的最后 1 名" in page
    assert "60 / 100" in page
    assert "180 / 300" in page
    assert "α = 0.05 / 8" in page
    assert "第 5.3 条（一）" in page
    assert "月度关账时算出，依据冻结" in page


def test_the_page_speaks_english_when_asked(hr, page_stage):
    hr.cookies["django_language"] = "en"
    page = text(hr.get(address("incentives_case", page_stage.case_of(page_stage.worst))))
    assert "In Aug, Sep and Oct each time among the last 1 of 8 peers" in page
    assert "and not by chance" in page


def test_a_penalty_is_proposed_then_heard_then_sent(hr, page_stage):
    case = page_stage.case_of(page_stage.worst)
    hr.post(address("incentives_propose", case), {"effect_0": -3, "reason": ""})
    assert Decision.objects.get().state == Decision.State.PROPOSED
    assert hr.post(address("incentives_submit", case)).status_code == 409
    hr.post(address("incentives_call_hearing", case))
    assert Hearing.objects.get().decision.state == Decision.State.HEARING
    assert "disabled" in text(hr.get(address("incentives_case", case)))
    services.waive_hearing(Hearing.objects.get(), by=page_stage.worst.user, at=NOON)
    hr.post(address("incentives_submit", case))
    assert Decision.objects.get().state == Decision.State.VOTING


def test_a_reward_goes_straight_to_the_vote(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    assert hr.post(address("incentives_submit", case)).status_code == 302
    assert Decision.objects.get().state == Decision.State.VOTING


@pytest.mark.parametrize(
    ("amount", "sentence"), [("9", "请填 +3 至 +5 分"), ("", "请填 +3 至 +5 分"), ("x", "请填")]
)
def test_a_grade_outside_the_range_is_told_beside_its_field(hr, page_stage, amount, sentence):
    case = page_stage.case_of(page_stage.best)
    response = hr.post(address("incentives_propose", case), {"effect_0": amount, "reason": "补充"})
    assert response.status_code == 422
    assert sentence in response.context["grade"].errors["effect_0"][0]
    assert 'aria-invalid="true"' in text(response)
    assert not Decision.objects.exists()


def test_another_grade_needs_a_reason(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    response = hr.post(address("incentives_propose", case), {"effect_0": 3, "reason": " "})
    assert response.status_code == 422
    assert "请写明调整等级的理由" in text(response)
    hr.post(address("incentives_propose", case), {"effect_0": 3, "reason": "新人带教由两人完成"})
    assert Decision.objects.get().effects[0]["amount"] == 3


def test_the_grade_of_a_proposal_may_be_changed_with_a_reason(hr, page_stage):
    decision = page_stage.proposed(page_stage.best)
    response = hr.post(
        address("incentives_amend", decision.case), {"effect_0": 4, "reason": "按条款下调一级"}
    )
    assert response.status_code == 302
    assert Decision.objects.get().effects[0]["amount"] == 4


def test_a_held_case_is_proposed_only_with_a_reason(company):
    stage = PageStage(company)
    stage.three_months(satisfied=HELD)
    case, hr = stage.case_of(stage.worst), browse(stage.hr)
    assert "证据不足，未提出" in text(hr.get(address("incentives_case", case)))
    response = hr.post(address("incentives_propose", case), {"effect_0": -3, "reason": ""})
    assert response.status_code == 422
    assert "证据不足仍要提出，请写明理由" in text(response)
    hr.post(address("incentives_propose", case), {"effect_0": -3, "reason": "另有三起核实的投诉"})
    assert Decision.objects.get().reason == "另有三起核实的投诉"


def test_setting_aside_needs_a_reason_and_keeps_the_case(hr, page_stage):
    case = page_stage.case_of(page_stage.worst)
    assert hr.get(address("incentives_set_aside", case)).status_code == 200
    assert hr.post(address("incentives_set_aside", case), {"reason": ""}).status_code == 422
    hr.post(address("incentives_set_aside", case), {"reason": "已安排辅导"})
    assert Case.objects.get(pk=case.pk).state == Case.State.SET_ASIDE
    assert "已安排辅导" in text(hr.get(address("incentives_case", case)))


def test_the_opinion_stands_beside_the_statement(hr, page_stage):
    decision = page_stage.proposed(page_stage.worst)
    hearing = services.call_hearing(decision, by=page_stage.hr, at=at(2026, 11, 2))
    services.state_case(
        hearing, statement="请核实 3 号楼的交付", by=page_stage.worst.user, at=at(2026, 11, 3, 9)
    )
    page = text(hr.get(address("incentives_case", decision.case)))
    assert "请核实 3 号楼的交付" in page
    assert "您的核实意见" in page
    assert hr.post(address("incentives_opinion", decision.case), {"opinion": ""}).status_code == 422
    hr.post(address("incentives_opinion", decision.case), {"opinion": "移交属实，结论不变"})
    assert Decision.objects.get().opinion == "移交属实，结论不变"


def test_who_cannot_take_part_is_named(hr, page_stage):
    decision = page_stage.proposed(page_stage.worst)
    page = text(hr.get(address("incentives_case", decision.case)))
    assert "李强是直接上级，回避" in page
    assert "陈静是提案人，不表决" in page


def test_hr_has_no_say_in_their_own_case(page_stage):
    own = page_stage.case_of(page_stage.best)
    page_stage.allow(page_stage.best.user, "incentives.view", "incentives.propose")
    response = browse(page_stage.best.user).post(address("incentives_submit", own))
    assert response.status_code == 409
    assert not Decision.objects.exists()


WRITES = (
    "incentives_propose",
    "incentives_amend",
    "incentives_call_hearing",
    "incentives_opinion",
    "incentives_submit",
)


@pytest.mark.parametrize("name", WRITES)
def test_every_step_is_a_post_by_somebody_entitled_and_inside(page_stage, name):
    case = page_stage.case_of(page_stage.best)
    assert browse().post(address(name, case)).status_code == 302
    assert browse(page_stage.hr).get(address(name, case)).status_code == 405
    assert browse(page_stage.auditor()).post(address(name, case)).status_code == 403
    assert browse(page_stage.stranger_company_hr()).post(address(name, case)).status_code == 404
    assert not Decision.objects.exists()


def test_hr_follows_the_vote_and_takes_the_matter_back_in_two_steps(hr, page_stage):
    page_stage.allow(page_stage.hr, "approvals.manage")
    decision = page_stage.voting(page_stage.best)
    page = text(hr.get(address("incentives_case", decision.case)))
    assert address("motion", decision.motion) in page
    vote = text(hr.get(address("motion", decision.motion)))
    assert "是否同意：王丽" in vote and "我的一票" not in vote
    place = address("incentives_take_back", decision.case)
    assert "投票方向不公开" in text(hr.get(place))
    assert Decision.objects.get().state == Decision.State.VOTING
    hr.post(place)
    assert Decision.objects.get().state == Decision.State.RETURNED
    assert hr.post(place).status_code == 409
    assert "不能撤回" in text(hr.get(place))


def test_members_find_a_vote_by_name_number_or_rule(page_stage):
    best, worst = page_stage.issued(page_stage.best), page_stage.issued(page_stage.worst)
    member = browse(page_stage.members[0])

    def found(words):
        return [
            motion.topic_id for motion, _question in member.get(f"/votes/?within={words}").context["others"]
        ]

    assert found("王丽") == [best.pk]
    assert found(worst.number) == [worst.pk]
    assert found("名列前茅") == [best.pk]
    assert sorted(found("")) == [best.pk, worst.pk]
    assert "没有符合条件的表决" in text(member.get("/votes/?within=某某"))


def test_hr_is_not_taken_for_a_delegate(hr, page_stage):
    page_stage.allow(page_stage.hr, "approvals.manage")
    assert "由委托人自己投票" not in text(
        hr.get(address("motion", page_stage.voting(page_stage.best).motion))
    )


def test_who_may_not_see_the_vote_is_not_led_to_it(hr, page_stage):
    decision = page_stage.voting(page_stage.best)
    assert address("motion", decision.motion) not in text(hr.get(address("incentives_case", decision.case)))


def test_taking_back_is_for_somebody_entitled_and_inside(page_stage):
    place = address("incentives_take_back", page_stage.voting(page_stage.best).case)
    assert browse(page_stage.auditor()).post(place).status_code == 403
    assert browse(page_stage.stranger_company_hr()).post(place).status_code == 404
    assert Decision.objects.get().state == Decision.State.VOTING


def test_the_groups_reasons_stand_on_the_case_it_sent_back(hr, page_stage):
    decision = page_stage.vote(page_stage.voting(page_stage.best), "return")
    page = text(hr.get(address("incentives_case", decision.case)))
    assert "管理小组已退回" in page and "依据不足" in page and "送管理小组表决" in page


def test_a_decisions_address_leads_each_to_their_own_page(page_stage):
    decision = page_stage.proposed(page_stage.worst)
    services.call_hearing(decision, by=page_stage.hr, at=at(2026, 11, 2))
    place = address("decision", decision)
    assert browse(page_stage.hr).get(place).url == address("incentives_case", decision.case)
    assert browse(page_stage.worst.user).get(place).url == address("my_hearing", Hearing.objects.get())
    assert browse(page_stage.best.user).get(place).status_code == 404


def test_the_search_finds_a_case_by_name(page_stage):
    page = text(browse(page_stage.hr).get(reverse("search"), {"q": "方磊"}))
    assert address("incentives_case", page_stage.case_of(page_stage.worst)) in page
