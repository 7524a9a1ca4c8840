import datetime as dt
import re
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.tests.answered import AnsweredStage
from appeals.tests.build import closed_months
from core.period import Period
from incentives import services as incentives
from incentives.models import Decision, Warning
from organization.models import Role
from reports.selectors.mine import composite_after
from reports.selectors.near_people import near_people
from scoring.services import unfold_pending
from scoring.tests import world
from tests import factories
from tests.factories import at
from tests.replay import replayed

#: a Tuesday; the last Sunday over is the 15th
TUESDAY = at(2026, 11, 17)
PATH = "/my/month/"


def page_of(user, moment=TUESDAY, language="zh-hans"):
    client = Client()
    with time_machine.travel(moment, tick=False):
        client.force_login(user)
        client.cookies["django_language"] = language
        return client.get(PATH)


def text(user, moment=TUESDAY, language="zh-hans"):
    return page_of(user, moment, language).content.decode()


def november(cast, employee, satisfied, total):
    """Answers of November, one a day from the first."""
    world.give_answers(cast.campaign, employee, satisfied, total, month="2026-11")
    unfold_pending(cast.company, TUESDAY)


def test_nobody_whose_post_is_not_ranked_is_promised_a_rank(october):
    post = factories.make_post(october.company, "driver", "司机", is_ranked=False)
    driver = factories.make_employee(october.first, "田野", post=post)
    user = factories.user_with(october.company, "reports.my", reach=Role.Reach.SELF, employee=driver)
    assert "参加排名" not in text(user).replace("您还没有参加过排名", "")
    assert "再有 10 份答卷，本月就参加排名" in text(october.worst.user)


def test_the_month_so_far_says_counts_share_place_and_what_is_near(october):
    november(october, october.best, 11, 14)
    page = text(october.best.user)
    assert "11 月至今，14 位客户里，11 位对您满意" in page
    assert "78.6<small>%</small>" in page
    assert "再有 2 个月名列前茅：+5" in page
    assert "10 月：8 人中第 1 名" in page
    assert "本月答卷已够参加排名" in page
    english = text(october.best.user, language="en")
    assert "Nov so far: 11 of 14 customers are satisfied with you" in english
    assert "2 more months near the top: +5" in english


def test_the_share_moves_once_a_week_and_the_number_at_once(cast):
    november(cast, cast.best, 11, 14)
    before = text(cast.best.user)
    late = world.answer_of(cast.campaign, {"overall": 1}, employee=cast.best, at=at(2026, 11, 16, 10))
    type(late).objects.bulk_create([late])
    unfold_pending(cast.company, TUESDAY)
    after = text(cast.best.user)
    assert "14 位客户里，11 位对您满意" in after
    assert "至今收到 14 份" in before
    assert "至今收到 15 份" in after
    assert "15 位客户里，11 位对您满意" in text(cast.best.user, TUESDAY + dt.timedelta(days=6))


def test_too_few_answers_show_their_number_and_no_share(cast):
    november(cast, cast.worst, 2, 7)
    page = text(cast.worst.user)
    assert "11 月至今 7 份答卷，还不够显示满意率" in page
    assert "满 10 份才显示满意率" in page
    assert "再有 3 份答卷，本月就参加排名" in page
    assert "2 / 7" not in page
    assert "28.6" not in page


def test_a_row_near_the_bottom_says_what_ends_it(cast):
    cast.close("2026-09")
    cast.close("2026-10")
    page = text(cast.worst.user)
    assert "已有 2 个月靠后：只要有一个月不在最后 1 名，就不再累计" in page
    assert not [one.name for one in cast.team if one != cast.worst and one.name in page]


# ---- what waits, what may be appealed, points and warnings


@pytest.fixture
def stage(db):
    found = replayed("appeals.stage", closed_months)
    for employee in (found.best, found.worst):
        found.grant(employee.user, "reports.my", "scoring.view_own", reach=Role.Reach.SELF)
    return found


def test_a_hearing_waits_with_its_last_day(stage):
    decision = stage.proposed(stage.worst)
    incentives.call_hearing(decision, by=stage.hr, at=at(2026, 11, 2))
    page = text(stage.worst.user, at(2026, 11, 3))
    assert "1 件事等您办" in page
    assert "11 月 4 日（周三）24:00" in page
    assert "没有等您办的事" in text(stage.best.user, at(2026, 11, 3))


def test_a_decision_may_be_appealed_from_here_until_its_last_day(stage):
    stage.issued(stage.worst)
    decision = Decision.objects.get()
    link = f"/my/appeals/new/decision/{decision.pk}/"
    page = text(stage.worst.user, at(2026, 11, 6))
    assert link in page
    assert re.search(r"11 月 12 日（周四）24:00\s*前，还有 4 个工作日", page)
    assert link not in text(stage.worst.user, at(2026, 11, 16))
    appeal = stage.filed(stage.worst)
    assert f"/my/appeals/{appeal.pk}/" in text(stage.worst.user, at(2026, 11, 6))


def test_points_of_month_and_quarter_and_warnings_in_force(stage):
    decision = stage.posted(stage.worst)
    Warning.objects.create(
        company=stage.company,
        employee=stage.worst,
        department=stage.sales,
        decision=decision,
        effect=1,
        level="written",
        given_at=at(2026, 11, 16),
        expires_on=dt.date(2027, 5, 15),
    )
    page = text(stage.worst.user)
    assert "−3" in page
    assert "/my/statement/" in page
    assert "有效至 2027 年 5 月 15 日" in page or "有效至 2027年5月15日" in page
    assert "没有有效的警告" in text(stage.worst.user, at(2027, 5, 16))


def test_the_page_is_the_employees_own_and_first_in_the_sidebar(cast):
    assert page_of(cast.chair).status_code == 403
    stranger = factories.user_with(cast.company, "reports.my", reach=Role.Reach.SELF)
    assert page_of(stranger).status_code == 404
    page = text(cast.best.user)
    assert page.index(f'href="{PATH}"') < page.index('href="/my/"') < page.index('href="/my/ledger/"')


def test_the_page_needs_a_bounded_number_of_statements(stage):
    stage.issued(stage.worst)

    def statements(moment):
        with CaptureQueriesContext(connection) as seen:
            assert page_of(stage.worst.user, moment).status_code == 200
        return len(seen)

    few = statements(at(2026, 11, 6))
    stage.month("2026-07")
    assert statements(at(2026, 11, 6)) <= few + 8
    assert few <= 90


# ---- the head: numbers only


def test_a_head_sees_how_many_of_the_own_people_stand_before_a_rule(cast):
    cast.close("2026-09")
    close = cast.close("2026-10")
    found = near_people(cast.first, Period.parse(close.period))
    assert (found.top, found.bottom, found.running) == (1, 1, 0)
    assert near_people(cast.second, Period.parse(close.period)).is_empty
    cast.close("2026-11")
    done = near_people(cast.first, Period.parse("2026-11"))
    assert (done.top, done.bottom) == (0, 0)
    client = Client()
    client.force_login(cast.head)
    assert "本部门人员与奖惩条款" in client.get("/dashboard/").content.decode()


def test_after_a_won_appeal_both_own_pages_count_with_the_corrected_month(db):
    stage = replayed("reports.my.answered", answered)
    stage.grant(stage.worst.user, "reports.my", reach=Role.Reach.SELF)
    stage.issued(stage.worst)
    stage.signed(stage.worst, left_out=stage.dissatisfied(stage.worst, "2026-10", 20))
    client = Client()
    with time_machine.travel(TUESDAY, tick=False):
        client.force_login(stage.worst.user)
        satisfaction = client.get("/my/?month=2026-10").content.decode()
        month = client.get(PATH).content.decode()
    assert "40 位客户里，16 位对您满意" in satisfaction
    assert "申诉后：16 / 20（80.0%），第 7 名。" in satisfaction
    assert "个月靠后" not in satisfaction and "个月靠后" not in month
    assert "8 人中第 7 名" in month


def test_the_composite_counts_anew_with_the_score_that_an_appeal_corrected():
    parts = [
        {"part": "survey", "value": "69.0", "weight_bp": 6000},
        {"part": "sales", "value": "78.0", "weight_bp": 3000},
        {"part": "team", "value": "83.0", "weight_bp": 1000},
    ]
    whole, half = SimpleNamespace(is_complete=True, parts=parts), SimpleNamespace(is_complete=False, parts=[])
    after = composite_after(whole, {"k": 29, "n": 32})
    assert (after.survey, after.total) == (90.625, pytest.approx(86.075))  # 54.375 + 23.4 + 8.3
    assert composite_after(half, {"k": 29, "n": 32}).total is None
    assert composite_after(whole, None) is None


def answered():
    found = AnsweredStage(factories.make_company())
    found.close_months()
    return found
