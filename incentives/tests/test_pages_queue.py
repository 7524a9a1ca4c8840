"""HR's queue and the batch: what it shows, what it refuses, what it costs."""

from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Motion
from incentives import services
from incentives.models import Case, Decision
from incentives.navigation import queue_counts, queue_inbox
from incentives.tests.pages import NOON, browse
from tests import factories

QUEUE = "/incentives/"


@pytest.fixture
def hr(page_stage):
    with time_machine.travel(NOON, tick=False):
        yield browse(page_stage.hr)


def text(response):
    return response.content.decode()


def test_a_stranger_is_sent_to_the_login(page_stage):
    response = browse().get(QUEUE)
    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_an_employee_has_no_business_in_the_queue(page_stage):
    assert browse(page_stage.best.user).get(QUEUE).status_code == 403


def test_another_companys_hr_sees_none_of_our_cases(page_stage):
    outside = browse(page_stage.stranger_company_hr())
    assert page_stage.best.name not in text(outside.get(f"{QUEUE}?month=2026-10"))
    assert outside.get(reverse("incentives_case", args=[Case.objects.first().pk])).status_code == 404


def test_the_title_counts_what_is_to_be_done(hr):
    assert "10 月 2 件提案" in text(hr.get(QUEUE))


def test_each_row_shows_pooled_counts_peers_and_verdict(hr, page_stage):
    page = text(hr.get(QUEUE))
    assert "三个月 297 / 300（99.0%）" in page
    assert "证据充分" in page
    assert "第 5.2 条（一）" in page


def test_only_rewards_can_be_picked(hr, page_stage):
    page = text(hr.get(QUEUE))
    reward, penalty = page_stage.case_of(page_stage.best), page_stage.case_of(page_stage.worst)
    assert f'name="case" value="{reward.pk}"' in page
    assert f'name="case" value="{penalty.pk}"' not in page
    assert "处罚须听证后逐件送表决" in page


def test_nothing_is_picked_beforehand(hr):
    assert " checked" not in text(hr.get(QUEUE))


def test_tabs_and_filters_narrow_the_list(hr, page_stage):
    def names(query):
        rows = hr.get(f"{QUEUE}?month=2026-10&{query}").context["rows"]
        return {row.employee.name for row in rows}

    assert names("direction=reward") == {"王丽"}
    assert names("direction=penalty") == {"方磊"}
    assert names("stage=hearing") == set()
    assert names("within=方磊") == {"方磊"}
    assert names(f"department={page_stage.sales.pk}") == {"王丽", "方磊"}
    assert names(f"department={page_stage.office.pk}") == set()
    assert names("clause=第 5.2 条（一）") == {"王丽"}


def test_an_impossible_filter_or_month_is_ignored(hr):
    assert hr.get(f"{QUEUE}?month=nonsense&stage=x&department=y&page=zzz").status_code == 200


def test_a_month_without_cases_says_what_is_missing(hr):
    page = text(hr.get(f"{QUEUE}?month=2026-07"))
    assert "7 月没有提案" in page
    assert "这个月还没有关账" in page


def test_a_held_case_stands_in_a_note_and_may_be_dealt_with(company):
    from incentives.tests.pages import PageStage

    stage = PageStage(company)
    stage.three_months(satisfied=(90, 86, 90, 90, 89, 89, 88, 88))
    assert stage.case_of(stage.worst).state == Case.State.HELD
    page = text(browse(stage.hr).get(QUEUE))
    assert "方磊：证据不足，系统没有提出处罚" in page
    assert reverse("incentives_case", args=[stage.case_of(stage.worst).pk]) in page


def test_what_is_due_today_stands_in_the_title_and_a_note(page_stage):
    decision = page_stage.proposed(page_stage.worst)
    hearing = services.call_hearing(decision, by=page_stage.hr, at=factories.at(2026, 11, 2))
    services.state_case(hearing, statement="请核实", by=page_stage.worst.user, at=factories.at(2026, 11, 3))
    with time_machine.travel(factories.at(2026, 11, 4, 9), tick=False):
        page = text(browse(page_stage.hr).get(QUEUE))
    assert "10 月 2 件提案，1 件今天要处理" in page
    assert "方磊的听证 11 月 4 日（周三）24:00 结束" in page
    assert "读陈述" in page


def test_what_the_group_is_voting_on_is_not_hrs_to_do_today(page_stage):
    page_stage.voting(page_stage.worst)
    with time_machine.travel(factories.at(2026, 12, 1, 9), tick=False):
        context = browse(page_stage.hr).get(f"{QUEUE}?month=2026-10").context
    assert (context["due_count"], context["hearing_note"]) == (1, None)


def many(page_stage, number):
    template = page_stage.case_of(page_stage.best)
    people = [factories.make_employee(page_stage.sales, f"同事{place}") for place in range(number)]
    Case.objects.bulk_create(
        Case(
            company=template.company,
            rule=template.rule,
            rule_code=template.rule_code,
            employee=one,
            department=template.department,
            occurrence=template.occurrence,
            period=template.period,
            state=Case.State.FOUND,
            evidence=template.evidence,
            found_at=template.found_at,
        )
        for one in people
    )


def test_due_and_held_ones_are_counted_over_all_pages(page_stage):
    many(page_stage, 30)
    Case.objects.filter(employee__name__in=("同事3", "同事4")).update(state=Case.State.HELD)
    with time_machine.travel(factories.at(2026, 11, 20, 9), tick=False):
        response = browse(page_stage.hr).get(QUEUE)
    assert (len(response.context["rows"]), response.context["due_count"]) == (25, 30)
    assert "证据不足，系统没有提出的有 2 件" in text(response)
    assert "?month=2026-10&amp;stage=held" in text(response)


def test_a_longer_page_holds_as_many_as_may_go_at_once(hr, page_stage):
    many(page_stage, 30)
    assert "?per=100" in text(hr.get(QUEUE))
    assert len(hr.get(f"{QUEUE}?per=100").context["rows"]) == 32
    assert len(hr.get(f"{QUEUE}?per=5000").context["rows"]) == 25


def test_what_is_left_of_earlier_months_is_not_forgotten(hr, page_stage):
    Case.objects.filter(employee=page_stage.worst).update(period="2026-08")
    page = text(hr.get(f"{QUEUE}?month=2026-10"))
    assert "8 月还有 1 件没办完" in page and "?month=2026-08" in page
    services.set_aside(
        page_stage.case_of(page_stage.worst), reason="改为辅导", by=page_stage.hr, at=factories.at()
    )
    assert "没办完" not in text(hr.get(f"{QUEUE}?month=2026-10"))


def test_a_line_that_has_changed_since_it_was_shown_is_not_sent(hr, page_stage):
    decision = page_stage.proposed(page_stage.best)
    (shown,) = hr.get(reverse("incentives_batch"), {"case": [decision.case_id]}).context["rows"]
    four = [{"kind": "points", "amount": 4}, {"kind": "commendation_notice"}]
    services.amend(decision, effects=four, reason="同组人数少", by=page_stage.hr, at=factories.at())
    response = hr.post(reverse("incentives_batch_send"), {"case": [shown.shown]})
    assert response.status_code == 409
    assert "有变动" in text(response)
    assert not Motion.objects.exists()
    (fresh,) = response.context["rows"]
    assert hr.post(reverse("incentives_batch_send"), {"case": [fresh.shown]}).status_code == 302


def test_the_review_shows_each_line_and_the_sum_and_writes_nothing(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    page = text(hr.get(reverse("incentives_batch"), {"case": [case.pk]}))
    assert "把 1 件奖励送管理小组表决？" in page
    assert "共 +5" in page
    assert not Decision.objects.exists()


def test_the_review_leaves_penalties_out(hr, page_stage):
    cases = [page_stage.case_of(page_stage.best).pk, page_stage.case_of(page_stage.worst).pk]
    page = text(hr.get(reverse("incentives_batch"), {"case": cases}))
    assert f'value="{cases[0]}-' in page
    assert f'value="{cases[1]}-' not in page
    assert "未列入" in page


def test_reviewing_nothing_leads_back(hr):
    assert hr.get(reverse("incentives_batch")).url == QUEUE


def test_sending_proposes_and_opens_a_motion(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    response = hr.post(reverse("incentives_batch_send"), {"case": [case.pk]})
    assert response.url == f"{QUEUE}?month=2026-10"
    assert Decision.objects.get(case=case).state == Decision.State.VOTING
    assert Motion.objects.count() == 1


def test_sending_by_get_is_not_possible(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    assert hr.get(reverse("incentives_batch_send"), {"case": [case.pk]}).status_code == 405
    assert not Decision.objects.exists()


def test_a_penalty_smuggled_into_the_batch_stops_all_of_it(hr, page_stage):
    cases = [page_stage.case_of(page_stage.best).pk, page_stage.case_of(page_stage.worst).pk]
    response = hr.post(reverse("incentives_batch_send"), {"case": cases})
    assert response.status_code == 409
    assert "没有送出" in text(response)
    assert not Decision.objects.exists()


def test_what_was_sent_meanwhile_is_refused_with_a_sentence(hr, page_stage):
    case = page_stage.case_of(page_stage.best)
    hr.post(reverse("incentives_batch_send"), {"case": [case.pk]})
    response = hr.post(reverse("incentives_batch_send"), {"case": [case.pk]})
    assert response.status_code == 409
    assert Motion.objects.count() == 1


def test_who_only_looks_may_not_send(page_stage):
    auditor = browse(page_stage.auditor())
    assert auditor.get(QUEUE).status_code == 200
    assert "核对并送表决" not in text(auditor.get(QUEUE))
    assert auditor.post(reverse("incentives_batch_send"), {"case": [1]}).status_code == 403


def listed(user, company):
    return dict(Counter(item.kind for item in queue_inbox(user, company, NOON)))


def test_the_frame_counts_as_many_cases_as_the_inbox_lists(hr, page_stage):
    reader, company = page_stage.hr, page_stage.company
    many(page_stage, 3)
    page_stage.proposed(page_stage.worst)
    assert queue_counts(reader, company) == {"incentives.proposal": 5, "incentives.unit_hit": 0}
    assert listed(reader, company) == {"incentives.proposal": 5}
    page_stage.voting(page_stage.best)
    assert queue_counts(reader, company)["incentives.proposal"] == 4
    assert listed(reader, company) == {"incentives.proposal": 4}
    assert queue_counts(page_stage.best.user, company) == {}
    with CaptureQueriesContext(connection) as captured:
        assert hr.get(reverse("search")).status_code == 200
    assert not any('"incentives_case"."evidence"' in query["sql"] for query in captured.captured_queries)


FRAME = ("django_session", "auth_permission", "accounts_user", "organization_grant", "organization_company")


def queries_of(client, address):
    """What the page itself asks; session, login and rights are asked by every page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    return [sql for sql in asked if not any(f'FROM "{table}"' in sql for table in FRAME)]


def test_the_queue_costs_at_most_twelve_queries(hr, monkeypatch):
    monkeypatch.setattr("core.context.frame_items", lambda *args: [])
    assert len(queries_of(hr, QUEUE)) <= 12


def test_the_queue_costs_the_same_with_more_rows(page_stage, monkeypatch):
    monkeypatch.setattr("core.context.frame_items", lambda *args: [])
    with time_machine.travel(NOON, tick=False):
        client = browse(page_stage.hr)
        before = len(queries_of(client, QUEUE))
        many(page_stage, 8)
        assert len(queries_of(client, QUEUE)) == before
