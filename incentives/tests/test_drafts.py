"""Rules edited in the browser as a draft: fields, checks beside them, two editors, who may."""

import pytest
import time_machine
from django.urls import reverse

from approvals import services as approvals
from approvals.models import Seat
from core.flow import Refused
from incentives import drafts
from incentives.forms_drafts import RuleForm
from incentives.models import Case, Rule
from incentives.services import filing, simulating
from incentives.tests.build import REWARD
from incentives.tests.build_facts import add_book
from incentives.tests.build_facts import rule as rule_of
from incentives.tests.pages import browse
from incentives.triggers import overlaps
from jobs.services import run_now
from organization.models import Role
from policies import services as policies
from policies.comparing import compare
from policies.models import Version
from policies.reading import pack_names, read_pack
from tests import factories
from tests.factories import at
from tests.replay import set_up

NOW = at(2026, 11, 10)


@pytest.fixture
def office(db):
    """The real-estate company with its book in force, and HR who keeps it."""
    version = set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version
    hr = factories.user_with(version.company, "policies.publish", "policies.view", "incentives.view")
    with time_machine.travel(NOW):
        yield Office(version, hr)


class Office:
    def __init__(self, version, hr):
        self.version, self.hr, self.company = version, hr, version.company
        self.client = browse(hr)

    def draft(self, label="2.2"):
        day = "2026-12-01"
        sent = {"label": label, "effective_from": day, "revision_note": "调整扣分幅度"}
        assert self.client.post(reverse("policy_draft", args=[self.version.pk]), sent).status_code == 302
        return Version.objects.get(document=self.version.document, label=label)

    def form(self, draft, code, **changes):
        """What the page of a rule would send, with changes."""
        form = RuleForm(content=draft.content, row=drafts.rule_row(draft.content, code))
        sent = {"seen": draft.checksum, "kinds": form.kinds_text, "go": "save"}
        for bound in form:
            value = bound.value()
            if value not in (None, False, ""):
                sent[bound.html_name] = value
        return {name: value for name, value in (sent | changes).items() if value is not None}

    def save(self, draft, code, **changes):
        url = reverse("draft_rule", args=[draft.pk, code])
        return self.client.post(url, self.form(draft, code, **changes))


def rule(draft, code):
    return drafts.rule_row(Version.objects.get(pk=draft.pk).content, code)


def test_a_rule_sent_without_a_change_stays_as_the_book_has_it(office):
    draft = office.draft()
    for row in draft.content["rules"]:
        form = RuleForm(office.form(draft, row["code"]), content=draft.content, row=row)
        assert form.is_valid(), (row["code"], form.errors)
        usual = {"params": {}, "title_en": "", "active": True}
        assert form.new_row() == {name: value for name, value in (usual | row).items() if name != "reason"}


def test_amount_and_range_are_entered_and_compared_with_the_book_in_force(office):
    draft = office.draft()
    sent = office.save(draft, "RE-5.3a", **{"e0-amount": "-2", "e0-least": "-3", "e0-most": "-1"})
    assert sent.status_code == 302
    effect = rule(draft, "RE-5.3a")["effects"][0]
    assert (effect["amount"], effect["least"], effect["most"]) == (-2, -3, -1)
    page = office.client.get(reverse("policy_compare", args=[draft.pk])).content.decode()
    assert "−3" in page
    assert "−2" in page
    assert "名列前茅" not in page


def test_a_changed_level_or_term_of_an_effect_is_a_difference():
    warning = {"kind": "warning", "level": "oral", "months": 6}
    rows = [
        {"code": "X", "title": "警告", "effects": [effect]} for effect in (warning, warning | {"months": 12})
    ]
    before, after = ({"rules": [row]} for row in rows)
    (change,) = compare(before, after).rules
    assert ("6" in change.before, "12" in change.after) == (True, True)
    harder = {"rules": [rows[0] | {"effects": [warning | {"level": "written"}]}]}
    assert len(compare(before, harder).rules) == 1


def test_the_effects_own_sentence_stands_beside_its_field_and_the_input_stays(office):
    draft = office.draft()
    answer = office.save(draft, "RE-5.3a", **{"e0-amount": "7", "title": "改了名"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_e0-amount_error"' in page
    assert 'value="7"' in page
    assert "改了名" in page
    assert rule(draft, "RE-5.3a")["effects"][0]["amount"] == -3


def test_the_triggers_own_sentence_is_shown(office):
    draft = office.draft()
    draft.content["rules"].append(
        {
            "code": "X-1",
            "clause": "RE-1",
            "title": "低于目标",
            "direction": "penalty",
            "trigger": "target_missed",
            "evidence": "required",
            "active": False,
            "effects": [{"kind": "points", "amount": -1, "least": -1, "most": -1}],
        }
    )
    policies.rewrite(draft, draft.content, seen=draft.checksum, by=office.hr, at=NOW)
    answer = office.save(draft, "X-1", **{"p-quarters": "99", "active": "on"})
    assert answer.status_code == 422
    assert 'id="id_p-quarters_error"' in answer.content.decode()


def test_a_rule_whose_book_gives_no_amount_stays_off_until_one_is_entered(office):
    draft = office.draft()
    office.client.post(
        reverse("draft_rule_new", args=[draft.pk]),
        {
            "seen": draft.checksum,
            "code": "N-1",
            "title": "新规则",
            "clause": "RE-1",
            "direction": "reward",
            "trigger": "rank_streak",
        },
    )
    draft.refresh_from_db()
    assert rule(draft, "N-1")["active"] is False
    assert "数额待定" in office.client.get(reverse("draft_rules", args=[draft.pk])).content.decode()
    fields = {"kinds": "points", "p-place": "top"}
    refused = office.save(draft, "N-1", active="on", **fields)
    assert refused.status_code == 422
    assert 'id="id_e0-amount_error"' in refused.content.decode()
    assert office.save(draft, "N-1", active="on", **fields, **{"e0-amount": "2"}).status_code == 302
    assert rule(draft, "N-1")["active"] is True


def test_one_more_effect_is_a_line_and_nothing_is_saved_yet(office):
    draft = office.draft()
    answer = office.save(draft, "RE-5.3a", go="add", add="training", title="还没存")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="e2-days"' in page
    assert "还没存" in page
    assert len(rule(draft, "RE-5.3a")["effects"]) == 2


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
