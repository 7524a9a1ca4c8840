"""The five shipped rule books: each sets up a company as it stands, and no number in it is without a source."""

import pytest

from incentives.models import Rule
from organization.services import open_company
from policies import rules
from policies.models import Version
from policies.reading import read_pack
from policies.services import load_pack
from surveys.models import Questionnaire
from tests.factories import at

PACKS = ("realestate_rewards", "realestate_care", "car_sales", "developer_iso", "property_quarterly")
START = at(2026, 1, 1)


def set_up(name):
    """Loaded into a fresh company as if everybody had signed."""
    pack = rules.plain(read_pack(name))
    pack["document"].pop("sign_offs", None)
    company, _is_new = open_company(code="own", name="公司", opened_on=START.date(), by=None, at=START)
    return load_pack(pack, company=company, by=None, at=START).version


@pytest.mark.django_db
@pytest.mark.parametrize("name", PACKS)
def test_a_shipped_pack_sets_up_a_company(name):
    version = set_up(name)
    assert version.state == Version.State.PUBLISHED
    assert rules.unsourced(version.content) == []
    assert Questionnaire.objects.count() == len(version.content.get("questionnaires", []))
    written = version.content.get("rules", [])
    assert Rule.objects.filter(version=version).count() == len(written)
    assert all(row.get("active", True) or row["reason"] for row in written)


@pytest.mark.django_db
def test_a_rule_without_amount_waits_until_the_company_enters_one():
    version = set_up("car_sales")
    assert not Rule.objects.filter(version=version, is_active=True).exists()


@pytest.mark.django_db
def test_the_care_book_stands_beside_the_rewards_book():
    first = set_up("realestate_rewards")
    load_pack(rules.plain(read_pack("realestate_care")), company=first.company, by=None, at=START)
    assert Version.objects.published().count() == 2
