"""The same people imported month after month: what they said, what was erased, what was changed meanwhile."""

import datetime as dt

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone

from core.imports import Row
from customers import services
from customers.imports import CUSTOMERS
from customers.models import Contact, Customer, Need, Preference, Purchase
from customers.tests.build import give_policy, merge
from customers.tests.test_import import LIN, customers, house, wide  # noqa: F401
from organization.models import Company
from tests import factories
from tests.factories import at
from tests.racing import at_once, careless, kinds


def only():
    return Customer.objects.get(number="C1")


def surveyed(word):
    return f"C1,林女士,,,,,{word},,,,"


@pytest.mark.clause("CC-4.1")
def test_a_table_does_not_undo_what_the_customer_said_themselves(house, tmp_path):  # noqa: F811
    customers(tmp_path, surveyed("否"))
    customers(tmp_path, surveyed("是"))
    assert services.may_be_asked(only().pk, "surveys"), "a table undoes what a table said"
    customers(tmp_path, surveyed("否"))
    only().consents.create(purpose="surveys", is_given=False, source="unsubscribe link", at=timezone.now())
    customers(tmp_path, surveyed("是"))
    assert not services.may_be_asked(only().pk, "surveys")
    assert not only().may_be_surveyed


def test_what_the_leading_file_refused_no_table_undoes_in_a_joined_one(house, tmp_path):  # noqa: F811
    customers(tmp_path, surveyed("否"), "C2,林女士,,,,,,,,,")
    leading = Customer.objects.get(number="C2")
    merge(leading, only())
    leading.consents.create(purpose="surveys", is_given=False, source="来电", at=timezone.now())
    customers(tmp_path, surveyed("是"))
    assert not services.may_be_asked(leading.pk, "surveys")


@pytest.mark.clause("CC-4.4")
def test_an_erased_person_does_not_come_back_with_the_next_table(house, tmp_path):  # noqa: F811
    customers(tmp_path, LIN)
    services.erase(only(), reason="request", by=None, at=at())
    with pytest.raises(CommandError, match="row 2, 客户编号: .*2026-11-04"):
        customers(tmp_path, LIN)
    assert Customer.objects.get().name == ""
    wide(tmp_path, "C1,林女士,13800000001,,,,,,,,,,,是")
    assert Customer.objects.filter(erased_at=None).get().name == "林女士"


def test_another_company_s_number_is_not_meant(house, tmp_path):  # noqa: F811
    stranger = factories.make_customer(factories.make_company("other", "别家"))
    Customer.objects.filter(pk=stranger.pk).update(number="C1")
    stranger.refresh_from_db()
    services.erase(stranger, reason="request", by=None, at=at())
    customers(tmp_path, LIN)
    assert Customer.objects.filter(number="C1").exists()


def test_the_days_of_a_home_before_a_table_changed_them_stay_in_the_history(house, tmp_path):  # noqa: F811
    customers(tmp_path, LIN)
    customers(tmp_path, LIN.replace("2026-09-30", "2026-10-08"))
    former = Purchase.objects.get().history.order_by("history_id").values_list("handed_over_on", flat=True)
    assert list(former) == [dt.date(2026, 9, 30), dt.date(2026, 10, 8)]


def test_a_prospect_who_bought_is_a_prospect_no_more(house, tmp_path):  # noqa: F811
    customers(tmp_path, "C1,林女士,,,,,,,,,")
    assert only().is_prospect
    customers(tmp_path, "C1,林女士,,,,,,云栖里,3-1-1202,2026-03-18,")
    assert not only().is_prospect
    customers(tmp_path, "C1,林女士,,,,是,,云栖里,3-1-1203,2026-03-18,")
    assert only().is_prospect, "the table's own word holds"


@pytest.mark.parametrize("written", ["1990-05-07", "1990/5/7", "1990年5月7日", "19900507", "33000"])
def test_a_day_is_read_however_a_spreadsheet_writes_it(house, tmp_path, written):  # noqa: F811
    wide(tmp_path, f"C1,林女士,,{written},,,,,,,,,,")
    assert only().birthday == dt.date(1990, 5, 7)


def row(**given):
    empty = {column.key: None for column in CUSTOMERS.columns}
    return Row(2, empty | {"number": "C1", "name": "林女士"} | given)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_table_twice_at_once_adds_once(company):
    give_policy(company)
    rows = [row(wechat="linhome", need_note="要朝南", wanted_by="开学前", phone="13800000001")]

    def bring_in():
        with transaction.atomic():
            return CUSTOMERS.apply(rows, Company.objects.get(pk=company.pk), None, at())

    outcomes = at_once([bring_in] * 4)
    assert kinds(outcomes) == {"done": 4}, outcomes
    assert sorted(found["created"] for found in outcomes) == [0, 0, 0, 1]
    assert [model.objects.count() for model in (Customer, Need, Contact)] == [1, 1, 1]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_queue_both_would_add(company):
    """The control: both look, find nothing, and only then does either write."""
    give_policy(company)
    lin = factories.make_customer(company)
    careless(
        lambda: not Need.objects.exists(),
        lambda: Need.objects.create(
            customer=lin, note="要朝南", stated_on=dt.date(2026, 11, 4), recorded_at=at()
        ),
        2,
    )
    assert Need.objects.count() == 2
    assert not Preference.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_table_does_not_undo_what_is_changed_at_the_same_moment(company):
    """The table brings another e-mail address while somebody corrects the name: both stand."""
    for number in range(6):
        lin = factories.make_customer(company, name="林女士", phone="", email="")
        rows = [row(number=lin.number, name=None, email="lin@example.com")]

        def bring_in(rows=rows):
            with transaction.atomic():
                return CUSTOMERS.apply(rows, Company.objects.get(pk=company.pk), None, at())

        outcomes = at_once(
            [bring_in, lambda lin=lin: services.change_customer(lin, name="林小雨", by=None, at=at())]
        )
        assert kinds(outcomes) == {"done": 2}, outcomes
        lin.refresh_from_db()
        assert (lin.name, lin.email) == ("林小雨", "lin@example.com"), number
