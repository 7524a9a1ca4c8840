"""Praise from the desk to its confirmation by a second person; an internal report from nobody to its readers."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from complaints.models import Case
from complaints.tests.build_praise import Stage
from tests.factories import make_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Stage()


def pick(page, name, value):
    """A choice shown as buttons."""
    page.locator(f"input[name={name}][value={value}]").check(force=True)


def test_praise_is_entered_proved_and_shared_by_one_and_confirmed_by_another(stage, open_page, login):
    desk = open_page()
    login(desk, stage.liuyang.user)
    desk.goto(reverse("praise_new"))
    pick(desk, "form", "pennant")
    desk.get_by_label("写了什么").fill("尽职尽责，谢谢王丽和周婷")
    desk.get_by_label("客户手机").fill("13800000001")
    desk.get_by_role("button", name="保存表扬").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("已保存，请把编号和查询码告诉客户")
    case = Case.objects.get()
    expect(desk.locator(".case-receipt")).to_contain_text(case.number)

    desk.get_by_role("link", name="核实这件表扬").click()
    pick(desk, "proof", "call")
    pick(desk, "call_outcome", "genuine")
    desk.get_by_label("核实记录").fill("本人确认送了锦旗")
    desk.get_by_role("button", name="保存核实结果").click()
    for place, person in enumerate((stage.wangli, stage.zhouting)):
        desk.locator(f"input[name=person_{place}]").fill(f"{person.name} · {person.number}")
    desk.get_by_role("button", name="平均分").click()
    expect(desk.locator("input[name=percent_0]")).to_have_value("50")
    desk.locator("button.btn-primary[value=propose]").click()
    expect(desk.get_by_role("button", name="核定表扬和分摊")).to_have_count(0)

    second = open_page()
    login(second, stage.chenjing.user)
    second.goto(reverse("praise", args=[case.pk]))
    second.get_by_role("button", name="核定表扬和分摊").click()
    expect(second.get_by_text("已核定")).not_to_have_count(0)
    case.refresh_from_db()
    assert case.state == "confirmed" and case.praise.confirmed_by == stage.chenjing.user
    assert [share.share_bp for share in case.praise.shares.all()] == [5000, 5000]


def test_a_report_from_nobody_reaches_its_reader_and_not_the_reader_it_names(stage, open_page, login):
    sender = open_page(390, 844, has_touch=True, is_mobile=True)
    sender.goto(reverse("report_new"))
    sender.get_by_label("要查什么事").fill("有人在客户填问卷时站在旁边，请客户打满分。")
    sender.get_by_label("涉及的人").fill("许岚")
    sender.get_by_role("button", name="提交举报").click()
    expect(sender.get_by_role("heading", level=1)).to_have_text("举报已送到受理人")
    case = Case.objects.get()
    expect(sender.locator("main")).to_contain_text(case.number)
    assert case.is_anonymous and case.received_by is None

    address = reverse("internal_report", args=[case.pk])
    answers = {}
    for who in (stage.zhengjie, stage.xulan, stage.sunyue):
        page = open_page()
        login(page, who.user)
        answers[who.name] = page.goto(address).status
        if who == stage.zhengjie:
            expect(page.locator("blockquote").first).to_contain_text("请客户打满分")
    assert answers == {"郑洁": 200, "许岚": 404, "孙悦": 403}


@pytest.mark.layout
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_runs_off_the_side_of_a_phone(stage, open_page, login, live_server, language):
    praise, report = stage.attributed(), stage.report().case
    stage.praise(text="很长的字" * 60 + "x" * 200, moment=timezone.now())
    for user, addresses in (
        (stage.liuyang.user, [
            reverse("praises"), reverse("praise_new"), reverse("praise", args=[praise.pk]), reverse("case_new"),
            reverse("case_board"), reverse("cases"), reverse("feedback_code_new"), reverse("mailbox_new"),
        ]),
        (stage.zhengjie.user, [reverse("reports_inbox"), reverse("internal_report", args=[report.pk])]),
        (stage.wangli.user, [reverse("case_quick"), reverse("passed_on"), reverse("report_new")]),
    ):  # fmt: skip
        page = open_page(390, 844)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        login(page, user)
        for address in addresses:
            assert page.goto(address).status == 200, address
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_call_is_entered_by_keyboard_alone_and_outlives_a_slip(stage, open_page, login):
    make_customer(stage.company, name="林女士", phone="13800000001")
    desk = open_page()
    login(desk, stage.liuyang.user)
    desk.goto(reverse("case_new"))
    keys = desk.keyboard
    keys.type("退认购金等了一个半小时")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("1380000")
    desk.wait_for_timeout(500)
    expect(desk.locator("#caller")).to_have_text("")
    keys.type("0001")
    expect(desk.locator("#caller")).to_contain_text("林**")
    keys.press("Enter")
    expect(desk.locator("input[name=name]")).to_be_focused()
    assert not Case.objects.exists(), "saved by Ctrl + Enter only, never half told"

    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    keys.press("Control+Enter")
    desk.wait_for_url("**/accounts/login/**")
    login(desk, stage.liuyang.user)
    desk.goto(reverse("case_new"))
    expect(desk.locator("[data-draft-note]")).to_be_visible()
    expect(desk.locator("input[name=kind]:checked")).to_have_value("complaint")
    keys.type("，没人理")
    keys.press("Control+Enter")
    expect(desk.locator(".case-receipt")).to_be_visible()
    case = Case.objects.get()
    expect(desk.locator(".case-receipt")).to_contain_text(case.number)
    assert (case.text, case.contact_phone) == ("退认购金等了一个半小时，没人理", "13800000001")


def test_what_was_not_saved_is_gone_once_it_is_saved_dropped_or_somebody_else_signs_in(
    stage, open_page, login
):
    desk = open_page()
    text, note = desk.locator("textarea[name=text]"), desk.locator("[data-draft-note]")
    login(desk, stage.liuyang.user)

    def typed_and_back(user):
        login(desk, stage.liuyang.user)
        desk.goto(reverse("case_quick"))
        text.fill("楼梯太滑")
        login(desk, user)
        desk.goto(reverse("case_quick"))

    typed_and_back(stage.liuyang.user)
    expect(note).to_be_visible()
    desk.get_by_role("button", name="清空重写").click()
    expect(note).to_be_hidden()
    expect(text).to_have_value("")
    for user in (stage.chenjing.user, stage.liuyang.user):  # the second looks after somebody else was there
        typed_and_back(user) if user == stage.chenjing.user else login(desk, user)
        desk.goto(reverse("case_quick"))
        expect(text).to_have_value("")
    typed_and_back(stage.liuyang.user)
    pick(desk, "kind", "complaint")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/passed-on/")
    desk.goto(reverse("case_quick"))
    expect(text).to_have_value("")
    expect(note).to_be_hidden()
