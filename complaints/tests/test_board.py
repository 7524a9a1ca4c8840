"""The board: what is counted, for whom, in how many statements."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditRow
from complaints import hot
from complaints.board import board_for
from complaints.forms.board import BoardFilters
from complaints.models import Allegation, CaseLink, Kind, SavedView, State
from complaints.services import relations
from complaints.tests.build_b import Cast
from complaints.tests.build_board import answered, case, company_with_policy, reader
from organization.models import Department, Role, Site
from tests import factories
from tests.factories import at

NOW = at(2026, 11, 4)


@pytest.fixture
def company(db):
    return company_with_policy()


def board_of(company, user, at_=NOW, **query):
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    data.update(query)
    sites = Site.objects.filter(company=company)
    filters = BoardFilters(data, at=at_, sites=sites, departments=Department.objects.filter(company=company))
    return board_for(user, company, filters, at_)


def page_of(user, path="/cases/board/", **query):
    client = Client()
    client.force_login(user)
    return client.get(path, query or None)


# ---- counting


def test_a_case_past_its_day_without_an_answer_counts_as_not_in_time(company):
    user = reader(company)
    answered(company, on_time=True)
    answered(company, on_time=False)
    case(company, received=at(2026, 10, 1))  # late and unanswered
    case(company, received=at(2026, 11, 4, 9))  # not due yet: says nothing
    board = board_of(company, user)
    assert (board.on_time.k, board.on_time.n) == (1, 3)
    assert board.totals["overdue"] == 1


def test_a_case_waiting_for_its_customer_is_open_but_not_late(company):
    case(company, received=at(2026, 10, 1), state=State.WAITING)
    totals = board_of(company, reader(company)).totals
    assert (totals["open"], totals["overdue"]) == (1, 0)


def test_satisfaction_with_the_handling_counts_four_and_five(company):
    for rating in (5, 4, 3, 1):
        answered(company, rating=rating)
    answered(company)
    board = board_of(company, reader(company))
    assert (board.handling.k, board.handling.n) == (2, 4)
    assert board.totals["asked"] == 5
    assert board.handling.low < 0.5 < board.handling.high


def test_shares_stand_per_class_team_and_person(company):
    sales = company.departments.get(code="sales-1")
    person = factories.make_employee(sales, "刘洋")
    answered(company, class_code="general", department=sales, handler=person)
    answered(company, class_code="general", department=sales, handler=person, on_time=False)
    answered(company, class_code="simple")
    board = board_of(company, reader(company))
    classes = [(line.name, line.figure.k, line.figure.n) for line in board.classes]
    assert classes == [("简单", 1, 1), ("一般", 1, 2)]
    assert [(line.name, line.figure.k, line.figure.n) for line in board.people] == [("刘洋", 1, 2)]
    assert ("销售一部", 1, 2) in [(line.name, line.figure.k, line.figure.n) for line in board.departments]


@pytest.mark.clause("PM-2")
def test_the_table_counts_place_by_problem_with_its_sums(company):
    yunqi, donghu = factories.make_site(company), factories.make_site(company, "donghu", "东湖印象")
    case(company, site=yunqi, problem_type="repair")
    case(company, site=yunqi, problem_type="repair")
    case(company, site=donghu, problem_type="attitude")
    case(company)  # not classified yet
    places = board_of(company, reader(company)).places
    assert places.columns == ["服务态度", "报修与质量", "—"]
    counts = {row["name"]: [cell["count"] for cell in row["cells"]] for row in places.rows}
    assert counts == {"云栖里": [0, 2, 0], "东湖印象": [1, 0, 0], "—": [0, 0, 1]}
    assert [row["total"] for row in places.rows] == [1, 2, 1] or places.total == 4
    assert places.total == 4


def test_repeat_complaints_are_counted_once_each(company):
    first, second = case(company, received=at(2026, 9, 20)), case(company)
    other = case(company, received=at(2026, 9, 25))
    for earlier in (first, other):
        CaseLink.objects.create(first=earlier, second=second, kind=CaseLink.Kind.REPEAT, at=NOW)
    repeats = board_of(company, reader(company)).repeats
    assert repeats["count"] == 1
    assert {pair.first.number for pair in repeats["pairs"]} == {first.number, other.number}


def test_topics_compare_the_newest_window_with_three_before(company):
    for _ in range(12):
        case(company, received=at(2026, 10, 25), topics=["refund"])
    for day in (1, 10, 20):
        case(company, received=at(2026, 9, day), topics=["refund", "parking"])
    topics = {topic.code: topic for topic in board_of(company, reader(company)).topics}
    assert (topics["refund"].trend.now, topics["refund"].trend.before) == (12, 3)
    assert topics["refund"].trend.verdict == "more"
    assert topics["parking"].trend.verdict == "same"
    assert topics["refund"].name == "退款"
    assert sum(topics["refund"].weeks) == 15


def test_a_few_cases_more_are_no_demonstrable_change():
    assert hot.trends([("a", 2, 1)])[0].verdict == "same"
    assert hot.trends([]) == []
    assert hot.trends([("a", 0, 40)])[0].verdict == "less"


def test_more_is_more_than_a_third_of_the_three_windows_before():
    assert hot.trends([("a", 40, 60)])[0].verdict == "more"


def test_many_topics_at_once_need_more_evidence():
    alone = hot.trends([("a", 7, 6)])[0]
    among = next(
        one for one in hot.trends([("a", 7, 6), *((f"b{n}", 1, 3) for n in range(40))]) if one.code == "a"
    )
    assert alone.verdict == "more"
    assert among.verdict == "same"


# ---- who sees what


def test_internal_reports_and_merged_cases_are_never_counted(company):
    lead = case(company)
    case(company, kind=Kind.REPORT, topics=["refund"])
    case(company, state=State.MERGED, merged_into=lead)
    user = reader(company, "complaints.read_reports")
    board = board_of(company, user)
    assert board.totals["received"] == 1
    assert board.topics == []


def test_who_is_named_in_a_case_does_not_find_it_counted(company):
    person = factories.make_employee(company.departments.get(code="sales-1"), "方磊")
    user = factories.user_with(company, "complaints.view", "complaints.board", employee=person)
    Allegation.objects.create(case=case(company), employee=person, statement="态度", added_at=NOW)
    case(company)
    assert board_of(company, user).totals["received"] == 1


def test_a_head_counts_only_what_touches_their_departments(company):
    sales, service = company.departments.get(code="sales-1"), company.departments.get(code="service")
    head = factories.make_employee(sales, "李强", is_head=True)
    user = factories.user_with(
        company, "complaints.view", "complaints.board", reach=Role.Reach.DEPARTMENT, employee=head
    )
    case(company, department=sales)
    case(company, department=service)
    touched = case(company, department=service)
    colleague = factories.make_employee(sales, "方磊")
    Allegation.objects.create(
        case=touched, employee=colleague, department=sales, statement="态度", added_at=NOW
    )
    assert board_of(company, user).totals["received"] == 2


def test_another_company_counts_nothing_of_ours(company):
    case(company)
    other = company_with_policy("other")
    assert board_of(other, reader(other)).totals["received"] == 0
    assert page_of(reader(other)).status_code == 200


# ---- pages


def test_the_page_says_first_what_is_late(company):
    case(company, received=at(2026, 9, 1))
    page = page_of(reader(company), since="2026-08-01", until="2026-11-30").content.decode()
    assert "1 件已超过期限" in page


def test_wrong_days_are_named_beside_the_field(company):
    answer = page_of(reader(company), since="2026-11-01", until="2026-10-01")
    assert answer.status_code == 422
    assert "最后一天早于第一天" in answer.content.decode()


def test_odd_filters_show_the_page_with_a_sentence_and_never_break(company):
    case(company)
    for query in (
        {"site": "x'"},
        {"since": "1e309"},
        {"kind": "report"},
        {"department": "9" * 40},
        {"since": "\x00"},
    ):
        assert page_of(reader(company), **query).status_code in (200, 422)


def statements(user):
    client = Client()
    client.force_login(user)
    client.get("/cases/board/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get("/cases/board/", {"since": "2026-08-01", "until": "2026-11-30"}).status_code == 200
    return len(seen)


def test_ten_times_the_cases_need_no_statement_more(company):
    user = reader(company)
    sites = [factories.make_site(company, f"s{n}", f"项目{n}") for n in range(3)]
    people = [factories.make_employee(company.departments.get(code="service"), f"员工{n}") for n in range(3)]
    fill = lambda count: [  # noqa: E731
        answered(company, site=sites[n % 3], handler=people[n % 3], problem_type="repair", topics=["refund"])
        for n in range(count)
    ]
    fill(3)
    few = statements(user)
    fill(30)
    assert statements(user) == few


def test_a_view_is_kept_under_a_name_and_found_again(company):
    user = reader(company)
    client = Client()
    client.force_login(user)
    client.post("/cases/views/case_board/save/", {"name": " 交房 ", "query": "kind=complaint&page=3"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("交房", "kind=complaint")
    assert "?kind=complaint" in client.get("/cases/board/").content.decode()
    client.post(f"/cases/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_not_kept(company):
    client = Client()
    client.force_login(reader(company))
    answer = client.post("/cases/views/case_board/save/", {"name": "", "query": ""}, follow=True)
    assert "请给这个视图起个名字" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_nobody_forgets_the_view_of_another(company):
    mine, theirs = reader(company), reader(company)
    view = SavedView.objects.create(
        company=company, user=theirs, page="case_board", name="a", query="", made_at=NOW
    )
    client = Client()
    client.force_login(mine)
    assert client.post(f"/cases/views/{view.pk}/forget/").status_code == 404
    assert SavedView.objects.exists()


def test_the_export_names_no_customer_and_is_logged(company):
    case(company, contact_name="林小满", contact_phone="13812345678", people_named="=cmd|' /C calc'!A0")
    user = reader(company, "complaints.export")
    client = Client()
    client.force_login(user)
    answer = client.get("/cases/export/", {"format": "csv"})
    body = b"".join(answer.streaming_content).decode()
    assert "TS-" in body
    assert "林小满" not in body and "1381234" not in body and "138*" not in body and "cmd" not in body
    assert AuditRow.objects.filter(verb="complaints.cases.exported_csv").exists()


def test_the_export_leaves_internal_reports_out(company):
    secret = case(company, kind=Kind.REPORT)
    client = Client()
    client.force_login(reader(company, "complaints.export", "complaints.read_reports"))
    body = b"".join(client.get("/cases/export/", {"format": "csv"}).streaming_content).decode()
    assert secret.number not in body


def test_without_the_verb_there_is_no_export(company):
    assert page_of(reader(company), "/cases/export/").status_code == 403


def test_a_week_without_cases_is_drawn_empty(company):
    case(company, received=NOW - dt.timedelta(days=2), topics=["repair"])
    (topic,) = board_of(company, reader(company)).topics
    assert topic.weeks[-1] == 1 and sum(topic.weeks) == 1
    assert topic.bars[-1][2] == "100.00%" and topic.bars[0][2] == "0.00%"


def test_each_number_of_the_board_opens_the_list_that_it_counts(db):
    cast = Cast()
    site = cast.company.sites.create(code="yunqi", name="云栖里")
    moment = at(2026, 11, 16)
    made = [cast.accepted(cast.seller, site=site, moment=moment) for _ in range(3)]
    relations.merge(made[2], into=made[1], reason="同一件事", by=cast.handler.user, at=at())
    shown = board_of(cast.company, cast.handler.user, at_=at(2026, 12, 1))
    lines = [*shown.classes, *shown.departments, *shown.people]
    queries = [line.query for line in lines] + [shown.places.rows[0]["cells"][0]["query"]]
    queries += [topic.query for topic in shown.topics if topic.trend.now]
    assert len(queries) > 4
    for query in queries:
        found = page_of(cast.handler.user, f"/cases/?{query}").context["page"].paginator.count
        assert query and found == 2, query


def test_the_export_says_everything_in_words_and_the_log_says_what_left(company):
    site = factories.make_site(company)
    colleague = factories.make_employee(Department.objects.get(company=company, code="service"), "刘洋")
    answered(
        company, site=site, problem_type="attitude", severity="general", class_code="general", rating=4,
        department=colleague.assignments.get().department, handler=colleague,
    )  # fmt: skip
    case(company, kind=Kind.PRAISE, problem_type="gone")
    client = Client()
    client.force_login(reader(company, "complaints.export"))
    answer = client.get("/cases/export/", {"format": "csv", "stage": "all", "channel": "web"})
    header, first, second = csv.reader(
        io.StringIO(b"".join(answer.streaming_content).decode("utf-8").lstrip("\ufeff"))
    )
    told = dict(zip(header, first, strict=True))
    assert [told[name] for name in ("类型", "渠道", "项目", "问题", "严重程度", "等级", "部门", "处理人", "按期")] == [
        "投诉", "网上填写", "云栖里", "服务态度", "一般", "一般", "客户服务部", "刘洋", "是",
    ]  # fmt: skip
    assert (told["收到"], told["处理评价"]) == ("2026-10-20 12:00", "4")
    assert dict(zip(header, second, strict=True))["问题"] == "gone"
    logged = AuditRow.objects.get(verb="complaints.cases.exported_csv").data
    assert logged == {"cases": 2, "narrowed_by": ["channel", "stage"]}
