"""An inspector walks around with a phone: what is tapped is kept, and what is typed is never lost by it."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from complaints.tests.build_public import png
from improvements.models import Inspection
from improvements.tests.build_inspections import Office
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Office(factories.make_company())


def tap(card, words):
    card.locator("label", has_text=re.compile(f"^{words}$")).click()


def test_items_are_kept_as_they_are_tapped_with_words_and_photos(office, phone_page, login):
    inspection = office.begun()
    login(phone_page, office.hr)
    phone_page.goto(reverse("inspection", args=[inspection.pk]))
    known, recorded, answered = (phone_page.locator(f"#item-{item.pk}") for item in inspection.items.all())
    recorded.locator("textarea").fill("抽查 20 通，3 通没有登记")
    tap(recorded, "不符合")
    expect(recorded.locator(".insp-saved")).to_contain_text("已保存")
    expect(recorded.locator("textarea")).to_have_value("抽查 20 通，3 通没有登记")
    photo = {"name": "现场.png", "mimeType": "image/png", "buffer": png()}
    recorded.locator("input[type=file]").set_input_files(photo)
    expect(recorded.locator(".case-files li")).to_have_count(1)
    tap(known, "符合")
    expect(phone_page.locator("#progress")).to_contain_text("已检查 2 / 3 项")
    tap(answered, "不适用")
    expect(phone_page.locator("#progress")).to_contain_text("已检查 3 / 3 项")
    tap(recorded, "部分符合")
    expect(recorded.locator(".case-files li")).to_have_count(1)
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    phone_page.reload()
    expect(recorded.locator("textarea")).to_have_value("抽查 20 通，3 通没有登记")
    phone_page.get_by_role("button", name="提交巡查").click()
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("销售一部：70.0%，不合格")
    item = Inspection.objects.get().items.get(code="recorded")
    assert (item.result, item.files.count()) == ("partly", 1)
