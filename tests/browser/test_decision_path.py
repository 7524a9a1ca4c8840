"""HR sends a reward, hears an employee about a penalty, the group votes: in a browser, as people do it."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from approvals.models import Motion, Vote
from core.events import deliver_all
from incentives import services
from incentives.models import Decision, Hearing, Talk
from incentives.tests.pages import NOON, PageStage
from tests import factories
from tests.factories import at


@pytest.fixture
def stage(transactional_db):
    with time_machine.travel(NOON):
        found = PageStage(factories.make_company())
        found.three_months()
        yield found


def open_motion(stage, employee):
    return Motion.objects.get(pk=Decision.objects.get(employee=employee).motion_id)


@pytest.mark.clause("DC-4")
def test_hr_picks_checks_and_sends_a_reward(stage, browser_page, login):
    page = browser_page
    login(page, stage.hr)
    page.goto(reverse("incentives_queue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("10 月 2 件提案")
    page.get_by_role("checkbox", name="选择 王丽").check()
    expect(page.get_by_role("status").filter(has_text="已选")).to_have_text("已选 1 件")
    page.get_by_role("button", name="核对并送表决").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("把 1 件奖励送管理小组表决？")
    assert not Decision.objects.exists()
    page.get_by_role("button", name="送 1 件表决").click()
    expect(page.get_by_text("已送 1 件给管理小组表决")).to_be_visible()
    assert Decision.objects.get().state == Decision.State.VOTING


def test_the_keyboard_moves_and_picks(stage, browser_page, login):
    page = browser_page
    login(page, stage.hr)
    page.goto(reverse("incentives_queue"))
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="选择 王丽")).to_be_checked()
    page.get_by_role("button", name="全部取消").click()
    expect(page.get_by_role("checkbox", name="选择 王丽")).not_to_be_checked()
    page.get_by_role("button", name="选中本页全部").click()
    expect(page.get_by_role("status").filter(has_text="已选")).to_have_text("已选 1 件")


def test_a_member_moves_through_the_votes_by_keyboard_and_hr_takes_one_back(stage, browser_page, login):
    stage.allow(stage.hr, "approvals.manage")
    decision = stage.voting(stage.best)
    stage.voting(stage.worst)
    page = browser_page
    login(page, stage.members[1])
    page.goto(reverse("votes"))
    for expected in ("王丽", "方磊"):
        page.keyboard.press("j")
        expect(page.locator(":focus")).to_contain_text(expected)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("是否同意：王丽")

    login(page, stage.hr)
    page.goto(reverse("incentives_case", args=[decision.case_id]))
    page.get_by_role("link", name="看表决").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("是否同意：王丽")
    page.goto(reverse("incentives_case", args=[decision.case_id]))
    page.get_by_role("link", name="从管理小组撤回").click()
    page.get_by_role("button", name="从管理小组撤回").click()
    expect(page.get_by_text("已从管理小组撤回", exact=False).first).to_be_visible()
    assert Decision.objects.get(pk=decision.pk).state == Decision.State.RETURNED


def test_a_member_votes_on_the_phone_with_nothing_chosen_beforehand(stage, phone_page, login):
    stage.voting(stage.best)
    page = phone_page
    login(page, stage.members[1])
    page.goto(reverse("motion", args=[open_motion(stage, stage.best).pk]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("是否同意：王丽")
    for choice in ("同意", "否决", "退回"):
        expect(page.get_by_role("radio", name=choice)).not_to_be_checked()
    page.get_by_role("radio", name="否决").check()
    page.get_by_role("button", name="提交我的一票").click()
    expect(page.locator("#id_reason_error")).to_be_visible()
    assert not Vote.objects.exists()
    page.get_by_role("radio", name="同意").check()
    page.get_by_role("button", name="提交我的一票").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("没有等您表决的事项")
    assert Vote.objects.get().choice == "approve"


def test_a_penalty_is_heard_on_the_phone_voted_on_and_talked_about(stage, phone_page, browser_page, login):
    decision = stage.proposed(stage.worst)
    login(browser_page, stage.hr)
    browser_page.goto(reverse("incentives_case", args=[decision.case_id]))
    browser_page.get_by_role("button", name="告知本人，开始听证").click()
    expect(browser_page.get_by_role("button", name="送管理小组表决")).to_be_disabled()

    login(phone_page, stage.worst.user)
    phone_page.goto(reverse("my_hearing", args=[Hearing.objects.get().pk]))
    phone_page.get_by_label("您的陈述").fill("客户不满的是延期交付，请核实。")
    phone_page.get_by_role("button", name="提交我的陈述").click()
    expect(phone_page.get_by_text("陈述已送行政人事部")).to_be_visible()
    phone_page.get_by_role("link", name="我没有补充了").click()
    phone_page.get_by_role("button", name="结束听证").click()

    browser_page.goto(reverse("incentives_case", args=[decision.case_id]))
    browser_page.get_by_label("您的核实意见").fill("移交属实，剔除后结论不变。")
    browser_page.get_by_role("button", name="保存核实意见").click()
    browser_page.get_by_role("button", name="送管理小组表决").click()
    expect(browser_page.get_by_text("已送管理小组表决", exact=False).first).to_be_visible()

    stage.vote(Decision.objects.get(), moment=at(2026, 11, 4))
    deliver_all()
    services.finalize_due(at(2026, 11, 30))
    login(browser_page, stage.head)
    browser_page.goto(reverse("talk", args=[Talk.objects.get().pk]))
    browser_page.get_by_label("谈话日期").fill("2026-11-03")
    browser_page.get_by_label("谈话记录").fill("商定每周复盘一次。")
    browser_page.get_by_role("button", name="保存记录，请本人确认").click()
    expect(browser_page.get_by_text("谈话已记录")).to_be_visible()
    phone_page.goto(reverse("my_talk", args=[Talk.objects.get().pk]))
    phone_page.get_by_role("button", name="确认谈话记录").click()
    expect(phone_page.get_by_text("您已确认谈话记录")).to_be_visible()
