"""The five shipped rule books: each sets up a company as it stands, and no number in it is without a source."""

import datetime as dt

import pytest

from core.navigation import sidebar_for
from core.period import SHANGHAI, Period
from core.registries import verifications
from incentives.models import Rule
from organization.services import open_company
from policies import rules
from policies.models import Version
from policies.reading import read_pack
from policies.services import load_pack
from scoring.models import Close, Score
from scoring.services import close_period
from scoring.tests import world
from surveys.models import Mode, Questionnaire
from tests import factories
from tests.factories import at

PACKS = ("realestate_rewards", "realestate_care", "car_sales", "developer_iso", "property_quarterly")
#: the books that stand alone; the care book adds to one of them
MEASURING = tuple(name for name in PACKS if name != "realestate_care")
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


@pytest.mark.django_db
@pytest.mark.parametrize("name", MEASURING)
def test_a_company_of_every_book_closes_its_months_quarters_and_half_years(name):
    company = set_up(name).company
    team = world.make_team(company, size=8, department=company.departments.earliest("pk"))
    campaign = world.make_campaign(company, mode=Mode.WEB)
    for employee in team:
        world.give_answers(campaign, employee, 11, 12, month="2026-06")
    for text in ("2026-06", "2026Q2", "2026H1"):
        after = dt.datetime.combine(Period.parse(text).next().first_day, dt.time(4), SHANGHAI)
        close_period(company=company, period=Period.parse(text), at=after)
    assert set(Close.objects.values_list("period", "state")) == {
        (text, "reported") for text in ("2026-06", "2026Q2", "2026H1")
    }
    whole = Score.objects.filter(subject_kind="company", measure="overall")
    assert dict(whole.values_list("period", "n")) == {"2026-06": 96, "2026Q2": 96, "2026H1": 96}
    assert [one for verify in verifications for one in verify()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", MEASURING[1:])  # the first: test_rights, role by role
def test_every_page_in_the_sidebars_opens_whatever_the_book_leaves_out(client, name):
    company = set_up(name).company
    user = factories.make_user(
        employee=factories.make_employee(company.departments.earliest("pk"), "马骏", is_head=True)
    )
    for role in company.roles.all():
        factories.grant(user, role)
    client.force_login(user)
    links = [url for _group, entries in sidebar_for(user, []) for _entry, url, _count in entries]
    statuses = {url: client.get(url, follow=True).status_code for url in links}
    assert len(links) > 20 and {url: status for url, status in statuses.items() if status != 200} == {}
