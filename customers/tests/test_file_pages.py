"""Pages that change a file: open one, correct it, note needs and consent, join two, take them apart, erase."""

import datetime as dt

import pytest
from django.urls import reverse

from customers import services
from customers.models import Apart, Consent, Contact, Customer, Disclosure, Need, Preference, Purchase
from customers.tests.build import give_policy, make_home, merge, refresh
from tests import factories
from tests.factories import at

PHONE, EMAIL = "13812340001", "lin@example.com"
VERBS = ("view", "edit", "merge", "unmask", "export", "erase")
EVIL = "\"><script>alert(1)</script>'{{7777*7777}}"
TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def lin(company):
    give_policy(company)
    return factories.make_customer(company, name="林女士", phone=PHONE, email=EMAIL)


@pytest.fixture
def liu(company, client):
    user = factories.user_with(company, *(f"customers.{verb}" for verb in VERBS))
    client.force_login(user)
    return user


def url(name, *things):
    return reverse(name, args=[thing.pk for thing in things])


def test_a_file_is_opened_by_hand(lin, liu, client):
    answer = client.post(
        reverse("customer_new"), {"name": "周先生", "is_prospect": "True", "language": "zh-hans"}
    )
    made = Customer.objects.exclude(pk=lin.pk).get()
    assert answer.url == url("customer", made)
    assert (made.name, made.is_prospect, made.language) == ("周先生", True, "zh-hans")


def test_a_known_number_names_the_file_and_asks(lin, liu, client):
    given = {"name": "周先生", "phone": PHONE, "is_prospect": "False", "language": "en"}
    answer = client.post(reverse("customer_new"), given)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert lin.number in text
    assert 'type="checkbox" name="is_confirmed"' in text
    assert Customer.objects.count() == 1
    assert client.post(reverse("customer_new"), {**given, "is_confirmed": "on"}).status_code == 302
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("given", [{}, {"name": ""}, {"name": "周", "phone": "123x", "is_prospect": "True"}])
def test_a_wrong_form_changes_nothing_and_says_where(lin, liu, client, given):
    answer = client.post(reverse("customer_new"), given)
    assert answer.status_code in (409, 422)
    assert "my-error" in answer.content.decode()
    assert Customer.objects.count() == 1


def test_basic_data_are_changed_without_being_seen(lin, liu, client):
    page = client.get(url("customer_edit", lin)).content.decode()
    assert PHONE not in page
    assert EMAIL not in page
    assert "138****0001" in page
    given = {"name": "", "phone": "13900000002", "no_email": "on", "is_prospect": "False", "language": "en"}
    assert client.post(url("customer_edit", lin), given).status_code == 302
    refresh(lin)
    assert (lin.name, lin.phone, lin.email, lin.language) == ("林女士", "13900000002", "", "en")
    assert not Disclosure.objects.exists()


def test_new_and_remove_at_once_is_asked_about(lin, liu, client):
    given = {"phone": "13900000002", "no_phone": "on", "is_prospect": "False", "language": "en"}
    assert client.post(url("customer_edit", lin), given).status_code == 422
    refresh(lin)
    assert lin.phone == PHONE


def test_contacts_are_added_used_first_and_taken_off(lin, liu, client):
    add = {"kind": "phone", "value": "13900000002", "label": "丈夫"}
    assert client.post(url("customer_contacts", lin), add).status_code == 302
    contact = Contact.objects.get()
    text = client.get(url("customer_contacts", lin)).content.decode()
    assert "139****0002" in text
    assert "13900000002" not in text
    client.post(url("customer_contact_first", lin), {"thing": contact.pk})
    refresh(lin)
    assert lin.phone == "13900000002"
    client.post(url("customer_contact_remove", lin), {"thing": contact.pk})
    assert not Contact.objects.exists()
    assert client.post(url("customer_contacts", lin), {**add, "value": "139 0000 0002"}).status_code == 409


def test_a_need_is_written_down_and_corrected(lin, liu, client):
    given = {"home_type": "flat", "area_from": "90", "budget_from": "150.5", "stated_on": TODAY.isoformat()}
    assert client.post(url("customer_needs", lin), given).status_code == 302
    need = Need.objects.get()
    assert (need.home_type, need.area_from, need.budget_from, need.recorded_by) == (
        "flat",
        90,
        150_500_000,
        liu,
    )
    address = f"{url('customer_needs', lin)}?thing={need.pk}"
    assert 'value="150.5"' in client.get(address).content.decode()
    client.post(address, {**given, "budget_from": "160"})
    assert Need.objects.get().budget_from == 160_000_000
    client.post(url("customer_need_remove", lin), {"thing": need.pk})
    assert not Need.objects.exists()


def test_a_preference_and_a_home_are_written_down(lin, liu, client):
    site = factories.make_site(lin.company)
    client.post(
        url("customer_preferences", lin), {"topic": "school", "words": "步行可达", "stated_on": TODAY}
    )
    client.post(url("customer_homes", lin), {"site": site.pk, "unit": "3-1-1202", "signed_on": "2026-03-18"})
    assert Preference.objects.get().words == "步行可达"
    home = Purchase.objects.get()
    client.post(
        f"{url('customer_homes', lin)}?thing={home.pk}",
        {"site": site.pk, "unit": "3-1-1202", "signed_on": "2026-03-18", "handed_over_on": "2026-09-30"},
    )
    text = client.get(url("customer", lin)).content.decode()
    for words in ("学校：步行可达", "3-1-1202", "交房：3-1-1202", "磨合期"):
        assert words in text


def test_a_detail_of_another_file_is_not_there(lin, liu, client):
    other = factories.make_customer(lin.company)
    need = services.record_need(other, note="三居", by=None, at=at())
    assert client.get(f"{url('customer_needs', lin)}?thing={need.pk}").status_code == 404
    assert client.post(url("customer_need_remove", lin), {"thing": need.pk}).status_code == 404
    assert client.post(url("customer_need_remove", lin), {"thing": "9" * 30}).status_code == 404
    assert Need.objects.exists()


def test_consent_is_given_and_withdrawn_with_its_source(lin, liu, client):
    page = url("customer_consent", lin)
    client.post(page, {"purpose": "care", "word": "withdraw", "source": "11 月 1 日来电"})
    text = client.get(url("customer", lin)).content.decode()
    assert "11 月 1 日来电" in text
    assert "不愿意" in text
    client.post(page, {"purpose": "care", "word": "give", "source": "到店说明"})
    assert [(one.is_given, one.by) for one in Consent.objects.all()] == [(False, liu), (True, liu)]
    assert client.post(page, {"purpose": "care", "word": "give", "source": "到店"}).status_code == 409
    assert client.post(page, {"purpose": "care", "source": "到店"}).status_code == 422


def test_two_files_are_found_compared_and_joined(lin, liu, client):
    twin = factories.make_customer(lin.company, name="林小雨", phone="138 1234 0001")
    make_home(twin)
    pairs = client.get(reverse("customers_duplicates")).content.decode()
    assert twin.number in pairs
    assert PHONE not in pairs
    page = f"{url('customer_merge', lin)}?with={twin.pk}"
    compared = client.get(page).content.decode()
    assert PHONE not in compared
    assert EMAIL not in compared
    given = {"keep": "first", "reason": "核对过身份证", "name": "second", "phone": "first", "email": "first"}
    answer = client.post(page, given)
    assert answer.url == url("customer", lin)
    refresh(lin, twin)
    assert (lin.name, twin.merged_into) == ("林小雨", lin)
    text = client.get(url("customer", lin)).content.decode()
    assert twin.number in text
    assert f"档案 {twin.number}" in text
    assert twin.number not in client.get(reverse("customers")).content.decode()
    assert lin.number in client.get(reverse("customers"), {"q": twin.number}).content.decode()
    alias = client.get(url("customer", twin)).content.decode()
    assert url("customer", lin) in alias
    client.post(url("customer_unmerge", twin))
    refresh(lin, twin)
    assert (lin.name, twin.merged_into) == ("林女士", None)


def test_joining_needs_a_reason_and_a_choice(lin, liu, client):
    twin = factories.make_customer(lin.company, phone=PHONE)
    page = f"{url('customer_merge', lin)}?with={twin.pk}"
    assert client.post(page, {"keep": "first", "reason": ""}).status_code == 422
    assert client.post(page, {"reason": "核对过"}).status_code == 422
    assert client.post(page, {"keep": "both", "reason": "核对过", "email": "first"}).status_code == 422
    assert client.post(
        page, {"keep": "first", "reason": "ok", "email": "first", "name": "first"}
    ).status_code in (409, 422)
    refresh(twin)
    assert twin.merged_into is None


def test_the_other_file_is_named_by_its_number(lin, liu, client):
    twin = factories.make_customer(lin.company)
    assert client.get(url("customer_merge", lin)).status_code == 200
    answer = client.get(url("customer_merge", lin), {"other": twin.number})
    assert answer.url.endswith(f"?with={twin.pk}")
    for number in ("nobody", lin.number):
        assert client.get(url("customer_merge", lin), {"other": number}).status_code == 422
    elsewhere = factories.make_customer(factories.make_company("other", "别家"))
    assert client.get(url("customer_merge", lin), {"other": elsewhere.number}).status_code == 422
    assert client.get(f"{url('customer_merge', lin)}?with={elsewhere.pk}").status_code == 404
    assert client.get(f"{url('customer_merge', lin)}?with={'9' * 30}").status_code == 404


def test_different_people_are_kept_apart(lin, liu, client):
    twin = factories.make_customer(lin.company, phone=PHONE)
    client.post(url("customer_apart", lin), {"other": twin.pk})
    assert Apart.objects.get().by == liu
    assert twin.number not in client.get(reverse("customers_duplicates")).content.decode()
    assert twin.number not in client.get(url("customer", lin)).content.decode()
    assert client.post(url("customer_apart", lin), {"other": "x"}).status_code == 404


def test_a_merged_file_cannot_be_changed_by_any_page(lin, liu, client):
    twin = factories.make_customer(lin.company)
    merge(lin, twin)
    for page in ("edit", "contacts", "needs", "preferences", "homes", "consent", "merge", "erase"):
        assert client.get(url(f"customer_{page}", twin)).status_code == 409, page
    assert client.post(url("customer_unmask", twin), {"reason": "客户来电"}).status_code == 409


def test_erasing_asks_for_reason_and_number(lin, liu, client):
    number = lin.number
    assert number in client.get(url("customer_erase", lin)).content.decode()
    for given in (
        {},
        {"reason": "request"},
        {"reason": "request", "number": "C0"},
        {"reason": "x", "number": number},
    ):
        assert client.post(url("customer_erase", lin), given).status_code == 422
    assert client.post(url("customer_erase", lin), {"reason": "request", "number": number}).status_code == 302
    refresh(lin)
    assert lin.erased_at
    text = client.get(url("customer", lin)).content.decode()
    assert number not in text
    assert number not in client.get(reverse("customers")).content.decode()


def test_the_timeline_is_filtered_by_kind_and_paged(lin, liu, client):
    for number in range(35):
        services.record_need(lin, note=f"需求{number}", by=None, at=at())
    make_home(lin, unit="3-1-1202")
    text = client.get(url("customer", lin), {"kind": "homes"}).content.decode()
    assert "签约：3-1-1202" in text
    assert "需求：" not in text
    assert client.get(url("customer", lin)).context["page"].paginator.num_pages == 2
    assert client.get(url("customer", lin), {"kind": "nonsense", "page": "x"}).status_code == 200


def test_what_people_wrote_is_shown_as_words(lin, liu, client):
    services.change_customer(lin, name=EVIL[:60], by=None, at=at())
    services.add_contact(lin, kind="wechat", value=EVIL, label=EVIL[:40], by=None, at=at())
    services.record_need(lin, note=EVIL, wanted_by=EVIL[:60], by=None, at=at())
    services.record_preference(lin, topic="school", words=EVIL, by=None, at=at())
    services.give_consent(lin, purpose="care", source=EVIL[:60], by=None, at=at())
    make_home(lin, unit=EVIL[:60])
    twin = factories.make_customer(lin.company, name=EVIL[:60], phone=PHONE)
    merge(lin, factories.make_customer(lin.company, name=EVIL[:60]))
    pages = [client.post(url("customer_unmask", lin), {"reason": EVIL})]
    names = ("", "_edit", "_contacts", "_needs", "_preferences", "_homes", "_consent", "_erase")
    pages += [client.get(url(f"customer{name}", lin)) for name in names]
    pages += [client.get(f"{url('customer_merge', lin)}?with={twin.pk}")]
    pages += [client.get(reverse(name), {"q": EVIL}) for name in ("customers", "customers_export")]
    pages += [
        client.get(reverse("customers_duplicates")),
        client.post(reverse("customer_new"), {"name": EVIL}),
    ]
    for page in pages:
        text = page.content.decode()
        assert "<script>alert" not in text, page.request["PATH_INFO"]
        assert "60481729" not in text


CHANGING = [
    "customer_edit",
    "customer_contacts",
    "customer_contact_first",
    "customer_contact_remove",
    "customer_needs",
    "customer_need_remove",
    "customer_preferences",
    "customer_preference_remove",
    "customer_homes",
    "customer_home_remove",
    "customer_consent",
]


@pytest.mark.parametrize(
    ("pages", "verb"),
    [
        (CHANGING, "edit"),
        (["customer_merge", "customer_unmerge", "customer_apart"], "merge"),
        (["customer_erase"], "erase"),
        (["customer_unmask"], "unmask"),
    ],
)
def test_each_page_asks_for_its_verb_and_for_the_company(lin, client, pages, verb):
    others = [f"customers.{one}" for one in VERBS if one != verb]
    client.force_login(factories.user_with(lin.company, *others))
    for page in pages:
        for answer in (client.get(url(page, lin)), client.post(url(page, lin), {"reason": "客户来电"})):
            assert answer.status_code == 403, page
    elsewhere = factories.make_company("other", "别家")
    client.force_login(factories.user_with(elsewhere, *(f"customers.{one}" for one in VERBS)))
    for page in pages:
        assert client.post(url(page, lin), {"reason": "客户来电"}).status_code == 404, page


def test_a_file_needs_the_same_queries_however_full(lin, liu, client, django_assert_max_num_queries):
    client.get(url("customer", lin))
    with django_assert_max_num_queries(45):
        client.get(url("customer", lin))
    for number in range(20):
        make_home(lin)
        services.record_need(lin, note=f"{number}", by=None, at=at())
        services.record_preference(lin, topic="school", words=f"{number}", by=None, at=at())
    with django_assert_max_num_queries(45):
        client.get(url("customer", lin))


def test_an_erased_file_shows_no_inner_word_instead_of_its_number(lin, liu, client):
    services.erase(lin, reason="request", by=liu, at=at())
    text = client.get(reverse("customer", args=[lin.pk])).content.decode()
    assert "这位客户的个人信息已删除" in text
    assert "erased-" not in text


def test_ways_to_reach_a_customer_begin_with_the_number_of_the_file(lin, liu, client):
    services.add_contact(lin, kind="phone", value="13912345678", by=liu, at=at())
    text = client.get(reverse("customer_contacts", args=[lin.pk])).content.decode()
    assert 0 < text.index("138****") < text.index("139****5678")
    assert text.count(reverse("customer_contact_remove", args=[lin.pk])) == 1
    assert PHONE not in text
