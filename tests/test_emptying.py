"""What a committing test leaves behind: as little as Django's own flush, whatever it filled."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests import emptying, factories

pytestmark = pytest.mark.django_db(transaction=True)


def counts():
    """{table: rows}"""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchone()[0]
    return found


def fill():
    company = factories.make_company()
    head = factories.make_employee(factories.make_department(company), is_head=True)
    factories.make_encounter(head)
    factories.user_with(company, "core.home", employee=head)


def test_it_leaves_what_flush_leaves():
    fill()
    call_command("flush", verbosity=0, interactive=False)
    flushed = counts()
    fill()
    filled = counts()
    emptying.empty_tables()
    assert counts() == flushed
    assert flushed["django_content_type"] == ContentType.objects.count() > 0
    assert {table for table in filled if filled[table] != flushed[table]} >= {
        "organization_company",
        "organization_assignment",
        "customers_encounter",
        "accounts_user",
    }


def test_the_fixture_of_committing_tests_uses_it(request):
    from django.test import TransactionTestCase

    assert TransactionTestCase._fixture_teardown.__module__ == "tests.fixtures"
