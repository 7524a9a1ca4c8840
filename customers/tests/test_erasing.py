"""Erasing a person: no trace of them in any table of this room, counts as before, all of it or nothing."""

import datetime as dt

import pytest
from django.apps import apps

from audit.models import AuditRow
from core.flow import Refused
from core.registries import erasure
from customers import services
from customers.models import Customer, Disclosure, Encounter, Merge, Need, Preference, Purchase
from customers.selectors import search, timeline_of
from customers.tests.build import give_policy, make_home, merge
from tests import factories
from tests.factories import at

CANARY = "canary7391"
WHEN = {"by": None, "at": at()}


def full_file(company, mark):
    """A file with the mark in every free text, and a former value of each."""
    user = factories.make_user()
    customer = factories.make_customer(
        company,
        name=f"林{mark}",
        phone="13873910001",
        email=f"{mark}@example.com",
        birthday=dt.date(1991, 7, 3),
    )
    Customer.objects.filter(pk=customer.pk).update(number=f"K{mark}")
    customer.refresh_from_db()
    customer.save()
    services.change_customer(customer, name=f"林小{mark}", **WHEN)
    for kind, value in (("wechat", mark), ("address", f"{mark}路 8 号"), ("email", f"x{mark}@example.com")):
        services.add_contact(customer, kind=kind, value=value, label=mark, **WHEN)
    services.add_contact(customer, kind="phone", value="13873910002", **WHEN)
    need = services.record_need(customer, home_type="flat", note=mark, wanted_by=mark, **WHEN)
    services.change_need(need, note=f"{mark} 改", **WHEN)
    services.record_preference(customer, topic="school", words=mark, **WHEN)
    services.give_consent(customer, purpose="care", source=mark, **WHEN)
    home = make_home(customer, unit=f"3-{mark}")
    services.change_home(home, unit=f"4-{mark}", **WHEN)
    make_home(customer, unit=f"5-{mark}")
    department = company.departments.first() or factories.make_department(company)
    served = factories.make_encounter(factories.make_employee(department), customer)
    Encounter.objects.filter(pk=served.pk).update(reference=f"S-{mark}-{served.pk}")
    services.unmask(customer, reason=f"给{mark}回电", by=user, at=at())
    return customer


def traces(words):
    """'table: row' of every row of this room in which one of the words stands."""
    found = []
    for model in apps.get_app_config("customers").get_models(include_auto_created=True):
        for row in model._base_manager.values():
            if any(word in str(row) for word in words):
                found.append(f"{model._meta.db_table}: {row}")
    return found


def counts():
    return [
        model.objects.count()
        for model in (Customer, Purchase, Encounter, Need, Preference, Disclosure, Merge)
    ]


@pytest.fixture
def two(company):
    give_policy(company)
    kept, dropped = full_file(company, CANARY), full_file(company, f"{CANARY}b")
    services.merge(
        kept, dropped, reason=f"{CANARY} 本人说明", take=["name", "phone", "email"], by=None, at=at()
    )
    kept.refresh_from_db()
    return kept, dropped


@pytest.mark.clause("CC-4.4")
def test_of_an_erased_person_nothing_is_left_but_counts(two):
    words = (CANARY, "1387391", "1991, 7, 3")
    assert len(traces(words)) > 30
    before = counts()
    services.erase(two[0], reason="request", by=None, at=at())
    assert traces(words) == []
    assert counts() == before
    rows = AuditRow.objects.filter(verb="customers.customer.erased")
    assert {(row.object_id, row.reason_code) for row in rows} == {(one.pk, "request") for one in two}


def test_nobody_finds_asks_or_writes_to_an_erased_person(two):
    kept, _dropped = two
    user = factories.user_with(kept.company, "customers.view")
    assert search(user, kept.company, CANARY)
    services.erase(kept, reason="time", by=None, at=at())
    assert not search(user, kept.company, CANARY)
    assert not services.may_be_asked(kept.pk, "surveys")
    assert not services.may_be_asked(kept.pk, "care")
    assert timeline_of(kept)


def test_others_keep_what_is_theirs(two):
    other = full_file(two[0].company, "zhou5512")
    before = traces(("zhou5512",))
    services.erase(two[0], reason="request", by=None, at=at())
    assert traces(("zhou5512",)) == before
    other.refresh_from_db()
    assert other.erased_at is None


def test_when_one_room_refuses_nothing_is_erased(two, monkeypatch):
    def refuse(customer, at):
        raise Refused("on legal hold")

    before = traces((CANARY,))
    monkeypatch.setitem(erasure._entries, "zz.refuse", (999, refuse))
    with pytest.raises(Refused):
        services.erase(two[0], reason="request", by=None, at=at())
    assert traces((CANARY,)) == before


def test_a_merged_file_is_erased_with_the_one_that_leads_only(two):
    with pytest.raises(Refused):
        services.erase(two[1], reason="request", by=None, at=at())


def test_nobody_is_erased_twice_nor_without_a_reason_of_the_list(company):
    lin = factories.make_customer(company)
    with pytest.raises(Refused):
        services.erase(lin, reason="because 林女士 said so", by=None, at=at())
    services.erase(lin, reason="mistake", by=None, at=at())
    with pytest.raises(Refused):
        services.erase(lin, reason="mistake", by=None, at=at())
    with pytest.raises(Refused):
        merge(lin, factories.make_customer(company))


@pytest.mark.parametrize("which", [0, 1])
def test_why_two_files_were_once_joined_goes_with_either_of_them(two, which):
    services.unmerge(two[1], by=None, at=at())
    assert CANARY in Merge.objects.get().reason
    services.erase(two[which], reason="request", by=None, at=at())
    assert Merge.objects.get().reason == ""
