"""Two files of one person are asked as one, under the file that leads."""

import datetime as dt

import pytest

from customers.tests.build import make_home, merge
from surveys import schedule
from surveys.models import Invitation
from surveys.selectors import Member, frame
from surveys.services.campaigns import invite_batch
from surveys.tests import make
from surveys.tests.test_schedule import RULES, ruled  # noqa: F401  a fixture
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 4)
SERVED = dt.date(2026, 11, 1)


def two(company):
    kept = factories.make_customer(company, email="lin@example.com")
    return kept, factories.make_customer(company, name="林小雨", email="old@example.com")


def test_a_buyer_with_two_files_is_drawn_once(company):
    employee = make.make_staff(company)
    kept, dropped = two(company)
    served = factories.make_encounter(employee, dropped, day=SERVED)
    for one in (kept, dropped):
        make_home(one, dt.date(2026, 10, 20))
    assert [member.customer_id for member in frame(company, {"recent_days": 90}, DAY)] == [
        kept.pk,
        dropped.pk,
    ]
    merge(kept, dropped)
    (member,) = frame(company, {"recent_days": 90}, DAY)
    assert (member.customer_id, member.encounter_id) == (kept.pk, served.pk)
    (picked,) = frame(company, {"numbers": [dropped.number]}, DAY)
    assert picked.customer_id == kept.pk


def test_who_bought_under_another_file_is_no_prospect(company):
    employee = make.make_staff(company)
    kept, dropped = two(company)
    kept.is_prospect = True
    kept.save()
    factories.make_encounter(employee, kept, day=SERVED)
    assert len(frame(company, {"prospects_days": 30}, DAY)) == 1
    make_home(dropped)
    merge(kept, dropped)
    assert frame(company, {"prospects_days": 30}, DAY) == []


def test_who_was_invited_under_the_other_file_is_not_invited_again(company):
    campaign = make.make_campaign(company)
    kept, dropped = two(company)
    make.make_invitation(campaign, customer=dropped)
    merge(kept, dropped)
    assert invite_batch(campaign, [Member(kept.pk, "buyer", "", None)], at=at()) == 0


def test_both_files_share_one_quiet_period(ruled):  # noqa: F811
    employee = make.make_staff(ruled)
    kept, dropped = two(ruled)
    merge(kept, dropped)
    factories.make_encounter(employee, dropped, day=SERVED, kind="signing")
    schedule.run_due(at(2026, 11, 4, 9))
    (invitation,) = Invitation.objects.all()
    assert invitation.customer == kept
    factories.make_encounter(employee, kept, day=dt.date(2026, 11, 6), kind="signing")
    schedule.run_due(at(2026, 11, 9, 9))
    assert Invitation.objects.count() == 1


def test_without_the_merge_both_are_asked(ruled):  # noqa: F811
    """The control."""
    employee = make.make_staff(ruled)
    kept, dropped = two(ruled)
    factories.make_encounter(employee, dropped, day=SERVED, kind="signing")
    schedule.run_due(at(2026, 11, 4, 9))
    factories.make_encounter(employee, kept, day=dt.date(2026, 11, 6), kind="signing")
    schedule.run_due(at(2026, 11, 9, 9))
    assert Invitation.objects.count() == 2
