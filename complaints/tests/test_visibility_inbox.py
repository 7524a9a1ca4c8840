"""What search, timeline and inbox show to each kind of user."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import selectors
from complaints.models import Case, Channel, State
from complaints.services import handling, people
from complaints.tests.build_b import Cast
from core.navigation import inbox_for
from core.registries import customer_timeline, inbox_sources
from organization.models import Role
from tests import factories
from tests.factories import at

SOON = at(2026, 11, 5)


def user_of(employee):
    return type(employee.user).objects.get(pk=employee.user_id)


def inbox(cast, employee, moment=SOON):
    items = inbox_for(user_of(employee), cast.company, moment)
    return {item.title: item for item in items if item.kind.startswith("complaints.")}


def may_also(cast, employee, role):
    factories.grant(employee.user, Role.objects.get(company=cast.company, code=role))


@pytest.fixture
def cast(db):
    return Cast()


# ---- search and timeline


def test_numbers_are_found_by_all_who_may_see_the_case(cast):
    case = cast.accepted(cast.seller)
    for employee in (cast.handler, cast.hr, cast.member, cast.auditor, cast.head):
        hits = selectors.search(user_of(employee), cast.company, case.number)
        assert [hit.url for hit in hits] == [f"/cases/{case.pk}/"], employee.name


def test_the_customer_s_words_are_searched_only_by_those_who_may_read_them(cast):
    cast.accepted(cast.seller)
    for employee in (cast.handler, cast.hr, cast.member):
        assert selectors.search(user_of(employee), cast.company, "四十分钟"), employee.name
    for employee in (cast.auditor, cast.head):
        assert selectors.search(user_of(employee), cast.company, "四十分钟") == [], employee.name


def test_telephone_numbers_and_names_are_not_searched(cast):
    cast.accepted(cast.seller)
    for words in ("13800000001", "林女士"):
        assert selectors.search(user_of(cast.handler), cast.company, words) == []


def test_a_case_that_names_the_searcher_is_not_found(cast):
    case = cast.accepted(cast.second_handler)
    assert selectors.search(user_of(cast.second_handler), cast.company, case.number) == []


def test_a_customer_s_file_shows_their_voices_without_a_word_of_them(cast):
    customer = factories.make_customer(cast.company, phone="13800000001")
    case = cast.accepted(cast.seller)
    assert case.customer == customer
    (entry,) = customer_timeline["complaints.cases"](customer)
    assert case.number in entry.title
    assert "等了" not in f"{entry.title}{entry.detail}"


# ---- inbox


def test_the_handler_is_shown_what_to_accept_take_further_and_answer(cast):
    case = cast.receive()
    cast.accepted(cast.seller)
    cast.confirmed(cast.seller)
    cast.receive(), cast.receive()
    items = inbox(cast, cast.handler)
    assert set(items) == {"3 条客户声音待受理", "1 件已受理，待推进", "1 位客户待答复"}
    accept = items["3 条客户声音待受理"]
    assert (accept.count, accept.due_at) == (3, case.first_answer_due_at)
    assert accept.url == "/cases/?stage=to_accept"
    assert items["1 位客户待答复"].url == f"/cases/{Case.objects.get(state=State.CONFIRMED).pk}/"


def test_another_handler_is_not_shown_a_colleague_s_cases(cast):
    cast.accepted(cast.seller)
    cast.confirmed(cast.seller)
    assert inbox(cast, cast.second_handler) == {}


def test_the_handler_is_shown_what_runs_out(cast):
    cast.investigating()
    assert inbox(cast, cast.handler) == {}
    assert set(inbox(cast, cast.handler, at(2026, 11, 14))) == {"您有 1 件即将到期"}


def test_the_investigator_is_shown_their_cases(cast):
    cast.investigating()
    assert set(inbox(cast, cast.hr)) == {"1 件待您调查"}
    assert inbox(cast, cast.second_hr) == {}


def test_a_proposal_waits_for_everybody_but_its_proposer_and_their_line(cast):
    may_also(cast, cast.head, "group")
    cast.proposed(cast.seller)
    title = "1 件的结论待您或同事确认"
    assert set(inbox(cast, cast.member)) == set(inbox(cast, cast.second_hr)) == {title}
    assert inbox(cast, cast.hr) == {}
    assert inbox(cast, cast.head) == {}


def test_what_employees_pass_on_reaches_the_group_without_passing_a_head(cast):
    cast.receive(channel=Channel.EMPLOYEE, by=cast.colleague.user)
    (item,) = inbox(cast, cast.member).values()
    assert item.title == "员工转来的 1 条反馈还没有首次答复" and item.is_information
    assert inbox(cast, cast.head) == {}


def test_what_is_overdue_is_shown_to_the_group(cast):
    case = cast.accepted(cast.seller)
    handling.warn_due(at(2026, 11, 16))
    items = inbox(cast, cast.member, at(2026, 11, 16))
    assert items["1 件已逾期"].due_at == case.due_at
    assert not items["1 件已逾期"].is_information


def test_the_person_named_is_asked_for_a_reply_until_they_gave_one(cast):
    allegation = cast.told(cast.accepted(cast.seller))
    (item,) = inbox(cast, cast.seller).values()
    assert item.url == f"/my/allegations/{allegation.pk}/"
    people.reply(allegation, text="当时我在接待另一组客户", by=cast.seller.user, at=SOON)
    assert inbox(cast, cast.seller) == {}


def test_the_inbox_takes_the_same_few_statements_for_many_cases(cast):
    def statements():
        user = user_of(cast.handler)
        with CaptureQueriesContext(connection) as caught:
            for name in ("handling", "investigating", "confirming", "supervising", "own"):
                inbox_sources[f"complaints.{name}"](user, cast.company, SOON)
        return len(caught)

    cast.receive()
    few = statements()
    for _number in range(5):
        cast.receive(), cast.accepted(cast.seller)
    assert statements() == few <= 6
