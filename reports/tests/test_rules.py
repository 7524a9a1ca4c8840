import datetime as dt

import pytest

from reports import rules, wording


@pytest.mark.parametrize(
    ("k", "n", "missing"), [(286, 324, 6), (291, 324, 1), (292, 324, 0), (9, 10, 0), (0, 1, 1)]
)
def test_the_distance_to_the_target_is_counted_in_whole_customers(k, n, missing):
    assert rules.still_missing(k, n, 9000) == missing


def test_a_target_is_just_met_only_at_its_very_edge():
    assert rules.is_just_met(615, 683, 9000)
    assert not rules.is_just_met(614, 683, 9000)
    assert not rules.is_just_met(630, 683, 9000)


def test_the_comparison_with_the_target_is_shown_in_integers():
    assert wording.integer_comparison(615, 683, 9000) == "61,500 ≥ 61,470"
    assert wording.integer_comparison(499, 559, 9000) == "49,900 < 50,310"


def test_a_change_needs_enough_answers_on_both_sides_and_a_test():
    enough, few = (451, 548, True), (19, 21, False)
    found = rules.changes([(enough, (480, 545, True)), (few, enough), (enough, None), (enough, enough)])
    assert [change.state for change in found] == ["down", "few", "first", "same"]
    assert round(found[0].points, 1) == -5.8
    assert found[0].p < 0.05


def test_several_comparisons_at_once_raise_the_bar():
    """p = 0.04 alone is a change; beside four that are none it is not."""
    close = ((170, 200, True), (154, 200, True))
    same = ((170, 200, True), (170, 200, True))
    assert rules.changes([close])[0].state == "up"
    assert rules.changes([close, same, same, same, same])[0].state == "same"


def test_a_trend_is_only_claimed_when_it_is_demonstrable():
    rising = [(60 + 3 * month, 100) for month in range(12)]
    assert rules.trend_direction(rising) == "up"
    assert rules.trend_direction(list(reversed(rising))) == "down"
    assert rules.trend_direction([(88, 100), (90, 100), (87, 100), (89, 100)]) == ""
    assert rules.trend_direction([(0, 0), (9, 10)]) == ""


def test_an_axis_begins_where_everything_is_on_it():
    assert rules.axis_start([0.843, 0.9, None]) == 0.7
    assert rules.axis_start([0.434]) == 0.4
    assert rules.axis_start([0.01]) == 0.0


@pytest.mark.parametrize(("day", "third"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (31, 3)])
def test_dates_are_shown_as_thirds_of_a_month(day, third):
    assert rules.third_of_month(dt.date(2026, 10, day)) == third


def test_names_of_colleagues_and_numbers_leave_a_customers_words():
    said = "王丽讲得很细，打 138 0000 0001 找她，3 号楼 2 单元。"
    shown = rules.without_names(said, ["王丽"], "（某同事）")
    assert shown == "（某同事）讲得很细，打 *** 找她，3 号楼 2 单元。"


def test_the_most_pressing_things_come_first_and_something_good_is_among_them():
    found = [
        {"code": "dimension_met", "measure": "attitude", "k": 93, "n": 100},
        {"code": "dimension_below", "measure": "accuracy", "k": 88, "n": 100},
        {"code": "dimension_clearly_below", "measure": "ease", "k": 80, "n": 100},
        {"code": "dimension_down", "measure": "aftersales", "k": 82, "n": 100},
        {"code": "dimension_clearly_below", "measure": "aftersales", "k": 82, "n": 100},
    ]
    assert [one["measure"] for one in rules.three_things(found)] == ["aftersales", "ease", "attitude"]
