"""The evidence gate, and months in a row."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from scoring.statistics.gate import evidence_gate, gate_within, outcome, pool
from scoring.statistics.intervals import Share, clopper_pearson_bound
from scoring.statistics.streaks import (
    MonthStanding,
    Standing,
    completed_windows,
    month_number,
    standing_of,
    streak,
)

PEERS = Share(595, 700)
LETTERS = {
    "h": Standing.HIT,
    "m": Standing.MISS,
    "i": Standing.INSUFFICIENT,
    "x": Standing.NOT_ELIGIBLE,
}


def months(letters, start=100, group="sales"):
    """One month per letter; a dot leaves the month out."""
    return [
        MonthStanding(start + i, group, LETTERS[letter]) for i, letter in enumerate(letters) if letter != "."
    ]


def test_the_gate_uses_a_bound_shared_among_the_group():
    verdict = evidence_gate(Share(89, 90), PEERS, group_size=8, direction="better")
    assert verdict.alpha_used == 0.05 / 8
    assert verdict.bound == clopper_pearson_bound(89, 90, 0.05 / 8, "lower")
    assert verdict.distinguishable
    assert (verdict.k, verdict.n, verdict.peers_k, verdict.peers_n, verdict.group_size) == (
        89,
        90,
        595,
        700,
        8,
    )


def test_better_by_chance_is_not_distinguishable():
    assert not evidence_gate(Share(83, 90), PEERS, group_size=8, direction="better").distinguishable


def test_worse_is_judged_by_the_upper_bound():
    worse = evidence_gate(Share(62, 90), PEERS, group_size=8, direction="worse")
    assert worse.bound == clopper_pearson_bound(62, 90, 0.05 / 8, "upper")
    assert worse.distinguishable
    assert not evidence_gate(Share(70, 90), PEERS, group_size=8, direction="worse").distinguishable
    assert not evidence_gate(Share(62, 90), PEERS, group_size=8, direction="better").distinguishable


def test_a_larger_group_needs_stronger_evidence():
    verdicts = [
        evidence_gate(Share(86, 90), PEERS, group_size=size, direction="better").distinguishable
        for size in (2, 500)
    ]
    assert verdicts == [True, False]


@given(st.integers(0, 90), st.integers(1, 699), st.integers(2, 60))
def test_the_gate_is_the_exact_binomial_test_against_the_peers(k, peers_k, size):
    p0 = peers_k / 700
    for direction, p in (("better", binom.sf(k - 1, 90, p0)), ("worse", binom.cdf(k, 90, p0))):
        if abs(p * size - 0.05) > 1e-9:
            verdict = evidence_gate(Share(k, 90), Share(peers_k, 700), group_size=size, direction=direction)
            assert verdict.distinguishable == (p < 0.05 / size)


def test_without_answers_nobody_is_distinguishable():
    assert not evidence_gate(Share(0, 0), PEERS, group_size=8, direction="worse").distinguishable
    assert evidence_gate(Share(0, 0), PEERS, group_size=8, direction="worse").bound is None
    assert not evidence_gate(Share(9, 9), Share(0, 0), group_size=8, direction="better").distinguishable


def test_a_gate_without_peers_or_with_an_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="no peers"):
        evidence_gate(Share(1, 2), PEERS, group_size=1, direction="better")
    with pytest.raises(ValueError, match="direction"):
        evidence_gate(Share(1, 2), PEERS, group_size=8, direction="up")


def test_within_a_group_the_own_answers_are_not_among_the_peers():
    rows = [("a", 30, 30), ("b", 20, 30), ("c", 25, 30), ("a", 29, 30), ("b", 21, 30), ("c", 24, 30)]
    verdict = gate_within(rows, "a", direction="better")
    assert (verdict.k, verdict.n, verdict.peers_k, verdict.peers_n, verdict.group_size) == (
        59,
        60,
        90,
        120,
        3,
    )
    assert verdict.distinguishable
    assert gate_within(rows, "a", direction="better", group_size=8).alpha_used == 0.05 / 8
    with pytest.raises(KeyError):
        gate_within(rows, "z", direction="better")


def test_pooling_adds_counts_not_shares():
    pooled = pool([("a", 1, 1), ("a", 0, 99), ("b", 0, 0)])
    assert pooled == {"a": Share(1, 100), "b": Share(0, 0)}
    assert pooled["a"].exact == Fraction(1, 100)


@pytest.mark.parametrize(
    ("evidence", "proven", "expected"),
    [
        ("literal", False, "propose"),
        ("literal", True, "propose"),
        ("warn", False, "propose_with_warning"),
        ("warn", True, "propose"),
        ("required", False, "case_only"),
        ("required", True, "propose"),
    ],
)
def test_the_switch_decides_what_becomes_of_a_hit(evidence, proven, expected):
    assert outcome(proven, evidence) == expected


def test_an_unknown_switch_is_refused():
    with pytest.raises(ValueError, match="evidence"):
        outcome(True, "maybe")


@pytest.mark.parametrize(
    ("history", "state", "window", "pauses"),
    [
        ("hhh", "complete", (100, 101, 102), ()),
        ("mhhh", "complete", (101, 102, 103), ()),
        ("hihh", "complete", (100, 102, 103), (101,)),
        ("hhih", "complete", (100, 101, 103), (102,)),
        ("hhhi", "paused", (100, 101, 102), (103,)),
        ("hhhih", "complete", (101, 102, 104), (103,)),
        ("hiihh", "running", (103, 104), ()),
        ("hihih", "running", (102, 104), (103,)),
        ("hihihh", "complete", (102, 104, 105), (103,)),
        ("hhhh", "complete", (101, 102, 103), ()),
        ("hh", "running", (100, 101), ()),
        ("hhi", "paused", (100, 101), (102,)),
        ("hhii", "none", (), ()),
        ("ihhh", "complete", (101, 102, 103), ()),
        ("iihhh", "complete", (102, 103, 104), ()),
        ("i", "none", (), ()),
        ("hhm", "none", (), ()),
        ("hmhh", "running", (102, 103), ()),
        ("hxhh", "running", (102, 103), ()),
        ("hhx", "none", (), ()),
        ("hixhh", "running", (103, 104), ()),
        ("h.hh", "running", (102, 103), ()),
        ("hi.hh", "running", (103, 104), ()),
    ],
)
def test_a_streak_is_three_hits_with_at_most_one_pause(history, state, window, pauses):
    found = streak(months(history))
    assert (found.state, found.window, found.pauses) == (state, window, pauses)
    assert found.missing == 3 - len(window)


@given(st.text("hmix", min_size=1, max_size=12))
def test_an_insufficient_month_is_never_one_of_the_hits(history):
    found = streak(months(history))
    assert all(history[month - 100] == "h" for month in found.window)
    assert len(found.pauses) <= 1
    if found.state == "complete":
        assert history[-1] == "h"
        assert found.window[-1] - found.window[0] == 2 + len(found.pauses)


def test_another_peer_group_breaks_a_streak():
    history = months("h") + months("hh", start=101, group="service")
    assert streak(history).window == (101, 102)
    history = months("h") + months("i", start=101, group="service") + months("hh", start=102)
    assert streak(history).window == (102, 103)


def test_after_an_effect_the_count_starts_again():
    assert streak(months("hhhh"), used_through=102).window == (103,)
    assert streak(months("hhhhh"), used_through=102).state == "running"
    assert streak(months("hhhhhh"), used_through=102).window == (103, 104, 105)
    assert streak(months("hhhihh"), used_through=102).window == (104, 105)
    assert streak(months("hhh"), used_through=102).state == "none"


def test_length_and_pauses_are_settings():
    assert streak(months("hh"), length=2).state == "complete"
    assert streak(months("hihh"), max_pauses=0).window == (102, 103)
    assert streak(months("hiihh"), max_pauses=2).state == "complete"
    with pytest.raises(ValueError, match="length"):
        streak(months("h"), length=0)
    with pytest.raises(ValueError, match="pauses"):
        streak(months("h"), max_pauses=-1)


def test_the_order_of_months_does_not_matter_but_doubles_do():
    assert streak(months("mhih")[::-1]) == streak(months("mhih"))
    with pytest.raises(ValueError, match="twice"):
        streak(months("h") + months("m"))
    with pytest.raises(ValueError, match="no months"):
        streak([])


@pytest.mark.parametrize(
    ("history", "windows"),
    [
        ("", []),
        ("hhhhh", [(100, 101, 102)]),
        ("hhhhhh", [(100, 101, 102), (103, 104, 105)]),
        ("hihhihh", [(100, 102, 103)]),
        ("hihhihhh", [(100, 102, 103), (105, 106, 107)]),
        ("hhmhhh", [(103, 104, 105)]),
    ],
)
def test_windows_of_a_history_do_not_overlap(history, windows):
    assert completed_windows(months(history)) == windows


def test_months_are_numbered_across_the_new_year():
    assert month_number(2027, 1) - month_number(2026, 12) == 1
    with pytest.raises(ValueError, match="no such month"):
        month_number(2026, 13)


def test_standing_asks_for_eligibility_then_answers_then_place():
    assert standing_of(eligible=False, n=50, in_places=True) is Standing.NOT_ELIGIBLE
    assert standing_of(eligible=True, n=9, in_places=True) is Standing.INSUFFICIENT
    assert standing_of(eligible=True, n=10, in_places=True) is Standing.HIT
    assert standing_of(eligible=True, n=10, in_places=False) is Standing.MISS
    assert standing_of(eligible=True, n=10, in_places=True, rank_min_n=11) is Standing.INSUFFICIENT
