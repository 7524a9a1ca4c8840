"""A customer fills the encounter survey on a phone, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from surveys.models import Answer, Draft
from surveys.tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(company, live_server):
    return make.make_invitation(make.make_campaign(company))[1]


def choose(page, question, value):
    """Tap the visible button over the radio."""
    page.locator(f"#q-{question} label:has(input[value='{value}'])").click()


@pytest.mark.clause("DC-4")
def test_a_customer_fills_the_survey_with_a_slip_and_a_double_tap(phone_page, token):
    page = phone_page
    page.goto(f"/s/{token}/")
    assert page.locator("h1").inner_text() == "您在云栖里的体验怎么样？"
    assert page.get_by_text("为什么问您").is_visible()
    page.get_by_role("link", name="同意并开始").click()
    assert page.locator("header").first.inner_text().startswith("第 1 部分，共 2 部分")
    choose(page, "overall", 4)
    expect(page.locator("#q-overall [data-chosen]")).to_have_text("满意")
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_selector("#errors")
    assert "还有 1 题没有回答" in page.locator("#errors").inner_text()
    assert page.evaluate("document.activeElement.id") == "errors"
    assert page.locator("#q-overall input[value='4']").is_checked()
    choose(page, "attitude", "na")
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(re.compile("/2/"))
    choose(page, "channel", "web")
    page.locator("textarea").fill("贷款资料一次说清。")
    page.get_by_role("button", name="上一步").click()
    page.wait_for_url(re.compile("/1/"))
    assert page.locator("#q-overall input[value='4']").is_checked()
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(re.compile("/2/"))
    assert page.locator("textarea").input_value() == "贷款资料一次说清。"
    page.get_by_role("button", name="交上我的回答").dblclick()
    page.wait_for_selector("text=您的回答已计入")
    answer = Answer.objects.get()
    assert answer.answers == {"overall": 4, "attitude": "na", "channel": "web"}
    assert answer.number in page.locator("main").inner_text()
    page.goto(f"/s/{token}/2/")
    assert "我们已收到您的回答" in page.locator("main").inner_text()
    assert Answer.objects.count() == 1


def test_it_works_without_javascript(open_page, token):
    page = open_page(390, 844, java_script_enabled=False)
    page.goto(f"/s/{token}/")
    page.get_by_role("link", name="同意并开始").click()
    choose(page, "overall", 2)
    choose(page, "attitude", 3)
    choose(page, "recommend", 10)
    page.get_by_role("button", name="下一步").last.click()
    page.get_by_role("button", name="交上我的回答").last.click()
    assert "还有 1 题没有回答" in page.locator("#errors").inner_text()
    choose(page, "channel", "friend")
    page.get_by_role("button", name="交上我的回答").last.click()
    assert page.locator("h1").inner_text() == "谢谢您，您的回答已计入"
    assert Answer.objects.get().answers["recommend"] == 10


def test_what_is_chosen_is_saved_without_leaving_the_page(phone_page, token):
    page = phone_page
    page.goto(f"/s/{token}/1/")
    choose(page, "overall", 5)
    page.wait_for_selector("text=已自动保存")
    assert Draft.objects.get().answers == {"overall": 5}


@pytest.mark.layout
def test_buttons_are_large_enough_and_nothing_runs_off_the_side(open_page, token):
    for width in (390, 320):
        page = open_page(width, 700)
        page.goto(f"/s/{token}/1/?lang=en")
        sizes = page.evaluate(
            "[...document.querySelectorAll('label:has(input), .btn, a, textarea')].map(e => e.getBoundingClientRect())"
            ".filter(r => r.width > 1).map(r => [r.width, r.height])"
        )
        assert min(height for _width, height in sizes) >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_was_tapped_before_the_script_came_is_said_once_it_runs(phone_page, token):
    page = phone_page

    def answered_meanwhile(route):
        page.locator("#q-overall input[value='4']").dispatch_event("click")
        route.continue_()

    page.route("**/survey*.js", answered_meanwhile)
    page.goto(f"/s/{token}/1/")
    assert page.locator("#q-overall input[value='4']").is_checked()
    expect(page.locator("#q-overall [data-chosen]")).to_have_text("满意")
