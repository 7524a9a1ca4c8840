"""Visitors for the staff pages: the cast of build_b, logged in, at one moment."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.tests.build_b import Cast
from organization.models import Role
from tests import factories
from tests.factories import at

NOON = at(2026, 11, 4, 12)
#: asked by the frame of every page
FRAME = ("django_session", "auth_permission", "accounts_user", "organization_grant", "organization_company")
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"

__all__ = ["FRAME", "NOON", "XSS", "Cast", "also", "browse", "queries_of", "text"]


def browse(employee=None):
    """A client, logged in as the employee if given."""
    client = Client()
    if employee is not None:
        client.force_login(employee.user)
    return client


def also(employee, role):
    """The employee with one more role of the pack."""
    factories.grant(employee.user, Role.objects.get(company=employee.company, code=role))
    return employee


def text(response):
    return response.content.decode()


def queries_of(client, address):
    """What the page itself asks; session, login and rights are asked by every page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    return [sql for sql in asked if not any(f'FROM "{table}"' in sql for table in FRAME)]
