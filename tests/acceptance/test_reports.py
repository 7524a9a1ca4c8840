"""What a user sees of the monthly report, the own page and the dashboards, clause by clause."""

import pytest
from django.test import Client
from django.utils import timezone

from core.navigation import inbox_for
from core.period import Period
from jobs.services import run_now
from reports.models import MonthlyReport
from reports.tests.cast import new_cast
from scoring.models import Close
from scoring.services import request_close
from tests.factories import at


@pytest.fixture
def cast(db):
    return new_cast()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.clause("RE-3.3")
def test_the_monthly_report_is_drafted_completed_submitted_and_reviewed(cast):
    """The close drafts it; customer service adds words and submits; the group finds it in its inbox and reviews it."""
    cast.close()
    writer, chair = browser(cast.writer), browser(cast.chair)
    items = inbox_for(cast.writer, cast.company, timezone.now())
    assert [item.url for item in items if item.kind == "reports"] == ["/reports/2026-10/"]
    chosen = [
        f"{one['measure']}:{one['kind']}:{one['answer']}" for one in MonthlyReport.objects.get().comments
    ]
    saved = writer.post(
        "/reports/2026-10/edit/", {"summary": "等待太久，正在加派人手。", "comments": chosen[:1]}
    )
    assert saved.headers["Location"] == "/reports/2026-10/"
    assert not [
        item for item in inbox_for(cast.chair, cast.company, timezone.now()) if item.kind == "reports"
    ]
    writer.post("/reports/2026-10/submit/")
    assert [
        item.url for item in inbox_for(cast.chair, cast.company, timezone.now()) if item.kind == "reports"
    ]
    page = chair.get("/reports/2026-10/").content.decode()
    for part in (
        "总体 80.2%，明确低于目标",
        "服务态度",
        "销售一部",
        "等待太久，正在加派人手。",
        "典型案例",
        "数据可信吗",
        "先改什么",
    ):
        assert part in page
    chair.post("/reports/2026-10/review/")
    assert MonthlyReport.objects.get().state == "reviewed"
    assert Close.objects.get(kind="month").state == Close.State.LOCKED


@pytest.mark.clause("RE-4.1a")
def test_an_employee_reads_the_report_and_the_own_figures_down_to_the_answers(cast):
    cast.close()
    browser(cast.writer).post("/reports/2026-10/submit/")
    own = browser(cast.best.user)
    assert own.get("/reports/2026-10/").status_code == 200
    page = own.get("/my/").content.decode()
    for part in (
        "12 位客户里，12 位对您满意",
        "同组 8 人中第",
        "已连续 1 个月名列前茅",
        "讲得很细",
        "可以申诉的",
        "综合分怎么算的",
    ):
        assert part in page
    assert "再有 2 个月在前 1 名" in page
    link = page.split('href="/why/score/')[1].split("/")[0]
    assert "12 份，隐去客户身份" in own.get(f"/why/score/{link}/").content.decode()


@pytest.mark.clause("DC-3")
def test_the_monthly_job_closes_the_month_and_drafts_the_report(cast):
    """What Celery runs on the 1st: a run row, executed by a worker, ends with the draft. Twice adds nothing."""
    cast.answer("2026-10")
    run = request_close(company=cast.company, period=Period.parse("2026-10"), by=None, at=at(2026, 11, 1, 3))
    done = run_now(run.pk)
    assert (done.state, done.result["state"]) == ("done", "reported")
    assert MonthlyReport.objects.get().number == "YB-2026-10"
    assert run_now(run.pk) is None
    assert MonthlyReport.objects.count() == 1


def test_a_department_head_opens_the_dashboard_of_the_own_department(cast):
    cast.close()
    page = browser(cast.head).get("/dashboard/").content.decode()
    assert "再多 8 位客户满意，就到目标 90%" in page
    assert "销售一部" in page
    assert "今天请处理" in page
