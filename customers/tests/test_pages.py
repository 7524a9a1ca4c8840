"""Customer files: masked, searched by number and name only, unmasked with a reason that is kept."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditRow
from customers import services
from customers.models import Consent, Customer, Disclosure, Purchase
from customers.tests.build import give_policy, merge
from tests import factories
from tests.factories import at

PHONE = "13812340001"


@pytest.fixture
def lin(company):
    customer = factories.make_customer(company, name="林女士", phone=PHONE, email="lin@example.com")
    Purchase.objects.create(
        company=company, customer=customer, site=factories.make_site(company), unit="3-1-1202",
        signed_on=dt.date(2026, 3, 18), handed_over_on=dt.date(2026, 9, 30),
    )  # fmt: skip
    return customer


@pytest.fixture
def liu(company, client):
    user = factories.user_with(company, "customers.view", "customers.unmask")
    client.force_login(user)
    return user


def test_the_list_masks_names_and_numbers(lin, liu, client):
    text = client.get(reverse("customers")).content.decode()
    assert "138****0001" in text
    assert "林**" in text
    assert PHONE not in text
    assert "林女士" not in text


def test_search_is_by_number_and_name_not_by_whole_telephone_numbers(lin, liu, client):
    assert lin.number in client.get(reverse("customers"), {"q": "林女士"}).content.decode()
    assert lin.number in client.get(reverse("customers"), {"q": lin.number}).content.decode()
    assert lin.number not in client.get(reverse("customers"), {"q": PHONE}).content.decode()
    assert lin.number not in client.get(reverse("search"), {"q": PHONE}).content.decode()


def test_the_end_of_a_telephone_number_finds_the_file(lin, liu, company, client):
    services.add_contact(lin, kind="phone", value="13900005678", by=None, at=at())
    joined = factories.make_customer(company, name="林女士", phone="021-66667788")
    merge(lin, joined)
    stranger = factories.make_customer(company, name="周先生", phone="13812340002")
    for file, number in ((lin, "LIN"), (joined, "JOINED"), (stranger, "STRANGER")):
        Customer.objects.filter(pk=file.pk).update(number=number)
    for tail in ("0001", "40001", "5678", "7788"):
        text = client.get(reverse("customers"), {"q": f" {tail} "}).content.decode()
        assert ("LIN" in text, "STRANGER" in text) == (True, False), tail
        assert "LIN" in client.get(reverse("search"), {"q": tail}).content.decode()
    for not_a_tail in ("001", "2340001", "１２３４", "٠٠٠١"):
        assert "LIN" not in client.get(reverse("customers"), {"q": not_a_tail}).content.decode()


@pytest.mark.parametrize("typed", [PHONE, "+86 138 1234 0001", "138-1234-0001"])
def test_a_whole_telephone_number_leaves_the_address(lin, liu, client, typed):
    answer = client.get(reverse("customers"), {"q": typed, "stage": "owner"})
    assert answer.status_code == 302
    assert answer.url == f"{reverse('customers')}?q=0001&stage=owner"
    assert lin.number in client.get(answer.url).content.decode()


def test_filters_by_stage_and_project(lin, liu, company, client):
    other = factories.make_customer(company, name="周先生", is_prospect=True)
    text = client.get(reverse("customers"), {"stage": "prospect"}).content.decode()
    assert other.number in text
    assert lin.number not in text
    site = lin.purchases.get().site_id
    assert other.number not in client.get(reverse("customers"), {"site": site}).content.decode()


def test_one_file_has_one_timeline(lin, liu, company, client):
    employee = factories.make_employee(factories.make_department(company))
    factories.make_encounter(employee, lin, day=dt.date(2026, 10, 12), kind="repair")
    Consent.objects.create(
        customer=lin, purpose="surveys", is_given=False, source="退订链接", at=at(2026, 11, 1)
    )
    text = client.get(reverse("customer", args=[lin.pk])).content.decode()
    places = [text.index(word) for word in ("退订链接", "维修", "交房：3-1-1202", "签约：3-1-1202")]
    assert places == sorted(places)


def test_looking_at_a_file_shows_no_personal_data_and_writes_nothing(lin, liu, client):
    before = AuditRow.objects.count()
    text = client.get(reverse("customer", args=[lin.pk])).content.decode()
    assert PHONE not in text
    assert "lin@example.com" not in text
    assert AuditRow.objects.count() == before


def test_unmasking_with_a_reason_shows_the_data_once_and_is_kept(lin, liu, client):
    answer = client.post(reverse("customer_unmask", args=[lin.pk]), {"reason": "客户来电要求回电"})
    assert PHONE in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    look = Disclosure.objects.get()
    assert (look.by, look.reason) == (liu, "客户来电要求回电")
    row = AuditRow.objects.get(verb="customers.customer.unmasked")
    assert (row.actor, row.object_id, row.data) == (liu, lin.pk, {})
    assert PHONE not in client.get(reverse("customer", args=[lin.pk])).content.decode()


@pytest.mark.parametrize("reason", ["", "   "])
def test_unmasking_without_a_reason_shows_nothing(lin, liu, client, reason):
    answer = client.post(reverse("customer_unmask", args=[lin.pk]), {"reason": reason})
    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()
    assert not Disclosure.objects.exists()


def test_a_reason_of_two_letters_is_refused(lin, liu, client):
    answer = client.post(reverse("customer_unmask", args=[lin.pk]), {"reason": "ok"})
    assert answer.status_code == 409
    assert PHONE not in answer.content.decode()


def test_unmasking_by_get_is_not_possible(lin, liu, client):
    assert client.get(reverse("customer_unmask", args=[lin.pk])).status_code == 405


def test_who_may_look_but_not_unmask_is_refused(lin, company, client):
    client.force_login(factories.user_with(company, "customers.view"))
    assert client.post(reverse("customer_unmask", args=[lin.pk]), {"reason": "好奇而已"}).status_code == 403


def test_files_of_another_company_are_not_there(lin, client):
    client.force_login(factories.user_with(factories.make_company("other", "别家"), "customers.view"))
    assert client.get(reverse("customer", args=[lin.pk])).status_code == 404
    assert lin.number not in client.get(reverse("customers")).content.decode()


def test_files_with_the_same_telephone_are_named(lin, liu, company, client):
    twin = factories.make_customer(company, name="林小姐", phone=PHONE)
    assert twin.number in client.get(reverse("customer", args=[lin.pk])).content.decode()


def own_queries(client, django_queries):
    """Statements of the list itself; what every page asks (session, roles, inbox) is pinned elsewhere."""
    with django_queries as captured:
        client.get(reverse("customers"))
    tables = ('"customers_', '"policies_', '"organization_site"')
    return sum(any(table in one["sql"] for table in tables) for one in captured.captured_queries)


def test_the_list_needs_few_queries_however_long(lin, liu, company, client):
    give_policy(company)
    client.get(reverse("customers"))
    few = own_queries(client, CaptureQueriesContext(connection))
    for number in range(60):
        factories.make_customer(company, name=f"客户{number}")
    assert own_queries(client, CaptureQueriesContext(connection)) == few <= 10
