"""A rule of a draft as fields: what they show, what they store, what is said beside them."""

import re
from dataclasses import fields

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incentives import drafts, wording_drafts
from incentives.draft_fields import Known, param_shown, shares_of
from incentives.forms_drafts import RuleForm
from incentives.tests.build_office import NOW, rule
from incentives.triggers.coverage import CoverageBelow
from policies import services as policies
from policies.comparing import compare
from policies.rules import settings_of


def test_a_rule_sent_without_a_change_stays_as_the_book_has_it(office):
    draft = office.draft()
    for row in draft.content["rules"]:
        form = RuleForm(office.form(draft, row["code"]), version=draft, row=row)
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


def test_a_number_entered_here_is_the_companys_and_no_longer_the_books(office):
    draft = office.draft()
    office.save(draft, "RE-5.2a", title="换了标题", **{"e0-amount": "4", "e0-least": "4"})
    draft.refresh_from_db()
    sources = {one.name: one.source for one in settings_of(draft.content)}
    assert sources["rules.RE-5.2a.effects.points.amount"] == sources["rules.RE-5.2a.effects.points.least"]
    assert sources["rules.RE-5.2a.effects.points.amount"] == "company"
    assert sources["rules.RE-5.2a.effects.points.most"] == "RE-5.2a"
    assert sources["rules.RE-5.2a.title"] == "RE-5.2a"
    content = drafts.without_rule(draft.content, "RE-5.2a")
    assert not any(name.startswith("rules.RE-5.2a") for name in content["sources"])
    assert "rules.RE-5.2b" in content["sources"]


@pytest.mark.parametrize(
    ("code", "sent", "field"),
    [
        ("RE-5.3b", {"p-causes": None}, "p-causes"),
        ("RE-5.2d", {"p-places": "21"}, "p-places"),
        ("RE-5.2d", {"e0-to": ""}, "e0-to"),
        ("RE-5.2d", {"e1-amount": "10000000"}, "e1-amount"),
        ("RE-5.3b", {"e0-months": "2000"}, "e0-months"),
        ("RE-5.3b-3", {"active": "on", "e0-amount": "-100", "e0-class": "fine"}, "e0-class"),
        ("RE-5.3c", {"p-units": ["nowhere"]}, "p-units"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_in_words(office, code, sent, field):
    draft = office.draft()
    answer = office.save(draft, code, **sent)
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors[field]
    assert not re.search("[a-z]{3}", error.replace("nowhere", ""))


def test_departments_severities_and_parts_are_chosen_by_their_names(office):
    draft = office.draft()
    page = office.client.get(reverse("draft_rule", args=[draft.pk, "RE-5.3c"])).content.decode()
    assert "销售一部" in page and 'type="checkbox" name="p-units" value="sales-1"' in page
    assert office.save(draft, "RE-5.3c", **{"p-units": ["sales-1"]}).status_code == 302
    assert rule(draft, "RE-5.3c")["params"] == {"quarters": 2, "units": ["sales-1"]}
    page = office.client.get(reverse("draft_rule", args=[draft.pk, "RE-5.3b"])).content.decode()
    assert 'name="p-severities" value="serious"' in page
    page = office.client.get(reverse("draft_rule", args=[draft.pk, "RE-5.2d"])).content.decode()
    assert "团队协作" in page and 'name="e1-class"' not in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("牡丹处 = 10\nyueji＝30.5%", {"mudan": 1000, "yueji": 3050}),
        ("\n  月季处=100  \n", {"yueji": 10000}),
    ],
)
def test_shares_of_departments_are_read_by_name_or_code(text, expected):
    assert shares_of(text, {"mudan": "牡丹处", "yueji": "月季处"}) == expected


def test_changed_parameters_are_compared_in_words():
    rows = [
        {"code": "X", "title": "回收不足", "trigger": trigger, "params": params}
        for trigger, params in (
            ("rank_streak", {"place": "top"}),
            ("rank_streak", {"place": "bottom"}),
            ("unit_rate_below", {"threshold_bp": 9550, "measure": "basic"}),
            ("coverage_below", {"thresholds": {"mudan": 1000, "yueji": 3000}}),
        )
    ]
    (change,) = compare({"rules": rows[:1]}, {"rules": rows[1:2]}).rules
    assert "bottom" not in change.after and "place" not in change.before
    assert wording_drafts.params(rows[2]).endswith("95.5%")
    assert wording_drafts.params(rows[3]).endswith("yueji 30%")


NAMES = {"mudan": "牡丹处", "yueji": "月季处", "yongxin": "永馨园"}


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), st.integers(1, 10_000)))
def test_shares_are_read_as_they_are_shown(shares):
    (field,) = (one for one in fields(CoverageBelow) if one.name == "thresholds")
    assert shares_of(param_shown(field, shares, (), Known(NAMES, {}, {})), NAMES) == shares


@pytest.mark.parametrize(
    "text", ["玫瑰处 = 10", "牡丹处 = 0", "牡丹处 = 101", "牡丹处 10", "牡丹处=1\nmudan=2"]
)
def test_a_line_that_names_no_department_or_no_share_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        shares_of(text, {"mudan": "牡丹处"})


def test_a_rule_for_a_department_that_there_is_not_is_refused(office):
    draft = office.draft()
    row = drafts.rule_row(draft.content, "RE-5.3c") | {"params": {"quarters": 2, "units": ["nowhere"]}}
    content = drafts.with_rule(draft.content, row)
    with pytest.raises(policies.PackRefused) as refusal:
        policies.rewrite(draft, content, seen=draft.checksum, by=office.hr, at=NOW)
    assert "nowhere" in refusal.value.problems[0]
