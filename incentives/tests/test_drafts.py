"""Rules edited in the browser as a draft: two editors, who may, units' own, books that meet."""

import pytest
from django.urls import reverse

from approvals import services as approvals
from approvals.models import Seat
from core.flow import Refused
from incentives import drafts
from incentives.models import Case, Rule
from incentives.services import filing, simulating
from incentives.tests.build import REWARD
from incentives.tests.build_facts import add_book
from incentives.tests.build_facts import rule as rule_of
from incentives.tests.build_office import NOW, rule
from incentives.tests.pages import browse
from incentives.triggers import overlaps
from jobs.services import run_now
from organization.models import Role
from policies import services as policies
from policies.models import Version
from policies.reading import pack_names, read_pack
from tests import factories
from tests.factories import at


def test_two_editors_at_once_do_not_write_over_each_other(office):
    draft = office.draft()
    stale = office.form(draft, "RE-5.2a", title="第二个人的标题")
    office.save(draft, "RE-5.2a", title="第一个人的标题")
    url = reverse("draft_rule", args=[draft.pk, "RE-5.2a"])
    answer = office.client.post(url, stale)
    assert answer.status_code == 422
    assert "第二个人的标题" in answer.content.decode()
    assert rule(draft, "RE-5.2a")["title"] == "第一个人的标题"
    draft.refresh_from_db()
    assert office.client.post(url, stale | {"seen": draft.checksum}).status_code == 302


def test_who_saves_again_is_told_what_of_the_others_work_they_would_change(office):
    draft = office.draft()
    stale = office.form(draft, "RE-5.2a", title="第二个人的标题")
    office.save(draft, "RE-5.2a", title="第一个人的标题", **{"e0-amount": "4", "e0-least": "4"})
    answer = office.client.post(reverse("draft_rule", args=[draft.pk, "RE-5.2a"]), stale)
    told = [(one.before, one.after) for one in answer.context["form"].would_change]
    assert ("第一个人的标题", "第二个人的标题") in told and len(told) == 2
    assert "第一个人的标题 → 第二个人的标题" in answer.content.decode()
    desk = reverse("policy_edit", args=[draft.pk])
    facts = {
        "seen": draft.checksum,
        "label": "2.3",
        "effective_from": "2026-12-01",
        "revision_note": "另一稿",
    }
    answer = office.client.post(desk, facts)
    assert [one.after for one in answer.context["form"].would_change] == ["2.3", "另一稿"]


def test_adding_a_line_does_not_make_one_have_seen_what_others_wrote(office):
    draft = office.draft()
    stale = office.form(draft, "RE-5.2a", go="add", add="training")
    office.save(draft, "RE-5.2a", title="第一个人的标题")
    answer = office.client.post(reverse("draft_rule", args=[draft.pk, "RE-5.2a"]), stale)
    assert f'name="seen" value="{stale["seen"]}"' in answer.content.decode()
    draft.refresh_from_db()
    assert stale["seen"] != draft.checksum


def test_the_verb_itself_refuses_what_was_read_before_a_change(office):
    draft = office.draft()
    seen = draft.checksum
    policies.rewrite(draft, drafts.without_rule(draft.content, "RE-5.2b"), seen=seen, by=office.hr, at=NOW)
    old = Version.objects.get(pk=draft.pk)
    with pytest.raises(Refused) as refusal:
        policies.rewrite(old, old.content | {"rules": []}, seen=seen, by=office.hr, at=NOW)
    assert refusal.value.code == "changed"


def test_settings_are_typed_fields_with_the_parsers_sentence(office):
    draft = office.draft()
    url = reverse("policy_settings", args=[draft.pk, "clocks"])
    page = office.client.get(url).content.decode()
    assert 'name="clocks.hearing_days"' in page
    assert 'type="checkbox" name="clocks.recuse_line"' in page
    sent = {"seen": draft.checksum, "clocks.committee": "group", "clocks.recuse_line": "on"}
    days = {f"clocks.{name}": "5" for name in ("hearing_days", "receipt_days", "appeal_days", "talk_days")}
    wrong = office.client.post(url, sent | days | {"clocks.propose_days": "0"})
    assert wrong.status_code == 422
    assert 'id="id_clocks.propose_days_error"' in wrong.content.decode()
    assert office.client.post(url, sent | days | {"clocks.propose_days": "3"}).status_code == 302
    draft.refresh_from_db()
    assert draft.content["clocks"]["hearing_days"] == 5
    assert draft.content["sources"]["clocks.hearing_days"] == "company"


def test_shares_are_entered_in_percent(office):
    draft = office.draft()
    url = reverse("policy_settings", args=[draft.pk, "targets"])
    form = office.client.get(url).context["form"]
    sent = {bound.html_name: bound.value() for bound in form} | {"seen": draft.checksum}
    assert sent["targets.overall_bp"] == 90
    assert office.client.post(url, sent | {"targets.overall_bp": "92.5"}).status_code == 302
    draft.refresh_from_db()
    assert draft.content["targets"]["overall_bp"] == 9250
    assert draft.content["targets"]["by_dimension"] == office.version.content["targets"]["by_dimension"]


def test_a_draft_cannot_begin_in_the_past_and_only_one_is_made_at_a_time(office):
    url = reverse("policy_draft", args=[office.version.pk])
    sent = {"label": "2.2", "effective_from": "2026-11-09", "revision_note": "改"}
    past = office.client.post(url, sent)
    assert past.status_code == 422
    assert 'id="id_effective_from_error"' in past.content.decode()
    assert office.client.post(url, sent | {"effective_from": "2026-11-10"}).status_code == 302
    assert office.client.post(url, sent | {"label": "2.3", "effective_from": "2026-11-11"}).status_code == 422


def test_names_of_a_trial_are_for_those_who_may_see_decisions(stage, settings):
    from incentives.tests.test_simulation import make_draft

    stage.three_months()
    draft = make_draft(stage)
    run_now(simulating.run_of(simulating.request_simulation(draft, by=stage.hr, at=NOW)).pk)
    url = reverse("draft_simulation", args=[draft.pk])
    entitled = factories.user_with(stage.company, "policies.publish", "incentives.view")
    assert stage.worst.name in browse(entitled).get(url).content.decode()
    keeper = factories.user_with(stage.company, "policies.publish")
    page = browse(keeper).get(url).content.decode()
    assert stage.worst.name not in page
    assert "2 次触发" in page
    assert stage.sales.name not in page
    head = factories.make_employee(stage.office, "周行", is_head=True)
    elsewhere = factories.user_with(
        stage.company, "incentives.view", reach=Role.Reach.DEPARTMENT, employee=head
    )
    factories.grant(elsewhere, factories.make_role(stage.company, "reader", ("policies.publish",)))
    assert stage.sales.name not in browse(elsewhere).get(url).content.decode()
    headed = factories.user_with(
        stage.company,
        "incentives.view",
        reach=Role.Reach.DEPARTMENT,
        employee=factories.make_employee(stage.sales, "赵敏", is_head=True),
    )
    factories.grant(headed, stage.company.roles.get(code="reader"))
    assert stage.sales.name in browse(headed).get(url).content.decode()


@pytest.mark.parametrize(
    "name", ["policy_edit", "draft_rules", "draft_rule_new", "policy_clause_new", "policy_compare"]
)
def test_the_pages_of_a_draft_are_there_for_its_makers_only(office, name):
    draft = office.draft()
    url = reverse(name, args=[draft.pk])
    reader = factories.user_with(office.company, "policies.view")
    other = factories.user_with(factories.make_company("other", "别家"), "policies.publish", "policies.view")
    assert office.client.get(url).status_code == 200
    assert browse(other).get(url).status_code == 404
    assert browse(reader).get(url).status_code == (404 if name == "policy_compare" else 403)


def test_a_head_drafts_for_their_own_unit_and_sees_no_other_draft(office):
    sales = office.company.departments.get(code="sales-1")
    head = factories.user_with(
        office.company,
        "policies.edit",
        reach=Role.Reach.DEPARTMENT,
        employee=factories.make_employee(sales, "李强", is_head=True),
    )
    draft = office.draft()
    client = browse(head)
    assert client.get(reverse("policy_edit", args=[draft.pk])).status_code == 404
    page = client.get(reverse("policy_new_unit"))
    units = page.context["form"].fields["department"].queryset
    assert {unit.code for unit in units} == {"sales-1"}


def test_a_units_draft_may_not_take_a_code_of_the_companys_rules_nor_its_settings(office):
    draft = unit_draft(office.company, office.hr)
    row = drafts.rule_row(office.version.content, "RE-5.3a") | {"clause": "U-1"}
    with pytest.raises(policies.PackRefused) as refusal:
        policies.rewrite(
            draft, drafts.with_rule(draft.content, row), seen=draft.checksum, by=office.hr, at=NOW
        )
    assert "RE-5.3a" in refusal.value.problems[0]
    own = {**draft.content, "clocks": office.version.content["clocks"]}
    with pytest.raises(policies.PackRefused):
        policies.rewrite(draft, own, seen=draft.checksum, by=office.hr, at=NOW)


def unit_draft(company, by, start=NOW):
    """A draft of the sales unit's own book, without rules yet."""
    return policies.start_unit_document(
        company.departments.get(code="sales-1"),
        code="sales-1-own",
        number="XS1-01",
        title="销售一部细则",
        clause={"code": "U-1", "number": "第一条", "text": "本部自行约定。"},
        label="1.0",
        effective_from=start.date(),
        revision_note="首版",
        by=by,
        at=NOW,
    )


def test_a_units_rule_finds_its_own_people_at_the_close_and_nobody_else(stage):
    for code, unit in (("own", stage.sales), ("far", stage.office)):
        draft = policies.start_unit_document(
            unit,
            code=code,
            number=code,
            title=code,
            clause={"code": "U-1", "number": "第一条", "text": "本处自行约定。"},
            label="1.0",
            effective_from=at(2026, 10, 1).date(),
            revision_note="首版",
            by=stage.hr,
            at=at(2026, 9, 1),
        )
        row = REWARD | {"code": f"U-{code}", "clause": "U-1"}
        policies.rewrite(
            draft, drafts.with_rule(draft.content, row), seen=draft.checksum, by=stage.hr, at=at(2026, 9, 1)
        )
        policies.put_in_force(draft, by=None, at=at(2026, 9, 2))
    stage.three_months()
    found = set(Case.objects.filter(employee=stage.best).values_list("rule_code", flat=True))
    assert found == {"RE-5.2a", "U-own"}


@pytest.mark.parametrize(
    ("place", "says"), [("beside", 0), ("above", 1), ("the same", 0), ("the company", 1)]
)
def test_only_books_that_can_touch_the_same_people_are_said_to_punish_twice(office, place, says):
    draft = unit_draft(office.company, office.hr)
    sales, company = draft.document.department, office.company
    sales.parent = factories.make_department(company, "region", "大区")
    sales.save()
    unit = {"beside": factories.make_department(company, "far", "远处"), "above": sales.parent}.get(place)
    own = rule_of("U-1", "by_hand", kind="late")
    if place != "the same":
        add_book(company, own | {"code": "F-1"}, code="other", department=unit)
    content = drafts.with_rule(draft.content, own | {"clause": "U-1"})
    draft = policies.rewrite(draft, content, seen=draft.checksum, by=office.hr, at=NOW)
    assert len(drafts.double_penalties(draft)) == says


def test_a_version_before_the_committee_is_not_withdrawn_behind_its_back(office):
    draft = unit_draft(office.company, office.hr)
    Version.objects.filter(pk=draft.pk).update(state=Version.State.SIGNING)
    draft.refresh_from_db()
    with pytest.raises(Refused):
        policies.withdraw(draft, by=office.hr, at=NOW, reason="不要了")


def test_rules_of_a_unit_are_filed_as_last_rewritten(stage):
    stage.three_months()
    draft = unit_draft(stage.company, stage.hr)
    old = Version.objects.get(pk=draft.pk)
    row = REWARD | {"code": "U-own", "clause": "U-1"}
    policies.rewrite(draft, drafts.with_rule(draft.content, row), seen=draft.checksum, by=stage.hr, at=NOW)
    with pytest.raises(Refused) as refusal:
        filing.file_version(old, by=stage.hr, at=NOW)
    assert refusal.value.code == "not_ready"


def test_the_head_of_the_unit_has_no_vote_on_its_rules(stage):
    approvals.start_membership(
        stage.group, employee=stage.head.employee, starts_on=NOW.date(), is_chair=False, by=stage.hr, at=NOW
    )
    draft = unit_draft(stage.company, stage.hr)
    motion = filing.file_version(draft, by=stage.hr, at=NOW)
    assert draft.state == Version.State.SIGNING
    assert motion.seats.get(employee=stage.head.employee).ground == Seat.Ground.SUBJECT
    assert str(stage.head.employee.pk) in motion.excluded
    assert motion.seats.filter(recused_at=None).count() == len(stage.members)


def test_rules_of_a_unit_that_would_begin_before_those_that_hold_are_not_put_to_the_vote(stage):
    first = unit_draft(stage.company, stage.hr, at(2026, 12, 1))
    policies.put_in_force(first, by=None, at=NOW)
    facts = {"label": "2", "effective_from": at(2026, 11, 20).date(), "revision_note": "改"}
    draft = policies.start_draft(first, **facts, by=stage.hr, at=NOW)
    with pytest.raises(Refused) as refusal:
        filing.file_version(draft, by=stage.hr, at=NOW)
    assert (refusal.value.code, filing.last_motion(draft)) == ("overlap", None)


@pytest.mark.parametrize("name", pack_names())
def test_no_shipped_book_punishes_one_incident_twice(name):
    pack = read_pack(name)
    penalties = [
        Rule(
            **{field: row.get(field, {}) for field in ("code", "direction", "trigger", "params")},
            is_active=True,
        )
        for row in pack.get("rules", [])
        if row["direction"] == "penalty" and row.get("active", True)
    ]
    assert overlaps(penalties) == []
