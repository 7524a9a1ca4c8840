import datetime as dt
from fractions import Fraction

import pytest

from core.period import Period
from scoring import rules
from scoring.policy import CutOff, Part

QUARTER = Period.parse("2026Q3")
PARTS = (Part("survey", "", "", 6000), Part("sales", "", "", 3000), Part("teamwork", "", "", 1000))


@pytest.mark.parametrize(
    ("day", "cutoff_day", "expected"),
    [((9, 28), 28, "2026Q3"), ((9, 29), 28, "2026Q4"), ((9, 30), 31, "2026Q3"), ((7, 1), 28, "2026Q3")],
)
def test_an_answer_after_the_cut_off_belongs_to_the_next_quarter(day, cutoff_day, expected):
    assert str(rules.period_of("quarter", dt.date(2026, *day), cutoff_day)) == expected


def test_the_cut_off_of_a_short_month_is_its_last_day():
    assert rules.cutoff_on(Period.parse("2026-02"), 31) == dt.date(2026, 2, 28)
    assert rules.begins_on(QUARTER, 28) == dt.date(2026, 6, 29)


def test_the_close_runs_on_the_first_run_day_after_the_cut_off():
    assert rules.run_on(Period.parse("2026-10"), CutOff(31, 1)) == dt.date(2026, 11, 1)
    assert rules.run_on(QUARTER, CutOff(28, 1)) == dt.date(2026, 10, 1)
    assert rules.run_on(QUARTER, CutOff(27, 28)) == dt.date(2026, 9, 28)
    assert rules.run_on(QUARTER, CutOff(28, 29)) == dt.date(2026, 9, 29)


def test_the_latest_ended_period():
    assert str(rules.last_ended("month", dt.date(2026, 11, 1), 31)) == "2026-10"
    assert str(rules.last_ended("quarter", dt.date(2026, 9, 29), 28)) == "2026Q3"


@pytest.mark.parametrize(("above", "below", "expected"), [(7, 2, 4), (10, 3, 3), (9, 2, 5), (13, 4, 3)])
def test_a_dimension_is_rounded_half_up(above, below, expected):
    assert rules.half_up(above, below) == expected


def test_the_composite_weighs_its_parts_exactly():
    values = {"survey": Fraction(285, 3), "sales": Fraction(173, 2), "teamwork": Fraction(70)}
    assert rules.composite(PARTS, values) == (rules.two_decimals(Fraction("89.95")), True)
    assert str(rules.composite(PARTS, values)[0]) == "89.95"


def test_a_missing_part_is_never_weighed_away():
    assert rules.composite(PARTS, {"survey": Fraction(95), "sales": Fraction(86)}) == (None, False)
