"""Intervals against the method's figures, statsmodels and their own definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from scoring.statistics.intervals import (
    Share,
    binomial_cdf,
    clopper_pearson,
    clopper_pearson_bound,
    newcombe,
    score_status,
    wilson,
)

# k, n, Wilson, Clopper-Pearson, one-sided 95 % lower Wilson, P(X <= k; n, .95), Wilson with N = 400
FIGURES = [
    (0, 1, (0, 0.793451), (0, 0.975), 0, 0.05, (0, 0.793451)),
    (1, 1, (0.206549, 1), (0.025, 1), 0.269866, 1, (0.206549, 1)),
    (0, 10, (0, 0.277533), (0, 0.308497), 0, 0, (0, 0.272982)),
    (10, 10, (0.722467, 1), (0.691503, 1), 0.787058, 1, (0.727018, 1)),
    (7, 10, (0.396778, 0.892209), (0.347547, 0.93326), 0.4417, 0.011504, (0.399829, 0.890978)),
    (29, 30, (0.833296, 0.994091), (0.827831, 0.999156), 0.863596, 0.785361, (0.840497, 0.993773)),
    (95, 100, (0.88825, 0.978456), (0.887165, 0.983568), 0.900839, 0.564019, (0.898728, 0.976007)),
    (57, 60, (0.862995, 0.98285), (0.860757, 0.989568), 0.881325, 0.582564, (0.871953, 0.981486)),
    (285, 300, (0.919153, 0.969468), (0.918873, 0.971749), 0.924984, 0.536983, (0.93615, 0.960971)),
    (475, 500, (0.927232, 0.965906), (0.927072, 0.967385), 0.931407, 0.528649, None),
]
# Real landlords (TSM 2024/25, TP01): k, n, population, Wilson, Wilson with the population, Clopper-Pearson
LANDLORDS = [
    (1844, 2459, 26840, (0.7324, 0.766617), (0.733238, 0.765851), (0.732287, 0.766913)),
    (784, 975, 6033, (0.778017, 0.827801), (0.780304, 0.825898), (0.777774, 0.828579)),
    (794, 1307, 20780, (0.580747, 0.633619), (0.581609, 0.632797), (0.580425, 0.634087)),
]


def near(values):
    return pytest.approx(values, abs=6e-7)


@st.composite
def counts(draw, least_n=1):
    n = draw(st.integers(least_n, 5000))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(("k", "n", "shown", "judged", "lower", "below", "finite"), FIGURES)
def test_reference_figures_of_one_share(k, n, shown, judged, lower, below, finite):
    assert wilson(k, n) == near(shown)
    assert clopper_pearson(k, n) == near(judged)
    assert wilson(k, n, level=0.9)[0] == near(lower)
    assert binomial_cdf(k, n, 0.95) == near(below)
    if finite:
        assert wilson(k, n, population=400) == near(finite)


@pytest.mark.parametrize(("k", "n", "population", "shown", "finite", "judged"), LANDLORDS)
def test_reference_figures_of_landlords(k, n, population, shown, finite, judged):
    assert wilson(k, n) == near(shown)
    assert wilson(k, n, population=population) == near(finite)
    assert clopper_pearson(k, n) == near(judged)


def test_no_answers_give_no_score():
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None
    assert clopper_pearson_bound(0, 0, 0.05) is None
    assert newcombe(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None
    assert Share(0, 0).exact is None


@pytest.mark.parametrize("n", [0, 1, 9, 10, 29, 30, 31])
def test_status_follows_the_number_of_answers(n):
    expected = {0: "none", 1: "suppressed", 9: "suppressed", 10: "low_n", 29: "low_n"}.get(n, "ok")
    assert score_status(n) == expected


def test_status_limits_are_settings():
    assert score_status(15, ok_n=15, low_n=5) == "ok"
    assert score_status(5, ok_n=15, low_n=5) == "low_n"
    assert score_status(4, ok_n=15, low_n=5) == "suppressed"


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (0, -1)])
def test_impossible_counts_are_refused(k, n):
    for function in (wilson, clopper_pearson, Share):
        with pytest.raises(ValueError, match="0 <= k <= n"):
            function(k, n)


def test_counts_that_are_not_integers_are_refused():
    with pytest.raises(TypeError):
        wilson(9.5, 10)
    with pytest.raises(TypeError):
        clopper_pearson(9, 10.0)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_impossible_levels_are_refused(level):
    with pytest.raises(ValueError, match="level"):
        wilson(5, 10, level)
    with pytest.raises(ValueError, match="level"):
        clopper_pearson(5, 10, level)


def test_unknown_side_and_too_small_population_are_refused():
    with pytest.raises(ValueError, match="side"):
        clopper_pearson_bound(5, 10, 0.05, "left")
    with pytest.raises(ValueError, match="population"):
        wilson(5, 10, population=9)


def test_a_full_census_has_no_sampling_error():
    assert wilson(7, 10, population=10) == near((0.7, 0.7))
    assert wilson(1, 1, population=1) == near((1, 1))


def test_newcombe_of_the_reference():
    assert newcombe(170, 200, 150, 200) == near((0.021525, 0.177312))


@given(counts(), counts(), st.sampled_from([0.8, 0.95, 0.99]))
def test_newcombe_agrees_with_statsmodels_and_turns_round(first, second, level):
    low, high = newcombe(*first, *second, level)
    expected = confint_proportions_2indep(*first, *second, method="newcomb", alpha=1 - level)
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert newcombe(*second, *first, level) == pytest.approx((-high, -low), abs=1e-12)


@given(counts(), st.floats(0.5, 0.9999))
def test_intervals_agree_with_statsmodels(count, level):
    k, n = count
    assert wilson(k, n, level) == pytest.approx(proportion_confint(k, n, 1 - level, "wilson"), abs=1e-9)
    assert clopper_pearson(k, n, level) == pytest.approx(
        proportion_confint(k, n, 1 - level, "beta"), abs=1e-9
    )


@given(counts(), st.floats(0.01, 0.9999))
def test_intervals_contain_the_share_and_stay_inside_0_1(count, level):
    k, n = count
    for low, high in (wilson(k, n, level), clopper_pearson(k, n, level)):
        assert 0 <= low <= k / n <= high <= 1


@given(counts(least_n=2), st.floats(0.001, 0.3))
def test_clopper_pearson_rises_with_every_satisfied_answer(count, alpha):
    k, n = count
    for side in ("lower", "upper"):
        fewer, more = (clopper_pearson_bound(x, n, alpha, side) for x in (min(k, n - 1), min(k, n - 1) + 1))
        assert fewer < more


@given(counts(), st.floats(0.0005, 0.2))
def test_the_one_sided_bound_inverts_the_binomial_test(count, alpha):
    k, n = count
    lower = clopper_pearson_bound(k, n, alpha)
    upper = clopper_pearson_bound(k, n, alpha, "upper")
    if k:
        assert binom.sf(k - 1, n, lower) == pytest.approx(alpha, rel=1e-6)
        assert lower == pytest.approx(beta.ppf(alpha, k, n - k + 1), abs=1e-10)
    if k < n:
        assert binom.cdf(k, n, upper) == pytest.approx(alpha, rel=1e-6)


@given(counts(), st.floats(0, 1))
def test_binomial_tail_agrees_with_scipy(count, p):
    assert binomial_cdf(*count, p) == pytest.approx(binom.cdf(*count, p), abs=1e-10)


def test_shares_add_by_counts():
    assert Share(3, 4) + Share(1, 6) == Share(4, 10)
    assert (Share(3, 4) + Share(1, 6)).exact.as_integer_ratio() == (2, 5)
