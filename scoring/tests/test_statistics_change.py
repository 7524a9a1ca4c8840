"""Two periods compared, and many comparisons at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from scoring.statistics.change import (
    benjamini_hochberg,
    compare,
    fisher_p,
    holm,
    may_show_arrow,
    two_proportion_z,
)

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=40)
counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_the_comparison_of_the_reference():
    found = compare(170, 200, 150, 200)
    assert found.difference == pytest.approx(0.1)
    assert found.z == pytest.approx(2.5)
    assert found.p == pytest.approx(0.012419, abs=6e-7)
    assert (found.low, found.high) == pytest.approx((0.021525, 0.177312), abs=6e-7)
    assert found.fisher_p == pytest.approx(0.017191, abs=6e-7)


@given(counts, counts)
def test_z_agrees_with_statsmodels(first, second):
    z, p = two_proportion_z(*first, *second)
    k, n = first[0] + second[0], first[1] + second[1]
    if k in (0, n):
        assert (z, p) == (0, 1)
        return
    expected = proportions_ztest([first[0], second[0]], [first[1], second[1]])
    assert (z, p) == pytest.approx(expected, abs=1e-9)


def test_nothing_is_compared_with_no_answers():
    assert compare(0, 0, 5, 10) is None
    assert two_proportion_z(5, 10, 0, 0) is None


def test_the_direction_is_first_minus_second():
    assert two_proportion_z(150, 200, 170, 200)[0] == pytest.approx(-2.5)
    assert fisher_p(150, 200, 170, 200) == pytest.approx(fisher_p(170, 200, 150, 200))


@pytest.mark.parametrize(("n1", "n2", "allowed"), [(30, 30, True), (29, 500, False), (500, 29, False)])
def test_no_arrow_on_few_answers(n1, n2, allowed):
    assert may_show_arrow(n1, n2) is allowed


def test_the_least_number_for_an_arrow_is_a_setting():
    assert may_show_arrow(10, 10, min_n=10)


@settings(max_examples=8)
@given(p_lists)
def test_corrections_agree_with_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


@given(p_lists)
def test_holm_is_at_least_benjamini_hochberg_and_both_at_least_raw(p_values):
    strict, mild = np.array(holm(p_values)), np.array(benjamini_hochberg(p_values))
    assert np.all(mild >= np.array(p_values) - 1e-15)
    assert np.all(strict >= mild - 1e-15)
    assert np.all(strict <= 1)


def test_corrections_of_nothing_are_nothing_and_of_nonsense_refused():
    assert holm([]) == benjamini_hochberg([]) == []
    for function in (holm, benjamini_hochberg):
        for wrong in ([-0.1], [1.1], [float("nan")]):
            with pytest.raises(ValueError, match="p-values"):
                function(wrong)
