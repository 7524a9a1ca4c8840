import datetime as dt

import pytest

from core.registries import tick_jobs
from customers.models import Purchase
from jobs.models import Run
from jobs.services import run_now
from policies.models import Document, Version
from surveys import schedule
from surveys.models import Campaign, Invitation
from surveys.tests import make
from tests import factories

pytestmark = pytest.mark.django_db
RULES = {
    "quarterly": {
        "questionnaire": "encounter",
        "opens_month_offset": 1,
        "opens_day": 5,
        "open_days": 20,
        "recent_days": 180,
        "prospects_days": 90,
        "sample_margin_bp": 500,
        "remind_after_days": 5,
    },
    "continuous": {
        "questionnaire": "encounter",
        "kinds": ["viewing", "signing"],
        "after_days": 2,
        "open_days": 14,
        "quiet_days": 30,
    },
}


@pytest.fixture
def ruled(company):
    """A company whose policy schedules both surveys."""
    make.make_version(company)
    document = Document.objects.create(company=company, code="book", number="1", title="办法")
    Version.objects.create(
        document=document,
        company=company,
        label="A/0",
        state=Version.State.PUBLISHED,
        effective_from=dt.date(2026, 1, 1),
        content={"surveys": RULES},
        checksum="x",
    )
    return company


def buyer(company, employee=None, day=dt.date(2026, 10, 20)):
    employee = employee or make.make_staff(company)
    served = factories.make_encounter(employee, day=day)
    Purchase.objects.create(
        company=company, customer=served.customer, site=served.site, unit=served.reference, signed_on=day
    )
    return served


def tick(at):
    schedule.run_due(at)
    for run in Run.objects.filter(state="queued"):
        run_now(run.pk)


def test_the_tick_is_registered():
    assert tick_jobs.get("surveys.run_due") is schedule.run_due


def test_the_quarterly_wave_opens_by_itself_once(ruled):
    buyer(ruled)
    tick(factories.at(2026, 11, 4))
    assert not Campaign.objects.filter(kind="wave").exists()
    for _again in range(3):
        tick(factories.at(2026, 11, 5, 8))
    wave = Campaign.objects.get(kind="wave")
    assert (wave.code, wave.state) == ("encounter-2026q4", "open")
    assert (wave.opens_on, wave.closes_on) == (dt.date(2026, 11, 5), dt.date(2026, 11, 24))
    assert wave.title == "接待回访 2026 年第四季度"
    assert wave.invitations.count() == 1


def test_a_wave_for_nobody_waits_until_somebody_fits(ruled):
    tick(factories.at(2026, 11, 5))
    assert Campaign.objects.get(kind="wave").state == "draft"
    buyer(ruled)
    tick(factories.at(2026, 11, 6))
    assert Campaign.objects.get(kind="wave").state == "open"


def test_the_wave_closes_after_its_last_day(ruled):
    buyer(ruled)
    tick(factories.at(2026, 11, 5))
    tick(factories.at(2026, 11, 24, 23))
    assert Campaign.objects.get(kind="wave").state == "open"
    tick(factories.at(2026, 11, 25, 0, 1))
    assert Campaign.objects.get(kind="wave").state == "closed"
    assert Invitation.objects.get(campaign__kind="wave").state == "expired"


def test_each_encounter_is_asked_about_once_two_days_later(ruled):
    employee = make.make_staff(ruled)
    served = factories.make_encounter(employee, day=dt.date(2026, 10, 12))
    tick(factories.at(2026, 10, 13))
    assert not Invitation.objects.exists()
    for _again in range(3):
        tick(factories.at(2026, 10, 14))
    invitation = Invitation.objects.get()
    assert (invitation.encounter, invitation.employee, invitation.segment) == (served, employee, "viewing")
    assert invitation.expires_at == factories.at(2026, 10, 28)
    assert invitation.campaign.kind == "continuous"


def test_nobody_is_asked_twice_within_the_quiet_days(ruled):
    employee = make.make_staff(ruled)
    first = factories.make_encounter(employee, day=dt.date(2026, 10, 12))
    tick(factories.at(2026, 10, 14))
    factories.make_encounter(employee, first.customer, day=dt.date(2026, 10, 20))
    tick(factories.at(2026, 10, 22))
    assert Invitation.objects.count() == 1
    later = factories.make_encounter(employee, first.customer, day=dt.date(2026, 11, 14))
    tick(factories.at(2026, 11, 16))
    assert Invitation.objects.get(encounter=later).customer == first.customer


def test_somebody_served_twice_is_asked_about_the_last_time(ruled):
    employee = make.make_staff(ruled)
    first = factories.make_encounter(employee, day=dt.date(2026, 10, 11))
    second = factories.make_encounter(employee, first.customer, day=dt.date(2026, 10, 12), kind="signing")
    tick(factories.at(2026, 10, 14))
    assert Invitation.objects.get().encounter == second


def test_kinds_the_policy_does_not_name_and_customers_who_said_no_are_left_alone(ruled):
    employee = make.make_staff(ruled)
    factories.make_encounter(employee, kind="repair")
    silent = factories.make_customer(ruled, may_be_surveyed=False)
    factories.make_encounter(employee, silent)
    tick(factories.at(2026, 10, 14))
    assert not Invitation.objects.exists()


def test_a_new_version_of_the_questionnaire_gets_a_campaign_of_its_own(ruled):
    employee = make.make_staff(ruled)
    factories.make_encounter(employee, day=dt.date(2026, 10, 12))
    tick(factories.at(2026, 10, 14))
    make.make_version(ruled, make.ENCOUNTER | {"title": "接待回访（新）"})
    factories.make_encounter(employee, day=dt.date(2026, 10, 13))
    tick(factories.at(2026, 10, 15))
    assert sorted(Campaign.objects.values_list("code", flat=True)) == ["encounter-v1", "encounter-v2"]


def test_without_a_policy_nothing_happens(company):
    buyer(company)
    schedule.run_due(factories.at())
    assert not Campaign.objects.exists()
