"""The other half of one incident is offered, not asked for by a number one would have to know."""

import datetime as dt

import pytest
from django.urls import reverse

from complaints.pages.desk import desk_of
from complaints.services import relations
from complaints.services.intake import Contact
from complaints.tests.build_b import Cast
from customers.models import Purchase
from organization.models import Role
from scoring.tests import world
from surveys.models import Answer, Invitation
from tests import factories
from tests.factories import at

SAID = at(2026, 10, 20)


@pytest.fixture
def cast(db):
    made = Cast()
    for employee in (made.handler, made.head):
        factories.grant(employee.user, Role.objects.get(company=made.company, code="research"))
    return made


def answer_from(cast, customer, employee=None, moment=SAID):
    campaign = world.make_campaign(cast.company)
    invitation = Invitation.objects.create(
        company=cast.company,
        campaign=campaign,
        customer=customer,
        token_hash=f"{customer.pk}",
        made_at=moment,
    )
    world.give_answers(campaign, employee or cast.seller, 0, 1)
    answer = Answer.objects.latest("pk")
    Answer._base_manager.filter(pk=answer.pk).update(invitation=invitation, submitted_at=moment)
    return Answer.objects.get(pk=answer.pk)


def desk(case, employee):
    return desk_of(case.pk, type(employee.user).objects.get(pk=employee.user_id), case.company, at())


def test_answers_of_the_same_household_near_in_time_are_offered_until_one_is_linked(cast, client):
    customer = factories.make_customer(cast.company)
    answer = answer_from(cast, customer)
    case = cast.accepted(cast.seller, customer=customer, moment=SAID + dt.timedelta(days=3))
    assert desk(case, cast.handler).near_answers == [answer]
    client.force_login(cast.handler.user)
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert f'<option value="{answer.number}">' in page
    assert reverse("answer", args=[answer.pk]) in page
    relations.link_answer(case, answer=answer, by=cast.handler.user, at=at())
    assert desk(case, cast.handler).near_answers == []


def test_neither_old_answers_nor_those_of_strangers_are_offered(cast):
    customer, stranger = (
        factories.make_customer(cast.company),
        factories.make_customer(cast.company, "赵", "139"),
    )
    answer_from(cast, stranger)
    answer_from(cast, customer, moment=at(2026, 3, 1))
    case = cast.accepted(cast.seller, customer=customer, moment=SAID)
    assert desk(case, cast.handler).near_answers == []


def test_who_may_not_know_the_customer_is_offered_nothing(cast):
    customer = factories.make_customer(cast.company)
    answer_from(cast, customer)
    case = cast.accepted(cast.seller, customer=customer, moment=SAID)
    assert desk(case, cast.head).near_answers == desk(case, cast.head).near_cases == []


def test_cases_of_the_same_household_or_number_are_offered_for_merging(cast, client):
    site = factories.make_site(cast.company)
    wife = factories.make_customer(cast.company)
    husband = factories.make_customer(cast.company, "周先生", "13900000077")
    for member in (wife, husband):
        Purchase.objects.create(
            company=cast.company, customer=member, site=site, unit="3-2-1201", signed_on=SAID.date()
        )
    first = cast.accepted(cast.seller, customer=husband, contact=Contact(), moment=SAID)
    by_number = cast.accepted(moment=SAID, contact=Contact(phone="13800000001"))
    cast.accepted(moment=SAID, contact=Contact(phone="13700000009"))
    case = cast.accepted(
        customer=wife, contact=Contact(phone="13800000001"), moment=SAID + dt.timedelta(days=2)
    )
    assert set(desk(case, cast.handler).near_cases) == {first, by_number}
    client.force_login(cast.handler.user)
    assert f'<option value="{first.number}">' in client.get(reverse("case", args=[case.pk])).content.decode()
