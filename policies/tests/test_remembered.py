"""The rules in force are asked once for a page and never served stale."""

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from core.remembering import one_page
from policies import services
from policies.models import Version
from policies.selectors import section, version_in_force
from tests import factories
from tests.factories import at

DAY = dt.date(2026, 11, 4)


def publish(company, label, start, hearing_days):
    """Another version of the company's book, by the verbs."""
    content = pack(label, start, hearing_days)
    return services.load_pack(content, company=company, by=None, at=at(start.year, start.month, start.day))


def pack(label, start, hearing_days):
    return {
        "document": {
            "code": "rewards",
            "number": "QH-1",
            "title": "奖惩办法",
            "version": label,
            "effective_from": start,
        },
        "clocks": {
            "hearing_days": hearing_days,
            "receipt_days": 3,
            "appeal_days": 5,
            "talk_days": 10,
            "propose_days": 5,
        },
        "clauses": [{"code": "C-1", "number": "第一条", "text": "条款原文"}],
    }


@pytest.fixture
def company(db):
    found = factories.make_company()
    publish(found, "1", dt.date(2026, 1, 1), 2)
    return found


def days_of(company, day=DAY):
    return section(company, "clocks", day).hearing_days


def test_a_page_asks_once_for_each_company_and_day(company, django_assert_num_queries):
    with one_page():
        with django_assert_num_queries(1):
            assert [days_of(company), days_of(company)] == [2, 2]
        with django_assert_num_queries(1):
            days_of(company, dt.date(2026, 11, 5))


def test_a_verb_asks_each_time(company, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert [days_of(company), days_of(company)] == [2, 2]


def test_another_company_and_another_day_have_rules_of_their_own(company):
    other = factories.make_company("other", "别的公司")
    publish(other, "1", dt.date(2026, 1, 1), 9)
    publish(company, "2", dt.date(2026, 12, 1), 4)
    with one_page():
        assert [days_of(company), days_of(other)] == [2, 9]
        assert days_of(company, dt.date(2026, 12, 1)) == 4
        assert version_in_force(company, dt.date(2025, 1, 1), "clocks") is None


def test_a_published_version_is_seen_by_the_verb_at_once_and_by_the_next_page(company):
    with one_page():
        assert days_of(company) == 2
    publish(company, "2", DAY, 4)
    assert days_of(company) == 4
    with one_page():
        assert days_of(company) == 4


OTHER_PROCESS = """
import tests.early, sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
import datetime as dt
from organization.models import Company
from policies.tests.test_remembered import publish
publish(Company.objects.get(), "2", dt.date(2026, 11, 4), 4)
"""


@pytest.mark.django_db(transaction=True)
def test_what_another_process_publishes_is_seen_by_the_next_page(transactional_db):
    company = factories.make_company()
    publish(company, "1", dt.date(2026, 1, 1), 2)
    with one_page():
        assert days_of(company) == 2
    name = str(connection.settings_dict["NAME"])
    subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, name], cwd=settings.BASE_DIR, check=True, timeout=100
    )
    assert Version.objects.count() == 2
    with one_page():
        assert days_of(company) == 4
