"""Stages of owners follow from days (VK-3.3): the same by rule, for many at once, and as a filter of the list."""

import datetime as dt
import random

import pytest
from django.urls import reverse

from customers import rules
from customers.models import Customer
from customers.policy import CustomerRules, parse_customers, rules_of
from customers.rules import Home
from customers.selectors import in_stage, stage_counts, stage_on, stages_on
from customers.tests.build import CONTENT, STAGES, give_policy, make_home, merge
from tests import factories

DAY = dt.date(2026, 11, 4)
PARSED = parse_customers(CONTENT["customers"]).stages


def code_of(*homes, day=DAY, is_prospect=False):
    found = rules.stage_on(PARSED, [Home(*home) for home in homes], day, is_prospect=is_prospect)
    return found.code if found else None


@pytest.mark.clause("VK-3.3")
@pytest.mark.parametrize(
    ("homes", "code"),
    [
        ([], None),
        ([(dt.date(2026, 11, 5), None)], "prospect"),
        ([(dt.date(2026, 11, 4), None)], "owner_to_be"),
        ([(dt.date(2020, 1, 1), None)], "owner_to_be"),
        ([(dt.date(2020, 1, 1), dt.date(2026, 11, 5))], "owner_to_be"),
        ([(dt.date(2020, 1, 1), dt.date(2026, 11, 4))], "settling"),
        ([(dt.date(2020, 1, 1), dt.date(2025, 11, 5))], "settling"),
        ([(dt.date(2020, 1, 1), dt.date(2025, 11, 4))], "stable"),
        ([(dt.date(2020, 1, 1), dt.date(2024, 11, 5))], "stable"),
        ([(dt.date(2020, 1, 1), dt.date(2024, 11, 4))], "old"),
        ([(dt.date(2019, 1, 1), dt.date(2020, 1, 1)), (dt.date(2026, 10, 1), None)], "old"),
    ],
)
def test_the_stage_follows_from_the_days_of_the_homes(homes, code):
    assert code_of(*homes) == code


def test_who_never_bought_is_a_prospect_unless_known_as_an_owner():
    assert code_of(is_prospect=True) == "prospect"
    assert code_of(is_prospect=False) is None


def test_a_year_from_29_february_ends_on_the_28th():
    moved = (dt.date(2023, 1, 1), dt.date(2024, 2, 29))
    assert code_of(moved, day=dt.date(2025, 2, 28)) == "settling"
    assert code_of(moved, day=dt.date(2025, 3, 1)) == "stable"
    assert code_of(moved, day=dt.date(2028, 2, 29)) == "old"


@pytest.fixture
def ruled(company):
    give_policy(company)
    return company


def test_the_stage_on_a_day_in_the_past_is_the_one_of_then(ruled):
    lin = factories.make_customer(ruled)
    make_home(lin, dt.date(2024, 1, 10), dt.date(2025, 6, 1))
    days = {dt.date(2024, 1, 9): "prospect", dt.date(2025, 5, 31): "owner_to_be", DAY: "stable"}
    assert {day: stage_on(lin, day).code for day in days} == days


def test_homes_of_a_merged_file_count(ruled):
    kept, dropped = factories.make_customer(ruled), factories.make_customer(ruled, name="林小姐")
    make_home(dropped, dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    merge(kept, dropped)
    assert stage_on(kept, DAY).code == "old"
    assert stage_on(Customer.objects.get(pk=dropped.pk), DAY).code == "old"


def test_many_stages_need_as_many_queries_as_one(ruled, django_assert_num_queries):
    files = [factories.make_customer(ruled, is_prospect=True) for _number in range(30)]
    for file in files[::2]:
        make_home(file)
    ids = [file.pk for file in files]
    with django_assert_num_queries(4):
        one = stages_on(ruled, ids[:1], DAY)
    with django_assert_num_queries(4):
        all_of_them = stages_on(ruled, ids, DAY)
    assert one[ids[0]].code == "owner_to_be"
    assert [all_of_them[pk].code for pk in ids] == ["owner_to_be", "prospect"] * 15


def test_list_and_rule_agree_whatever_the_days(ruled):
    dice = random.Random("stages")
    files = []
    for _number in range(60):
        file = factories.make_customer(ruled, is_prospect=dice.random() < 0.5)
        for _home in range(dice.choice((0, 1, 1, 2))):
            signed = DAY - dt.timedelta(days=dice.randint(-30, 1200))
            moved = signed + dt.timedelta(days=dice.randint(0, 700)) if dice.random() < 0.7 else None
            make_home(file, signed, moved)
        files.append(file)
    for number in range(0, 20, 2):
        merge(files[number], files[number + 1])
    live = Customer.objects.live().filter(company=ruled)
    for day in (DAY, dt.date(2024, 2, 29), dt.date(2025, 2, 28)):
        held = stages_on(ruled, [file.pk for file in live], day)
        for stage in PARSED:
            expected = {pk for pk, found in held.items() if found == stage}
            assert {file.pk for file in in_stage(live, ruled, stage, day)} == expected, (day, stage.code)
        counts = {stage.code: sum(found == stage for found in held.values()) for stage in PARSED}
        assert stage_counts(ruled, PARSED, day) == counts


def test_without_such_a_section_everything_works(company, client):
    customer = factories.make_customer(company, is_prospect=True)
    assert rules_of(company, DAY) == CustomerRules()
    assert stage_on(customer, DAY) is None
    client.force_login(factories.user_with(company, "customers.view", "customers.edit"))
    assert customer.number in client.get(reverse("customers"), {"stage": "prospect"}).content.decode()
    assert client.get(reverse("customer", args=[customer.pk])).status_code == 200
    for page in ("customer_needs", "customer_preferences", "customer_homes"):
        assert client.get(reverse(page, args=[customer.pk])).status_code == 200


def test_the_list_filters_and_counts_by_the_policy_s_stages(ruled, client):
    today = dt.datetime.now(tz=dt.UTC).date()
    old, new = factories.make_customer(ruled), factories.make_customer(ruled, is_prospect=True)
    make_home(old, today - dt.timedelta(days=2000), today - dt.timedelta(days=1500))
    client.force_login(factories.user_with(ruled, "customers.view"))
    text = client.get(reverse("customers"), {"stage": "old"}).content.decode()
    assert "老业主" in text
    assert old.number in text
    assert new.number not in text
    assert new.number in client.get(reverse("customers"), {"stage": "prospect"}).content.decode()


def test_a_later_version_holds_from_its_day(company):
    give_policy(company).document.versions.update(effective_to=dt.date(2026, 1, 1))
    shorter = [stage for stage in STAGES if stage["code"] != "stable"]
    give_policy(company, {"customers": {"stages": shorter}}, dt.date(2026, 1, 1), "2")
    lin = factories.make_customer(company)
    make_home(lin, dt.date(2023, 1, 1), dt.date(2024, 7, 1))
    assert stage_on(lin, dt.date(2025, 12, 31)).code == "stable"
    assert stage_on(lin, dt.date(2026, 1, 1)).code == "old"


def stage(code="x", name="某", **more):
    return {"code": code, "name": name, **more}


@pytest.mark.parametrize(
    "stages",
    [
        [stage(holds="elsewhere")],
        [stage(holds="moved_in"), stage("y", holds="moved_in", below_years=1)],
        [stage(holds="moved_in", below_years=2), stage("y", holds="moved_in", below_years=1)],
        [stage(holds="moved_in", below_years="1")],
        [stage(holds="moved_in", below_years=True)],
        [stage(holds="not_moved_in", below_years=1)],
        [stage(holds="no_purchase"), stage("y", holds="no_purchase")],
        [stage(holds="no_purchase"), stage(holds="moved_in")],
        [stage("Bad Code", holds="moved_in")],
        [stage(holds="moved_in", colour="red")],
    ],
)
def test_a_wrong_section_is_refused_when_it_is_loaded(stages):
    with pytest.raises(ValueError, match=r"\w"):
        parse_customers({"stages": stages})


def test_the_pack_reads():
    from policies.reading import read_pack

    parsed = parse_customers(read_pack("realestate_rewards")["customers"])
    assert [one.code for one in parsed.stages] == ["prospect", "owner_to_be", "settling", "stable", "old"]
    assert parsed.home_type("villa").name == "别墅"
    assert parsed.topic("school").name_en == "Schools nearby"
