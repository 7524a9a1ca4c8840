"""The sections [inspections] and [[checklists]]: what a book may say, and what it is told when it is wrong."""

import copy

import pytest

from improvements.inspections import rules
from improvements.inspections.policy import (
    books_on,
    parse_checklists,
    parse_inspections,
    unknown_names,
)
from improvements.tests.build_inspections import CARE, CLOCKS, MORNING, SERVICE
from policies import wording
from policies.reading import read_pack
from policies.rules import plain, settings_of
from scoring.tests import world


def changed(item=0, **values):
    row = copy.deepcopy(SERVICE)
    row["items"][item] |= values
    return [row]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ([SERVICE | {"clause": ""}], "条款"),
        ([SERVICE | {"every_months": 0}], "every_months"),
        ([SERVICE | {"pass_bp": 10_001}], "pass_bp"),
        ([SERVICE | {"partly_bp": True}], "partly_bp"),
        ([SERVICE | {"items": []}], "至少要有一个检查项"),
        ([SERVICE, SERVICE], "重复"),
        (changed(points=-1), "known：points"),
        (changed(severity="terrible"), "severity"),
        (changed(area="Two words"), "area"),
        (changed(colour="red"), "colour"),
        (changed(name=""), "每个检查项"),
        ([SERVICE | {"items": [SERVICE["items"][0] | {"points": 0}]}], "无法得分"),
        ({"code": "a"}, "列表"),
    ],
)
def test_a_wrong_checklist_is_refused_with_a_sentence(raw, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_checklists(raw)


@pytest.mark.parametrize("name", ["answer_days", "follow_up_days", "most_files"])
def test_wrong_clocks_are_refused_by_name(name):
    with pytest.raises(ValueError, match=name):
        parse_inspections(CLOCKS | {name: 0})


def test_the_checklists_of_several_books_hold_together(company):
    world.make_policy(company, inspections=CLOCKS, checklists=[SERVICE])
    clocks, found = books_on(company, MORNING.date())
    assert clocks.follow_up_days == 10 and [item.fact for item in found["service"].items] == ["", "", ""]
    assert parse_checklists([CARE])[0].items[0].fact == "data_error"


def test_a_company_without_the_section_has_no_inspections(company):
    world.make_policy(company)
    assert books_on(company, MORNING.date()) == (None, {})


def test_a_checklist_rests_on_a_clause_of_its_own_book():
    content = {"checklists": [SERVICE], "clauses": [{"code": "RE-5.1b"}]}
    assert ["RE-5.1a" in sentence for sentence in unknown_names(content, None)] == [True]
    content["clauses"].append({"code": "RE-5.1a"})
    assert list(unknown_names(content, None)) == []


@pytest.mark.parametrize("pack", ["realestate_rewards", "realestate_care", "car_sales"])
def test_every_setting_of_the_shipped_checklists_reads_in_words(pack):
    content = plain(read_pack(pack))
    mine = [one for one in settings_of(content) if one.path[0] in ("inspections", "checklists")]
    rows = wording.rows(content, mine)
    assert mine and not [row.label for row in rows if row.label.isascii()]
    assert list(unknown_names(content, None)) == []


def test_an_item_of_a_checklist_is_named_with_its_checklist():
    content = plain(read_pack("realestate_care"))
    (row,) = (
        wording.rows(content, [one])[0]
        for one in settings_of(content)
        if one.path == ("checklists", "care", "items", "files_correct", "points")
    )
    assert (row.label, row.text) == ("客户关怀检查：客户档案与合同、身份信息一致 · 分值", "20")


@pytest.mark.parametrize(
    ("results", "score"),
    [
        ([(3, "met"), (1, "not_met")], 7500),
        ([(1, "met"), (2, "not_met")], 3333),
        ([(2, "met"), (1, "not_met")], 6667),
        ([(1, "partly")], 5000),
        ([(5, "na"), (5, "met")], 10_000),
        ([(5, "na")], None),
        ([(0, "met")], None),
        ([], None),
    ],
)
def test_the_score_is_the_share_of_the_points_that_applied(results, score):
    assert rules.score_bp(*rules.reached(results, 5000)) == score


@pytest.mark.parametrize(("user", "employee"), [(7, 70), (8, 90), (8, 1)])
def test_neither_who_did_it_nor_who_had_it_nor_the_department_verifies(user, employee):
    """Also once they work elsewhere: 7 reported it done, 90 had the measure, 1 is of the department."""
    asked = {"user_id": user, "employee_id": employee, "line": {1, 2}, "done_by_id": 7, "owner_id": 90}
    assert rules.hindrance_to_verify(**asked)
    assert not rules.hindrance_to_verify(**asked | {"user_id": 8, "employee_id": 80})


@pytest.mark.parametrize(("user", "employee"), [(7, 70), (8, 71), (8, 90), (8, 1)])
def test_neither_inspectors_nor_the_named_nor_the_department_confirm(user, employee):
    """7 named somebody, 71 inspected with them, 90 is named and works elsewhere by now, 1 is of the department."""
    asked = {
        "user_id": user, "employee_id": employee, "line": {1}, "reported_by_id": 7, "inspector_ids": {70, 71},
        "named_id": 90,
    }  # fmt: skip
    assert rules.hindrance_to_confirm(**asked)
    assert not rules.hindrance_to_confirm(**asked | {"user_id": 8, "employee_id": 80})
