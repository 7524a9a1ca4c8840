"""The whole reference files, where the machine has them beside the repository."""

import csv
import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scoring.statistics import (
    change,
    drivers,
    intervals,
    levels,
    measures,
    quality,
    ranking,
    thresholds,
    weighting,
)

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
ITEMS = [f"TP{number:02d}" for number in range(1, 13)]
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the reference data are not on this machine")


@cache
def reference():
    return json.loads((DATA / "reference.json").read_text(encoding="utf-8"))


@cache
def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tsm_counts(row, item):
    """Counts of 5, 4, 3, 2, 1; weighted landlords publish fractions."""
    return [float(row[f"{item}_{value}"]) for value in (5, 4, 3, 2, 1)]


def whole(count):
    """The whole part of a count, which float sums may miss by a hair."""
    return int(count + 1e-6)


def near(values):
    return pytest.approx(values, abs=6e-7)


def test_every_interval_of_the_reference():
    for key, figures in reference()["A_unit_intervals"].items():
        k, n = map(int, key.split("/"))
        assert intervals.wilson(k, n) == near(figures["wilson"])
        assert intervals.clopper_pearson(k, n) == near(figures["clopper_pearson"])
        assert intervals.binomial_cdf(k, n, 0.95) == near(figures["p_below_95"])


def test_published_shares_of_landlords_follow_from_their_counts():
    """Of 9,529 cells 34 differ by more than rounding to one decimal explains, all of whole counts."""
    cells, fractional, differing = 0, 0, []
    for row in rows_of("tsm_2024_2025.csv"):
        for item in (item for item in ITEMS if row[f"{item}_pct"]):
            counts = tsm_counts(row, item)
            share = counts[0] + counts[1], sum(counts)
            if all(count.is_integer() for count in counts):
                box = measures.top_box(dict(zip((5, 4, 3, 2, 1), map(int, counts), strict=True)))
                assert (box.k, box.n) == share
            else:
                fractional += 1
            cells += 1
            if abs(100 * share[0] / share[1] - float(row[f"{item}_pct"])) > 0.06:
                differing.append(counts)
    assert (cells, fractional, len(differing)) == (9529, 1342, 34)
    assert all(count.is_integer() for counts in differing for count in counts)


def test_landlords_below_95_percent():
    """The reference says 715 clearly below: it lost most of the 113 landlords with fractional counts."""
    states = {"whole": [], "fractional": []}
    for row in rows_of("tsm_2024_2025.csv"):
        counts = tsm_counts(row, "TP01")
        kind = "whole" if all(count.is_integer() for count in counts) else "fractional"
        verdict = thresholds.target_verdict(whole(sum(counts[:3])), whole(sum(counts)), Fraction(95, 100))
        states[kind].append(verdict.state)
    assert [len(found) for found in states.values()] == [710, 113]
    assert sum(found.count("met") for found in states.values()) == 15
    assert [found.count("clearly_below") for found in states.values()] == [683, 112]


def test_changes_of_landlords_from_year_to_year():
    expected = reference()["D_tsm"]["year_on_year_TP01_LCRA"]
    years = {}
    for row in rows_of("tsm_2024_2025.csv"):
        if row["tenure"] == "LCRA":
            counts = tsm_counts(row, "TP01")
            years.setdefault(row["code"], {})[row["year"]] = round(sum(counts[:2])), round(sum(counts))
    pairs = [found for found in years.values() if len(found) == 2]
    tests = [change.two_proportion_z(*found["2025"], *found["2024"]) for found in pairs]
    p_values = [p for _, p in tests]
    mild = change.benjamini_hochberg(p_values)
    assert len(pairs) == expected["landlords"]
    assert sum(p < 0.05 for p in change.holm(p_values)) == expected["holm"]
    assert sum(p < 0.05 for p in mild) == expected["bh_fdr"]
    assert sum(p < 0.05 and z > 0 for p, (z, _) in zip(mild, tests, strict=True)) == expected["up_bh"]
    # Rounding the fractional counts moves two landlords just above .05.
    assert sum(p < 0.05 for p in p_values) == expected["raw_p_lt_05"] - 2


def test_london_rank_intervals_are_the_reference_on_its_fractional_counts():
    expected = reference()["D_tsm"]["rank_intervals_london_2025"]
    rows = []
    for row in rows_of("tsm_2024_2025.csv"):
        place = row["year"], row["tenure"], row["region"], row["size"]
        if place == ("2025", "LCRA", "London", "5,000-40,000"):
            counts = tsm_counts(row, "TP01")
            rows.append((row["code"], sum(counts[:2]), sum(counts)))
    limits = {code: [1, len(rows)] for code, _, _ in rows}
    for better, worse in ranking._significant_pairs(rows, 0.05):
        limits[rows[worse][0]][0] += 1
        limits[rows[better][0]][1] -= 1
    assert limits == {row["code"]: [row["low"], row["high"]] for row in expected["rows"]}


def test_boarding_areas_of_three_waves():
    for block in reference()["E_sfo"]["boarding_area_ranks_3_waves"].values():
        rows = [(area, row["k"], row["n"]) for area, row in block["rows"].items()]
        assert ranking.chi_square_homogeneity(rows).chi2 == near(block["chi2"][0])
        assert ranking.rank_intervals(rows) == {
            area: (row["rank_low"], row["rank_high"]) for area, row in block["rows"].items()
        }
        found = levels.eb_levels(rows)
        assert {area: level.mean for area, level in found.levels.items()} == pytest.approx(
            {area: row["eb"] for area, row in block["rows"].items()}, abs=1e-5
        )


def sfo_wave(year):
    return [row for row in rows_of("sfo_2015_2018.csv") if row["year"] == year]


def five_points(text):
    """1-5, or None for blank (0) and not applicable (6)."""
    value = int(float(text or 0))
    return value if 1 <= value <= 5 else None


@pytest.mark.parametrize("year", ["2015", "2016", "2017", "2018"])
def test_airport_waves_weighted_and_not(year):
    expected = reference()["E_sfo"][year]
    rows = [row for row in sfo_wave(year) if five_points(row["Q7ALL"])]
    satisfied = [five_points(row["Q7ALL"]) >= 4 for row in rows]
    found = weighting.weighted_share(satisfied, [float(row["WEIGHT"]) for row in rows])
    assert (sum(satisfied), found.n) == (expected["k"], expected["n"])
    assert intervals.wilson(expected["k"], expected["n"]) == near(expected["wilson"])
    assert (found.p, found.se) == near((expected["weighted_top2"], expected["linearised_se"]))
    assert found.n_eff == pytest.approx(expected["kish_n_eff"], abs=0.006)
    assert found.interval == near(expected["wilson_on_n_eff"])


def test_airport_net_promoters():
    expected = reference()["E_sfo"]["nps_2017"]
    classes = [measures.nps_class(int(float(row["NETPRO"]))) for row in sfo_wave("2017") if row["NETPRO"]]
    found = measures.nps(*(classes.count(name) for name in ("promoter", "passive", "detractor")))
    assert found.n == expected["n"]
    assert (found.score, found.se) == pytest.approx((expected["nps"], expected["se"]), abs=6e-5)


def test_airport_raking():
    expected = reference()["E_sfo"]["raking_2017"]
    rows = [row for row in sfo_wave("2017") if five_points(row["Q7ALL"])]
    margins = {
        "term": ["intl" if row["BAREA"] in "AG" else "dom" for row in rows],
        "STRATA": [row["STRATA"] for row in rows],
    }
    weights = weighting.rake(margins, expected["targets"])
    found = weighting.weighted_share([five_points(row["Q7ALL"]) >= 4 for row in rows], weights)
    assert (found.p, found.deff) == near((expected["raked"], expected["deff"]))
    assert (weights.min(), weights.max()) == near((expected["min_w"], expected["max_w"]))


def test_airport_drivers_and_straight_lines():
    expected = reference()["E_sfo"]["drivers_2017_complete_cases"]
    items = [*expected["lmg"], "Q7ALL"]
    answers = [[five_points(row[item]) for item in items] for row in sfo_wave("2017")]
    found = drivers.key_drivers(np.array(answers, dtype=float), seed=1)
    assert (found.kept.k, found.lmg.r2) == (expected["n"], near(0.6049005))
    assert found.lmg.parts == near(tuple(expected["lmg"].values()))
    assert found.johnson.parts == near(tuple(expected["johnson"].values()))
    assert all(a < part < b for a, part, b in zip(found.low, found.lmg.parts, found.high, strict=True))
    complete = [row for row in answers if None not in row]
    assert quality.straight_line_share(complete) == intervals.Share(226, 1214)


def test_ecsi_index_and_drivers():
    expected = reference()["F_ecsi_mobile"]
    rows = rows_of("ecsi_mobile.csv")
    blocks = [*expected["items"].values(), expected["sat_items"]]
    data = np.array([[np.mean([float(row[item]) for item in block]) for block in blocks] for row in rows])
    found = drivers.lmg(np.cov(data, rowvar=False))
    assert found.r2 == near(expected["R2"])
    assert found.parts == near(tuple(expected["lmg"].values()))
    assert drivers.johnson_weights(np.cov(data, rowvar=False)).parts == near(
        tuple(expected["johnson"].values())
    )


def test_ecsi_satisfaction_index():
    expected = reference()["F_ecsi_mobile"]
    scores = [
        measures.csi_0_100([float(row[item]) for item in expected["sat_items"]], low=0, high=100)
        for row in rows_of("ecsi_mobile.csv")
    ]
    counts = {score: scores.count(score) for score in scores}
    found = measures.mean_from_counts(counts)
    assert (found.mean, found.se) == near((expected["csi_0_100_equal_weights"], expected["se"]))
