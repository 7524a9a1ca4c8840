"""Fixtures shared by the tests of all rooms."""

import datetime as dt

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import TransactionTestCase

from core import events
from core.period import SHANGHAI
from tests import factories
from tests.emptying import empty_tables

FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On PostgreSQL no vacuum between tests: it would note tables as empty that the next test's transaction fills.

    The planner would believe it for the whole of that transaction and join thousands of rows pair by pair. Tables
    that were never looked at are planned by their size on disk, the same on every run.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for table in connection.introspection.table_names(cursor):
                    name = connection.ops.quote_name(table)
                    cursor.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = false)")


@pytest.fixture(scope="session", autouse=True)
def only_what_was_filled_is_emptied():
    """After a test that commits: `flush` of all tables took longer than most of these tests."""

    def fixture_teardown(case):
        empty_tables()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", fixture_teardown)
        yield


@pytest.fixture(autouse=True)
def quick_and_quiet(settings):
    """No broker, cheap password hashes, mail kept in memory."""
    settings.PASSWORD_HASHERS = FAST_HASHERS
    hashers.get_hashers.cache_clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    yield
    hashers.get_hashers.cache_clear()


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Wake-ups are lost in tests, as a broker may lose them; `deliver` and the tick do the work."""
    monkeypatch.setattr("core.events.wake_up", lambda: None)
    monkeypatch.setattr("jobs.services.wake_up", lambda run_id: None)


@pytest.fixture
def deliver():
    """Run all due event handlers, as the worker would."""
    return events.deliver_all


@pytest.fixture
def noon():
    """A fixed moment: Wednesday 2026-11-04, 12:00 in Shanghai."""
    return dt.datetime(2026, 11, 4, 12, tzinfo=SHANGHAI)


@pytest.fixture
def company(db):
    return factories.make_company()
