"""The list of cases: who sees which, what it counts, how it is narrowed, what it costs."""

import pytest
import time_machine
from django.urls import reverse

from complaints.models import Case, Kind
from complaints.services import handling
from complaints.services.intake import Contact
from complaints.tests.build_d import NOON, XSS, Cast, also, browse, queries_of, text
from tests import factories
from tests.factories import at

QUEUE = "/cases/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def numbers(client, query=""):
    return {row.case.number for row in client.get(QUEUE + query).context["rows"]}


def test_a_stranger_is_sent_to_the_login(cast):
    assert reverse("account_login") in browse().get(QUEUE).url


def test_an_employee_has_no_business_in_the_list(cast):
    assert browse(cast.seller).get(QUEUE).status_code == 403


def test_service_hr_group_and_auditor_see_every_customers_case(cast):
    case = cast.receive()
    for who in (cast.handler, cast.hr, cast.member, cast.auditor):
        assert numbers(browse(who)) == {case.number}


def test_another_company_sees_nothing_of_ours(cast):
    cast.receive()
    assert numbers(browse(Cast("other", "别的公司").handler)) == set()


def test_a_head_sees_the_cases_about_their_people_only(cast):
    mine, theirs = cast.receive(cast.seller), cast.receive()
    assert numbers(browse(cast.head)) == {mine.number}
    assert theirs.number not in text(browse(cast.other_head).get(QUEUE))


def test_a_head_reads_what_is_alleged_but_neither_words_nor_names(cast):
    cast.receive(cast.seller, text="住三栋的林女士说等了四十分钟")
    page = text(browse(cast.head).get(QUEUE))
    assert "林女士" not in page and "四十分钟" not in page
    assert "1380000" not in page and "138*" not in page
    assert "王丽" in page


def test_a_head_who_sits_in_the_group_reads_no_more_about_their_own_people(cast):
    also(cast.head, "group")
    cast.receive(cast.seller, text="关于王丽的原话")
    cast.receive(text="与本部门无关的原话")
    page = text(browse(cast.head).get(QUEUE))
    assert "关于王丽的原话" not in page
    assert "与本部门无关的原话" in page


def test_nobody_finds_a_case_in_which_they_are_named(cast):
    cast.receive(cast.hr)
    assert numbers(browse(cast.hr)) == set()
    assert len(numbers(browse(cast.second_hr))) == 1


def test_internal_reports_are_never_in_the_list(cast):
    cast.receive(kind=Kind.REPORT, contact=Contact())
    for who in (cast.handler, cast.hr, cast.member, also(cast.auditor, "reports_reader")):
        assert numbers(browse(who), "?stage=all") == set()


def test_the_title_counts_what_is_open_overdue_and_due_today(cast):
    cast.accepted(moment=at(2026, 10, 12))
    cast.receive(moment=at(2026, 11, 3, 9))
    cast.receive(moment=at(2026, 11, 4, 9))
    assert "<h1>3 件在办，1 件已逾期，1 件今天到期</h1>" in text(browse(cast.handler).get(QUEUE))


def test_a_late_first_answer_is_overdue_until_it_is_given(cast):
    case = cast.receive(moment=at(2026, 11, 2))
    assert numbers(browse(cast.handler), "?overdue=1") == {case.number}
    cast.accept(case, at(2026, 11, 4))
    assert numbers(browse(cast.handler), "?overdue=1") == set()


def test_what_waits_for_the_customer_is_never_overdue(cast):
    case = cast.accepted(moment=at(2026, 10, 20))
    handling.ask(case, question="哪一天", by=cast.handler.user, at=at(2026, 10, 21))
    client = browse(cast.handler)
    assert numbers(client, "?overdue=1") == set()
    assert "暂停计时" in text(client.get(QUEUE))


def test_tabs_show_each_stage_with_its_count(cast):
    made = {
        "to_accept": cast.receive(),
        "in_work": cast.investigating(),
        "to_confirm": cast.proposed(),
        "to_answer": cast.confirmed(),
        "answered": cast.answered(),
    }
    client = browse(cast.handler)
    tabs = {tab.key: tab.count for tab in client.get(QUEUE).context["tabs"]}
    assert tabs == {"": 4, "waiting": 0, "ended": 0, "all": 0} | dict.fromkeys(made, 1)
    for stage, case in made.items():
        assert numbers(client, f"?stage={stage}") == {case.number}
    assert numbers(client, "?stage=all") == {case.number for case in made.values()}


def test_what_is_ended_appears_only_when_asked_for(cast):
    case = cast.receive()
    handling.decline(case, reason="与我们无关的事", by=cast.handler.user, at=at())
    client = browse(cast.handler)
    assert numbers(client) == set()
    assert numbers(client, "?stage=ended") == {case.number}
    assert numbers(client, f"?within={case.number}") == {case.number}


def test_filters_narrow_the_list(cast):
    site = factories.make_site(cast.company)
    other = cast.receive(kind=Kind.SUGGESTION, contact=Contact())
    case = cast.accepted(cast.seller, site=site)
    client = browse(cast.handler)
    for query in (
        "kind=complaint",
        f"site={site.pk}",
        "problem=attitude",
        "class_code=general",
        f"department={cast.sales.pk}",
        f"handler={cast.handler.pk}",
        "mine=1",
        "topic=waiting",
        "kind=complaint&channel=web&since=2026-11-04&until=2026-11-04",
    ):
        assert numbers(client, f"?{query}") - {other.number} == {case.number}, query
    assert numbers(client, "?kind=suggestion") == {other.number}
    assert numbers(client, "?until=2026-11-03") == set()


def test_repeat_complaints_can_be_picked_out(cast):
    first = cast.accepted(cast.seller, moment=at(2026, 11, 2))
    second = cast.receive(cast.seller, moment=at(2026, 11, 3))
    client = browse(cast.handler)
    assert numbers(client, "?repeat=1") == {second.number}
    assert first.number in numbers(client)


def test_an_impossible_filter_is_ignored(cast):
    case = cast.receive()
    query = "?stage=x&kind=report&site=99999999999999999999&handler=abc&since=nonsense&page=zzz&topic=%00"
    assert numbers(browse(cast.handler), query) == {case.number}


def test_search_finds_numbers_and_words_but_no_telephone(cast):
    case = cast.receive(cast.seller, text="楼梯扶手松动")
    client = browse(cast.handler)
    assert numbers(client, f"?within={case.number[3:]}") == {case.number}
    assert numbers(client, "?within=扶手") == {case.number}
    assert numbers(client, "?within=13800000001") == set()
    assert numbers(client, "?within=林女士") == set()


def test_a_head_cannot_search_words_they_may_not_read(cast):
    case = cast.receive(cast.seller, text="楼梯扶手松动")
    client = browse(cast.head)
    assert numbers(client, "?within=扶手") == set()
    assert numbers(client, f"?within={case.number}") == {case.number}


def test_an_empty_list_says_what_comes_next(cast):
    client = browse(cast.handler)
    assert "没有等答复的件" in text(client.get(QUEUE))
    assert "没有符合条件的件" in text(client.get(f"{QUEUE}?kind=praise"))
    assert "这里现在没有件" in text(client.get(f"{QUEUE}?stage=waiting"))


def test_only_who_handles_is_offered_to_enter_one(cast):
    assert reverse("case_new") in text(browse(cast.handler).get(QUEUE))
    assert reverse("case_new") not in text(browse(cast.member).get(QUEUE))


def test_what_customers_write_is_never_markup(cast):
    cast.receive(text=XSS, people_named=XSS[:100])
    page = text(browse(cast.handler).get(QUEUE))
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_twenty_five_a_page_and_the_nearest_deadline_on_top(cast):
    late = cast.accepted(moment=at(2026, 10, 12))
    for _ in range(26):
        cast.receive()
    client = browse(cast.handler)
    rows = client.get(QUEUE).context["rows"]
    assert len(rows) == 25
    assert rows[0].case == late
    assert len(client.get(f"{QUEUE}?page=2").context["rows"]) == 2


def test_the_list_costs_at_most_twelve_queries_however_long_it_is(cast, monkeypatch):
    monkeypatch.setattr("core.context.frame_items", lambda *args: [])
    client = browse(cast.handler)
    cast.accepted(cast.seller)
    before = queries_of(client, QUEUE)
    for number in range(8):
        cast.accepted(cast.seller, cast.colleague, contact=Contact(phone=f"1390000000{number}"))
    assert Case.objects.count() == 9
    assert len(queries_of(client, QUEUE)) == len(before) <= 12


def test_the_list_is_sorted_as_chosen_and_nonsense_means_by_deadline(cast):
    early = cast.accepted(moment=at(2026, 11, 2), fields={"class_code": "complex"})
    late = cast.accept(cast.receive(moment=at(2026, 11, 4)), at(2026, 11, 4), class_code="simple")
    other = cast.accept(cast.receive(moment=at(2026, 11, 3)), at(2026, 11, 3), handler=cast.second_handler)

    def order(query):
        return [row.case for row in browse(cast.handler).get(QUEUE + query).context["rows"]]

    assert order("?sort=newest") == [late, other, early]
    assert order("?sort=oldest") == [early, other, late]
    assert order("?sort=handler") == [late, early, other]  # 刘洋 before 吴倩, the newest first
    assert order("") == order("?sort=x") == [late, other, early]  # by the day each is due
    page = browse(cast.handler).get(QUEUE + "?sort=newest&kind=complaint").content.decode()
    assert 'name="sort" value="newest"' in page  # a search keeps it
    assert "sort=" not in page.partition("/cases/export/")[2].partition('"')[0]


def test_what_is_on_legal_hold_is_found_whatever_its_state(cast):
    held, _other = cast.accepted(), cast.accepted()
    handling.hold(held, reason="客户已起诉", by=cast.hr.user, at=at())
    assert numbers(browse(cast.hr), "?hold=1&stage=all") == {held.number}
