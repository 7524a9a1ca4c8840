"""From the group's vote to the payroll and the record, as people do it: RE-2.3, RE-5.2b, RE-5.3c, CC-5.2 and CC-5.3."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from incentives.models import Decision, Duty, LedgerLine, Mark, Notice, PayrollBatch
from incentives.tests.effects_stage import (
    BONUS,
    EXPLAIN,
    FUND,
    ORAL,
    PRIORITY,
    WRITTEN,
    effects_stage,
    points,
)
from incentives.tests.pages import browse
from organization.models import Role
from tests import factories
from tests.factories import at

AFTER = at(2026, 11, 20)


@pytest.fixture
def stage(db):
    found = effects_stage()
    verbs = {
        found.hr: ["incentives.view", "incentives.propose", "incentives.payroll", "policies.view"],
        found.members[0]: ["incentives.view", "approvals.vote"],
        found.team[4].user: ["policies.view"],
    }
    for user, names in verbs.items():
        factories.grant(user, factories.make_role(found.company, f"page-{user.pk}", names))
    for employee in (found.best, found.worst):
        role = factories.make_role(
            found.company, f"own-{employee.pk}", ["incentives.view_own"], Role.Reach.SELF
        )
        factories.grant(employee.user, role)
    with time_machine.travel(AFTER, tick=False):
        yield found


def page(user, name, pk=None, query=""):
    answer = browse(user).get(reverse(name, args=[pk] if pk else []) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.clause("RE-2.3")
def test_hr_follows_a_decision_to_the_payroll_step_by_step_with_dates(stage):
    decision = stage.posted_with(points(5), BONUS)
    browse(stage.best.user).post(reverse("my_receipt", args=[decision.pk]))
    before = page(stage.hr, "execution")
    assert "已完成 5 / 6 步" in before and "已进工资单" in before and "11 月 5 日" in before
    made = browse(stage.hr).post(reverse("payroll_month", args=["2026-10"]))
    assert made.status_code == 302
    assert "已决定的都执行完了" in page(stage.hr, "execution")
    assert "已完成 6 / 6 步" in page(stage.hr, "execution", query="?show=all")
    assert Decision.objects.get().state == Decision.State.EXPORTED


@pytest.mark.clause("CC-5.2")
def test_money_prizes_certificates_praise_and_a_team_fund_are_carried_out(stage):
    stage.posted_with(BONUS, {"kind": "certificate"}, {"kind": "commendation_notice"})
    stage.posted_with(FUND)
    certificate = Notice.objects.get(kind=Notice.Kind.CERTIFICATE)
    printed = browse(stage.best.user).get(reverse("notice_pdf", args=[certificate.pk]))
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert "王丽" in page(stage.team[4].user, "notices")
    browse(stage.hr).post(reverse("payroll_month", args=["2026-10"]))
    batch = PayrollBatch.objects.get()
    content = browse(stage.hr).get(reverse("payroll_file", args=[batch.pk]) + "?format=csv").content
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    assert sorted((row[8], float(row[7])) for row in rows) == [("团队经费", 2000.0), ("奖金", 500.0)]
    duty = Duty.objects.get(kind=Duty.Kind.TEAM_FUND)
    head = browse(stage.head)
    assert (
        head.post(reverse("duty", args=[duty.pk]), {"text": "团建用餐 1,960 元，余 40 元"}).status_code == 302
    )
    browse(stage.hr).post(reverse("duty_check", args=[duty.pk]))
    duty.refresh_from_db()
    assert duty.state == Duty.State.ACCEPTED


@pytest.mark.clause("RE-5.2b")
def test_a_bonus_is_in_the_payroll_file_and_the_priority_on_the_record(stage):
    stage.posted_with(BONUS, PRIORITY)
    browse(stage.hr).post(reverse("payroll_month", args=["2026-10"]))
    assert PayrollBatch.objects.get().total_fen == 50000
    assert "晋升调薪优先" in page(stage.hr, "person_record", stage.best.pk)
    assert Mark.objects.get().ends_on.year == 2027
    assert "500" in page(stage.best.user, "my_points")


@pytest.mark.clause("CC-5.3")
def test_small_breaches_leave_an_oral_and_then_a_written_warning_that_expire(stage):
    stage.posted_with(ORAL, direction="penalty", employee=stage.worst)
    stage.posted_with(WRITTEN, direction="penalty", employee=stage.worst)
    record = page(stage.hr, "person_record", stage.worst.pk)
    assert "2 次有效警告" in record and "口头警告" in record and "书面警告" in record
    assert not LedgerLine.objects.exists()
    with time_machine.travel(at(2027, 3, 1), tick=False):
        assert "1 次有效警告" in page(stage.hr, "person_record", stage.worst.pk)
    with time_machine.travel(at(2027, 6, 1), tick=False):
        assert "没有有效警告" in page(stage.hr, "person_record", stage.worst.pk)


@pytest.mark.clause("RE-5.3c")
def test_the_heads_explanation_has_a_last_day_and_lies_before_the_group(stage):
    head = stage.head.employee
    stage.posted_with(EXPLAIN, direction="penalty", employee=head)
    duty = Duty.objects.get()
    assert "11 月 23 日" in page(stage.head, "duty", duty.pk)
    browse(stage.head).post(reverse("duty", args=[duty.pk]), {"text": "两个季度未达标的原因与措施"})
    read = page(stage.members[0], "duty", duty.pk)
    assert "两个季度未达标的原因与措施" in read and "李强" in read
    assert browse(stage.best.user).get(reverse("duty", args=[duty.pk])).status_code == 404
