"""An appeal as people go through it: filed on the phone, admitted, looked into, signed, and the points reversed."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from appeals.models import Appeal
from appeals.tests.answered import AnsweredStage
from appeals.tests.build import FILED, REASONS, TEXT, AppealStage
from incentives.models import Decision, LedgerLine
from tests import factories
from tests.factories import at

LATE = at(2026, 11, 18, 10)


@pytest.mark.clause("RE-4.1b")
@pytest.mark.clause("DC-4")
def test_from_filing_on_the_phone_to_the_reversed_points(
    transactional_db, phone_page, browser_page, login, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    stage = AppealStage(factories.make_company())
    stage.three_months()
    decision = stage.posted(stage.worst)
    with time_machine.travel(LATE):
        login(phone_page, stage.worst.user)
        phone_page.goto(reverse("my_decision", args=[decision.pk]))
        phone_page.get_by_role("link", name="申诉", exact=True).click()
        phone_page.get_by_role("button", name="提请组长受理").click()
        expect(phone_page.get_by_text("请至少选一项申诉理由。")).to_be_visible()
        assert not Appeal.objects.exists()
        phone_page.get_by_role("checkbox", name="事实不对").check()
        phone_page.get_by_label("您认为事实是怎样的").fill(TEXT)
        phone_page.get_by_label("您希望怎样处理").select_option(label="撤销")
        phone_page.get_by_label("为什么迟到").fill("出差在外，信件昨天才看到")
        phone_page.get_by_label("证据").set_input_files(
            {"name": "签收单.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        phone_page.get_by_role("button", name="提请组长受理").click()
        expect(phone_page.get_by_text("SS-2611-0001 已提交。")).to_be_visible()

        appeal = Appeal.objects.get()
        step(
            browser_page, login, stage.chair, appeal, "受理这件申诉", fill={"您的理由": "理由成立，予以受理"}
        )
        step(browser_page, login, stage.officer, appeal, "由我核查")
        browser_page.get_by_role("radio", name="撤销原结果").check()
        browser_page.get_by_label("核查了什么，结果如何").fill(REASONS)
        browser_page.get_by_role("button", name="提交处理结果").click()
        expect(browser_page.get_by_text("处理结果已提交，由另一人决定。")).to_be_visible()
        step(browser_page, login, stage.reviewer, appeal, "签署这一结果")

        phone_page.goto(reverse("my_appeal", args=[appeal.pk]))
        expect(phone_page.get_by_role("heading", level=1)).to_contain_text("予以撤销")
        phone_page.get_by_role("radio", name="4").check()
        phone_page.get_by_role("button", name="我已阅读答复").click()
        expect(phone_page.get_by_text("谢谢，这件申诉已办结。")).to_be_visible()
        phone_page.goto(reverse("my_ledger"))
        expect(phone_page.get_by_role("heading", level=1)).to_contain_text("0")
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, 3]
    assert Decision.objects.get().state == Decision.State.REVERSED
    assert Appeal.objects.get().rating == 4


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def step(page, login, user, appeal, button, fill=None):
    login(page, user)
    page.goto(reverse("appeal", args=[appeal.pk]))
    for label, text in (fill or {}).items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def test_the_officer_sees_what_changes_without_the_disputed_answers(transactional_db, browser_page, login):
    stage = AnsweredStage(factories.make_company())
    stage.close_months()
    stage.issued(stage.worst)
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    with time_machine.travel(FILED):
        appeal = stage.looked_into(stage.worst, disputed=ids)
        login(browser_page, stage.officer)
        browser_page.goto(reverse("appeal", args=[appeal.pk]))
        expect(browser_page.get_by_role("heading", name="剔除 20 份答卷以后")).to_be_visible()
        preview = browser_page.locator("#preview")
        expect(preview).to_contain_text("16 / 40")
        expect(preview).to_contain_text("16 / 20")
        expect(preview).to_contain_text("不再成立")
        expect(preview).to_contain_text("沈佳")
        assert Decision.objects.get().state == Decision.State.SUSPENDED
