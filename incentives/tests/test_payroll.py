"""A month's payroll file: made once, the same bytes again, the month closed; sums that always agree."""

import csv
import hashlib
import io

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from audit.models import AuditRow
from core.flow import Refused
from incentives import fingerprints, payroll_rows, selectors, services
from incentives.models import Decision, LedgerLine, PayrollBatch, PayrollLine
from incentives.statements import Statement
from incentives.tests.effects_stage import BONUS, CUT, FUND, EffectsStage, effects_stage, points
from incentives.tests.pages import browse
from organization.models import Employee
from tests import factories
from tests.factories import at

MONTH = "2026-10"
PAY = "/incentives/payroll/"


@pytest.fixture
def stage(db):
    return effects_stage()


def make(stage, month=MONTH, moment=None, **options):
    return services.make_payroll(
        stage.company, month=month, by=stage.hr, at=moment or at(2026, 11, 20), **options
    )


def rows_of(content):
    return list(csv.reader(io.StringIO(bytes(content).decode("utf-8-sig"))))


def test_a_file_holds_the_months_lines_and_closes_the_month(stage):
    decision = stage.posted_with(points(5), BONUS)
    batch = make(stage)
    assert (batch.number, batch.lines, batch.total_points, batch.total_fen) == ("GZ-2611-01", 2, 5, 50000)
    header, *rows = rows_of(batch.csv)
    assert {(row[6], row[7]) for row in rows} == {("5", ""), ("", "500.00")}
    sheet = load_workbook(io.BytesIO(batch.xlsx)).active
    assert [cell.value for cell in sheet[1]] == header
    assert sheet.max_row == 3
    decision.refresh_from_db()
    assert decision.state == Decision.State.EXPORTED
    later = stage.posted_with(points(2))
    assert later.counts_for == "2026-11"
    assert list(selectors.fact_5()) + list(selectors.fact_5_payroll()) == []


def test_a_second_file_of_the_month_is_refused(stage):
    stage.posted_with(points(5))
    make(stage)
    with pytest.raises(Refused) as refusal:
        make(stage)
    assert refusal.value.code == "state"
    assert PayrollBatch.objects.count() == 1


@pytest.mark.parametrize(("month", "code"), [("2026-09", "empty"), ("2026-12", "early")])
def test_nothing_is_handed_over_for_an_empty_or_a_coming_month(stage, month, code):
    stage.posted_with(points(5))
    with pytest.raises(Refused) as refusal:
        make(stage, month)
    assert refusal.value.code == code


def test_open_decisions_are_counted_and_hr_goes_on_knowingly(stage):
    stage.posted_with(points(5))
    waiting = stage.issued_with(points(2))
    with pytest.raises(Refused, match="1") as refusal:
        make(stage)
    assert refusal.value.code == "open"
    make(stage, despite_open=True)
    services.finalize_due(at(2026, 11, 30))
    waiting.refresh_from_db()
    assert waiting.counts_for == "2026-11"


def test_decisions_that_an_earlier_file_left_out_are_open_for_the_next_too(stage):
    stage.posted_with(points(5))
    waiting = stage.issued_with(points(2))
    Decision.objects.filter(pk=waiting.pk).update(state=Decision.State.SUSPENDED)
    make(stage, despite_open=True)
    stage.posted_with(points(1))
    with pytest.raises(Refused, match="1") as refusal:
        make(stage, "2026-11")
    assert refusal.value.code == "open"
    assert list(payroll_rows.open_decisions(stage.company, "2026-11")) == [waiting]
    assert not payroll_rows.open_decisions(stage.company, "2026-09").exists()


def test_lines_of_a_suspended_decision_wait_for_the_next_file(stage):
    stage.posted_with(points(5))
    held = stage.posted_with(points(7))
    Decision.objects.filter(pk=held.pk).update(state=Decision.State.SUSPENDED)
    assert make(stage, despite_open=True).total_points == 5
    Decision.objects.filter(pk=held.pk).update(state=Decision.State.POSTED)
    stage.posted_with(points(1))
    assert make(stage, "2026-11").total_points == 8
    assert list(selectors.fact_5_payroll()) == []


def test_a_decision_carried_over_the_cap_is_exported_with_its_last_part(db):
    stage = effects_stage(points_cap=6)
    decision = stage.posted_with(points(8))
    make(stage)
    decision.refresh_from_db()
    assert decision.state == Decision.State.POSTED
    make(stage, "2026-11")
    decision.refresh_from_db()
    assert decision.state == Decision.State.EXPORTED


def test_an_error_found_after_export_is_reversed_in_the_next_open_month(stage):
    decision = stage.posted_with(points(5), BONUS)
    make(stage)
    decision.refresh_from_db()
    services.reverse(decision, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    batch = make(stage, "2026-11", at(2026, 12, 2))
    assert (batch.total_points, batch.total_fen) == (-5, -50000)
    assert all("ZM-2611-" in row[12] and row[5] == "2026-11" for row in rows_of(batch.csv)[1:])
    assert list(selectors.fact_5()) + list(selectors.fact_5_payroll()) == []


def test_names_start_no_formula_in_either_file(stage):
    Employee.objects.filter(pk=stage.best.pk).update(name="=HYPERLINK(1)")
    stage.posted_with(points(5))
    batch = make(stage)
    assert rows_of(batch.csv)[1][3] == "'=HYPERLINK(1)"
    assert load_workbook(io.BytesIO(batch.xlsx)).active["D2"].value == "'=HYPERLINK(1)"


@pytest.mark.parametrize("fault", ["bytes", "line", "total"])
def test_a_file_that_no_longer_says_what_the_ledger_says_is_found(stage, fault):
    decision = stage.posted_with(points(5))
    batch = make(stage)
    plain = models.QuerySet(PayrollBatch).filter(pk=batch.pk)
    if fault == "bytes":
        plain.update(csv=bytes(batch.csv).replace(b",5,", b",9,"))
    if fault == "total":
        plain.update(total_points=9)
    if fault == "line":
        line = LedgerLine.objects.get()
        line.pk, line.number, line.part, line.posted_at = None, "X", 1, at(2026, 12, 1)
        LedgerLine.objects.bulk_create([line])
    assert list(selectors.fact_5_payroll())
    assert decision


# -- pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def payroll_hr(stage):
    return factories.user_with(stage.company, "incentives.payroll", "incentives.view")


def test_the_page_makes_the_file_after_hr_has_seen_what_is_open(stage, payroll_hr):
    stage.posted_with(points(5), BONUS)
    stage.issued_with(points(2))
    hr = browse(payroll_hr)
    assert "10 月" in hr.get(PAY).content.decode()
    page = hr.get(f"{PAY}{MONTH}/").content.decode()
    assert "还有 1 件" in page and "despite_open" in page
    assert hr.post(f"{PAY}{MONTH}/").status_code == 409
    assert hr.post(f"{PAY}{MONTH}/", {"despite_open": "on"}).status_code == 302
    batch = PayrollBatch.objects.get()
    page = hr.get(f"{PAY}{MONTH}/").content.decode()
    assert batch.csv_checksum in page and batch.xlsx_checksum in page
    for kind, checksum in (("csv", batch.csv_checksum), ("xlsx", batch.xlsx_checksum)):
        first, second = (hr.get(f"{PAY}files/{batch.pk}/?format={kind}").content for _again in range(2))
        assert first == second
        assert hashlib.sha256(first).hexdigest() == checksum
    assert "GZ-" in hr.get(PAY).content.decode()


def test_a_second_click_shows_the_file_that_the_first_made(stage, payroll_hr):
    stage.posted_with(points(5))
    hr = browse(payroll_hr)
    assert hr.post(f"{PAY}{MONTH}/").status_code == 302
    answer = hr.post(f"{PAY}{MONTH}/")
    assert answer.status_code == 409
    assert "没有重复生成" in answer.content.decode() and "?format=xlsx" in answer.content.decode()
    assert PayrollBatch.objects.count() == 1


def test_each_download_is_logged_and_kept_in_no_cache(stage, payroll_hr):
    stage.posted_with(points(5))
    batch, hr = make(stage), browse(payroll_hr)
    for kind in ("csv", "xlsx"):
        answer = hr.get(f"{PAY}files/{batch.pk}/?format={kind}")
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == f'attachment; filename="GZ-2611-01-2026-10.{kind}"'
    assert hr.get("/incentives/ledger/export/?format=csv")["Cache-Control"] == "private, no-store"
    logged = AuditRow.objects.filter(verb="incentives.payroll.download", actor=payroll_hr)
    assert [row.data for row in logged.order_by("pk")] == [{"format": "csv"}, {"format": "xlsx"}]


def test_only_who_pays_opens_the_files(stage, payroll_hr):
    stage.posted_with(points(5))
    batch = make(stage)
    places = (PAY, f"{PAY}{MONTH}/", f"{PAY}files/{batch.pk}/")
    for place in places:
        assert browse().get(place).status_code == 302
        assert browse(stage.hr).get(place).status_code == 403
        assert browse(payroll_hr).get(place).status_code == 200
    stranger = factories.user_with(factories.make_company("other", "别的公司"), "incentives.payroll")
    assert browse(stranger).get(places[2]).status_code == 404
    assert browse(payroll_hr).get(f"{PAY}2026Q4/").status_code == 404


# -- whatever the history ------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.sampled_from([points(5), points(-4), points(9), BONUS, CUT])),
        st.tuples(st.just("reverse"), st.integers(0, 4)),
        st.tuples(st.just("export"), st.sampled_from(["2026-10", "2026-11", "2026-12"])),
    ),
    min_size=3,
    max_size=6,
)
#: narrow enough that single effects are carried over, on both sides of both units
LIMITS = {"points_cap": 8, "points_floor": -3, "money_cap_fen": 60000, "money_floor_fen": -15000}


@given(steps=STEPS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_history_lines_exports_and_decisions_sum_to_the_same(db, steps):
    with transaction.atomic():
        _live_through(EffectsStage(factories.make_company("h", "历史"), limits=LIMITS), steps)
        transaction.set_rollback(True)


def _live_through(stage, steps):
    moment, decisions = at(2026, 12, 24), []
    for what, detail in steps:
        if what == "post":
            decisions.append(stage.posted_with(detail, moment=at(2026, 11, 16)).pk)
        elif what == "reverse" and decisions:
            _reverse(stage, decisions[detail % len(decisions)], moment)
        elif what == "export":
            _export(stage, detail, moment)
        _sums_agree(stage)
    assert list(fingerprints.fact_5_fingerprints()) == []


def _reverse(stage, pk, moment):
    decision = Decision.objects.get(pk=pk)
    if decision.state != Decision.State.REVERSED:
        services.reverse(decision, reason="申诉成立", by=stage.members[0], at=moment)


def _export(stage, month, moment):
    try:
        make(stage, month, moment)
    except Refused as refusal:
        assert refusal.code in ("state", "empty")


def _sums_agree(stage):
    assert list(selectors.fact_5()) + list(selectors.fact_5_payroll()) == []
    lines = LedgerLine.objects.filter(company=stage.company)
    live = Decision.objects.filter(company=stage.company, state__in=("posted", "exported"))
    decided = {"points": 0, "money": 0}
    for decision in live:
        for effect in decision.effects:
            decided[effect["kind"]] += effect["amount"]
    assert payroll_rows.sums_of(lines) == (decided["points"], decided["money"])
    exported = lines.filter(counts_for__in=PayrollBatch.objects.values("month"))
    handed_over = LedgerLine.objects.filter(pk__in=PayrollLine.objects.values("line"))
    assert payroll_rows.sums_of(exported) == payroll_rows.sums_of(handed_over)
    shown = [Statement.of(employee) for employee in Employee.objects.filter(company=stage.company)]
    assert sum(statement.points for statement in shown) == decided["points"]
    assert sum(statement.fen for statement in shown) == decided["money"]


def test_the_workbook_says_per_person_what_is_paid_as_what(stage):
    stage.posted_with(points(5), BONUS)
    stage.posted_with(FUND)
    stage.posted_with(points(-2), CUT, employee=stage.worst, reason="x")
    batch = make(stage)
    book = load_workbook(io.BytesIO(batch.xlsx))
    header, *people, total = [[cell.value for cell in row] for row in book["按人汇总"]]
    assert header[3:] == [
        "笔数",
        "分值",
        "金额（元）",
        "奖金",
        "绩效工资",
        "损失赔偿",
        "罚款",
        "团队经费",
    ]
    assert [row[2:] for row in people] == [
        ["王丽", 3, 5, 2500, 500, 0, 0, 0, 2000],
        ["方磊", 2, -2, -200, 0, -200, 0, 0, 0],
    ]
    assert total[2:] == ["合计", 5, 3, 2300, 500, -200, 0, 0, 2000]
    assert (total[4], total[5]) == (batch.total_points, batch.total_fen / 100)
    assert book.active["H3"].number_format == book["按人汇总"]["F2"].number_format == "#,##0.00"


def test_the_page_sums_per_person_and_opens_the_lines(stage, payroll_hr):
    stage.posted_with(points(5), BONUS)
    stage.posted_with(FUND)
    hr = browse(payroll_hr)
    page = hr.get(f"{PAY}{MONTH}/").content.decode()
    for shown in ("2,500&nbsp;元", "奖金 <span", "500&nbsp;元", "团队经费 <span", "2,000&nbsp;元"):
        assert shown in page, shown
    assert "ZM-" not in page
    page = hr.get(f"{PAY}{MONTH}/?show=lines").content.decode()
    assert page.count("ZM-") == 3


def test_every_yuan_has_its_two_decimals_whatever_the_sum(stage):
    odd = {"kind": "money", "amount": 110, "least": 110, "most": 110}
    stage.posted_with(odd)
    stage.posted_with({**odd, "amount": -29, "least": -29, "most": -29}, employee=stage.worst, reason="x")
    assert {row[7] for row in rows_of(make(stage).csv)[1:]} == {"1.10", "-0.29"}
