"""Rules that run at a close: targets, rates, households, teams; what is frozen, and what verification finds."""

from datetime import date
from itertools import combinations, product
from types import SimpleNamespace

import pytest

from incentives import selectors, services
from incentives.models import Case, Rule
from incentives.tests.build_facts import PLUS, POINT, add_book, new_units, rule
from incentives.triggers import build, check_roles, overlaps
from incentives.triggers.coverage import frozen_coverage
from scoring.models import Close, Unfolding
from surveys.models import Invitation
from tests import factories
from tests.factories import at

MISSED = rule("RE-5.3c", "target_missed", quarters=2)
RATE = rule("PM-6.3", "unit_rate_below", threshold_bp=9500, measure="basic")
HOMES = rule("PM-6.1", "coverage_below", thresholds={"peony": 1000, "garden": 3000})
TEAM = rule(
    "RE-5.2d",
    "best_team",
    ({**PLUS, "to": "members"}, {"kind": "commendation_notice", "to": "head"}),
    direction="reward",
    evidence="warn",
)


def found(**match):
    return list(
        Case.objects.filter(**match)
        .order_by("pk")
        .values_list("employee__name", "occurrence", "state", "role")
    )


@pytest.mark.parametrize(
    ("trigger", "params"),
    [
        ("rank_streak", {"place": "middle"}),
        ("target_missed", {}),
        ("target_missed", {"quarters": 0}),
        ("target_missed", {"quarters": True}),
        ("unit_rate_below", {"threshold_bp": 12000}),
        ("unit_rate_below", {"threshold_bp": 9500, "measure": "nps"}),
        ("coverage_below", {}),
        ("coverage_below", {"thresholds": {"peony": 0}}),
        ("best_team", {"places": 0}),
        ("finding_confirmed", {"causes": ["weather"]}),
        ("finding_confirmed", {"verdicts": ["not"]}),
        ("praise_confirmed", {"forms": []}),
        ("by_hand", {"kind": " "}),
        ("by_hand", {"kind": "x", "to": "chairman"}),
        ("by_hand", {"kind": "x", "colour": "red"}),
        ("unheard_of", {}),
    ],
)
def test_wrong_parameters_are_refused_in_words(trigger, params):
    with pytest.raises(ValueError, match=r"\w"):
        build(trigger, params)


# ---- a department below the target (RE-5.3c)


def test_two_quarters_below_the_target_touch_the_head_and_one_does_not(db):
    units = new_units(MISSED)
    units.close("2026Q2", {units.peony: (160, 200), units.garden: (195, 200)})
    close = units.close("2026Q3", {units.peony: (160, 200), units.garden: (160, 200)})
    units.find(close)
    assert found() == [("牡丹处主任", "2026Q2..2026Q3@peony", "found", "head")]
    case = Case.objects.get()
    assert (case.period, case.department) == ("2026-09", units.peony)
    assert [(one["period"], one["k"], one["n"], one["target_bp"]) for one in case.evidence["periods"]] == [
        ("2026Q2", 160, 200, 9000),
        ("2026Q3", 160, 200, 9000),
    ]
    assert units.find(close) == []


@pytest.mark.parametrize(
    ("first", "second", "target_bp", "expected"),
    [
        ((26, 30), (26, 30), 9000, ("held", False)),
        ((160, 200), (160, 200), 9000, ("found", True)),
        ((18, 20), (160, 200), 9000, None),
        ((160, 200), (160, 200), None, None),
        ((0, 0), (160, 200), 9000, None),
    ],
)
def test_below_by_chance_is_held_and_at_the_target_is_no_hit(db, first, second, target_bp, expected):
    units = new_units(MISSED)
    units.close("2026Q2", {units.peony: first}, target_bp=target_bp)
    units.find(units.close("2026Q3", {units.peony: second}, target_bp=target_bp))
    states = [(case.state, case.is_distinguishable) for case in Case.objects.all()]
    assert states == ([expected] if expected else [])


def test_a_quarter_counts_once_for_a_unit_even_under_a_new_head(db):
    units = new_units(MISSED)
    for period in ("2026Q1", "2026Q2"):
        close = units.close(period, {units.peony: (160, 200)})
    units.find(close)
    services.propose(Case.objects.get(), by=units.hr, at=at())
    units.peony.assignments_head.assignments.update(ends_on=date(2026, 6, 30))
    factories.make_employee(units.peony, "新主任", is_head=True, since=date(2026, 7, 1))
    units.find(units.close("2026Q3", {units.peony: (160, 200)}))
    assert len(found()) == 1
    units.find(units.close("2026Q4", {units.peony: (160, 200)}))
    assert found()[1:] == [("新主任", "2026Q3..2026Q4@peony", "found", "head")]
    Close.objects.update(state=Close.State.PROPOSED)
    assert list(selectors.fact_4()) == []


# ---- a rate below a threshold (PM-6.3)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({3: 284, 1: 16}, ("held", False)),
        ({3: 285, 1: 15}, None),
        ({5: 10, 3: 9, 2: 1}, None),
        ({5: 100, 3: 70, 1: 30}, ("found", True)),
        ({}, None),
    ],
)
def test_a_rate_is_compared_as_counts_and_proposed_only_when_clearly_below(db, values, expected):
    units = new_units(RATE)
    units.find(units.close("2026Q3", {units.peony: values}))
    states = [(case.state, case.is_distinguishable) for case in Case.objects.all()]
    assert states == ([expected] if expected else [])
    if expected:
        pooled = Case.objects.get().evidence["pooled"]
        assert (pooled["k"], pooled["n"]) == (sum(values.values()) - values[1], sum(values.values()))


def test_the_measure_decides_what_counts_as_satisfied(db):
    units = new_units(rule("A", "unit_rate_below", threshold_bp=9000, measure="satisfied"))
    units.find(units.close("2026Q3", {units.peony: {5: 100, 3: 100}}))
    pooled = Case.objects.get().evidence["pooled"]
    assert (pooled["k"], pooled["n"]) == (100, 200)


def test_a_census_is_judged_by_its_counts(db):
    units = new_units(RATE, targets={"census_answered_bp": 8000})
    coverage = {str(units.peony.pk): {"homes": 20, "asked": 20, "answered": 20, "unknown": 0}}
    units.find(units.close("2026Q3", {units.peony: {5: 18, 1: 2}}, frozen={"coverage": coverage}))
    case = Case.objects.get()
    assert (case.state, case.evidence["gate"]["census"]) == ("found", True)


def test_homes_invited_before_the_quarter_that_answered_in_it_were_asked(db):
    units = new_units(RATE, targets={"census_answered_bp": 8000})
    units.homes(units.peony, 4, 4)
    Invitation.objects.update(made_at=at(2026, 6, 20))
    units.find(units.close("2026Q3", {units.peony: {5: 18, 1: 2}}))
    assert Case.objects.get().evidence["gate"]["census"]


@pytest.mark.parametrize(("made", "asked"), [((2026, 6, 28), 0), ((2026, 6, 29), 3), ((2026, 9, 28), 3)])
def test_who_was_asked_is_counted_from_cut_off_to_cut_off(db, made, asked):
    units = new_units(RATE, closing={"quarter": {"cutoff_day": 28, "run_day": 1}})
    units.homes(units.peony, 3, 3)
    Invitation.objects.update(made_at=at(*made))
    Unfolding.objects.all().delete()  # nobody answered
    close = units.close("2026Q3")
    close.cutoff_on = date(2026, 9, 28)
    found = frozen_coverage(close)[str(units.peony.pk)]
    assert (found["homes"], found["asked"], found["answered"]) == (3, asked, 0)


# ---- households (PM-6.1)


def test_each_unit_has_its_own_share_of_households_to_reach(db):
    units = new_units(HOMES)
    units.homes(units.peony, 20, 2)
    units.homes(units.garden, 20, 5)
    units.find(units.close("2026Q3"))
    assert found() == [("永馨园主任", "2026Q3@garden", "found", "head")]
    evidence = Case.objects.get().evidence
    assert (evidence["answered"], evidence["homes"], evidence["threshold_bp"]) == (5, 20, 3000)


def test_answers_that_name_no_household_are_counted_for_the_unit(db):
    units = new_units(HOMES)
    units.homes(units.peony, 20, 1)
    units.nameless(units.peony, 1)
    units.find(units.close("2026Q3"))
    case = Case.objects.get()
    assert (case.state, case.evidence["answered"], case.evidence["unknown"]) == ("held", 1, 1)


# ---- frozen, verified, once


def test_what_changes_later_leaves_a_closed_quarter_as_it_was(db):
    units = new_units(HOMES, RATE)
    units.homes(units.garden, 10, 1)
    close = units.close("2026Q3", {units.garden: {5: 100, 1: 30}})
    units.find(close)
    Close.objects.update(state=Close.State.PROPOSED)
    before = selectors.stored_cases(close)
    assert len(before) == 2
    units.homes(units.peony, 10)
    units.garden.assignments_head.assignments.update(is_head=False)
    close.refresh_from_db()
    assert selectors.recomputed_cases(close) == before
    assert list(selectors.fact_4()) == []
    Case.objects.filter(rule_code="PM-6.3").delete()
    assert "PM-6.3" in "".join(selectors.fact_4())


def test_a_book_that_begins_after_the_cut_off_leaves_the_closed_quarter_as_it_was(db):
    units = new_units(RATE)
    close = units.close("2026Q4", {units.peony: {5: 100, 1: 30}, units.garden: {5: 100, 1: 30}})
    Close.objects.filter(pk=close.pk).update(cutoff_on=date(2026, 12, 28))
    close.refresh_from_db()
    units.find(close)
    Close.objects.update(state=Close.State.PROPOSED)
    add_book(units.company, RATE | {"code": "PM-7"}, code="later", effective_from=date(2026, 12, 30))
    assert units.find(close) == []
    assert {case.rule_code for case in Case.objects.all()} == {"PM-6.3"}
    assert list(selectors.fact_4()) == []


def test_verification_finds_a_changed_case_of_a_quarter(db):
    units = new_units(RATE)
    units.find(units.close("2026Q3", {units.peony: {5: 100, 1: 30}}))
    Close.objects.update(state=Close.State.PROPOSED)
    case = Case.objects.get()
    case.evidence["pooled"]["k"] += 1
    case.save()
    assert list(selectors.fact_4()) == [
        "2026Q3: the case of rule PM-6.3 (2026Q3@peony) does not say what the scores say"
    ]


def test_rules_of_other_periods_ask_nothing_at_a_close(db, django_assert_max_num_queries):
    units = new_units(MISSED, RATE, HOMES, TEAM)
    close = units.close("2026-10", {units.peony: (1, 200)})
    with django_assert_max_num_queries(4):
        assert units.find(close) == []


# ---- whom effects are for, and rules that meet twice


def test_an_effect_for_nobody_whom_the_rule_touches_is_refused():
    team = build("best_team", {})
    check_roles(team, TEAM["effects"])
    for effects in ([POINT], [POINT | {"to": "employee"}]):
        with pytest.raises(ValueError, match=r"\w"):
            check_roles(team, effects)
    check_roles(build("target_missed", {"quarters": 2}), [POINT])
    with pytest.raises(ValueError, match=r"\w"):
        check_roles(build("target_missed", {"quarters": 2}), [POINT | {"to": "members"}])


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (
            ("finding_confirmed", {"severities": ["minor"]}),
            ("finding_confirmed", {"severities": ["serious"]}),
            0,
        ),
        (("finding_confirmed", {"severities": ["minor"]}), ("finding_confirmed", {}), 1),
        (("by_hand", {"kind": "a"}), ("by_hand", {"kind": "b"}), 0),
        (("by_hand", {"kind": "a"}), ("by_hand", {"kind": "a"}), 1),
        (
            ("unit_rate_below", {"threshold_bp": 9500, "units": ["x"]}),
            ("unit_rate_below", {"threshold_bp": 9000}),
            1,
        ),
        (("rank_streak", {"place": "bottom"}), ("rank_streak", {"place": "top"}), 0),
        (("praise_confirmed", {"forms": ["pennant"]}), ("praise_confirmed", {"forms": ["written"]}), 0),
    ],
)
def test_rules_that_one_incident_can_set_off_twice_are_named(one, other, meet):
    rows = [
        Rule(code=code, direction="penalty", trigger=name, params=params, is_active=True)
        for code, (name, params) in (("A", one), ("B", other))
    ]
    sentences = overlaps(rows)
    assert len(sentences) == meet
    rows[1].is_active = False
    assert overlaps(rows) == []
    if sentences:
        assert "A" in sentences[0] and "B" in sentences[0]


CAUSES, SEVERITIES, VERDICTS = (
    ("attitude", "error", "process"),
    ("minor", "serious"),
    ("substantiated", "partly"),
)


def parts_of(values, least=1):
    sizes = range(least, len(values) + 1)
    return [list(chosen) for size in sizes for chosen in combinations(values, size)]


def test_two_rules_on_complaints_meet_exactly_where_one_finding_sets_off_both():
    names = ("causes", "severities", "verdicts")
    every = product(parts_of(CAUSES), parts_of(SEVERITIES, 0), parts_of(VERDICTS))
    rules_on = [build("finding_confirmed", dict(zip(names, chosen, strict=True))) for chosen in every]
    findings = [
        SimpleNamespace(cause=cause, severity=severity, verdict=verdict)
        for cause, severity, verdict in product(CAUSES, SEVERITIES, VERDICTS)
    ]
    set_off = {one: {place for place, fact in enumerate(findings) if one._matches(fact)} for one in rules_on}
    for one, other in product(rules_on, repeat=2):
        assert one.overlaps(other) == bool(set_off[one] & set_off[other])
