"""The API shows files masked, of companies where the caller may see them, and changes nothing."""

import datetime as dt

import pytest

from customers.tests.build import give_policy, make_home, merge
from tests import factories

LIST = "/api/v1/customers/"


@pytest.fixture
def lin(company):
    give_policy(company)
    return factories.make_customer(company, name="林女士", phone="13812340001", email="lin@example.com")


def test_files_are_masked_and_have_their_stage(lin, company, client):
    make_home(lin, dt.date(2015, 1, 1), dt.date(2016, 1, 1))
    client.force_login(factories.user_with(company, "customers.view"))
    (row,) = client.get(LIST).json()["results"]
    assert (row["name"], row["phone"], row["email"]) == ("林**", "138****0001", "l***@example.com")
    assert (row["number"], row["stage"]) == (lin.number, "old")
    assert client.get(f"{LIST}{lin.pk}/").json() == row


def test_one_person_is_one_row(lin, company, client):
    twin = factories.make_customer(company)
    merge(lin, twin)
    client.force_login(factories.user_with(company, "customers.view"))
    assert [row["id"] for row in client.get(LIST).json()["results"]] == [lin.pk]
    assert client.get(f"{LIST}{twin.pk}/").status_code == 404


def test_who_may_not_see_files_gets_nothing(lin, company, client):
    assert client.get(LIST).status_code in (401, 403)
    client.force_login(factories.user_with(company, "surveys.view"))
    assert client.get(LIST).status_code == 403
    client.force_login(factories.user_with(factories.make_company("other", "别家"), "customers.view"))
    assert client.get(LIST).json()["results"] == []
    assert client.get(f"{LIST}{lin.pk}/").status_code == 404


def test_the_api_only_reads(lin, company, client):
    client.force_login(factories.user_with(company, "customers.view", "customers.edit"))
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"{LIST}{lin.pk}/", {"name": "x"}).status_code == 405


def test_many_files_need_few_queries(lin, company, client, django_assert_max_num_queries):
    for _number in range(40):
        make_home(factories.make_customer(company))
    client.force_login(factories.user_with(company, "customers.view"))
    with django_assert_max_num_queries(12):
        assert len(client.get(LIST).json()["results"]) == 41
