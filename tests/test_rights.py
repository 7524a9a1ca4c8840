"""Every page × every role × GET and POST against the decision in tests/rights.py."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import resolve

from core.access import may
from core.navigation import sidebar_for
from organization.models import Company, Role
from tests import factories
from tests.replay import replayed
from tests.rights import ROLES, decided
from tests.test_access import address, staff_pages


@pytest.fixture
def company(db):
    return replayed("rights.company", _with_a_pack)


def _with_a_pack():
    call_command("load_policy", "realestate_rewards", unit="qinghe", name="青禾房产销售", verbosity=0)
    return Company.objects.get(code="qinghe")


def test_every_page_is_decided():
    pages = {name for route, name, callback in staff_pages()}
    assert pages == set(decided())


def test_every_role_of_the_pack_is_decided(company):
    assert set(Role.objects.filter(company=company).values_list("code", flat=True)) == set(ROLES)


def is_refused(callback, route, method, user):
    """Whether the view's own guard says 403; asked without middleware, because it must not need any."""
    request = getattr(RequestFactory(), method)(address(route))
    request.user = user
    with pytest.raises(PermissionDenied):
        callback(request, **resolve(request.path).kwargs)
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_was_decided_and_nothing_else(company, role):
    user = factories.make_user()
    factories.grant(user, Role.objects.get(company=company, code=role))
    table = decided()
    for route, name, callback in staff_pages():
        if role in table[name]:
            assert may(user, *callback.required_verbs), name
        else:
            assert is_refused(callback, route, "get", user) and is_refused(callback, route, "post", user)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_in_a_role_s_sidebar_opens(client, company, role):
    employee = factories.make_employee(
        company.departments.get(code="sales-1"), "试用", is_head=role == "head"
    )
    user = factories.make_user(employee=employee)
    factories.grant(user, Role.objects.get(company=company, code=role))
    client.force_login(user)
    links = [url for group, entries in sidebar_for(user, []) for entry, url, count in entries]
    statuses = {url: client.get(url).status_code for url in links}
    assert links and set(statuses.values()) <= {200, 302}, statuses


def test_a_refused_page_is_a_403_in_the_browser(client, company):
    client.force_login(factories.user_with(company, "core.home"))
    assert client.get("/incentives/").status_code == 403
    assert client.post("/incentives/batch/").status_code == 403
