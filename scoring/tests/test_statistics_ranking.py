"""Ranks, places, rank intervals and levels inside one peer group."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from scoring.statistics.levels import eb_levels
from scoring.statistics.ranking import (
    bottom_places,
    chi_square_homogeneity,
    places,
    rank_by_share,
    rank_intervals,
    top_places,
)

# SFO boarding areas: satisfied and all answers, then rank, its interval and the empirical-Bayes level.
SFO_2016 = {
    "A": (663, 806, 4, 1, 6, 0.821227),
    "B": (162, 253, 7, 6, 7, 0.661306),
    "C": (215, 286, 6, 3, 7, 0.756931),
    "D": (365, 417, 1, 1, 5, 0.868176),
    "E": (92, 116, 5, 1, 6, 0.793324),
    "F": (403, 487, 3, 1, 6, 0.824967),
    "G": (464, 554, 2, 1, 5, 0.834608),
}
SFO_2017 = {
    "A": (570, 701, 6, 1, 7, 0.820678),
    "B": (130, 164, 7, 1, 7, 0.820678),
    "C": (181, 222, 5, 1, 7, 0.820681),
    "D": (324, 384, 1, 1, 7, 0.820689),
    "E": (141, 169, 2, 1, 7, 0.820684),
    "F": (357, 435, 3, 1, 7, 0.820682),
    "G": (503, 613, 4, 1, 7, 0.820682),
}
SFO_2018 = {
    "A": (469, 648, 6, 4, 7, 0.731896),
    "B": (183, 238, 5, 1, 7, 0.774226),
    "C": (134, 186, 7, 3, 7, 0.743073),
    "D": (405, 491, 3, 1, 5, 0.818834),
    "E": (132, 155, 1, 1, 6, 0.827362),
    "F": (343, 409, 2, 1, 5, 0.82905),
    "G": (393, 498, 4, 1, 7, 0.78891),
}
SFO_CHI2 = [
    (SFO_2016, 69.900589, 4.29e-13),
    (SFO_2017, 2.791381, 0.83453829),
    (SFO_2018, 34.993048, 4.32e-06),
]
# London landlords of 5,000-40,000 homes, 2025: k, n, rank, interval.
LONDON = {
    "00BK": (1364, 2052, 9, 3, 18), "00AP": (954, 2000, 29, 25, 31), "00AC": (631, 1062, 19, 10, 25),
    "00AH": (560, 1061, 25, 17, 31), "00AJ": (587, 1044, 23, 12, 28), "00AM": (890, 1550, 22, 12, 25),
    "00AS": (571, 968, 20, 10, 25), "00AT": (704, 1012, 6, 2, 15), "00AU": (1642, 2470, 8, 3, 18),
    "00AY": (707, 1497, 30, 25, 31), "00AZ": (784, 1543, 26, 23, 31), "00BF": (642, 919, 5, 2, 15),
    "00BG": (608, 1012, 18, 8, 25), "00BH": (607, 977, 14, 5, 23), "L0006": (741, 1212, 16, 7, 23),
    "L0871": (643, 1011, 12, 3, 23), "L4505": (1920, 2569, 2, 2, 6), "L4279": (390, 640, 17, 5, 25),
    "00AL": (907, 1375, 10, 3, 20), "00AW": (724, 1062, 7, 3, 17), "00BE": (1377, 2368, 21, 12, 25),
    "L0277": (631, 1266, 27, 23, 31), "00AE": (382, 800, 28, 23, 31), "00AB": (1654, 3077, 24, 17, 28),
    "00AR": (367, 825, 31, 25, 31), "L4170": (467, 555, 1, 1, 1), "00AG": (725, 1021, 3, 2, 12),
    "00AK": (617, 1002, 15, 7, 23), "00AN": (712, 1135, 13, 5, 23), "00BB": (744, 1051, 4, 2, 12),
    "00BJ": (712, 1101, 11, 3, 20),
}  # fmt: skip
# Six of them publish weighted, fractional counts, which the reference kept and its table cut off.
LONDON_BY_ONE = {"00BF", "L4279", "00BE", "00BJ"}

groups = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
).map(lambda pairs: [(i, k, n) for i, (k, n) in enumerate(pairs)])


def rows_of(table):
    return [(subject, row[0], row[1]) for subject, row in table.items()]


def test_equals_share_a_rank_and_the_next_one_is_skipped():
    rows = [("d", 1, 4), ("b", 9, 10), ("c", 18, 20), ("a", 10, 10)]
    assert [(row.id, row.rank) for row in rank_by_share(rows)] == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_shares_too_close_for_floats_are_told_apart():
    n = 10**17
    assert [row.rank for row in rank_by_share([("a", n - 2, n), ("b", n - 1, n)])] == [1, 2]
    assert [row.rank for row in rank_by_share([("a", 1, 3), ("b", n // 10, 3 * (n // 10))])] == [1, 1]


@given(groups, st.randoms(use_true_random=False))
def test_ranking_does_not_depend_on_the_order_of_rows(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert rank_by_share(shuffled) == rank_by_share(rows)
    assert rank_intervals(shuffled) == rank_intervals(rows)
    assert chi_square_homogeneity(shuffled) == chi_square_homogeneity(rows)
    assert top_places(shuffled, 3) == top_places(rows, 3)


@given(groups)
def test_a_rank_is_one_more_than_the_number_of_better_ones(rows):
    for row in rank_by_share(rows):
        assert row.rank == 1 + sum(Fraction(k, n) > Fraction(row.k, row.n) for _, k, n in rows)


@given(groups)
def test_a_rank_lies_in_its_interval(rows):
    limits = rank_intervals(rows, alpha=0.3)
    for row in rank_by_share(rows):
        low, high = limits[row.id]
        assert 1 <= low <= row.rank <= high <= len(rows)


def test_subjects_without_answers_or_named_twice_are_refused():
    with pytest.raises(ValueError, match="without answers"):
        rank_by_share([("a", 0, 0)])
    with pytest.raises(ValueError, match="twice"):
        rank_by_share([("a", 1, 2), ("a", 1, 3)])


@pytest.mark.parametrize(
    ("eligible", "expected"), [(0, 0), (7, 0), (8, 1), (13, 1), (14, 2), (20, 3), (50, 7), (100, 15)]
)
def test_places_are_fifteen_percent_and_at_least_one(eligible, expected):
    assert places(eligible) == expected


def test_places_are_exact_where_floats_are_not():
    assert places(100, Fraction(29, 100)) == 29
    with pytest.raises(TypeError, match="Fraction"):
        places(100, 0.29)


def test_places_follow_the_policy_but_never_pass_half_of_the_group():
    assert places(9, minimum=3, least_eligible=3) == 3
    assert places(3, minimum=3, least_eligible=3) == 1
    assert places(10, Fraction(9, 10)) == 5
    with pytest.raises(ValueError, match="0..1"):
        places(10, Fraction(3, 2))


def test_a_tie_across_the_cut_wins_nothing_and_loses_nothing():
    rows = [("a", 10, 10), ("b", 9, 10), ("c", 18, 20), ("d", 5, 10), ("e", 1, 10), ("f", 2, 20)]
    assert top_places(rows, 1) == ("a",)
    assert top_places(rows, 2) == ("a",)
    assert top_places(rows, 3) == ("a", "b", "c")
    assert bottom_places(rows, 1) == ()
    assert set(bottom_places(rows, 2)) == {"e", "f"}
    assert set(bottom_places(rows, 3)) == {"d", "e", "f"}
    assert top_places(rows, 0) == ()


def test_when_all_are_equal_nobody_stands_at_either_end():
    rows = [(i, 9, 10) for i in range(8)]
    assert top_places(rows, 1) == bottom_places(rows, 1) == ()


@given(groups, st.integers(0, 12))
def test_places_are_never_more_than_told_and_nobody_stands_at_both_ends(rows, count):
    count = min(count, len(rows) // 2)
    top, bottom = top_places(rows, count), bottom_places(rows, count)
    assert max(len(top), len(bottom)) <= count
    assert not set(top) & set(bottom)
    mirrored = [(subject, n - k, n) for subject, k, n in rows]
    assert set(top_places(mirrored, count)) == set(bottom)


@pytest.mark.parametrize("table", [SFO_2016, SFO_2017, SFO_2018])
def test_ranks_and_intervals_of_boarding_areas(table):
    assert {r.id: r.rank for r in rank_by_share(rows_of(table))} == {
        key: row[2] for key, row in table.items()
    }
    assert rank_intervals(rows_of(table)) == {key: row[3:5] for key, row in table.items()}


def test_rank_intervals_of_london_landlords():
    found = rank_intervals(rows_of(LONDON))
    assert {r.id: r.rank for r in rank_by_share(rows_of(LONDON))} == {
        key: row[2] for key, row in LONDON.items()
    }
    assert {key for key, row in LONDON.items() if found[key] != row[3:5]} == LONDON_BY_ONE
    for key in LONDON_BY_ONE:
        assert found[key] == pytest.approx(LONDON[key][3:5], abs=1)


def test_rank_intervals_agree_with_pairwise_tests_of_statsmodels():
    rows = rows_of(LONDON)
    pairs = [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :]]
    p_values = [proportions_ztest([a[1], b[1]], [a[2], b[2]])[1] for a, b in pairs]
    expected = {subject: [1, len(rows)] for subject, _, _ in rows}
    for (a, b), rejected in zip(pairs, multipletests(p_values, 0.05, "holm")[0], strict=True):
        if rejected:
            better, worse = (a, b) if a[1] * b[2] > b[1] * a[2] else (b, a)
            expected[worse[0]][0] += 1
            expected[better[0]][1] -= 1
    assert rank_intervals(rows) == {subject: tuple(limits) for subject, limits in expected.items()}


def test_a_group_of_one_and_groups_without_variance_have_the_widest_intervals():
    assert rank_intervals([("a", 3, 10)]) == {"a": (1, 1)}
    assert rank_intervals([("a", 10, 10), ("b", 30, 30)]) == {"a": (1, 2), "b": (1, 2)}
    with pytest.raises(ValueError, match="alpha"):
        rank_intervals([("a", 3, 10)], alpha=1)


@pytest.mark.parametrize(("table", "chi2", "p"), SFO_CHI2)
def test_chi_square_of_boarding_areas(table, chi2, p):
    found = chi_square_homogeneity(rows_of(table))
    assert (found.chi2, found.df) == (pytest.approx(chi2, abs=6e-7), 6)
    assert found.p == pytest.approx(p, rel=5e-3)


@given(groups)
def test_chi_square_agrees_with_scipy(rows):
    k, n = sum(row[1] for row in rows), sum(row[2] for row in rows)
    found = chi_square_homogeneity(rows)
    if k in (0, n) or len(rows) == 1:
        assert found == (0, len(rows) - 1, 1)
        return
    expected = chi2_contingency(
        [[row[1] for row in rows], [row[2] - row[1] for row in rows]], correction=False
    )
    assert (found.chi2, found.df, found.p) == pytest.approx(expected[:1] + (expected.dof, expected.pvalue))


@pytest.mark.parametrize(
    ("table", "mean", "strength"), [(SFO_2016, 0.793962, 40.03), (SFO_2018, 0.787611, 94.56)]
)
def test_empirical_bayes_prior_and_levels(table, mean, strength):
    found = eb_levels(rows_of(table))
    assert found.differences
    assert found.prior_mean == pytest.approx(mean, abs=1e-6)
    assert found.strength == pytest.approx(strength, abs=0.006)
    assert {key: level.mean for key, level in found.levels.items()} == pytest.approx(
        {key: row[5] for key, row in table.items()}, abs=1e-6
    )


def test_without_differences_every_level_is_the_pooled_share():
    """The likelihood has no maximum but at infinite strength; the reference stopped at 1.2 million."""
    found = eb_levels(rows_of(SFO_2017))
    assert not found.differences
    assert {key: level.mean for key, level in found.levels.items()} == pytest.approx(
        {key: row[5] for key, row in SFO_2017.items()}, abs=1e-5
    )


def test_levels_shrink_towards_the_mean_and_carry_an_interval():
    found = eb_levels(rows_of(SFO_2016))
    for key, row in SFO_2016.items():
        level, raw = found.levels[key], row[0] / row[1]
        assert min(raw, found.prior_mean) <= level.mean <= max(raw, found.prior_mean)
        assert level.low < level.mean < level.high
    wide, narrow = found.levels["E"], found.levels["A"]
    assert wide.high - wide.low > narrow.high - narrow.low


def test_levels_need_two_subjects_and_some_difference_of_opinion():
    assert eb_levels([("a", 3, 10)]) is None
    assert eb_levels([("a", 10, 10), ("b", 20, 20)]) is None
    assert eb_levels([("a", 0, 10), ("b", 0, 20)]) is None


def test_levels_do_not_depend_on_the_order_of_rows():
    rows = rows_of(SFO_2018)
    assert eb_levels(rows[::-1]) == eb_levels(rows)


def test_levels_stay_shares_where_subjects_differ_to_the_extreme():
    found = eb_levels([("a", 10, 10), ("b", 0, 10), ("c", 10, 10), ("d", 0, 10)])
    assert all(0 <= level.low <= level.mean <= level.high <= 1 for level in found.levels.values())
    assert found.levels["a"].mean > 0.9 > 0.1 > found.levels["b"].mean
