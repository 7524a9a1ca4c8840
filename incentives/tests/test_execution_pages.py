"""Checklist, duties, record and legal notes in the browser's words."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives import execution_facts, services
from incentives.models import Decision, Duty, Mark
from incentives.tests.effects_stage import (
    BONUS,
    CUT,
    DISMISSAL,
    EXPLAIN,
    LOSS,
    PRIORITY,
    WRITTEN,
    effects_stage,
    points,
)
from incentives.tests.pages import browse
from tests import factories
from tests.factories import at

EXECUTION = "/incentives/execution/"
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def stage(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stage = effects_stage()
    for user in (stage.hr, *stage.members):
        factories.grant(
            user,
            factories.make_role(stage.company, f"reads-{user.pk}", ["incentives.view", "approvals.vote"]),
        )
    return stage


def text(response):
    return response.content.decode()


def test_the_checklist_has_a_dated_step_for_every_effect(stage):
    stage.posted_with(points(-2), CUT, WRITTEN, EXPLAIN, DISMISSAL, direction="penalty")
    with time_machine.travel(at(2026, 11, 20), tick=False):
        page = text(browse(stage.hr).get(EXECUTION))
    for step in (
        "已入账",
        "已进工资单",
        "书面警告已送达",
        "警告已记录",
        "书面说明已提交管理小组",
        "法定条件已逐项落实",
    ):
        assert step in page, step
    assert "已完成 7 / 12 步" in page
    with time_machine.travel(at(2026, 12, 20), tick=False):
        assert "其中 1 件已逾期" in text(browse(stage.hr).get(EXECUTION))


def test_money_stays_on_the_list_until_it_is_in_a_payroll_file(stage):
    stage.posted_with(BONUS)
    hr = browse(stage.hr)
    assert "还有 1 件决定要执行" in text(hr.get(EXECUTION))
    services.acknowledge_receipt(Decision.objects.get(), by=stage.best.user, at=at(2026, 11, 17))
    assert "还有 1 件决定要执行" in text(hr.get(EXECUTION))
    services.make_payroll(stage.company, month="2026-10", by=stage.hr, at=at(2026, 11, 20))
    assert "已决定的都执行完了" in text(hr.get(EXECUTION))
    assert "已完成 6 / 6 步" in text(hr.get(f"{EXECUTION}?show=all"))


def test_an_explanation_is_written_by_who_owes_it_and_read_by_the_group(stage):
    stage.posted_with(EXPLAIN, direction="penalty")
    duty = Duty.objects.get()
    place = f"/duties/{duty.pk}/"
    own, hr, group = (browse(user) for user in (stage.best.user, stage.hr, stage.members[1]))
    assert "向管理小组书面说明" in text(own.get("/duties/"))
    assert own.post(place, {"text": " "}).status_code == 422
    assert hr.post(place, {"text": "代写"}).status_code == 409
    files = {"files": SimpleUploadedFile("整改.pdf", PDF)}
    assert own.post(place, {"text": "原因与措施"} | files).status_code == 302
    assert "原因与措施" in text(group.get(place))
    assert "duty_check" not in text(group.get(place)) and group.post(f"{place}check/").status_code == 403
    file = duty.files.get()
    assert group.get(f"/duties/files/{file.pk}/").status_code == 200
    assert browse(stage.worst.user).get(f"/duties/files/{file.pk}/").status_code == 404
    assert browse(stage.worst.user).get(place).status_code == 404
    assert hr.post(f"{place}check/", {"send_back": "1"}).status_code == 409
    assert hr.post(f"{place}check/", {"send_back": "1", "note": "写明期限"}).status_code == 302
    assert "写明期限" in text(own.get(place))
    own.post(place, {"text": "原因、措施、期限"})
    hr.post(f"{place}check/", {})
    duty.refresh_from_db()
    assert duty.state == Duty.State.ACCEPTED


def test_the_record_shows_warnings_marks_totals_and_conditions(stage):
    stage.posted_with(points(-2), WRITTEN, DISMISSAL, direction="penalty", moment=at(2026, 11, 16))
    stage.posted_with(points(4), PRIORITY, moment=at(2026, 11, 17))
    mark = Mark.objects.get(kind="dismissal")
    hr = browse(stage.hr)
    place = f"/incentives/people/{stage.best.pk}/"
    with time_machine.travel(at(2026, 11, 20), tick=False):
        page = text(hr.get(place))
        assert "1 次有效警告" in page and "+2" in page and "晋升" in page
        assert "已落实 0 / 7 项" in page
        step = f"/incentives/marks/{mark.pk}/conditions/"
        assert hr.post(step, {"code": "union"}).status_code == 302
        assert hr.post(step, {"code": "union"}).status_code == 409
        assert browse(stage.members[0]).post(step, {"code": "heard"}).status_code == 403
        assert "已落实 1 / 7 项" in text(hr.get(place))
    with time_machine.travel(at(2027, 6, 1), tick=False):
        assert "没有有效警告" in text(browse(stage.hr).get(place))
    assert browse(stage.best.user).get(place).status_code == 403
    assert "+2" in text(browse(stage.best.user).get("/my/statement/"))
    for address, user in (("/my/statement/pdf/", stage.best.user), (f"{place}statement/", stage.hr)):
        assert browse(user).get(address).content.startswith(b"%PDF")


def test_lists_ask_no_more_for_many_than_for_one(stage):
    hr = factories.user_with(stage.company, "incentives.payroll", "incentives.view", "incentives.propose")
    effects = (points(-2), CUT, WRITTEN, EXPLAIN, DISMISSAL)
    places = [EXECUTION, "/duties/", "/incentives/payroll/", "/incentives/payroll/2026-10/"]
    client = browse(hr)

    def count():
        found = []
        for place in [*places, f"/incentives/people/{stage.best.pk}/"]:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(place).status_code == 200
            found.append(len(seen))
        return found

    stage.posted_with(*effects, direction="penalty")
    client.get(EXECUTION)
    once = count()
    for employee in (stage.best, stage.worst, *stage.team[4:6]):
        stage.posted_with(*effects, direction="penalty", employee=employee)
    assert count() == once


def test_who_checks_their_own_duty_or_condition_is_found(stage):
    stage.posted_with(EXPLAIN, DISMISSAL, direction="penalty")
    assert list(execution_facts.fact_6_execution()) == []
    user = stage.best.user
    Duty.objects.update(checked_by=user)
    Mark.objects.update(checklist=[{"code": "union", "done_at": "2026-11-20T12:00:00+08:00", "by": user.pk}])
    assert len(list(execution_facts.fact_6_execution())) == 2


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [(CUT, "用人单位一般无权罚款"), (LOSS, "写明损失及其证据"), (DISMISSAL, "系统不会解除任何人的劳动合同")],
)
def test_hr_reads_the_law_before_proposing(stage, effect, sentence):
    case = stage.case(stage.rule(effect, direction="penalty"), stage.worst)
    assert sentence in text(browse(stage.hr).get(f"/incentives/cases/{case.pk}/"))


def test_money_is_graded_in_yuan_within_the_rule(stage):
    case = stage.case(stage.rule(BONUS), stage.best)
    hr, place = browse(stage.hr), f"/incentives/cases/{case.pk}/propose/"
    assert hr.post(place, {"effect_0": "600", "reason": "较大"}).status_code == 422
    assert hr.post(place, {"effect_0": "450.50", "reason": "较小"}).status_code == 302
    assert Decision.objects.get().effects == [{"kind": "money", "amount": 45050}]


def test_compensation_without_the_loss_is_asked_for_beside_the_field(stage):
    case = stage.case(stage.rule(LOSS | {"most": -20000}), stage.worst)
    hr, place = browse(stage.hr), f"/incentives/cases/{case.pk}/propose/"
    answer = hr.post(place, {"reason": ""})
    assert (answer.status_code, "请写明损失及其证据" in text(answer)) == (422, True)
    assert hr.post(place, {"reason": "门锁损坏，维修 200 元，见发票"}).status_code == 302
