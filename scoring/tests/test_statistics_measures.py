"""Measures: what counts as satisfied, and exact comparisons with a target."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics.intervals import Share
from scoring.statistics.measures import (
    basic_box,
    basis_points,
    csi_0_100,
    is_below,
    is_loyal,
    loyalty,
    mean_from_counts,
    nps,
    nps_class,
    nps_interval,
    share_below,
    top_box,
)

# Landlords' published percentages beside their counts for 5, 4, 3, 2, 1 (TSM, TP01 and TP09).
TSM_CELLS = [
    ((916, 928, 218, 212, 185), 74.9898),
    ((415, 369, 80, 59, 52), 80.4103),
    ((1240, 948, 203, 119, 103), 83.7352),
    ((115, 146, 91, 159, 236), 34.9398),
    ((41, 46, 19, 52, 77), 37.0213),
]


@pytest.mark.parametrize(("cells", "published"), TSM_CELLS)
def test_top_box_recomputes_published_shares(cells, published):
    share = top_box(dict(zip((5, 4, 3, 2, 1), cells, strict=True)))
    assert 100 * share.k / share.n == pytest.approx(published, abs=6e-5)


def test_not_applicable_and_blank_are_in_neither_count():
    assert top_box({5: 10, 4: 5, 3: 2, 2: 1, 1: 2, 6: 40, 0: 7, None: 3}) == Share(15, 20)


def test_basically_satisfied_counts_the_middle_too():
    counts = {5: 10, 4: 5, 3: 2, 2: 1, 1: 2, 6: 40}
    assert basic_box(counts) == Share(17, 20)


def test_option_codes_and_other_scales_count_as_told():
    counts = {"yes": 7, "no": 3, "do not know": 9}
    assert top_box(counts, satisfied=["yes"], valid=["yes", "no"]) == Share(7, 10)


def test_a_satisfied_value_must_be_valid():
    with pytest.raises(ValueError, match="valid"):
        top_box({5: 1}, satisfied=[6])
    with pytest.raises(ValueError, match="0 <= k <= n"):
        top_box({5: -1})


@pytest.mark.parametrize(
    ("k", "n", "num", "below"),
    [
        (95, 100, 95, False),
        (19, 20, 95, False),
        (18, 20, 95, True),
        (284, 300, 95, True),
        (285, 300, 95, False),
        (10, 100, 10, False),
        (9, 100, 10, True),
        (30, 100, 30, False),
        (29, 100, 30, True),
    ],
)
def test_boundaries_are_compared_in_integers(k, n, num, below):
    assert share_below(k, n, num) is below
    assert is_below(k, n, Fraction(num, 100)) is below
    assert is_below(k, n, basis_points(100 * num)) is below


@given(st.integers(1, 10**7), st.integers(0, 100))
def test_exactly_the_target_is_never_below(units, percent):
    k, n = units * percent, units * 100
    assert not share_below(k, n, percent)
    if k:
        assert share_below(k - 1, n, percent)


def test_a_comparison_needs_answers_and_a_target():
    with pytest.raises(ValueError, match="no answers"):
        share_below(0, 0, 95)
    with pytest.raises(ValueError, match="denominator"):
        share_below(1, 2, 95, 0)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        basis_points(10_001)


@pytest.mark.parametrize(
    ("items", "verdict"),
    [
        ((4, 4, 4), True),
        ((5, 5, 3), False),
        ((1, 5, 5), False),
        ((5, None, 5), None),
        ((None, None, 1), None),
        ((), None),
    ],
)
def test_loyalty_of_one_answer_needs_all_three_items(items, verdict):
    assert is_loyal(items) is verdict


def test_loyalty_of_a_group_shows_how_many_did_not_answer_all():
    found = loyalty([(4, 5, 4), (5, 5, None), (3, 5, 5), (None, 1, 1)])
    assert (found.share, found.incomplete) == (Share(1, 2), 2)


def test_nps_of_the_reference():
    found = nps(1436, 968, 342)
    assert found.n == 2746
    assert found.score == pytest.approx(39.8398, abs=5e-5)
    assert found.se == pytest.approx(1.3341, abs=5e-5)


def test_nps_without_answers_is_none():
    assert nps(0, 0, 0) is None
    assert nps_interval(0, 0, 0) is None


def test_nps_classes_end_where_the_scale_ends():
    classes = [nps_class(value) for value in (None, -1, 0, 6, 7, 8, 9, 10, 11)]
    assert classes == [
        None,
        None,
        "detractor",
        "detractor",
        "passive",
        "passive",
        "promoter",
        "promoter",
        None,
    ]


def test_nps_interval_is_near_the_normal_one_on_many_answers():
    assert nps_interval(1436, 968, 342) == pytest.approx((37.225, 42.455), abs=0.06)


def test_nps_interval_of_promoters_only_does_not_shrink_to_a_point():
    low, high = nps_interval(10, 0, 0)
    assert (low, high) == (pytest.approx(100 * (2 * 0.722467 - 1), abs=1e-3), 100)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_nps_lies_in_its_interval_and_turns_round(promoters, passives, detractors):
    if promoters + passives + detractors == 0:
        return
    low, high = nps_interval(promoters, passives, detractors)
    score = nps(promoters, passives, detractors).score
    assert -100.000001 <= low <= score + 1e-9
    assert score - 1e-9 <= high <= 100.000001
    assert nps_interval(detractors, passives, promoters) == pytest.approx((-high, -low), abs=1e-6)


def test_csi_is_the_mean_of_the_items_on_0_to_100():
    assert csi_0_100((5, 5, 5)) == 100
    assert csi_0_100((1, 1, 1)) == 0
    assert csi_0_100((4, 3, 5)) == 75
    assert csi_0_100((10, 1, 1), low=1, high=10) == pytest.approx(100 / 3)
    assert csi_0_100((4, None, 5)) is None
    with pytest.raises(ValueError, match="scale"):
        csi_0_100((6, 5, 5))


def test_mean_and_its_standard_error_come_from_counts():
    found = mean_from_counts({1: 1, 3: 2, 5: 1})
    assert (found.mean, found.n) == (3, 4)
    assert found.se == pytest.approx((8 / 3 / 4) ** 0.5)
    assert mean_from_counts({4: 1}).se is None
    assert mean_from_counts({4: 0}) is None
