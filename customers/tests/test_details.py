"""New files, contacts, needs, preferences, homes, consents: through the verbs, with what they refuse (CC-3.1)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from audit.models import AuditRow
from core.flow import Refused
from customers import services
from customers.models import Consent, Contact, Customer, Need
from customers.policy import rules_of
from customers.reaching import tidy_name, tidy_phone
from customers.rules import mask_contact
from customers.tests.build import give_policy, make_home
from customers.wording import budget_in_words, need_in_words
from tests import factories
from tests.factories import at

WHEN = {"by": None, "at": at()}


@pytest.fixture
def lin(company):
    give_policy(company)
    return factories.make_customer(company, name="林女士", phone="13800000001")


def refused_at(verb, *things, **facts):
    with pytest.raises(Refused) as refusal:
        verb(*things, **facts, **WHEN)
    return refusal.value.field


def test_a_new_file_gets_the_next_free_number(company):
    factories.make_customer(company)
    Customer.objects.update(number="C-2611-0001")
    made = services.create_customer(company=company, name=" 林 女士 ", phone="+86 138-0000-0009", **WHEN)
    assert (made.number, made.name, made.phone) == ("C-2611-0002", "林 女士", "13800000009")
    assert made.history.count() == 1
    assert AuditRow.objects.get(verb="customers.customer.created").object_id == made.pk


def test_a_number_on_file_asks_whether_it_is_somebody_else(lin):
    new = {"company": lin.company, "name": "周先生", "phone": "138 0000 0001"}
    assert refused_at(services.create_customer, **new) == "phone"
    assert services.create_customer(**new, is_confirmed=True, **WHEN).pk != lin.pk


def test_a_customer_number_is_not_given_twice(lin):
    assert refused_at(services.create_customer, company=lin.company, name="周", number=lin.number) == "number"
    assert refused_at(services.create_customer, company=lin.company, name="周", number="K 1") == "number"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " \x00 "}, "name"),
        ({"name": "林" * 61}, "name"),
        ({"phone": "1380000000"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"email": "lin@"}, "email"),
        ({"birthday": dt.date(1890, 1, 1)}, "birthday"),
        ({"birthday": dt.date(2030, 1, 1)}, "birthday"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(lin, facts, field):
    assert refused_at(services.change_customer, lin, **facts) == field
    lin.refresh_from_db()
    assert (lin.name, lin.phone, lin.history.count()) == ("林女士", "13800000001", 1)


def test_a_change_is_kept_beside_what_was_there_before(lin):
    services.change_customer(lin, name="林小雨", phone="13800000001", **WHEN)
    assert [row.name for row in lin.history.order_by("history_id")] == ["林女士", "林小雨"]
    assert AuditRow.objects.get(verb="customers.customer.changed").data == {"fields": ["name"]}
    services.change_customer(lin, name="林小雨", **WHEN)
    assert AuditRow.objects.filter(verb="customers.customer.changed").count() == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+86 138-0000-0001", "13800000001"), ("１３８００００００１１", "13800000011"),
     ("0086 13800000001", "13800000001"), ("+852 9123 4567", "+85291234567"),
     ("0571-88880000", "057188880000"), ("", "")],
)  # fmt: skip
def test_telephone_numbers_are_kept_in_one_form(typed, kept):
    assert tidy_phone(typed) == kept


def test_lone_halves_of_characters_are_left_out():
    assert tidy_name("林\ud800\x07女士") == "林 女士"


def test_the_first_number_stands_in_the_file_and_further_ones_beside_it(lin):
    Customer.objects.filter(pk=lin.pk).update(phone="")
    assert services.add_contact(lin, kind="phone", value="13900000001", **WHEN) is None
    further = services.add_contact(lin, kind="phone", value="13900000002", label="丈夫", **WHEN)
    lin.refresh_from_db()
    assert (lin.phone, further.value, further.label, further.is_primary) == (
        "13900000001", "13900000002", "丈夫", False,
    )  # fmt: skip


@pytest.mark.parametrize("value", ["13800000001", "+86 138 0000 0001"])
def test_what_is_on_file_is_not_added_twice(lin, value):
    assert refused_at(services.add_contact, lin, kind="phone", value=value) == "value"
    services.add_contact(lin, kind="wechat", value="Lin Home", **WHEN)
    assert refused_at(services.add_contact, lin, kind="wechat", value="linhome") == "value"


def test_using_a_further_number_first_exchanges_the_two(lin):
    further = services.add_contact(lin, kind="phone", value="13900000002", **WHEN)
    services.make_primary(further, **WHEN)
    lin.refresh_from_db()
    assert (lin.phone, lin.contacts.get().value) == ("13900000002", "13800000001")


def test_one_address_is_used_first_and_the_oldest_left_inherits(lin):
    home, office = (
        services.add_contact(lin, kind="address", value=v, **WHEN) for v in ("云栖路 8 号", "望江路 1 号")
    )
    assert (home.is_primary, office.is_primary) == (True, False)
    services.make_primary(office, **WHEN)
    assert lin.contacts.get(is_primary=True) == office
    services.remove_contact(office, **WHEN)
    assert lin.contacts.get(is_primary=True) == home
    with pytest.raises(Refused):
        services.remove_contact(office, **WHEN)


def test_the_database_holds_one_first_contact_a_kind(lin):
    row = {"customer": lin, "kind": "wechat", "recorded_at": at(), "is_primary": True}
    Contact.objects.create(value="a", key="a", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(value="b", key="b", **row)


@pytest.mark.clause("CC-3.1")
def test_a_need_is_kept_in_fen_and_said_in_ten_thousands(lin):
    need = services.record_need(
        lin, home_type="flat", area_from=90, area_to=120, budget_from=150_000_000, budget_to=205_500_000,
        wanted_by="开学前", **WHEN,
    )  # fmt: skip
    rules = rules_of(lin.company, dt.date(2026, 11, 4))
    with translation.override("zh-hans"):
        assert need_in_words(need, rules) == "高层住宅 · 90–120 m² · 150–205.5 万元 · 开学前"
    with translation.override("en"):
        assert budget_in_words(need) == "1,500,000–2,055,000 yuan"
    assert need.stated_on == dt.date(2026, 11, 4)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "home_type"),
        ({"home_type": "castle"}, "home_type"),
        ({"area_from": 120, "area_to": 90}, "area_to"),
        ({"area_from": -1}, "area_from"),
        ({"budget_from": 2, "budget_to": 1}, "budget_to"),
        ({"budget_to": 10**18}, "budget_to"),
        ({"note": "n" * 501}, "note"),
        ({"note": "三居", "stated_on": dt.date(2026, 11, 5)}, "stated_on"),
    ],
)
def test_a_need_that_cannot_be_right_is_refused(lin, facts, field):
    assert refused_at(services.record_need, lin, **facts) == field
    assert not Need.objects.exists()


def test_needs_and_preferences_are_corrected_and_taken_off(lin):
    need = services.record_need(lin, note="三居", **WHEN)
    services.change_need(need, note="四居", area_from=100, **WHEN)
    liked = services.record_preference(lin, topic="school", words="步行可达", **WHEN)
    services.change_preference(liked, words="三公里内", **WHEN)
    assert [row.note for row in need.history.order_by("history_id")] == ["三居", "四居"]
    assert lin.preferences.get().words == "三公里内"
    services.remove_need(need, **WHEN)
    services.remove_preference(liked, **WHEN)
    assert not lin.needs.exists()
    assert Need.history.filter(customer_id=lin.pk).count() == 3
    with pytest.raises(Refused):
        services.change_need(need, note="五居", **WHEN)


def test_a_preference_needs_a_subject_of_the_policy_and_words(lin):
    assert refused_at(services.record_preference, lin, topic="weather", words="晴") == "topic"
    assert refused_at(services.record_preference, lin, topic="school", words=" ") == "words"


def test_a_home_makes_an_owner(lin):
    Customer.objects.filter(pk=lin.pk).update(is_prospect=True)
    site = factories.make_site(lin.company)
    home = services.record_home(lin, site=site, unit="3-1-1202", signed_on=dt.date(2026, 3, 18), **WHEN)
    services.change_home(home, handed_over_on=dt.date(2026, 9, 30), **WHEN)
    lin.refresh_from_db()
    assert (lin.is_prospect, lin.purchases.get().handed_over_on) == (False, dt.date(2026, 9, 30))
    services.remove_home(home, **WHEN)
    assert not lin.purchases.exists()


def test_homes_that_cannot_be_right_are_refused(lin):
    home = make_home(lin, unit="3-1-1202")
    facts = {"site": home.site, "unit": "1", "signed_on": dt.date(2026, 3, 18)}
    elsewhere = factories.make_site(factories.make_company("other", "别家"))
    for wrong, field in (
        ({"site": elsewhere}, "site"),
        ({"unit": " "}, "unit"),
        ({"unit": "3-1-1202"}, "unit"),
        ({"signed_on": dt.date(2027, 1, 1)}, "signed_on"),
        ({"handed_over_on": dt.date(2026, 1, 1)}, "handed_over_on"),
    ):
        assert refused_at(services.record_home, lin, **{**facts, **wrong}) == field


@pytest.mark.clause("CC-4.1")
def test_every_word_of_consent_is_kept_and_the_newest_counts(lin):
    user = factories.make_user()
    services.give_consent(lin, purpose="care", source="签约表", by=user, at=at(2026, 11, 1))
    services.withdraw_consent(lin, purpose="care", source="来电", by=user, at=at(2026, 11, 2))
    assert [(word.is_given, word.by) for word in Consent.objects.all()] == [(True, user), (False, user)]
    assert not services.may_be_asked(lin.pk, "care")
    assert services.may_be_asked(lin.pk, "surveys")
    rows = AuditRow.objects.filter(verb__startswith="customers.consent.").values_list("verb", flat=True)
    assert sorted(rows) == ["customers.consent.given", "customers.consent.withdrawn"]


def test_the_same_word_twice_and_a_word_without_a_source_are_refused(lin):
    services.withdraw_consent(lin, purpose="surveys", source="来电", **WHEN)
    assert refused_at(services.withdraw_consent, lin, purpose="surveys", source="来电") == "purpose"
    assert refused_at(services.give_consent, lin, purpose="surveys", source=" ") == "source"
    assert refused_at(services.give_consent, lin, purpose="spam", source="来电") == "purpose"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("phone", "13800000001", "138****0001"), ("email", "lin@example.com", "l***@example.com"),
     ("wechat", "linhome", "l****"), ("address", "云栖路 8 号", "云****")],
)  # fmt: skip
def test_every_kind_of_contact_is_masked(kind, value, shown):
    assert mask_contact(kind, value) == shown
