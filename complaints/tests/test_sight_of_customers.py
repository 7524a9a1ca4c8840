"""Who a customer is, and that somebody is named: not told by the file, the course, links, messages or the board."""

import pytest
from django.urls import reverse

from complaints import selectors
from complaints.models import Case, CaseLink, Channel
from complaints.pages.course import course_of
from complaints.pages.desk import desk_of
from complaints.services import handling, people, relations
from complaints.services.intake import Contact
from complaints.tests.build_b import Cast
from core.flow import Refused
from customers.selectors import timeline_of
from organization.models import Role
from tests import factories
from tests.factories import at


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def customer(cast):
    return factories.make_customer(cast.company)


def fresh(employee):
    return type(employee.user).objects.get(pk=employee.user_id)


def told_customer(cast, customer, *named):
    """A case of the customer, who is told by message."""
    contact = Contact("林女士", "13800000001", "lin@example.com")
    return cast.accepted(*named, contact=contact, customer=customer, told_by="email")


def speaks_of(case, lines):
    return any(case.number in line.title for line in lines)


def test_on_a_customers_file_stand_the_cases_for_those_who_deal_with_customers(cast, customer):
    case = told_customer(cast, customer, cast.seller)
    for employee in (cast.handler, cast.hr):
        assert speaks_of(case, timeline_of(customer, fresh(employee))), employee.name
    for employee in (cast.member, cast.head, cast.auditor, cast.seller):
        assert not speaks_of(case, timeline_of(customer, fresh(employee))), employee.name


def test_whom_a_case_names_finds_neither_it_nor_its_letters_on_the_customers_file(cast, customer, client):
    case = told_customer(cast, customer, cast.second_handler)
    client.force_login(cast.second_handler.user)
    assert case.number not in client.get(reverse("customer", args=[customer.pk])).content.decode()
    client.force_login(cast.handler.user)
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert page.count(case.number) > 2  # the case and its letters


def lead_of_service(cast):
    """Somebody who handles cases and heads the service team, without a head's role."""
    return cast.hire(cast.service, "高敏", "service", is_head=True)


def test_who_heads_somebody_named_never_learns_who_complained(cast, customer, client):
    lead, case = lead_of_service(cast), told_customer(cast, customer, cast.second_handler)
    assert not speaks_of(case, timeline_of(customer, fresh(lead)))
    desk = desk_of(case.pk, fresh(lead), cast.company, at())
    assert (desk.sees_contact, "unmask" in desk.offers) == (False, False)
    with pytest.raises(Refused) as refusal:
        people.unmask(case, reason="想打电话", by=fresh(lead), at=at())
    assert refusal.value.code == "recusal"
    client.force_login(lead.user)
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert not any(word in page for word in ("林**", "138****0001", customer.number))
    other = desk_of(case.pk, fresh(cast.handler), cast.company, at())
    assert (other.sees_contact, "unmask" in other.offers) == (True, True)


def test_who_heads_somebody_named_does_not_turn_the_complaint_away(cast):
    lead, case = lead_of_service(cast), cast.receive(cast.handler)
    with pytest.raises(Refused) as refusal:
        handling.decline(case, reason="不归我们管", by=lead.user, at=at())
    assert refusal.value.code == "recusal"
    assert "decline" not in desk_of(case.pk, fresh(lead), cast.company, at()).offers
    handling.decline(case, reason="不归我们管", by=cast.second_handler.user, at=at())


def test_a_head_does_not_read_which_colleague_passed_it_on(cast):
    case = cast.receive(cast.seller, channel=Channel.EMPLOYEE, by=cast.colleague.user)
    said = {
        employee: " ".join(
            step.who for step in course_of(desk_of(case.pk, fresh(employee), cast.company, at()))
        )
        for employee in (cast.head, cast.handler)
    }
    assert cast.colleague.name in said[cast.handler]
    assert cast.colleague.name not in said[cast.head]


def test_nor_does_a_head_who_sits_in_the_group_in_its_inbox(cast, client):
    cast.receive(cast.seller, channel=Channel.EMPLOYEE, by=cast.colleague.user)
    factories.grant(cast.head.user, Role.objects.get(company=cast.company, code="group"))
    told = {}
    for employee in (cast.member, cast.head):
        client.force_login(employee.user)
        told[employee] = [row.passed_on_by for row in client.get(reverse("group_inbox")).context["rows"]]
    assert told == {cast.member: [cast.colleague.name], cast.head: [""]}


def test_the_audit_log_tells_no_reader_of_cases_about_them_nor_who_passed_on_one_about_their_people(
    cast, client
):
    case = cast.confirm(
        cast.propose(cast.investigating(cast.seller, channel=Channel.EMPLOYEE, by=cast.colleague.user))
    )
    other = cast.receive(cast.member)
    factories.grant(cast.head.user, Role.objects.get(company=cast.company, code="group"))

    def rows_for(employee):
        client.force_login(employee.user)
        page = client.get(reverse("audit_log"), {"what": "complaints."}).context["page"]
        return {(row.model, row.object_id, row.verb.rpartition(".")[2]) for row in page.object_list}

    received, theirs = ("complaints.case", case.pk, "received"), ("complaints.case", other.pk, "received")
    confirmed = ("complaints.finding", case.findings.get().pk, "confirm")
    assert {received, theirs, confirmed} <= rows_for(cast.auditor)
    assert rows_for(cast.member) & {received, theirs, confirmed} == {received, confirmed}
    assert rows_for(cast.head) & {received, theirs, confirmed} == {theirs, confirmed}
    factories.grant(cast.seller.user, Role.objects.get(company=cast.company, code="auditor"))
    assert rows_for(cast.seller) == {theirs}


@pytest.fixture
def again(cast):
    """(an earlier complaint about the second handler, a later one of the same customer about the seller)."""
    earlier, later = cast.receive(cast.second_handler), cast.receive(cast.seller)
    assert CaseLink.objects.filter(first=earlier, second=later, kind=CaseLink.Kind.REPEAT).exists()
    return earlier, later


def test_a_repeated_complaint_does_not_tell_of_an_earlier_one_about_the_visitor(cast, again, client):
    earlier, later = again
    for employee, knows in ((cast.handler, True), (cast.second_handler, False)):
        client.force_login(employee.user)
        for address in (reverse("case", args=[later.pk]), reverse("case_board")):
            assert (earlier.number in client.get(address).content.decode()) is knows, (employee.name, address)
        rows = {row.case: row for row in client.get(reverse("cases")).context["rows"]}
        assert rows[later].is_repeat is knows
        found = client.get(reverse("cases"), {"repeat": "1"}).context["rows"]
        assert ([row.case for row in found] == [later]) is knows


def test_a_case_merged_into_one_that_names_somebody_is_out_of_their_sight(cast):
    merged, leading = cast.accepted(cast.colleague), cast.accepted(cast.second_handler)
    relations.merge(merged, into=leading, reason="同一件事", by=cast.handler.user, at=at())
    assert not Case.objects.visible_to(fresh(cast.second_handler)).exists()
    assert selectors.search(fresh(cast.second_handler), cast.company, merged.number) == []
    assert Case.objects.visible_to(fresh(cast.handler)).count() == 2


def test_a_head_with_the_right_to_see_customers_does_not_find_who_complained_of_their_people(cast, customer):
    case = told_customer(cast, customer, cast.seller)
    factories.grant(cast.head.user, Role.objects.get(company=cast.company, code="service"))
    assert not speaks_of(case, timeline_of(customer, fresh(cast.head)))
    assert speaks_of(case, timeline_of(customer, fresh(cast.handler)))
