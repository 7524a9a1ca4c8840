"""Which files may be one person's: found by number, by name and home, by a slip of the hand; dismissed by a person."""

import itertools

import pytest

from audit.models import AuditRow
from core.flow import Refused
from customers import services
from customers.likeness import names_alike, within_one
from customers.models import Apart, Contact, Customer
from customers.rules import phone_key
from customers.selectors import files_with_phone, household_ids, pairs_of
from customers.tests.build import make_home, merge
from tests import factories
from tests.factories import at


def file(company, name, phone=""):
    return factories.make_customer(company, name=name, phone=phone)


def pairs(company):
    return {(pair.first, pair.second): pair.reasons for pair in pairs_of(company)}


WRITTEN = (
    "13812340001",
    "138 1234 0001",
    "+86 138-1234-0001",
    "(86)13812340001",
    "138.1234.0001",
    "86/13812340001",
)


@pytest.mark.parametrize("phone", [*WRITTEN, "0571-88880000", "12345", "", "+852 9123 4567", "- -"])
def test_the_database_compares_numbers_as_the_rule_does(company, phone):
    made = file(company, "林女士", phone)
    assert Customer.objects.values_list("phone_key", flat=True).get(pk=made.pk) == phone_key(phone)


def test_the_same_number_however_it_is_written(company):
    files = [file(company, f"客户{number}", phone) for number, phone in enumerate(WRITTEN[:3])]
    expected = {(one.pk, other.pk): ("phone",) for one, other in itertools.combinations(files, 2)}
    assert pairs(company) == expected


def test_files_without_a_number_are_not_alike(company):
    for _number in range(3):
        file(company, "林女士")
    assert pairs(company) == {}


def test_a_further_number_counts_like_the_first(company):
    one, other, third = (
        file(company, name, phone) for name, phone in (("甲", "13800000001"), ("乙", ""), ("丙", ""))
    )
    services.add_contact(other, kind="phone", value="13900000009", by=None, at=at())
    for number in (one, third):
        services.add_contact(number, kind="phone", value="+86 139 0000 0009", by=None, at=at())
    services.add_contact(third, kind="phone", value="138 0000 0001", by=None, at=at())
    assert pairs(company) == {
        (one.pk, other.pk): ("phone",),
        (one.pk, third.pk): ("phone",),
        (other.pk, third.pk): ("phone",),
    }


def test_the_same_name_and_home(company):
    lin, twin, husband = (file(company, name) for name in ("林小雨", "林小雨 女士", "周先生"))
    for one in (lin, twin, husband):
        make_home(one, unit="3-1-1202")
    assert pairs(company) == {(lin.pk, twin.pk): ("home",)}


def test_a_similar_name_with_one_digit_wrong(company):
    lin, slip = file(company, "林小雨", "13812340001"), file(company, "林晓雨", "13912340001")
    file(company, "林小雨", "13999990001")
    file(company, "王小雨", "13912340001"[:3] + "22340001")
    assert pairs(company) == {(lin.pk, slip.pk): ("similar",)}


def test_the_pair_with_most_reasons_stands_first(company):
    one, other = file(company, "甲某", "13800000001"), file(company, "乙某", "13800000001")
    lin, twin = file(company, "林小雨", "13900000001"), file(company, "林小雨", "13900000001")
    make_home(lin, unit="1")
    make_home(twin, unit="1")
    found = pairs_of(company)
    assert [(pair.first, pair.reasons) for pair in found] == [
        (lin.pk, ("phone", "home")),
        (one.pk, ("phone",)),
    ]
    assert found[1].second == other.pk


def test_other_companies_and_erased_files_are_left_out(company):
    lin = file(company, "林小雨", "13900000001")
    file(factories.make_company("other", "别家"), "林小雨", "13900000001")
    gone = file(company, "林小雨", "13900000001")
    services.erase(gone, reason="request", by=None, at=at())
    assert pairs(company) == {}
    assert list(files_with_phone(company, "139 0000 0001")) == [lin]


def test_a_number_in_many_files_pairs_each_with_the_oldest_only(company):
    files = [file(company, f"客户{number}", "13800000001") for number in range(40)]
    assert set(pairs(company)) == {(files[0].pk, other.pk) for other in files[1:]}


def test_different_people_are_not_shown_again(company):
    one, other = file(company, "林女士", "13800000001"), file(company, "周先生", "13800000001")
    services.keep_apart(other, one, by=None, at=at())
    services.keep_apart(one, other, by=None, at=at())
    assert pairs(company) == {}
    assert (Apart.objects.get().first, Apart.objects.get().second) == (one, other)
    assert AuditRow.objects.filter(verb="customers.customer.kept_apart").count() == 1


def test_nobody_is_kept_apart_from_themselves_or_another_company(company):
    one = file(company, "林女士")
    stranger = file(factories.make_company("other", "别家"), "林女士")
    for other in (one, stranger):
        with pytest.raises(Refused):
            services.keep_apart(one, other, by=None, at=at())


def test_merged_files_are_one(company):
    kept, dropped, third = (file(company, name, "13800000001") for name in ("甲", "乙", "丙"))
    merge(kept, dropped)
    assert set(pairs(company)) == {(kept.pk, third.pk)}
    assert list(files_with_phone(company, "13800000001").order_by("pk")) == [kept, third]


def test_who_was_kept_apart_from_a_file_is_from_the_one_it_joins(company):
    one, two, three = (file(company, name, "13800000001") for name in ("甲", "乙", "丙"))
    services.keep_apart(two, three, by=None, at=at())
    merge(one, two)
    assert pairs(company) == {}


def test_looking_needs_the_same_queries_for_many_files(company, django_assert_num_queries):
    for number in range(6):
        file(company, "林小雨", f"1381234000{number % 2}")
    with django_assert_num_queries(6):
        pairs_of(company)
    for number in range(60):
        file(company, "林小雨", f"138123400{number % 20:02d}")
    with django_assert_num_queries(6):
        pairs_of(company)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("林女士", "林小雨", True),
        ("林小雨", "林晓雨", True),
        ("林雨", "林小雨", True),
        ("林女士", "林先生", True),
        ("王伟", "王芳", False),
        ("林小雨", "林大山", False),
        ("Mr. Brown", "Brown", True),
        ("Ann Browne", "Ann Brown", True),
        ("", "", False),
    ],
)
def test_names_alike(first, second, alike):
    assert names_alike(first, second) is alike
    assert names_alike(second, first) is alike


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [("1234", "1234", True), ("1234", "1243", True), ("1234", "124", True), ("1234", "12934", True),
     ("1234", "1239", True), ("1234", "4321", False), ("1234", "12", False), ("1234", "2134", True),
     ("1234", "2143", False)],
)  # fmt: skip
def test_one_slip_of_the_hand(first, second, near):
    assert within_one(first, second) is near
    assert within_one(second, first) is near


def test_a_household_shares_a_home_or_a_number(company):
    lin, husband, mother, alias, stranger = (file(company, name) for name in ("林", "周", "陈", "林二", "外"))
    make_home(lin, unit="3-1-1202")
    make_home(husband, unit="3-1-1202")
    make_home(stranger, unit="3-1-1203")
    services.add_contact(lin, kind="phone", value="13800000001", by=None, at=at())
    services.add_contact(mother, kind="phone", value="13900000001", by=None, at=at())
    services.add_contact(mother, kind="phone", value="138 0000 0001", by=None, at=at())
    merge(mother, alias)
    expected = {one.pk for one in (lin, husband, mother, alias)}
    assert household_ids(Customer.objects.get(pk=lin.pk)) == expected
    assert household_ids(Customer.objects.get(pk=alias.pk)) == {lin.pk, mother.pk, alias.pk}
    assert household_ids(stranger) == {stranger.pk}
    assert Contact.objects.count() == 1
