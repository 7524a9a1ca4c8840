"""Addresses that no page has: a clear answer, never a 500. On PostgreSQL a NUL would be one."""

import pytest
from django.test import Client
from django.urls import reverse

from core import access
from core.period import Period
from organization.models import Role
from tests import factories
from tests.test_access import staff_pages

ODD = {
    "nul": "a%00b",
    "huge": "9" * 40,
    "endless": "9" * 5000,
    "last month": "9999-12",
    "no year": "0000-01",
    "a line more": "2026-10%0a",
    "not utf-8": "%ff%fe",
    "other digits": "%D9%A2%D9%A0%D9%A2%D9%A6-10",
}
TURNS = 2  # of the oddities through the parameters
PARAMETERS = (
    "month page q within department clause stage case answers more name post scope what who since until stand"
    " kind site problem_type channel class_code handler state outcome number phone customer department about year when"
)
LISTS = [name for route, name, _callback in staff_pages() if "<" not in route]


@pytest.fixture
def client(company):
    """Somebody who may open every page."""
    employee = factories.make_employee(factories.make_department(company), "郑洁", is_head=True)
    user = factories.user_with(company, *access.verbs, employee=employee)
    factories.grant(user, factories.make_role(company, "self", access.verbs, Role.Reach.SELF))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize("turn", range(TURNS))
def test_no_page_breaks_on_an_odd_query(client, turn):
    """All parameters at once, each with another oddity in every turn."""
    values = list(ODD.values())
    query = "&".join(
        f"{parameter}={values[(place + turn * len(values) // TURNS) % len(values)]}"
        for place, parameter in enumerate(PARAMETERS.split())
    )
    broken = [name for name in LISTS if client.get(f"{reverse(name)}?{query}").status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("odd", ODD)
def test_no_month_in_the_path_breaks_a_page(client, odd):
    broken = [
        (name, client.get(place).status_code)
        for name in ("report", "report_edit", "report_excel")
        if client.get(place := reverse(name, args=["MONTH"]).replace("MONTH", ODD[odd])).status_code >= 500
    ]
    assert broken == []


def test_a_number_too_long_for_any_database_chooses_no_company(client):
    assert client.post(reverse("choose_company"), {"company": "9" * 5000}).status_code == 404


@pytest.mark.parametrize(
    "text", ["0000-01", "9999-12", "2026-10\n", "٢٠٢٦-10", "2026-13", "2026Q5", "", "abc"]
)
def test_only_periods_with_neighbours_are_periods(text):
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["1000-01", "2999-12", "2026Q3", "2026H2", "2999", "2024-02"])
def test_a_period_knows_its_days_and_neighbours(text):
    period = Period.parse(text)
    assert str(period) == text
    assert period.previous().last_day < period.first_day <= period.last_day < period.next().first_day
