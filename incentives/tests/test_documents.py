"""Numbered documents and statements as PDF: from the text that was served, the same bytes each time, for whom."""

import re

import pytest

from audit.models import AuditRow
from incentives import documents, services
from incentives.documents import glyphs
from incentives.models import Notice
from incentives.statements import Record, Statement, statement_pdf
from incentives.tests.effects_stage import BONUS, ORAL, PRIORITY, WRITTEN, effects_stage, points
from incentives.tests.pages import browse
from organization.models import Role
from organization.scopes import today
from tests import factories
from tests.factories import at


@pytest.fixture
def stage(db):
    return effects_stage()


def test_each_kind_of_document_is_a_pdf_with_the_same_bytes_again(stage):
    stage.posted_with(points(5), {"kind": "certificate"}, {"kind": "commendation_notice"})
    stage.posted_with(WRITTEN, direction="penalty", employee=stage.worst)
    notices = {notice.kind: notice for notice in Notice.objects.select_related("company")}
    assert set(notices) == {"letter", "certificate", "commendation", "warning"}
    made = {kind: documents.notice_pdf(notice) for kind, notice in notices.items()}
    assert all(content.startswith(b"%PDF-1.7") for content in made.values())
    assert made == {kind: documents.notice_pdf(notice) for kind, notice in notices.items()}


def test_a_document_says_what_was_served_whatever_changes_later(stage):
    stage.posted_with(points(5))
    before = documents.notice_pdf(Notice.objects.get())
    stage.best.name = "改名"
    stage.best.save()
    assert documents.notice_pdf(Notice.objects.get()) == before


def test_a_reversed_reward_leaves_the_board_and_its_papers_say_so(stage):
    decision = stage.posted_with(points(5), {"kind": "certificate"}, {"kind": "commendation_notice"})
    reader = browse(factories.user_with(stage.company, "policies.view"))
    assert "王丽" in reader.get("/notices/").content.decode()
    before = documents.notice_pdf(Notice.objects.get(kind="certificate"))
    services.reverse(decision, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    assert "王丽" not in reader.get("/notices/").content.decode()
    assert documents.notice_pdf(Notice.objects.get(kind="certificate")) != before


def test_text_is_data_and_never_markup(stage):
    stage.posted_with(points(5))
    Notice.objects.update(body='#import "x.typ" \\ $ * _ <label> @ref ```')
    assert documents.notice_pdf(Notice.objects.get()).startswith(b"%PDF")


def test_who_may_download_a_letter(stage):
    stage.posted_with(points(-3), employee=stage.worst)
    letter = Notice.objects.get()
    place = f"/notices/{letter.pk}/pdf/"
    other_head = factories.user_with(
        stage.company,
        "incentives.hold_talk",
        reach=Role.Reach.DEPARTMENT,
        employee=factories.make_employee(
            factories.make_department(stage.company, "sales-2", "销售二部"), "赵敏", is_head=True
        ),
    )
    colleague = stage.team[4].user
    allowed = {stage.worst.user: 200, stage.hr: 200, stage.members[0]: 200, stage.head: 200}
    for user, status in {**allowed, colleague: 404, other_head: 404}.items():
        assert browse(user).get(place).status_code == status, user
    answer = browse(stage.worst.user).get(place)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert AuditRow.objects.filter(verb="incentives.notice.download").count() == len(allowed) - 1


def test_praise_is_for_everybody_and_its_letter_is_not(stage):
    stage.posted_with(points(5), {"kind": "commendation_notice"})
    reader = factories.user_with(stage.company, "policies.view")
    status = {
        notice.kind: browse(reader).get(f"/notices/{notice.pk}/pdf/").status_code
        for notice in Notice.objects.all()
    }
    assert status == {"letter": 404, "commendation": 200}


def test_a_statement_runs_month_by_month_with_totals(stage):
    stage.posted_with(points(5), BONUS)
    decision = stage.posted_with(points(3), month="2026-11")
    services.reverse(decision, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    statement = Statement.of(stage.best)
    assert [(month.month, month.points, month.fen) for month in statement.months] == [
        ("2026-11", 0, 0),
        ("2026-10", 5, 50000),
    ]
    assert [entry.total for entry in statement.months[0].entries] == [8, 5]
    assert (statement.points, statement.fen) == (5, 50000)
    first, second = (statement_pdf(Statement.of(stage.best), at(2026, 12, 2)) for _again in range(2))
    assert first == second and first.startswith(b"%PDF")


def test_the_record_holds_what_is_in_force_today(stage):
    stage.posted_with(ORAL, direction="penalty", moment=at(2026, 11, 16))
    stage.posted_with(PRIORITY, points(2))
    record = Record.of(stage.best, today().replace(year=2026, month=12, day=1))
    assert [warning.level for warning in record.warnings] == ["oral"]
    assert [mark.kind for mark in record.marks] == ["priority"]
    later = Record.of(stage.best, today().replace(year=2028, month=1, day=1))
    assert (later.warnings, len(later.past_warnings), later.marks) == ([], 1, [])


def pages_of(content):
    """How many pages, of what size in points: A4 is 595 × 842."""
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content)
    return len(sizes), {(round(float(wide)), round(float(high))) for wide, high in sizes}


def test_a_long_letter_goes_on_over_numbered_a4_pages(stage):
    stage.posted_with(points(5))
    letter = Notice.objects.get()
    assert pages_of(documents.notice_pdf(letter)) == (1, {(595, 842)})
    letter.body = "条款原文很长。" * 600
    count, sizes = pages_of(documents.notice_pdf(letter))
    assert count > 2 and sizes == {(595, 842)}


@pytest.mark.parametrize(
    ("name", "missing"),
    [("䶮𬭎㛃", []), ("王丽 Ö é 김 😀", []), ("𠮷田", ["𠮷"]), ("\ue863", ["\ue863"]), ("龯䶶" * 30, ["䶶"])],
)
def test_characters_that_would_be_boxes_are_known(name, missing):
    assert glyphs.missing_in(name) == missing


def test_a_letter_names_the_characters_to_be_written_by_hand(stage, monkeypatch):
    seen = []
    monkeypatch.setattr(documents, "compile_pdf", lambda template, data: seen.append(data["unprintable"]))
    stage.posted_with(points(5))
    letter = Notice.objects.get()
    documents.notice_pdf(letter)
    letter.body += "𠮷"
    documents.notice_pdf(letter)
    assert seen == ["", "字库缺少下列字，请手写补全：U+20BB7"]
