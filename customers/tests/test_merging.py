"""Two files of one person: joined as an alias, nothing lost, nothing moved, and taken apart again as they were."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditRow
from core.flow import Refused
from customers import services
from customers.comparing import refused_after
from customers.models import Consent, Contact, Customer, Encounter, Merge, Need, Preference, Purchase
from customers.selectors import askable, family_ids, live_id, timeline_of
from customers.tests.build import give_policy, make_home, merge, refresh
from surveys.models import Invitation
from surveys.tests import make
from tests import factories
from tests.factories import at
from tests.write_paths import all_rows

#: every table that a merge or its undoing may add to
LOGS = {"customers_merge", "audit_auditrow", "customers_historicalcustomer", "customers_historicalcontact"}


@pytest.fixture
def two(company):
    give_policy(company)
    kept = factories.make_customer(company, name="林女士", phone="13800000001", is_prospect=True)
    dropped = factories.make_customer(
        company, name="林小雨", phone="13900000002", email="lin@example.com", birthday=dt.date(1990, 5, 1)
    )
    return kept, dropped


def fill(customer):
    """One of everything this room and rooms above hold of a customer."""
    company = customer.company
    department = company.departments.first() or factories.make_department(company)
    employee = factories.make_employee(department)
    make_home(customer, dt.date(2026, 3, 18), dt.date(2026, 9, 30))
    services.add_contact(customer, kind="wechat", value=f"wx{customer.pk}", by=None, at=at())
    services.record_need(customer, home_type="flat", note=f"需求{customer.pk}", by=None, at=at())
    services.record_preference(customer, topic="school", words=f"偏好{customer.pk}", by=None, at=at())
    services.give_consent(customer, purpose="care", source=f"来源{customer.pk}", by=None, at=at())
    campaign = customer.company.campaigns.first() or make.make_campaign(company)
    make.make_invitation(campaign, employee=employee, customer=customer)


def lines(customer):
    return {(line.day, line.title, line.detail, line.kind) for line in timeline_of(customer)}


def test_every_line_of_both_timelines_is_there_after_the_merge(two):
    for one in two:
        fill(one)
    before = [lines(one) for one in two]
    assert all(len(found) >= 7 for found in before)
    kept, dropped = refresh(*two)
    merge(kept, dropped, take=["name"])
    assert before[0] | before[1] <= lines(kept)
    assert lines(kept) == lines(Customer.objects.get(pk=dropped.pk))
    services.unmerge(dropped, by=None, at=at())
    assert [lines(one) for one in refresh(*two)] == before


def test_a_merge_and_its_undoing_leave_every_table_as_it_was(two):
    for one in two:
        fill(one)
    before = all_rows()
    kept, dropped = refresh(*two)
    merge(kept, dropped, take=["name", "phone", "email", "birthday"])
    during = all_rows()
    assert {table for table in during if during[table] != before[table]} - LOGS == {
        "customers_customer", "customers_contact",
    }  # fmt: skip
    services.unmerge(dropped, by=None, at=at())
    after = all_rows()
    assert {table for table in after if after[table] != before[table]} == LOGS


def test_rows_of_other_rooms_are_not_repointed(two):
    kept, dropped = two
    fill(dropped)
    merge(kept, dropped)
    for model in (Purchase, Encounter, Need, Preference, Consent, Invitation):
        assert set(model.objects.values_list("customer", flat=True)) == {dropped.pk}, model
    assert family_ids(kept) == {kept.pk, dropped.pk}


def test_the_values_chosen_are_kept_and_the_others_not_lost(two):
    kept, dropped = two
    merge(kept, dropped, take=["name", "phone", "birthday"])
    refresh(kept)
    assert (kept.name, kept.phone, kept.birthday) == ("林小雨", "13900000002", dt.date(1990, 5, 1))
    assert (kept.email, kept.is_prospect) == ("", False)
    assert Contact.objects.get(customer=kept).value == "13800000001"
    row = Merge.objects.get()
    assert (row.kept, row.dropped, row.reason) == (kept, dropped, "核对身份证后四位一致")
    trace = AuditRow.objects.get(verb="customers.customer.merged")
    assert trace.data == {"into": kept.pk, "fields": ["birthday", "contacts", "is_prospect", "name", "phone"]}


def test_what_was_changed_since_stays_when_the_files_are_taken_apart(two):
    kept, dropped = two
    merge(kept, dropped, take=["name", "phone"])
    services.change_customer(kept, name="林晓雨", by=None, at=at())
    services.unmerge(dropped, by=None, at=at())
    refresh(kept)
    assert (kept.name, kept.phone, kept.is_prospect) == ("林晓雨", "13800000001", True)
    assert not kept.contacts.exists()
    assert Merge.objects.get().before == {}, "former values are not kept longer than they are needed"


def test_a_number_that_changed_places_since_is_not_taken_off(two):
    kept, dropped = two
    merge(kept, dropped, take=["phone"])
    services.make_primary(kept.contacts.get(), by=None, at=at())
    services.unmerge(dropped, by=None, at=at())
    refresh(kept)
    assert (kept.phone, kept.contacts.get().value) == ("13800000001", "13900000002")


def test_the_reason_must_be_written(two):
    with pytest.raises(Refused) as refusal:
        services.merge(*two, reason=" ok ", by=None, at=at())
    assert refusal.value.field == "reason"
    assert not Merge.objects.exists()


def test_a_file_is_not_joined_to_itself_nor_across_companies(two):
    stranger = factories.make_customer(factories.make_company("other", "别家"))
    for other in (two[0], stranger):
        with pytest.raises(Refused):
            merge(two[0], other)


def test_a_circle_is_refused(two):
    kept, dropped = two
    merge(kept, dropped)
    with pytest.raises(Refused):
        merge(dropped, kept)
    with pytest.raises(Refused):
        merge(kept, dropped)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=kept.pk).update(merged_into=kept.pk)


@pytest.fixture
def chain(company):
    """a was joined to b, b to c."""
    a, b, c = (factories.make_customer(company, name=name, phone=f"1380000000{name}") for name in "123")
    merge(b, a)
    merge(c, b)
    return refresh(a, b, c)


def test_a_chain_is_one_step_long(chain):
    a, b, c = chain
    assert (a.merged_into, b.merged_into, c.merged_into) == (c, c, None)
    assert [live_id(one) for one in chain] == [c.pk] * 3
    assert [family_ids(one) for one in chain] == [{a.pk, b.pk, c.pk}] * 3


def test_taking_the_middle_out_takes_what_was_joined_to_it(chain):
    a, b, c = chain
    services.unmerge(b, by=None, at=at())
    refresh(*chain)
    assert (a.merged_into, b.merged_into, c.merged_into) == (b, None, None)


def test_taking_the_first_out_leaves_the_others_together(chain):
    a, b, c = chain
    services.unmerge(a, by=None, at=at())
    refresh(*chain)
    assert (a.merged_into, b.merged_into) == (None, c)
    with pytest.raises(Refused):
        services.unmerge(a, by=None, at=at())


def test_a_file_taken_apart_may_be_joined_again(two):
    kept, dropped = two
    merge(kept, dropped)
    services.unmerge(dropped, by=None, at=at())
    merge(dropped, kept)
    refresh(*two)
    assert kept.merged_into == dropped
    assert Merge.objects.filter(undone_at=None).count() == 1


def test_nothing_is_added_to_a_file_that_was_joined_to_another(two):
    kept, dropped = two
    merge(kept, dropped)
    for verb, facts in (
        (services.add_contact, {"kind": "phone", "value": "13800000009"}),
        (services.record_need, {"note": "三居"}),
        (services.change_customer, {"name": "林"}),
        (services.give_consent, {"purpose": "care", "source": "电话"}),
        (services.erase, {"reason": "request"}),
    ):
        with pytest.raises(Refused):
            verb(dropped, by=None, at=at(), **facts)


def say(customer, is_given, day):
    Consent.objects.create(
        customer=customer, purpose="surveys", is_given=is_given, source="来电", at=at(2026, 11, day)
    )


@pytest.mark.clause("CC-4.1")
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], True),
        ([("dropped", False, 1)], False),
        ([("dropped", False, 1), ("kept", True, 2)], False),
        ([("dropped", True, 1), ("kept", True, 2)], True),
        ([("dropped", False, 1), ("dropped", True, 2)], True),
        ([("kept", True, 1), ("dropped", False, 2)], False),
        ([("kept", True, 2), ("dropped", False, 2)], False),
        ([("kept", False, 1), ("dropped", True, 2)], False),
    ],
)
def test_a_refusal_of_either_file_holds_whatever_the_other_said(two, words, asked):
    named = dict(zip(("kept", "dropped"), two, strict=True))
    for who, is_given, day in words:
        say(named[who], is_given, day)
    merge(*two)
    assert services.may_be_asked(two[0].pk, "surveys") is asked
    assert services.may_be_asked(two[1].pk, "surveys") is asked
    assert list(askable(two[0].company)) == ([two[0]] if asked else [])


@pytest.mark.clause("CC-4.1")
def test_what_a_merge_refused_is_agreed_to_anew_or_goes_with_its_undoing(two):
    kept, dropped = two
    say(dropped, False, 1)
    say(kept, True, 2)
    before = list(Consent.objects.order_by("pk").values())
    merge(kept, dropped)
    word = Consent.objects.latest("pk")
    assert (word.customer, word.is_given, word.purpose) == (kept, False, "surveys")
    assert AuditRow.objects.get(verb="customers.consent.withdrawn").object_id == word.pk
    assert any("并入" in line.detail or "合并" in line.detail for line in timeline_of(kept))
    services.give_consent(kept, purpose="surveys", source="来电", by=None, at=at(2026, 12))
    assert services.may_be_asked(kept.pk, "surveys")
    Consent.objects.filter(source="来电", at=at(2026, 12)).delete()
    services.unmerge(dropped, by=None, at=at())
    assert list(Consent.objects.order_by("pk").values()) == before
    assert [services.may_be_asked(one.pk, "surveys") for one in (kept, dropped)] == [True, False]


def test_what_was_refused_since_the_merge_stays_refused(two):
    kept, dropped = two
    say(dropped, False, 1)
    say(kept, True, 2)
    merge(kept, dropped)
    services.give_consent(kept, purpose="surveys", source="来电", by=None, at=at(2026, 12))
    services.withdraw_consent(kept, purpose="surveys", source="来电", by=None, at=at(2026, 12, 5))
    services.unmerge(dropped, by=None, at=at(2026, 12, 6))
    assert not services.may_be_asked(kept.pk, "surveys")


def test_before_the_merge_the_page_says_what_no_longer_reaches_the_joined_person(two):
    assert refused_after(*two) == []
    say(two[1], False, 1)
    assert refused_after(*two) == ["调查"]
    say(two[0], True, 2)
    assert refused_after(*two) == ["调查"]
    say(two[1], True, 3)
    assert refused_after(*two) == []


def test_a_file_that_was_switched_off_switches_the_person_off_until_they_agree(two):
    kept, dropped = two
    Customer.objects.filter(pk=dropped.pk).update(may_be_surveyed=False)
    merge(kept, dropped)
    assert not services.may_be_asked(kept.pk, "surveys")
    assert services.may_be_asked(kept.pk, "care")
    assert not askable(kept.company).exists()
    services.give_consent(kept, purpose="surveys", source="来电", by=None, at=at())
    assert services.may_be_asked(kept.pk, "surveys")
    assert askable(kept.company).get() == kept


def test_more_files_need_no_more_queries_to_know_who_may_be_asked(two, django_assert_num_queries):
    merge(*two)
    with django_assert_num_queries(1):
        assert [one.pk for one in askable(two[0].company)] == [two[0].pk]
