"""Key drivers against R relaimpo's figures, ordinary least squares and brute force."""

from itertools import permutations

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from scoring.statistics.drivers import bootstrap_lmg, complete_cases, johnson_weights, key_drivers, lmg
from scoring.statistics.intervals import Share

# ECSI mobile phone data, blocks as item means: covariances of IMAG, EXPE, QUAL, VAL, COM and satisfaction.
ECSI = [
    [185.5584065642, 95.9001506570, 139.4703877359, 140.9554069153, 157.9050619804, 134.7675974109],
    [95.9001506570, 197.8972652566, 108.1579841201, 103.9910921901, 90.2193386560, 103.4666535547],
    [139.4703877359, 108.1579841201, 197.9243605946, 164.3416717921, 188.4936955419, 163.1926561013],
    [140.9554069153, 103.9910921901, 164.3416717921, 425.7903234072, 181.1774939855, 180.7579207609],
    [157.9050619804, 90.2193386560, 188.4936955419, 181.1774939855, 638.5674392225, 196.7862764155],
    [134.7675974109, 103.4666535547, 163.1926561013, 180.7579207609, 196.7862764155, 216.8060752514],
]
ECSI_R2 = 0.681663
ECSI_LMG = (0.144014, 0.070834, 0.258650, 0.119273, 0.088893)
ECSI_JOHNSON = (0.142523, 0.076829, 0.237383, 0.127591, 0.097338)
# SFO 2017, 1,214 complete cases: ART, FOOD, STORE, SIGN, WALKWAYS, SCREENS, WIFI, ROADS, ALL (upper part).
SFO_ROWS = [
    [0.827088746, 0.534398764, 0.483031845, 0.338037542, 0.331432817, 0.322435016, 0.314219514, 0.267860126,
     0.349914640],
    [0.954174369, 0.673099359, 0.367827394, 0.338450422, 0.337388342, 0.323293372, 0.281358865, 0.399468417],
    [0.806990714, 0.395167128, 0.374098013, 0.371266252, 0.332247712, 0.319402247, 0.376151549],
    [0.679750941, 0.471133696, 0.468453370, 0.337503786, 0.369539353, 0.350345855],
    [0.658791836, 0.495533695, 0.387629348, 0.362763500, 0.353427517],
    [0.685014485, 0.411687770, 0.386776424, 0.354266180],
    [1.050264094, 0.391440341, 0.371402068],
    [0.748452039, 0.347883513],
    [0.502000568],
]  # fmt: skip
SFO_LMG = (0.066277, 0.082677, 0.073136, 0.07493, 0.081735, 0.075802, 0.065126, 0.085217)
SFO_JOHNSON = (0.069329, 0.084644, 0.06895, 0.072245, 0.077505, 0.071458, 0.070786, 0.089983)


def sfo():
    upper = np.zeros((9, 9))
    for i, row in enumerate(SFO_ROWS):
        upper[i, i:] = row
    return upper + np.triu(upper, 1).T


def answers(n=300, drivers=4, seed=1):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    items = common + rng.normal(size=(n, drivers))
    overall = items @ np.arange(1, drivers + 1) + rng.normal(size=n) * 3
    return np.column_stack([items, overall])


def r2_by_regression(data, subset):
    return OLS(data[:, -1], add_constant(data[:, list(subset)])).fit().rsquared if subset else 0.0


@pytest.mark.parametrize(
    ("covariance", "r2", "parts", "johnson"),
    [(ECSI, ECSI_R2, ECSI_LMG, ECSI_JOHNSON), (sfo(), 0.6049, SFO_LMG, SFO_JOHNSON)],
    ids=["ecsi", "sfo"],
)
def test_driver_figures_of_the_reference(covariance, r2, parts, johnson):
    found, check = lmg(covariance), johnson_weights(covariance)
    assert found.r2 == pytest.approx(r2, abs=1e-6)
    assert found.parts == pytest.approx(parts, abs=1e-6)
    assert check.parts == pytest.approx(johnson, abs=1e-6)
    assert check.r2 == pytest.approx(found.r2)


def test_lmg_is_the_mean_gain_over_all_orders():
    data = answers()
    gains = np.zeros(4)
    for order in permutations(range(4)):
        for place, driver in enumerate(order):
            gains[driver] += r2_by_regression(data, order[: place + 1]) - r2_by_regression(
                data, order[:place]
            )
    assert lmg(np.cov(data, rowvar=False)).parts == pytest.approx(gains / 24)


def test_parts_sum_to_r2_and_shares_to_one():
    data = answers(drivers=7)
    found = lmg(np.cov(data, rowvar=False))
    assert found.r2 == pytest.approx(r2_by_regression(data, range(7)))
    assert sum(found.parts) == pytest.approx(found.r2)
    assert sum(found.shares) == pytest.approx(1)


def test_the_scale_of_an_item_does_not_matter():
    data = answers()
    stretched = data * np.array([1, 10, 0.1, 1000, 7])
    assert lmg(np.cov(stretched, rowvar=False)).parts == pytest.approx(lmg(np.cov(data, rowvar=False)).parts)


def test_independent_drivers_keep_their_own_squared_correlation():
    covariance = np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])
    assert lmg(covariance).parts == pytest.approx((0.36, 0.09))
    assert johnson_weights(covariance).parts == pytest.approx((0.36, 0.09))
    assert lmg(np.array([[4, 3], [3, 9]])).parts == pytest.approx((0.25,))


def test_no_relation_gives_no_shares():
    assert lmg(np.eye(3)).shares == (0, 0)


def test_twelve_drivers_are_decomposed_and_thirteen_refused():
    found = lmg(np.cov(answers(drivers=12), rowvar=False))
    assert sum(found.parts) == pytest.approx(found.r2)
    with pytest.raises(ValueError, match="1 to 12"):
        lmg(np.eye(14))
    with pytest.raises(ValueError, match="1 to 12"):
        lmg(np.eye(1))


def test_collinear_and_constant_items_are_refused():
    data = answers()
    with pytest.raises(ValueError, match="collinear"):
        lmg(np.cov(np.column_stack([data[:, :1], data]), rowvar=False))
    data[:, 2] = 5
    with pytest.raises(ValueError, match="constant"):
        johnson_weights(np.cov(data, rowvar=False))


def test_complete_cases_are_kept_and_the_dropped_ones_counted():
    data = answers(n=130)
    data[:20, 1] = np.nan
    data[10:30, 4] = np.nan
    kept = complete_cases(data)
    assert (kept.share, kept.enough, kept.data.shape) == (Share(100, 130), True, (100, 5))
    assert not complete_cases(data[:-1]).enough


@pytest.mark.parametrize(
    ("n", "drivers", "enough"), [(100, 6, True), (99, 6, False), (119, 8, False), (120, 8, True)]
)
def test_enough_is_a_hundred_and_fifteen_per_driver(n, drivers, enough):
    assert complete_cases(answers(n=n, drivers=drivers)).enough is enough


def test_data_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="rows"):
        complete_cases(np.zeros(5))
    with pytest.raises(ValueError, match="rows"):
        complete_cases(np.zeros((5, 1)))


def test_the_bootstrap_is_seeded_and_holds_the_parts():
    data = answers(drivers=8)
    low, high = bootstrap_lmg(data, seed=5, repetitions=100)
    assert (low, high) == bootstrap_lmg(data, seed=5, repetitions=100)
    assert (low, high) != bootstrap_lmg(data, seed=6, repetitions=100)
    parts = lmg(np.cov(data, rowvar=False)).parts
    assert all(a < part < b for a, part, b in zip(low, parts, high, strict=True))


def test_a_higher_level_gives_a_wider_interval():
    data = answers()
    wide, narrow = (bootstrap_lmg(data, seed=5, level=level) for level in (0.99, 0.5))
    assert all(a < c < d < b for a, b, c, d in zip(*wide, *narrow, strict=True))


def test_draws_that_cannot_be_decomposed_are_left_out():
    data = answers(n=40)
    data[:, 0] = 0
    data[0, 0] = 1
    low, high = bootstrap_lmg(data, seed=1, repetitions=50)
    assert np.all(np.isfinite([low, high]))
    with pytest.raises(ValueError, match="no draw"):
        bootstrap_lmg(np.ones((40, 3)), seed=1, repetitions=5)


def test_the_whole_analysis_states_what_it_rests_on():
    data = answers(n=200)
    data[:50, 0] = np.nan
    found = key_drivers(data, seed=3, repetitions=50)
    assert found.kept == Share(150, 200)
    assert found.lmg.parts == lmg(np.cov(data[50:], rowvar=False)).parts
    assert (found.low, found.high) == bootstrap_lmg(data[50:], seed=3, repetitions=50)
    assert found.johnson.r2 == pytest.approx(found.lmg.r2)
    assert key_drivers(data[:140], seed=3) is None
