"""Pages, search, inbox and API: who sees what, and the four answers."""

import datetime as dt

import pytest
from django.urls import reverse

from core.navigation import inbox_for, sidebar_for
from organization.models import Role
from policies import inbox, pages, services
from policies.models import Clause, Version
from tests.factories import at, grant, make_company, make_user, user_with

PASSED = dt.date(2026, 1, 1)


def pack(label="1", steps=(), **sections):
    document = {
        "code": "rewards",
        "number": "ZD-1",
        "title": "奖惩办法",
        "title_en": "Reward rules",
        "version": label,
        "effective_from": "2026-01-01",
        "revision_note": "第一次发布",
        "sign_offs": [{"step": step, "step_en": step.title(), "role": step} for step in steps],
    }
    roles = [
        {
            "code": step,
            "name": step,
            "reach": "company",
            "verbs": ["core.home", "policies.view", "policies.sign"],
        }
        for step in steps
    ]
    clauses = [{"code": "A-1", "number": "第 1 条", "text": "条文一", "text_en": "Clause one"}]
    return {"document": document, "clauses": clauses, "roles": roles, **sections}


def load(company, made):
    return services.load_pack(made, company=company, by=None, at=at(2026, 1, 1)).version


@pytest.fixture
def published(company):
    return load(company, pack(sharing={"limit": 12}, sources={"sharing": "our default"}))


@pytest.fixture
def signing(company):
    version = load(company, pack(steps=("one", "two")))
    return services.submit(version, by=None, at=at())


def signer(company, step):
    user = make_user(name=step)
    grant(user, Role.objects.get(company=company, code=step))
    return user


def test_a_stranger_is_sent_to_login(client, published):
    for url in (reverse("policies"), published.get_absolute_url(), reverse("roles")):
        assert client.get(url).status_code == 302
    assert client.post(reverse("policy_sign", args=[published.pk])).status_code == 302


def test_outside_the_company_there_is_nothing(client, published):
    client.force_login(
        user_with(make_company("other", "别家"), "policies.view", "policies.sign", "policies.publish")
    )
    assert client.get(published.get_absolute_url()).status_code == 404
    for name in ("policy_submit", "policy_sign", "policy_publish", "policy_withdraw"):
        assert client.post(reverse(name, args=[published.pk])).status_code == 404
    assert "奖惩办法" not in client.get(reverse("policies")).content.decode()


def test_who_may_only_read_may_not_act(client, company, signing):
    client.force_login(user_with(company, "policies.view"))
    for name in ("policy_submit", "policy_sign", "policy_publish", "policy_withdraw"):
        assert client.post(reverse(name, args=[signing.pk])).status_code == 403
    assert client.get(reverse("roles")).status_code == 403


def test_whose_turn_it_is_not_gets_the_sentence(client, company, signing):
    client.force_login(signer(company, "two"))
    response = client.post(reverse("policy_sign", args=[signing.pk]))
    assert response.status_code == 409
    assert "one" in response.content.decode()


def test_nothing_is_signed_by_looking(client, company, signing):
    client.force_login(signer(company, "one"))
    assert client.get(reverse("policy_sign", args=[signing.pk])).status_code == 405


def test_a_version_being_made_is_not_shown_to_readers(client, company, signing):
    client.force_login(user_with(company, "policies.view"))
    assert client.get(signing.get_absolute_url()).status_code == 404


def test_the_page_shows_clauses_and_marks_our_defaults(client, company, published):
    client.force_login(user_with(company, "policies.view"))
    page = client.get(published.get_absolute_url()).content.decode()
    assert 'id="clause-a-1"' in page
    assert "条文一" in page
    assert "系统默认值" in page


def test_numbers_of_rules_that_no_clause_gives_are_marked_as_ours_or_the_companys(db):
    version = services.set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version
    marked = {
        row.code: [line.setting.source for line in row.effects if line.setting]
        for row in pages.rule_rows(version, version.clauses.all())
    }
    assert marked["RE-5.3b"] == marked["RE-5.3c"] == ["our default"]
    assert marked["RE-5.2a"] == marked["RE-5.3a"] == []
    assert marked["RE-5.2b"] == ["our default"]


def test_the_page_speaks_english_and_keeps_the_chinese_text_beside_it(client, company, published):
    client.force_login(user_with(company, "policies.view"))
    client.cookies["django_language"] = "en"
    page = client.get(published.get_absolute_url()).content.decode()
    assert "Clause one" in page
    assert "条文一" in page
    assert "our default" in page


def test_a_passed_version_says_which_one_holds_now(client, company, published):
    later = pack("2")
    later["document"]["effective_from"] = "2026-02-01"
    services.load_pack(later, company=company, by=None, at=at(2026, 1, 15))
    client.force_login(user_with(company, "policies.view"))
    page = client.get(published.get_absolute_url()).content.decode()
    assert Version.objects.get(label="2").get_absolute_url() in page


def test_only_the_person_whose_turn_it_is_has_the_button(client, company, signing):
    action = reverse("policy_sign", args=[signing.pk])
    client.force_login(signer(company, "one"))
    assert action in client.get(signing.get_absolute_url()).content.decode()
    client.force_login(signer(company, "two"))
    assert action not in client.get(signing.get_absolute_url()).content.decode()


def test_publishing_rights_send_and_withdraw(client, company):
    version = load(company, pack(steps=("one",)))
    client.force_login(user_with(company, "policies.publish"))
    assert client.post(reverse("policy_submit", args=[version.pk])).status_code == 302
    version.refresh_from_db()
    assert version.state == Version.State.SIGNING
    refused = client.post(reverse("policy_withdraw", args=[version.pk]), {"reason": ""})
    assert refused.status_code == 422
    client.post(reverse("policy_withdraw", args=[version.pk]), {"reason": "发错了"})
    version.refresh_from_db()
    assert (version.state, version.withdrawal_reason) == (Version.State.WITHDRAWN, "发错了")


def test_the_inbox_asks_the_one_whose_turn_it_is(company, signing):
    one, two = signer(company, "one"), signer(company, "two")
    assert [item.url for item in inbox.items(one, company, at())] == [signing.get_absolute_url()]
    assert inbox.items(two, company, at()) == []
    services.sign(signing, by=one, at=at())
    assert inbox.items(one, company, at()) == []
    assert len(inbox.items(two, company, at())) == 1


def test_the_inbox_asks_for_drafts_to_be_sent(company):
    load(company, pack(steps=("one",)))
    assert len(inbox.items(user_with(company, "policies.publish"), company, at())) == 1


def test_the_sidebar_counts_what_waits_for_a_signature(company, signing):
    one = signer(company, "one")
    counts = {
        entry.url_name: count
        for group, entries in sidebar_for(one, inbox_for(one, company, at()))
        for entry, url, count in entries
    }
    assert counts["policies"] == 1
    assert "roles" not in counts


def test_search_finds_clauses_in_force_of_ones_own_company(company, published):
    reader = user_with(company, "policies.view")
    assert [hit.url for hit in inbox.search(reader, company, "条文")] == [
        Clause.objects.get().get_absolute_url()
    ]
    assert inbox.search(reader, company, "没有这个词") == []
    assert inbox.search(user_with(make_company("other", "别家"), "policies.view"), company, "条文") == []


def test_the_roles_page_is_the_table_of_the_company(client, company):
    load(company, pack(steps=("one",)))
    client.force_login(user_with(company, "organization.view"))
    page = client.get(reverse("roles")).content.decode()
    assert "policies.sign" in page
    assert "one" in page


def test_pages_cost_a_fixed_number_of_queries(client, company, published, django_assert_max_num_queries):
    client.force_login(user_with(company, "policies.view", "policies.sign", "organization.view"))
    for url, most in ((reverse("policies"), 15), (published.get_absolute_url(), 18), (reverse("roles"), 15)):
        with django_assert_max_num_queries(most):
            client.get(url)


def test_the_empty_list_says_what_to_do(client, company):
    client.force_login(user_with(company, "policies.view"))
    assert "load_policy" in client.get(reverse("policies")).content.decode()


@pytest.mark.parametrize("name", ["policy", "policy-version", "clause"])
def test_the_api_reads_and_nothing_else(client, company, published, name):
    url = reverse(f"api:{name}-list")
    assert client.get(url).status_code in (401, 403)
    client.force_login(user_with(company, "scoring.view"))
    assert client.get(url).status_code == 403
    client.force_login(user_with(company, "policies.view"))
    assert client.get(url).json()["count"] == 1
    assert client.post(url, {}).status_code in (403, 405)
    client.force_login(user_with(make_company("other", "别家"), "policies.view"))
    assert client.get(url).json()["count"] == 0


def test_the_api_hides_versions_being_made(client, company, signing):
    client.force_login(user_with(company, "policies.view"))
    assert client.get(reverse("api:policy-version-list")).json()["count"] == 0
    assert client.get(reverse("api:clause-list")).json()["count"] == 0
