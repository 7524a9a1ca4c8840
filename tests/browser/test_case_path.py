"""From the hotline's screen to the answer: entered, investigated, proposed, confirmed by another; in a browser."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from complaints.models import Case, Channel
from complaints.tests.build_d import NOON, Cast
from tests import factories


@pytest.fixture
def cast(transactional_db):
    with time_machine.travel(NOON):
        yield Cast()


def choose(page, name):
    """Click the visible button over the radio."""
    page.locator("label", has_text=name).first.click()


def test_a_call_is_entered_with_the_keyboard_and_answered_in_the_end(cast, open_page, login):
    factories.make_site(cast.company)
    factories.make_customer(cast.company, name="林女士", phone="13800000001")
    desk = open_page()
    login(desk, cast.handler.user)
    desk.goto(reverse("case_new"))
    expect(desk.get_by_label("客户的原话")).to_be_focused()
    desk.keyboard.type("退认购金等了一个半小时，态度不耐烦")
    choose(desk, "投诉")
    desk.get_by_label("电话", exact=True).fill("13800000001")
    desk.get_by_label("电话", exact=True).blur()
    expect(desk.locator("#caller")).to_contain_text("林**")
    desk.get_by_label("项目").fill("云栖里")
    desk.get_by_label("问题").fill("服务态度")
    desk.get_by_label("涉及的人").fill(f"王丽 · {cast.seller.number}")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("已登记，请把编号和查询码读给客户")
    case = Case.objects.get()
    assert case.channel == Channel.HOTLINE
    expect(desk.locator(".case-receipt")).to_contain_text(case.number)

    desk.get_by_role("link", name="打开这一件").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("云栖里 · 服务态度：待受理")
    desk.locator("#id_accept_severity").select_option("general")
    desk.get_by_role("button", name="受理这一件").click()
    desk.locator("#id_investigate_investigator").select_option(str(cast.hr.pk))
    desk.get_by_role("button", name="开始调查").click()
    expect(desk.get_by_text("已告知调查人")).to_be_visible()

    hr = open_page()
    login(hr, cast.hr.user)
    hr.goto(reverse("case", args=[case.pk]))
    hr.get_by_role("button", name="告知王丽，请其说明").click()
    hr.get_by_role("link", name="写结论").click()
    hr.get_by_role("button", name="提交第二人复核").click()
    expect(hr.get_by_text("为这位同事选一个结论。")).to_be_visible()
    hr.locator(".case-verdict label").first.click()
    hr.get_by_label("事实与来源").fill("取号记录显示等候 91 分钟")
    hr.get_by_label("原因").select_option("attitude")
    hr.get_by_label("严重程度").select_option("minor")
    hr.get_by_role("button", name="提交第二人复核").click()
    expect(hr.get_by_text("结论已交第二人复核")).to_be_visible()
    expect(hr.get_by_role("button", name="核定结论")).to_have_count(0)

    group = open_page(390, 844, has_touch=True, is_mobile=True)
    login(group, cast.member.user)
    group.goto(reverse("case", args=[case.pk]))
    assert group.evaluate("document.documentElement.scrollWidth") <= 390
    group.get_by_role("button", name="核定结论").click()
    expect(group.get_by_text("结论已核定，可以答复客户")).to_be_visible()

    desk.goto(reverse("case", args=[case.pk]))
    desk.get_by_label("给客户的答复").fill("向您致歉，已调整排班。")
    desk.get_by_role("button", name="发出答复").click()
    expect(desk.get_by_text("已答复客户。")).to_be_visible()
    assert Case.objects.get().state == "responded"


def test_an_employee_passes_a_voice_on_by_phone_without_javascript(cast, open_page, login):
    page = open_page(390, 844, java_script_enabled=False)
    login(page, cast.seller.user)
    page.goto(reverse("case_quick"))
    page.get_by_label("客户的原话").fill("客户说楼梯太滑")
    choose(page, "建议")
    page.get_by_role("button", name="转达").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您转达了 1 件，0 件已有首次回应")


def test_j_and_k_walk_through_the_list(cast, browser_page, login):
    first, second = cast.accepted(), cast.receive()
    page = browser_page
    login(page, cast.handler.user)
    page.goto(reverse("cases"))
    page.keyboard.press("j")
    expect(page.locator("a.row-link").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("a.row-link").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("a.row-link").nth(0)).to_be_focused()
    assert {first.number, second.number} <= set(page.locator(".my-id").all_inner_texts())
