"""Loading, signing, publishing: a version is frozen once it holds."""

import copy
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditRow
from core.flow import Refused
from core.registries import policy_sections
from organization.models import Department, Post, Role
from policies import reading, rules, services
from policies.models import Clause, Document, Frozen, Version
from policies.rules import unsourced
from policies.selectors import clause_in_force, section, section_of, version_in_force
from tests.factories import at, grant, make_user


def pack(label="1", effective_from="2026-01-01", **sections):
    document = {
        "code": "rewards",
        "number": "ZD-1",
        "title": "办法",
        "version": label,
        "effective_from": effective_from,
    }
    clauses = [{"code": "A-1", "number": "第 1 条", "text": f"第 {label} 版的条文"}]
    return {"document": document, "clauses": clauses, **sections}


def signed_pack(label="1", effective_from="2026-01-01", roles=("one", "two"), **document):
    made = pack(label, effective_from)
    made["roles"] = [
        {"code": code, "name": code, "reach": "company", "verbs": ["policies.view", "policies.sign"]}
        for code in roles
    ]
    made["document"] |= {"sign_offs": [{"step": code, "role": code} for code in roles], **document}
    return made


def load(company, made, when=None):
    return services.load_pack(made, company=company, by=None, at=when or at(2026, 1, 1)).version


def signer(company, code):
    user = make_user(name=code)
    grant(user, Role.objects.get(company=company, code=code))
    return user


def test_a_pack_without_signatures_is_in_force_at_once(company):
    load(company, pack())
    assert version_in_force(company, dt.date(2026, 1, 1)).label == "1"
    assert version_in_force(company, dt.date(2025, 12, 31)) is None


def test_the_same_pack_again_changes_nothing(company):
    first = services.load_pack(pack(), company=company, by=None, at=at())
    rows = AuditRow.objects.count()
    again = services.load_pack(pack(), company=company, by=None, at=at())
    assert (first.is_new, again.is_new) == (True, False)
    assert again.version == first.version
    assert (Version.objects.count(), Clause.objects.count(), AuditRow.objects.count()) == (1, 1, rows)


def test_a_changed_pack_with_the_label_of_a_published_version_is_refused(company):
    load(company, pack())
    with pytest.raises(Refused, match="“version”"):
        load(company, pack(extra={"n": 1}))


def test_a_new_label_supersedes_from_its_day(company):
    load(company, pack("1"))
    load(company, pack("2", "2026-07-01"), at(2026, 6, 1))
    assert clause_in_force(company, "A-1", dt.date(2026, 6, 30)).text == "第 1 版的条文"
    assert clause_in_force(company, "A-1", dt.date(2026, 7, 1)).text == "第 2 版的条文"
    assert Version.objects.get(label="1").effective_to == dt.date(2026, 7, 1)


def test_a_version_that_would_begin_in_the_past_of_another_is_refused(company):
    load(company, pack("1"))
    with pytest.raises(Refused, match="past|已经过去"):
        load(company, pack("2", "2026-07-01"), at(2026, 8, 1))
    assert Version.objects.count() == 1


def test_a_version_that_would_begin_before_its_predecessor_is_refused(company):
    load(company, pack("1", "2026-07-01"))
    with pytest.raises(Refused):
        load(company, pack("2", "2026-06-01"))


def test_two_published_versions_never_both_stay_open(company):
    version = load(company, pack("1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            document=version.document,
            company=company,
            label="x",
            state="published",
            effective_from=dt.date(2026, 3, 1),
            checksum="",
        )


def test_signatures_come_in_order_and_the_last_one_puts_it_in_force(company):
    version = load(company, signed_pack())
    one, two = signer(company, "one"), signer(company, "two")
    services.submit(version, by=one, at=at(2026, 2, 1))
    with pytest.raises(Refused):
        services.sign(version, by=two, at=at(2026, 2, 2))
    services.sign(version, by=one, at=at(2026, 2, 2))
    assert version_in_force(company, dt.date(2026, 3, 1)) is None
    services.sign(version, by=two, at=at(2026, 2, 3))
    assert version_in_force(company, dt.date(2026, 3, 1)) == version
    assert AuditRow.objects.filter(verb="policies.signoff.sign").count() == 2


def test_late_signatures_move_the_day_it_takes_effect(company):
    version = load(company, signed_pack(roles=("one",)))
    one = signer(company, "one")
    services.submit(version, by=one, at=at(2026, 2, 1))
    services.sign(version, by=one, at=at(2026, 2, 3))
    assert version_in_force(company, dt.date(2026, 2, 2)) is None
    assert version_in_force(company, dt.date(2026, 2, 3)) == version


def test_nobody_signs_two_steps(company):
    version = load(company, signed_pack())
    both = signer(company, "one")
    grant(both, Role.objects.get(company=company, code="two"))
    services.submit(version, by=both, at=at())
    services.sign(version, by=both, at=at())
    with pytest.raises(Refused):
        services.sign(version, by=both, at=at())


def test_somebody_may_sign_two_steps_when_the_document_says_so(company):
    version = load(company, signed_pack(may_sign_twice=True))
    both = signer(company, "one")
    grant(both, Role.objects.get(company=company, code="two"))
    services.submit(version, by=both, at=at())
    services.sign(version, by=both, at=at())
    services.sign(version, by=both, at=at())
    version.refresh_from_db()
    assert version.state == Version.State.PUBLISHED


def test_publishing_without_all_signatures_is_refused(company):
    version = load(company, signed_pack())
    with pytest.raises(Refused):
        services.publish(version, by=None, at=at())


def test_what_is_published_is_the_draft_as_last_rewritten(company):
    draft = start_second(company, "2026-07-01")
    old = Version.objects.get(pk=draft.pk)
    content = {**draft.content, "document": {**draft.content["document"], "title": "改过的办法"}}
    services.rewrite(draft, content, seen=draft.checksum, by=None, at=at(2026, 2, 1))
    assert services.publish(old, by=None, at=at(2026, 2, 1)).state == old.state == Version.State.PUBLISHED
    assert Document.objects.get().title == old.content["document"]["title"] == "改过的办法"


def test_a_version_that_would_begin_before_the_one_that_holds_is_not_sent_round(company):
    load(company, pack("1", "2026-07-01"))
    draft = load(company, signed_pack("2", "2026-06-01"), at(2026, 1, 2))
    with pytest.raises(Refused) as refusal:
        services.submit(draft, by=None, at=at(2026, 1, 2))
    assert (refusal.value.code, draft.state) == ("overlap", Version.State.DRAFT)
    assert services.submit(draft, by=None, at=at(2026, 7, 2)).state == Version.State.SIGNING


def start_second(company, day):
    return services.start_draft(
        load(company, pack()),
        label="2",
        effective_from=dt.date.fromisoformat(day),
        revision_note="改",
        by=None,
        at=at(2026, 1, 2),
    )


def test_a_role_of_another_company_does_not_sign(company):
    from tests.factories import make_company

    version = load(company, signed_pack())
    other = make_company("other", "别家")
    load(other, signed_pack())
    services.submit(version, by=None, at=at())
    with pytest.raises(Refused):
        services.sign(version, by=signer(other, "one"), at=at())


def test_a_changed_draft_replaces_the_draft(company):
    load(company, signed_pack())
    changed = signed_pack()
    changed["clauses"][0]["text"] = "改过的条文"
    version = load(company, changed)
    assert Version.objects.count() == 1
    assert [clause.text for clause in version.clauses.all()] == ["改过的条文"]


def test_a_version_being_signed_cannot_be_changed(company):
    version = load(company, signed_pack())
    services.submit(version, by=None, at=at())
    changed = signed_pack()
    changed["clauses"][0]["text"] = "改过的条文"
    with pytest.raises(Refused):
        load(company, changed)


def test_withdrawing_needs_a_reason_and_is_only_for_what_is_not_in_force(company):
    version = load(company, signed_pack())
    with pytest.raises(Refused):
        services.withdraw(version, by=None, at=at(), reason=" ")
    services.withdraw(version, by=None, at=at(), reason="发错了")
    assert version.state == Version.State.WITHDRAWN
    published = load(company, pack("9"))
    with pytest.raises(Refused):
        services.withdraw(published, by=None, at=at(), reason="发错了")


def test_a_published_version_and_its_clauses_are_frozen(company):
    version = load(company, pack())
    clause = version.clauses.get()
    for change in (
        version.save,
        version.delete,
        Version.objects.all().delete,
        clause.save,
        clause.delete,
        lambda: Clause.objects.update(text="别的"),
        lambda: Clause.objects.create(version=version, code="A-2", number="2", text="新", order=2),
    ):
        with pytest.raises(Frozen):
            change()


def test_verify_finds_a_published_clause_changed_behind_our_back(company):
    version = load(company, pack())
    assert list(services.violations()) == []
    super(type(Clause.objects.all()), version.clauses.all()).update(text="别的")
    assert len(list(services.violations())) == 1


def test_faults_of_all_sections_come_at_once_and_nothing_is_kept(company, monkeypatch):
    def parse_ranking(raw):
        raise ValueError("“rank_min_n” 要大于 0。")

    monkeypatch.setitem(policy_sections._entries, "ranking", (0, parse_ranking))
    monkeypatch.setitem(policy_sections._entries, "clocks", (0, lambda raw: raw["appeal_days"]))
    with pytest.raises(services.PackRefused) as refused:
        load(company, pack(ranking={"rank_min_n": 0}, clocks={}, departments=[{"code": "a"}]))
    assert len(refused.value.problems) == 3
    assert any("ranking" in problem and "rank_min_n" in problem for problem in refused.value.problems)
    assert any("clocks" in problem and "appeal_days" in problem for problem in refused.value.problems)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.pop("clauses"),
        lambda made: made["clauses"].append(made["clauses"][0]),
        lambda made: made["document"].pop("number"),
        lambda made: made["document"].update(effective_from="bald"),
        lambda made: made["document"].update(sign_offs=[{"step": "编制", "role": "nobody"}]),
        lambda made: made.update(rules=[{"code": "R", "clause": "A-9"}]),
        lambda made: made.update(departments=[{"code": "a", "name": "甲", "parent": "b"}]),
        lambda made: made.update(roles=[{"code": "a", "name": "甲", "reach": "galaxy", "verbs": []}]),
    ],
)
def test_a_pack_that_does_not_hold_together_is_refused(company, change):
    made = pack()
    change(made)
    with pytest.raises(Refused):
        load(company, made)
    assert not Version.objects.exists()


def test_a_loader_that_refuses_takes_everything_back(company, monkeypatch):
    from core.registries import pack_loaders

    def refuse(pack, version, company, at):
        raise Refused("没有这份问卷")

    monkeypatch.setitem(pack_loaders._entries, "zz.refuse", (99, refuse))
    with pytest.raises(Refused):
        load(company, pack(departments=[{"code": "a", "name": "甲"}]))
    assert not Version.objects.exists()
    assert not Department.objects.exists()


def test_two_documents_may_not_set_the_same_section(company):
    load(company, pack(shared={"limit": 9000}))
    other = pack(shared={"limit": 8000})
    other["document"]["code"] = "care"
    with pytest.raises(Refused, match="shared"):
        load(company, other)


def test_sections_come_from_the_document_that_sets_them(company):
    load(company, pack(first={"n": 1}))
    other = pack(second={"n": 2})
    other["document"]["code"] = "care"
    load(company, other)
    day = dt.date(2026, 5, 1)
    assert section(company, "first", day) == {"n": 1}
    assert section(company, "second", day) == {"n": 2}
    assert version_in_force(company, day, "second").document.code == "care"


def test_asking_for_a_section_nobody_sets_is_refused_in_words(company):
    version = load(company, pack())
    with pytest.raises(Refused):
        section(company, "ranking", dt.date(2026, 5, 1))
    with pytest.raises(Refused):
        section_of(version, "ranking")


def test_a_section_is_parsed_by_the_room_that_registered_for_it(company):
    version = load(company, pack(departments=[{"code": "a", "name": "甲"}]))
    assert section_of(version, "departments")[0].code == "a"


def test_the_structure_of_a_document_to_be_signed_is_there_before_the_signatures(company):
    load(company, signed_pack())
    assert Role.objects.filter(company=company, code="one").exists()


def test_a_later_version_does_not_change_roles_before_it_is_signed(company):
    version = load(company, signed_pack(roles=("one",)))
    one = signer(company, "one")
    services.submit(version, by=one, at=at(2026, 1, 2))
    services.sign(version, by=one, at=at(2026, 1, 2))
    wider = signed_pack("2", "2026-07-01", roles=("one",))
    wider["roles"][0]["verbs"].append("policies.publish")
    load(company, wider, at(2026, 2, 1))
    assert "policies.publish" not in Role.objects.get(code="one").verbs


@pytest.mark.parametrize("name", reading.pack_names())
def test_shipped_packs_name_a_source_for_every_number(name):
    assert unsourced(rules.plain(reading.read_pack(name))) == []


@pytest.mark.parametrize("name", reading.pack_names())
def test_shipped_packs_load(name, db):
    first = services.set_up(name, unit="trial", name="试用公司", by=None, at=at())
    again = services.set_up(name, unit="trial", name="试用公司", by=None, at=at())
    assert (first.is_new_company, first.is_new, again.is_new_company, again.is_new) == (
        True,
        True,
        False,
        False,
    )
    assert first.version.company.roles.exists() == ("roles" in first.version.content)


def test_an_unknown_pack_is_refused_with_the_names_of_those_shipped(db):
    with pytest.raises(Refused, match="realestate_rewards"):
        services.set_up("nothing", unit="x", by=None, at=at())


def test_the_structure_of_the_real_estate_pack(db):
    company = services.set_up(
        "realestate_rewards", unit="qinghe", name="青禾", by=None, at=at()
    ).version.company
    assert Department.objects.get(company=company, code="sales-1").parent.code == "sales"
    assert Post.objects.get(company=company, code="consultant").is_ranked
    assert "incentives.propose" in Role.objects.get(company=company, code="hr").verbs
    assert Role.objects.get(company=company, code="employee").reach == Role.Reach.SELF


def test_loading_leaves_the_given_pack_as_it_was(company):
    made = pack(departments=[{"code": "a", "name": "甲"}])
    before = copy.deepcopy(made)
    load(company, made)
    assert made == before
