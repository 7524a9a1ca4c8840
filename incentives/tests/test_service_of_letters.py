"""Receipt of a letter: until when, confirmed online or recorded by HR; the list of execution narrowed to the late."""

import datetime as dt

import pytest
import time_machine

from audit.models import AuditRow
from core.flow import Refused
from incentives import duty_inbox, services
from incentives.models import Decision, Notice
from incentives.tests.effects_stage import BONUS, CUT, EXPLAIN, effects_stage, points
from incentives.tests.pages import browse
from organization.models import Employee
from tests import factories
from tests.factories import at

EXECUTION = "/incentives/execution/"
DAY = dt.date(2026, 11, 6)


@pytest.fixture
def stage(db):
    stage = effects_stage()
    factories.grant(stage.hr, factories.make_role(stage.company, "hr-reads", ["incentives.view"]))
    return stage


def text(response):
    return response.content.decode()


def record(letter, stage, how="paper", day=DAY, note="", by=None, moment=None):
    return services.record_service(
        letter, how=how, served_on=day, note=note, by=by or stage.hr, at=moment or at(2026, 11, 10)
    )


def test_a_letter_has_as_many_working_days_for_its_receipt_as_the_policy_says(stage):
    stage.issued_with(points(2))  # on Thursday 5 November; receipt_days = 3
    assert Notice.objects.get().receipt_until == at(2026, 11, 11, 0)


@pytest.mark.parametrize(
    ("how", "day", "note", "field"),
    [
        ("refused", DAY, " ", "note"),
        ("post", DAY, "", "note"),
        ("paper", dt.date(2026, 11, 4), "", "served_on"),
        ("paper", dt.date(2026, 11, 11), "", "served_on"),
    ],
)
def test_a_service_without_proof_or_on_an_impossible_day_is_refused(stage, how, day, note, field):
    stage.issued_with(points(2))
    with pytest.raises(Refused) as refusal:
        record(Notice.objects.get(), stage, how, day, note)
    assert refusal.value.field == field
    assert Notice.objects.get().served_as == ""


def test_a_service_is_recorded_once_by_somebody_else_and_logged(stage):
    stage.issued_with(points(2), employee=stage.worst)
    letter = Notice.objects.get()
    with pytest.raises(Refused):
        record(letter, stage, by=stage.worst.user)
    record(letter, stage, "refused", note="见证人：孙悦、何军")
    with pytest.raises(Refused):
        record(letter, stage)
    assert AuditRow.objects.get(verb="incentives.notice.record_service").data == {"how": "refused"}
    assert (letter.served_by, letter.served_on) == (stage.hr, DAY)


def test_what_was_confirmed_online_needs_no_record(stage):
    decision = stage.issued_with(points(2))
    services.acknowledge_receipt(decision, by=stage.best.user, at=at(2026, 11, 6))
    with pytest.raises(Refused):
        record(Notice.objects.get(), stage)


def test_hr_hands_a_letter_over_to_somebody_without_a_login(stage):
    decision = stage.issued_with(points(2))
    Employee.objects.filter(pk=stage.best.pk).update(user=None)
    hr, letter = browse(stage.hr), Notice.objects.get()
    place = f"/incentives/letters/{letter.pk}/service/"
    with time_machine.travel(at(2026, 11, 9), tick=False):
        page = text(hr.get(EXECUTION))
        assert "请交付纸质决定书" in page and place in page
        assert "决定书如何送达王丽" in text(hr.get(place))
        answer = hr.post(place, {})
        assert answer.status_code == 422 and "请选择送达方式" in text(answer)
        answer = hr.post(place, {"how": "refused", "served_on": "2026-11-06"})
        assert answer.status_code == 409 and "两名见证人" in text(answer)
        done = {"how": "refused", "served_on": "2026-11-06", "note": "见证人：孙悦、何军"}
        assert hr.post(place, done).status_code == 302
        page = text(hr.get(EXECUTION))
    assert "拒签，两名见证人在场 · 11 月 6 日" in page and place not in page
    decision.refresh_from_db()
    assert decision.received_at is None


def test_hr_is_asked_at_once_for_whom_has_no_login_and_later_for_who_is_silent(stage):
    for employee in stage.team[:3]:
        stage.issued_with(points(2), employee=employee)
    Employee.objects.filter(pk=stage.worst.pk).update(user=None)
    services.acknowledge_receipt(
        Decision.objects.get(employee=stage.team[2]), by=stage.team[2].user, at=at(2026, 11, 6)
    )

    def names(moment):
        items = duty_inbox.duty_inbox(stage.hr, stage.company, moment)
        return [item.title for item in items if item.kind == "incentives.letter_service"]

    assert names(at(2026, 11, 6)) == ["请送达决定书：方磊"]
    assert names(at(2026, 11, 12)) == ["请送达决定书：王丽", "请送达决定书：方磊"]
    record(Notice.objects.get(decision__employee=stage.worst), stage)
    assert names(at(2026, 11, 12)) == ["请送达决定书：王丽"]
    assert duty_inbox.duty_inbox(stage.best.user, stage.company, at(2026, 11, 12)) == []


def test_who_may_record_a_service(stage):
    stage.issued_with(points(-3), employee=stage.worst)
    place = f"/incentives/letters/{Notice.objects.get().pk}/service/"
    stranger = factories.user_with(
        factories.make_company("other", "别的公司"), "incentives.propose", "incentives.view"
    )
    expected = {stage.hr: 200, stage.head: 403, stage.worst.user: 403, stranger: 404}
    for user, status in expected.items():
        assert browse(user).get(place).status_code == status, user


def test_late_is_counted_over_every_page_and_a_suspended_window_is_not_late(stage):
    held = stage.issued_with(points(1))
    Decision.objects.filter(pk=held.pk).update(state=Decision.State.SUSPENDED, received_at=at(2026, 11, 6))
    for employee in stage.team[1:4]:
        stage.issued_with(points(2), employee=employee)

    def page_on(moment, query):
        with time_machine.travel(moment, tick=False):
            return text(browse(stage.hr).get(f"{EXECUTION}{query}"))

    assert "还有 4 件决定要执行</h1>" in page_on(at(2026, 11, 10), "")
    page = page_on(at(2026, 11, 11), "?show=late")
    assert "还有 4 件决定要执行，其中 3 件已逾期" in page
    assert "方磊" in page and "王丽" not in page
    page = page_on(at(2026, 12, 11), "?within=王丽")
    assert "申诉中，期限暂停" in page and "逾期</span>" not in page


def test_the_list_is_narrowed_by_month_department_direction_and_words(stage):
    stage.posted_with(BONUS)
    stage.posted_with(CUT, EXPLAIN, employee=stage.worst, month="2026-11", reason="x")
    hr = browse(stage.hr)
    kept = Decision.objects.get(employee=stage.worst)
    for query in (
        "month=2026-11",
        "direction=penalty",
        "within=方磊",
        f"within={kept.number}",
        f"department={stage.sales.pk}&direction=penalty",
    ):
        page = text(hr.get(f"{EXECUTION}?{query}"))
        assert "方磊：" in page and "王丽：" not in page, query
    assert "没有符合筛选条件的决定" in text(hr.get(f"{EXECUTION}?department={stage.office.pk}"))
    for odd in ("month=x", "department=99999999999999999999", "direction=both", "show=x", "page=x"):
        assert hr.get(f"{EXECUTION}?{odd}").status_code == 200
