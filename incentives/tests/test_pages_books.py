"""Execution list, ledger with its exports, notice board."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import AuditRow
from incentives import services
from incentives.models import Decision, LedgerLine
from incentives.tests.pages import browse
from organization.models import Employee
from tests.factories import at

LEDGER, EXPORT = "/incentives/ledger/", "/incentives/ledger/export/"
EXECUTION, NOTICES = "/incentives/execution/", "/notices/"


def text(response):
    return response.content.decode()


@pytest.fixture
def posted(page_stage):
    page_stage.posted(page_stage.best)
    return page_stage


def test_the_checklist_shows_each_step_with_its_date(page_stage):
    page_stage.issued(page_stage.worst)
    with time_machine.travel(at(2026, 11, 6), tick=False):
        page = text(browse(page_stage.hr).get(EXECUTION))
    assert "还有 1 件决定要执行" in page
    for step in (
        "管理小组通过",
        "决定书送达",
        "本人确认收到",
        "申诉期满",
        "已入账",
        "负责人完成谈话",
        "本人确认谈话",
    ):
        assert step in page
    assert "已完成 2 / 7 步" in page


def test_a_step_past_its_day_is_late(page_stage):
    page_stage.issued(page_stage.best)
    with time_machine.travel(at(2026, 11, 30), tick=False):
        page = text(browse(page_stage.hr).get(EXECUTION))
    assert "其中 1 件已逾期" in page


def test_what_is_done_leaves_the_open_list(posted):
    hr = browse(posted.hr)
    assert "还有 1 件决定要执行" in text(hr.get(EXECUTION))  # its receipt
    services.acknowledge_receipt(Decision.objects.get(), by=posted.best.user, at=at(2026, 11, 17))
    assert "已决定的都执行完了" in text(hr.get(EXECUTION))
    assert "王丽：10 月绩效" in text(hr.get(f"{EXECUTION}?show=all"))


def test_the_ledger_sums_what_is_filtered(posted):
    hr = browse(posted.hr)
    page = text(hr.get(LEDGER))
    assert "账目 1 笔" in page
    assert reverse("why_line", args=[LedgerLine.objects.get().pk]) in page
    for query in ("month=2026-09", "unit=fen", "within=方磊", f"department={posted.office.pk}"):
        assert "账目 1 笔" not in text(hr.get(f"{LEDGER}?{query}")), query
    for query in ("month=2026-10", "unit=points", "within=王丽", f"department={posted.sales.pk}", "month=x"):
        assert "账目 1 笔" in text(hr.get(f"{LEDGER}?{query}")), query


def test_the_export_holds_the_lines_and_is_logged(posted):
    response = browse(posted.hr).get(f"{EXPORT}?format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][2] == "王丽"
    assert rows[1][6] == "5"
    assert AuditRow.objects.filter(verb="incentives.ledger.export", actor=posted.hr).exists()


def test_the_workbook_opens_and_names_start_no_formula(posted):
    Employee.objects.filter(pk=posted.best.pk).update(name="=HYPERLINK(1)")
    response = browse(posted.hr).get(EXPORT)
    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert "=HYPERLINK(1)" not in cells


@pytest.mark.parametrize("place", [LEDGER, EXPORT, EXECUTION])
def test_the_books_open_only_for_those_entitled(posted, place):
    assert browse().get(place).status_code == 302
    assert browse(posted.best.user).get(place).status_code == 403
    outside = browse(posted.stranger_company_hr()).get(place)
    assert outside.status_code == 200
    assert "王丽".encode() not in outside.content


def test_another_company_exports_none_of_our_lines(posted):
    response = browse(posted.stranger_company_hr()).get(f"{EXPORT}?format=csv")
    assert "王丽" not in b"".join(response.streaming_content).decode()


def test_praise_is_published_for_everybody_and_penalties_never(posted):
    decision = posted.voting(posted.worst)
    posted.vote(decision)
    services.finalize_due(at(2026, 11, 30))
    assert Decision.objects.filter(state=Decision.State.POSTED).count() == 2
    page = text(browse(posted.team[4].user).get(NOTICES))
    assert "王丽" in page
    assert "方磊" not in page


def test_an_empty_board_says_what_will_come(page_stage):
    assert "还没有通报表扬" in text(browse(page_stage.hr).get(NOTICES))
