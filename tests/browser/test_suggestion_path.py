"""A suggestion as people go through it: written on the phone, adopted, measured, confirmed by a second person."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from core.events import deliver_all
from improvements.models import Suggestion
from improvements.tests.build_suggestions import EXPECTED, PROBLEM, PROPOSAL, REASON, Box
from incentives.models import Case
from tests.factories import at

JUNE, JULY, SEPTEMBER = at(2026, 6, 1, 10), at(2026, 7, 1, 10), at(2026, 9, 1, 10)


@pytest.mark.clause("RE-5.2c")
def test_from_the_phone_to_the_case(transactional_db, phone_page, browser_page, login, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    box = Box()
    box.before(120, 200)
    box.after(170, 200)
    with time_machine.travel(JUNE):
        login(phone_page, box.author.user)
        phone_page.goto(reverse("my_suggestions"))
        phone_page.get_by_role("link", name="提建议").first.click()
        phone_page.get_by_label("现在哪里做得不好").fill(PROBLEM)
        phone_page.get_by_label("您建议怎么做").fill(PROPOSAL)
        phone_page.get_by_role("button", name="投入建议箱").first.click()
        expect(phone_page.get_by_text("请写明预期效果。").first).to_be_visible()
        expect(phone_page.get_by_label("现在哪里做得不好")).to_have_value(PROBLEM)
        phone_page.get_by_label("预期效果").fill(EXPECTED)
        phone_page.get_by_role("button", name="投入建议箱").first.click()
        expect(phone_page.get_by_text("YG-2606-0001 已投入建议箱。")).to_be_visible()
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert phone_page.evaluate(wide)

        found = Suggestion.objects.get()
        login(browser_page, box.hr)
        browser_page.goto(reverse("suggestion", args=[found.pk]))
        assess = browser_page.locator("#assess")
        assess.get_by_role("group", name="对客户的好处").get_by_role("radio", name="4").check()
        assess.get_by_role("group", name="投入").get_by_role("radio", name="2").check()
        assess.get_by_label("理由").fill(REASON)
        assess.get_by_label("由谁落实").fill("李强")
        assess.get_by_role("button", name="采纳", exact=True).click()
        expect(browser_page.get_by_text("评审已记录，建议人已收到通知。")).to_be_visible()
    with time_machine.travel(JULY):
        login(browser_page, box.hr)
        browser_page.goto(reverse("suggestion", args=[found.pk]))
        browser_page.get_by_label("开始施行日期").fill("2026-07-01")
        browser_page.get_by_role("button", name="从这一天起施行").click()
        expect(browser_page.get_by_text("8 月 30 日起可以衡量")).to_be_visible()
    with time_machine.travel(SEPTEMBER):
        login(browser_page, box.hr)
        browser_page.goto(reverse("suggestion", args=[found.pk]))
        browser_page.get_by_role("button", name="衡量效果").click()
        expect(browser_page.get_by_text("满意的客户确实比之前多")).to_be_visible()
        login(browser_page, box.second)
        browser_page.goto(reverse("suggestion", args=[found.pk]))
        browser_page.get_by_role("button", name="统计无误，确认").click()
        expect(browser_page.get_by_role("heading", level=1)).to_contain_text("满意的客户确实比之前多")
        deliver_all()
        case = Case.objects.get()
        browser_page.goto(reverse("incentives_case", args=[case.pk]))
        browser_page.get_by_role("link", name="查看这一事实的来源").click()
        expect(browser_page.get_by_role("heading", level=1)).to_contain_text("满意的客户确实比之前多")
    assert case.employee == box.author
