import pytest

from core.flow import Refused
from core.models import Event
from core.period import Period
from notifications.models import Message
from organization.models import Role
from reports import services
from reports.models import MonthlyReport
from reports.tests.cast import COMPLAINT, PRAISE
from scoring.models import Close
from scoring.services import close_period
from surveys.models import AnswerText
from tests import factories
from tests.factories import at

NOON = at(2026, 11, 3)


def the_report():
    return MonthlyReport.objects.get()


def test_the_close_drafts_the_report_and_tells_its_writer(cast):
    close = cast.close()
    report = the_report()
    assert close.state == Close.State.REPORTED
    assert (report.number, report.state, report.period) == ("YB-2026-10", "draft", "2026-10")
    overall = report.findings[0]
    assert (overall["code"], overall["k"], overall["n"]) == ("overall", 77, 96)
    told = Message.objects.filter(kind="reports.drafted", channel="inbox")
    assert [message.recipient for message in told] == [cast.writer]


def test_the_draft_chooses_a_low_and_a_high_comment_where_there_are_words(october):
    chosen = {
        (entry["kind"], AnswerText.objects.get(answer=entry["answer"]).text)
        for entry in the_report().comments
    }
    assert ("low", COMPLAINT) in chosen
    assert ("high", PRAISE) in chosen


def test_the_draft_counts_who_was_asked_and_what_was_left_out(october):
    quality = the_report().quality
    assert (quality["received"], quality["counted"], quality["excluded"], quality["late"]) == (96, 96, 0, 0)
    assert quality["complete"] == 96


def test_drafting_twice_changes_nothing(cast):
    close = cast.close()
    before = MonthlyReport.objects.values().get()
    services.draft_report(close, at=at(2026, 11, 9))
    close_period(company=cast.company, period=Period.parse("2026-10"), at=at(2026, 11, 9))
    assert MonthlyReport.objects.values().get() == before
    assert Message.objects.filter(kind="reports.drafted", channel="inbox").count() == 1


def test_a_quarter_is_closed_without_a_report(cast):
    cast.answer("2026-07")
    close = close_period(company=cast.company, period=Period.parse("2026Q3"), at=at(2026, 10, 1, 3))
    assert close.state == Close.State.REPORTED
    assert not MonthlyReport.objects.exists()


def test_a_month_without_answers_still_has_its_report(cast):
    close_period(company=cast.company, period=Period.parse("2026-10"), at=at(2026, 11, 1, 3))
    assert [(one["code"], one["n"]) for one in the_report().findings] == [("overall", 0)]


def test_the_writer_adds_words_and_chooses_comments(october):
    kept = the_report().comments[:1]
    services.edit_report(the_report(), summary=" 等待太久 ", comments=kept, by=october.writer, at=NOON)
    assert the_report().summary == "等待太久"
    assert the_report().comments == kept


def test_comments_of_another_month_are_refused(october):
    october.answer("2026-11")
    foreign = [{"measure": "attitude", "kind": "low", "answer": october.counted("2026-11").first().pk}]
    with pytest.raises(Refused):
        services.edit_report(the_report(), summary="", comments=foreign, by=october.writer, at=NOON)


def test_only_a_writer_of_the_company_edits(october):
    stranger = factories.user_with(
        factories.make_company("other", "别家"), "reports.write", reach=Role.Reach.COMPANY
    )
    for user in (october.chair, stranger):
        with pytest.raises(Refused):
            services.edit_report(the_report(), summary="别人的话", by=user, at=NOON)
    assert the_report().summary == ""


def test_a_submitted_report_is_told_to_the_group_and_cannot_be_changed(october):
    services.submit_report(the_report(), by=october.writer, at=NOON)
    told = Message.objects.filter(kind="reports.submitted", channel="inbox")
    assert [message.recipient for message in told] == [october.chair]
    with pytest.raises(Refused):
        services.edit_report(the_report(), summary="后来的话", by=october.writer, at=NOON)
    assert the_report().summary == ""


def test_a_report_is_submitted_once(october):
    services.submit_report(the_report(), by=october.writer, at=NOON)
    with pytest.raises(Refused):
        services.submit_report(the_report(), by=october.writer, at=NOON)


def test_review_locks_the_month_and_is_published(october):
    services.submit_report(the_report(), by=october.writer, at=NOON)
    services.review_report(the_report(), by=october.chair, at=NOON)
    assert Close.objects.get(kind="month").state == Close.State.LOCKED
    assert the_report().reviewed_by == october.chair
    assert Event.objects.filter(name="reports.report_reviewed", object_id=the_report().pk).count() == 1


def test_a_draft_cannot_be_reviewed(october):
    with pytest.raises(Refused):
        services.review_report(the_report(), by=october.chair, at=NOON)
    assert Close.objects.get(kind="month").state == Close.State.REPORTED


def test_review_after_the_next_close_finds_the_month_locked_already(cast):
    cast.close("2026-09")
    cast.close("2026-10")
    september = MonthlyReport.objects.get(period="2026-09")
    services.submit_report(september, by=cast.writer, at=NOON)
    services.review_report(september, by=cast.chair, at=NOON)
    assert Close.objects.get(period="2026-09").state == Close.State.LOCKED
