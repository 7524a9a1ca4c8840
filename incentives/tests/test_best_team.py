"""The excellent team of a half-year (RE-5.2d): who is touched, once, and as what."""

from datetime import date

import pytest

from incentives import rules, selectors
from incentives.evidence_words import shown_of
from incentives.models import Case, Rule
from incentives.tests.build_facts import new_units
from incentives.tests.test_triggers import TEAM, found
from scoring.models import Close
from tests import factories


def test_every_member_of_the_best_team_is_touched_once_and_the_head_also_as_head(db):
    units = new_units(TEAM)
    units.find(units.close("2026H2", {units.peony: (190, 200), units.garden: (170, 200)}))
    assert found() == [
        ("牡丹处主任", "2026H2@peony", "found", "member"),
        ("牡丹处1", "2026H2@peony", "found", "member"),
        ("牡丹处2", "2026H2@peony", "found", "member"),
        ("牡丹处主任", "2026H2@peony/head", "found", "head"),
    ]
    cases = Case.objects.all()
    assert {(case.incident, case.period) for case in cases} == {("team:2026H2@peony", "2026-12")}
    specs = Rule.objects.get(code="RE-5.2d").effects
    assert [spec["kind"] for spec in rules.effects_for(specs, "member")] == ["points"]
    assert [spec["kind"] for spec in rules.effects_for(specs, "head")] == ["commendation_notice"]


def test_who_works_in_the_team_on_the_last_counted_day_is_a_member(db):
    units = new_units(TEAM)
    left, moved = units.peony.people
    left.assignments.update(ends_on=date(2026, 12, 30))
    moved.assignments.update(ends_on=date(2026, 12, 31))  # in the other team from New Year on
    moved.assignments.create(
        department=units.garden, post=moved.assignments.get().post, starts_on=date(2027, 1, 1)
    )
    factories.make_employee(units.peony, "新来", since=date(2026, 12, 31))
    factories.make_employee(units.peony, "明年来", since=date(2027, 1, 1))
    units.find(units.close("2026H2", {units.peony: (190, 200), units.garden: (170, 200)}))
    assert [(name, role) for name, _when, _state, role in found()] == [
        ("牡丹处主任", "member"),
        ("牡丹处2", "member"),
        ("新来", "member"),
        ("牡丹处主任", "head"),
    ]


def test_collaboration_can_decide_who_is_best(db):
    units = new_units(TEAM)
    close = units.close("2026H2", {units.peony: (172, 200), units.garden: (170, 200)})
    units.marks(close, {units.peony.people[0]: 60, units.garden.people[0]: 95})
    units.find(close)
    assert {case.department for case in Case.objects.all()} == {units.garden}
    teams = Case.objects.first().evidence["teams"]
    assert [(team["code"], team["collaboration"], team["value"]) for team in teams] == [
        ("garden", "95.00", "86.43"),
        ("peony", "60.00", "82.29"),
    ]


def test_a_team_whose_collaboration_alone_is_unknown_is_not_ranked(db):
    units = new_units(TEAM)
    close = units.close("2026H2", {units.peony: (199, 200), units.garden: (170, 200)})
    units.marks(close, {units.garden.people[0]: 95})
    assert units.find(close) == []


@pytest.mark.clause("RE-5.2d")
@pytest.mark.parametrize(
    ("places", "garden", "team"), [(1, 190, "garden"), (2, 191, "garden"), (2, 189, "peony")]
)
def test_who_belongs_to_several_best_teams_is_touched_for_the_first_alone(db, places, garden, team):
    units = new_units({**TEAM, "params": {"places": places}})
    third = factories.make_department(units.company, "third", "三处")
    factories.make_employee(third, "三处员工")
    both = units.peony.people[0]
    both.assignments.update(ends_on=date(2027, 6, 30))
    both.assignments.create(
        department=units.garden, post=both.assignments.get().post, starts_on=date(2026, 12, 1)
    )
    counts = {units.peony: (190, 200), units.garden: (garden, 200), third: (150, 200)}
    close = units.close("2026H2", counts)
    units.find(close)
    case = Case.objects.get(employee=both)
    assert (case.occurrence, case.role) == (f"2026H2@{team}", "member")
    other = {"garden": "牡丹处", "peony": "永馨园"}[team]
    assert [one["name"] for one in case.evidence["also_in"]] == [other]
    assert other in dict(shown_of(case).rows).values()
    assert Case.objects.filter(role="member").count() == 6
    Close.objects.update(state=Close.State.PROPOSED)
    assert units.find(close) == [] and list(selectors.fact_4()) == []
