"""What people see on the way from the evidence to the ledger: the pages of RE-2.1, RE-2.3, RE-5.2a and RE-5.3a."""

import pytest
import time_machine
from django.urls import reverse

from approvals.models import Motion
from core.events import deliver_all
from incentives import services
from incentives.models import Decision, LedgerLine, Talk
from incentives.tests.pages import NOON, PageStage, browse
from tests.factories import at


@pytest.fixture
def stage(company):
    with time_machine.travel(NOON, tick=False):
        found = PageStage(company)
        found.three_months()
        yield found


def text(response):
    return response.content.decode()


def page(user, name, pk=None, query=""):
    return text(browse(user).get(reverse(name, args=[pk] if pk else []) + query))


def approve(stage):
    """Two of three members approve in the browser's way; the vote's news is delivered."""
    for member in stage.members[:2]:
        browse(member).post(reverse("vote_cast", args=[Motion.objects.get().pk]), {"choice": "approve"})
    deliver_all()


@pytest.mark.clause("RE-2.1")
def test_nothing_takes_effect_before_the_group_and_every_vote_is_on_record(stage):
    browse(stage.hr).post(reverse("incentives_batch_send"), {"case": [stage.case_of(stage.best).pk]})
    motion = Motion.objects.get()
    ballot = page(stage.members[0], "motion", motion.pk)
    assert "须 2 人投票、2 票同意" in ballot
    assert " checked" not in ballot
    services.finalize_due(at(2026, 12, 30))
    assert not LedgerLine.objects.exists()
    approve(stage)
    record = page(stage.auditor(), "motion", motion.pk)
    for words in ("表决记录", "周总", "孙悦", "何军", "2 票同意", "未投"):
        assert words in record
    assert "客户满意度管理小组" in page(stage.members[0], "committee", motion.committee_id)


@pytest.mark.clause("RE-2.3")
def test_hr_sees_evidence_grades_within_the_range_sends_a_batch_and_tracks_execution(stage):
    queue = page(stage.hr, "incentives_queue")
    assert "三个月 297 / 300" in queue and "第 5.2 条（一）" in queue
    case = stage.case_of(stage.best)
    hr = browse(stage.hr)
    outside = hr.post(reverse("incentives_propose", args=[case.pk]), {"effect_0": 9, "reason": "多给"})
    assert "请填 +3 至 +5 分" in text(outside)
    hr.post(reverse("incentives_propose", args=[case.pk]), {"effect_0": 4, "reason": "与同事共同完成"})
    hr.post(reverse("incentives_batch_send"), {"case": [case.pk]})
    approve(stage)
    checklist = page(stage.hr, "execution")
    for words in ("管理小组通过", "决定书送达", "申诉期满", "已入账", "通报表扬已公布", "已完成 2 / 6 步"):
        assert words in checklist


@pytest.mark.clause("RE-5.2a")
def test_five_points_stand_in_ledger_and_own_account_and_the_praise_on_the_board(stage):
    browse(stage.hr).post(reverse("incentives_batch_send"), {"case": [stage.case_of(stage.best).pk]})
    approve(stage)
    assert "您可以申诉到" in page(stage.best.user, "my_decision", Decision.objects.get().pk)
    assert "关于表扬王丽的通报" not in page(stage.hr, "notices")
    services.finalize_due(at(2026, 11, 30))
    assert "+5&nbsp;分" in page(stage.hr, "ledger")
    assert "+5&nbsp;分" in page(stage.best.user, "my_ledger")
    assert "关于表扬王丽的通报" in page(stage.team[3].user, "notices")


@pytest.mark.clause("RE-5.3a")
def test_three_points_are_taken_only_after_hearing_and_vote_and_the_head_records_the_talk(stage):
    stage.issued(stage.worst)
    assert not LedgerLine.objects.exists()
    services.finalize_due(at(2026, 11, 30))
    assert "−3&nbsp;分" in page(stage.worst.user, "my_ledger")
    talk = Talk.objects.get()
    assert "方磊" in page(stage.head, "talks")
    minutes = {"held_on": "2026-11-03", "minutes": "商定每周复盘一次"}
    browse(stage.head).post(reverse("talk", args=[talk.pk]), minutes)
    assert "商定每周复盘一次" in page(stage.worst.user, "my_talk", talk.pk)
    browse(stage.worst.user).post(reverse("my_talk", args=[talk.pk]), {"note": ""})
    assert Talk.objects.get().state == Talk.State.ACKNOWLEDGED
    assert "方磊" not in page(stage.best.user, "notices")
