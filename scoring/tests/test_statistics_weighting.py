"""Post-stratification, raking and response."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics.intervals import Share, wilson
from scoring.statistics.weighting import (
    Stratum,
    collapse,
    coverage,
    kish_deff,
    poststratified,
    rake,
    response_rate_2,
    weighted_share,
)

# SFO 2017: terminal, sampling stratum, satisfied, not satisfied.
SFO_2017 = [
    ("intl", 1, 371, 81),
    ("intl", 2, 422, 105),
    ("intl", 3, 280, 55),
    ("dom", 1, 415, 76),
    ("dom", 2, 366, 92),
    ("dom", 3, 352, 73),
]
TERMINALS, STRATA = {"intl": 0.3, "dom": 0.7}, {1: 0.4, 2: 0.4, 3: 0.2}


def sfo_answers():
    return [
        (terminal, stratum, satisfied)
        for terminal, stratum, yes, no in SFO_2017
        for satisfied in [True] * yes + [False] * no
    ]


def sfo_raked():
    terminals, strata, satisfied = zip(*sfo_answers(), strict=True)
    weights = rake({"term": terminals, "STRATA": strata}, {"term": TERMINALS, "STRATA": STRATA})
    return np.array(terminals), np.array(strata), satisfied, weights


def test_raking_of_the_reference():
    terminals, strata, satisfied, weights = sfo_raked()
    found = weighted_share(satisfied, weights)
    assert (found.n, sum(satisfied) / found.n) == (2688, pytest.approx(0.820685, abs=6e-7))
    assert found.p == pytest.approx(0.821187, abs=6e-7)
    assert (weights.min(), weights.max()) == pytest.approx((0.411403, 1.561687), abs=1e-6)
    assert (found.deff, kish_deff(weights)) == pytest.approx((1.191643, 1.191643), abs=1e-6)
    assert weights.mean() == pytest.approx(1)
    for terminal, share in TERMINALS.items():
        assert weights[terminals == terminal].sum() / 2688 == pytest.approx(share)
    for stratum, share in STRATA.items():
        assert weights[strata == stratum].sum() / 2688 == pytest.approx(share)


def test_targets_may_be_counts_of_people():
    terminals = [row[0] for row in sfo_answers()]
    shares = rake({"term": terminals}, {"term": TERMINALS})
    assert rake({"term": terminals}, {"term": {"intl": 3000, "dom": 7000}}) == pytest.approx(shares)


def test_raking_refuses_categories_that_nobody_or_no_target_has():
    with pytest.raises(ValueError, match="categories"):
        rake({"term": ["a", "b"]}, {"term": {"a": 1}})
    with pytest.raises(ValueError, match="categories"):
        rake({"term": ["a", "a"]}, {"term": {"a": 1, "b": 1}})
    with pytest.raises(ValueError, match="no targets"):
        rake({}, {})


def test_raking_says_when_margins_contradict_each_other():
    with pytest.raises(ValueError, match="converge"):
        rake({"x": [1, 2], "y": [1, 2]}, {"x": {1: 0.5, 2: 0.5}, "y": {1: 0.9, 2: 0.1}})


def test_poststratification_by_terminal_gives_the_reference():
    intl, dom = Stratum("intl", 3_000_000, 1073, 1314), Stratum("dom", 7_000_000, 1133, 1374)
    found = poststratified([intl, dom])
    assert found.p == pytest.approx(0.822197, abs=6e-7)
    assert found.strata == (("intl",), ("dom",))


def test_standard_error_follows_the_formula_with_finite_populations():
    found = poststratified([Stratum("a", 100, 18, 20), Stratum("b", 300, 30, 50)])
    a = 0.25**2 * 0.9 * 0.1 / 19 * (1 - 20 / 100)
    b = 0.75**2 * 0.6 * 0.4 / 49 * (1 - 50 / 300)
    assert found.p == pytest.approx(0.25 * 0.9 + 0.75 * 0.6)
    assert found.se == pytest.approx(sqrt(a + b))
    assert found.n_eff == pytest.approx(0.675 * 0.325 / (a + b))
    assert found.interval[0] < found.p < found.interval[1]


def test_everybody_asked_and_answering_leaves_no_uncertainty():
    found = poststratified([Stratum("a", 20, 18, 20), Stratum("b", 50, 30, 50)])
    assert (found.p, found.se, found.interval) == (48 / 70, 0, (48 / 70, 48 / 70))


def test_all_satisfied_is_not_certainty():
    found = poststratified([Stratum("a", 400, 10, 10), Stratum("b", 400, 10, 10)])
    assert (found.p, found.se, found.n_eff) == (1, 0, 20)
    assert found.interval == pytest.approx(wilson(20, 20))


def test_one_answer_has_a_share_but_no_standard_error():
    found = poststratified([Stratum("a", 2, 1, 1)])
    assert (found.p, found.se, found.n) == (1, None, 1)
    assert found.interval == pytest.approx(wilson(1, 1))


def test_no_answers_give_no_share():
    assert poststratified([Stratum("a", 20, 0, 0)]) is None
    assert poststratified([]) is None


def strata(*answers, families=None):
    families = families or [None] * len(answers)
    return [
        Stratum(i, 1000, 0, n, family) for i, (n, family) in enumerate(zip(answers, families, strict=True))
    ]


@pytest.mark.parametrize(
    ("given_strata", "merged"),
    [
        (strata(5, 6, 7), [(0,), (1,), (2,)]),
        (strata(4, 6, 7), [(0, 1), (2,)]),
        (strata(9, 4, 6), [(0,), (1, 2)]),
        (strata(6, 4, 6), [(0, 1), (2,)]),
        (strata(9, 6, 4), [(0,), (1, 2)]),
        (strata(1, 1, 1, 9), [(0, 1, 2, 3)]),
        (strata(1, 1), [(0, 1)]),
        (strata(0), [(0,)]),
        (strata(9, 4, 6, families="AAB"), [(0, 1), (2,)]),
        (strata(9, 4, 6, families="ABB"), [(0,), (1, 2)]),
        (strata(9, 4, 6, families="ABA"), [(0,), (1, 2)]),
    ],
)
def test_thin_strata_are_merged_with_a_neighbour(given_strata, merged):
    assert collapse(given_strata) == merged


def test_merged_strata_add_people_and_answers():
    found = poststratified([Stratum("a", 100, 1, 2), Stratum("b", 200, 3, 6), Stratum("c", 300, 9, 10)])
    assert found.strata == (("a", "b"), ("c",))
    assert found.p == pytest.approx(float(Fraction(1, 2) * Fraction(4, 8) + Fraction(1, 2) * Fraction(9, 10)))


def test_more_answers_than_people_and_double_strata_are_refused():
    with pytest.raises(ValueError, match="0 <= k <= n"):
        Stratum("a", 9, 5, 10)
    with pytest.raises(ValueError, match="twice"):
        poststratified([Stratum("a", 10, 5, 10), Stratum("a", 10, 5, 10)])
    with pytest.raises(ValueError, match="at least one"):
        collapse([], min_n=0)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100)), min_size=1, max_size=8),
    st.integers(1, 9),
)
def test_a_poststratified_share_lies_in_its_interval(cells, min_n):
    given_strata = [Stratum(i, k + no + more, k, k + no) for i, (k, no, more) in enumerate(cells)]
    found = poststratified(given_strata, min_n)
    if found is None:
        assert sum(stratum.n for stratum in given_strata) == 0
        return
    assert 0 <= found.interval[0] <= found.p <= found.interval[1] <= 1
    assert found.n == sum(stratum.n for stratum in given_strata)


def test_weights_must_be_positive_and_one_per_answer():
    for wrong in ([], [1, 0], [1, -1], [1, float("nan")], [[1, 2]]):
        with pytest.raises(ValueError, match="positive"):
            kish_deff(wrong)
    with pytest.raises(ValueError, match="one weight"):
        weighted_share([True, False], [1, 2, 3])


def test_equal_weights_change_nothing():
    found = weighted_share([True] * 7 + [False] * 3, [2.5] * 10)
    assert (found.p, found.deff, found.n_eff) == pytest.approx((0.7, 1, 10))
    assert found.se == pytest.approx(sqrt(0.7 * 0.3 / 9))
    assert found.interval == pytest.approx(wilson(7, 10))
    assert weighted_share([True], [1]).se is None


def test_response_rate_2_counts_unknown_eligibility_as_eligible():
    rate = response_rate_2(complete=50, partial=10, refused=20, no_contact=15, other=5, unknown=100)
    assert rate == Share(60, 200)
    assert response_rate_2(complete=0) == Share(0, 0)


def test_coverage_counts_households_once():
    assert coverage(["1-101", "1-102", "1-101"], 20) == Share(2, 20)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        coverage(["a", "b"], 1)
