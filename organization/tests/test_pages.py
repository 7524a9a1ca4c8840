"""People and posts: who may look, at whom; search and filters; few queries."""

import datetime as dt

import pytest
from django.urls import reverse

from organization.models import Role
from tests import factories


@pytest.fixture
def house(company):
    first = factories.make_department(company)
    second = factories.make_department(company, "sales-2", "销售二部")
    return {
        "company": company,
        "wang": factories.make_employee(first),
        "li": factories.make_employee(first, "李强", is_head=True),
        "zhao": factories.make_employee(second, "赵敏", is_head=True),
    }


def look(client, company, *verbs, **fields):
    client.force_login(factories.user_with(company, *verbs, **fields))


def staff(client, **query):
    return client.get(reverse("staff"), query).content.decode()


def test_a_stranger_is_sent_to_login(db, client):
    assert client.get(reverse("staff")).url.startswith("/accounts/login/")


def test_without_the_verb_the_page_is_closed(house, client):
    look(client, house["company"], "jobs.view")
    assert client.get(reverse("staff")).status_code == 403


def test_hr_sees_everybody_with_place(house, client):
    look(client, house["company"], "organization.view")
    text = staff(client)
    assert all(name in text for name in ("王丽", "李强", "赵敏", "销售二部", "置业顾问"))


def test_a_head_sees_only_the_own_department(house, client):
    look(client, house["company"], "organization.view", reach=Role.Reach.DEPARTMENT, employee=house["li"])
    text = staff(client)
    assert "王丽" in text
    assert "赵敏" not in text
    assert client.get(reverse("employee", args=[house["zhao"].pk])).status_code == 404


def test_people_of_another_company_are_not_there(house, client):
    look(client, factories.make_company("other", "别家"), "organization.view")
    assert "王丽" not in staff(client)
    assert client.get(reverse("employee", args=[house["wang"].pk])).status_code == 404


def test_search_and_filter_narrow_the_list(house, client):
    look(client, house["company"], "organization.view")
    assert "李强" not in staff(client, q="王")
    assert "王丽" in staff(client, q=house["wang"].number)
    second = house["zhao"].assignments.get().department_id
    text = staff(client, department=second)
    assert "赵敏" in text
    assert "王丽" not in text


def test_nonsense_in_the_address_is_no_error(house, client):
    look(client, house["company"], "organization.view")
    for query in ({"page": "x"}, {"page": "9999"}, {"department": "x"}, {"q": "\x00'\"%_"}):
        assert client.get(reverse("staff"), query).status_code == 200


def test_one_person_shows_where_they_worked_and_their_roles(house, client):
    wang = house["wang"]
    place = wang.assignments.get()
    place.ends_on = dt.date(2026, 9, 30)
    place.save()
    wang.assignments.create(
        department=house["zhao"].assignments.get().department, post=place.post, starts_on=dt.date(2026, 10, 1)
    )
    factories.user_with(house["company"], "reports.my", employee=wang)
    look(client, house["company"], "organization.view")
    text = client.get(reverse("employee", args=[wang.pk])).content.decode()
    assert text.index("销售二部") < text.index("销售一部")
    assert "role" in text


def test_the_list_needs_few_queries_however_long(house, client, django_assert_max_num_queries):
    department = house["wang"].assignments.get().department
    for number in range(60):
        factories.make_employee(department, f"员工{number}")
    look(client, house["company"], "organization.view", "organization.import")
    client.get(reverse("staff"))
    with django_assert_max_num_queries(13):
        client.get(reverse("staff"))


def test_search_finds_colleagues_only_within_reach(house, client):
    look(client, house["company"], "organization.view", reach=Role.Reach.DEPARTMENT, employee=house["li"])
    found = client.get(reverse("search"), {"q": "王丽"}).content.decode()
    hidden = client.get(reverse("search"), {"q": "赵敏"}).content.decode()
    assert reverse("employee", args=[house["wang"].pk]) in found
    assert reverse("employee", args=[house["zhao"].pk]) not in hidden


@pytest.mark.parametrize("chosen", ["x", "", "999999"])
def test_choosing_a_company_that_is_not_mine_is_404(house, client, chosen):
    look(client, house["company"])
    assert client.post(reverse("choose_company"), {"company": chosen}).status_code == 404
