"""HR makes a month's payroll file and downloads it; a letter is handed over on paper: in a browser, as people do it."""

import hashlib

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from incentives.models import Notice, PayrollBatch
from incentives.tests.effects_stage import BONUS, EffectsStage, points
from tests import factories
from tests.factories import at


@pytest.fixture
def stage(transactional_db):
    with time_machine.travel(at(2026, 11, 20, 12)):
        found = EffectsStage(factories.make_company())
        verbs = ["incentives.view", "incentives.payroll"]
        factories.grant(found.hr, factories.make_role(found.company, "payroll", verbs))
        yield found


def test_hr_makes_the_file_of_a_month_once_and_downloads_what_was_made(stage, browser_page, login):
    stage.posted_with(points(5), BONUS)
    stage.issued_with(points(2), employee=stage.worst)
    page = browser_page
    login(page, stage.hr)
    page.goto(reverse("payroll"))
    page.get_by_role("link", name="查看 10 月明细").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 笔")
    expect(page.get_by_text("方磊")).to_be_visible()
    page.get_by_role("button", name="生成工资单").click()
    expect(page.locator("#despite_open_error")).to_be_visible()
    assert not PayrollBatch.objects.exists()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="生成工资单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已移交")
    batch = PayrollBatch.objects.get()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    content = download.value.path().read_bytes()
    assert hashlib.sha256(content).hexdigest() == batch.xlsx_checksum
    page.get_by_role("link", name="逐笔明细").click()
    expect(page.get_by_text("ZM-2611-0002")).to_be_visible()


def test_hr_records_on_the_phone_that_somebody_refused_to_sign(stage, phone_page, login):
    stage.issued_with(points(-2), employee=stage.worst)
    page = phone_page
    login(page, stage.hr)
    page.goto(reverse("execution"))
    page.get_by_role("link", name="登记决定书送达").click()
    page.get_by_role("button", name="登记送达情况").click()
    expect(page.get_by_text("请选择送达方式")).to_be_visible()
    page.get_by_role("radio", name="拒签，两名见证人在场").check()
    page.get_by_label("送达日期").fill("2026-11-06")
    page.get_by_label("凭据").fill("见证人：孙悦、何军")
    page.get_by_role("button", name="登记送达情况").click()
    expect(page.get_by_text("送达情况已登记")).to_be_visible()
    assert Notice.objects.get().served_as == Notice.Service.REFUSED
