"""Targets of units, judged exactly."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from scoring.statistics.thresholds import (
    PeriodCount,
    is_census,
    target_applies,
    target_verdict,
    two_periods_below,
)

TARGET = Fraction(95, 100)
# n, true share, probability to fall below 95 %, probability to be clearly below: the reason for three states.
RULE_RISKS = [
    (20, 0.96, 0.1897, 0.0074),
    (30, 0.90, 0.8163, 0.1755),
    (30, 0.96, 0.3388, 0.0063),
    (50, 0.95, 0.4595, 0.0378),
    (100, 0.93, 0.7086, 0.162),
    (100, 0.96, 0.2116, 0.0068),
    (300, 0.97, 0.0203, 0.0001),
    (500, 0.90, 1.0, 0.9951),
]


@pytest.mark.parametrize(
    ("k", "n", "state", "proposes"),
    [
        (95, 100, "met", None),
        (19, 20, "met", None),
        (285, 300, "met", None),
        (284, 300, "below", "case_only"),
        (18, 20, "below", "case_only"),
        (90, 100, "clearly_below", "propose"),
        (91, 100, "below", "case_only"),
        (0, 1, "below", "case_only"),
        (0, 2, "clearly_below", "propose"),
        (0, 0, "none", None),
    ],
)
def test_three_states_of_a_target(k, n, state, proposes):
    verdict = target_verdict(k, n, TARGET)
    assert (verdict.state, verdict.proposes) == (state, proposes)


@pytest.mark.parametrize(("n", "true", "point", "clear"), RULE_RISKS)
def test_risks_of_the_two_rules(n, true, point, clear):
    states = [target_verdict(k, n, TARGET).state for k in range(n + 1)]
    chances = binom.pmf(np.arange(n + 1), n, true)
    below = sum(chance for chance, state in zip(chances, states, strict=True) if state != "met")
    clearly = sum(chance for chance, state in zip(chances, states, strict=True) if state == "clearly_below")
    assert (below, clearly) == pytest.approx((point, clear), abs=6e-5)


def test_the_switch_and_a_census_decide_what_below_proposes():
    assert target_verdict(284, 300, TARGET, evidence="warn").proposes == "propose_with_warning"
    assert target_verdict(284, 300, TARGET, evidence="literal").proposes == "propose"
    assert target_verdict(284, 300, TARGET, census=True).proposes == "propose"
    assert target_verdict(284, 300, TARGET, census=True).state == "below"
    assert target_verdict(285, 300, TARGET, census=True).proposes is None


def test_alpha_is_a_setting():
    assert target_verdict(90, 100, TARGET, alpha=0.01).state == "below"
    with pytest.raises(ValueError, match="alpha"):
        target_verdict(90, 100, TARGET, alpha=0)


def test_targets_are_exact_shares():
    with pytest.raises(TypeError, match="Fraction"):
        target_verdict(90, 100, 0.95)
    with pytest.raises(ValueError, match="0..1"):
        target_verdict(90, 100, Fraction(95))


@pytest.mark.parametrize(
    ("asked", "answered", "population", "expected"),
    [
        (100, 80, 100, True),
        (100, 79, 100, False),
        (99, 99, 100, False),
        (0, 0, 0, False),
    ],
)
def test_a_census_asks_everyone_and_hears_eighty_percent(asked, answered, population, expected):
    assert is_census(asked, answered, population) is expected


def test_a_census_cannot_hear_more_than_it_asked():
    with pytest.raises(ValueError, match="0 <= k <= n"):
        is_census(10, 11, 20)


def test_a_target_set_after_its_period_began_does_not_apply():
    assert target_applies(date(2026, 7, 1), date(2026, 7, 1))
    assert not target_applies(date(2026, 7, 2), date(2026, 7, 1))


def period(k, n, target=TARGET):
    return PeriodCount(k, n, target)


def test_two_periods_below_are_tested_on_their_pooled_counts():
    verdict = two_periods_below(period(91, 100), period(91, 100))
    assert verdict.below_in_both
    assert verdict.p == pytest.approx(binom.cdf(182, 200, 0.95))
    assert (verdict.clear, verdict.proposes) == (True, "propose")
    assert target_verdict(91, 100, TARGET).state == "below"


def test_two_periods_barely_below_propose_only_literally():
    barely = period(94, 100), period(94, 100)
    assert two_periods_below(*barely).proposes == "case_only"
    assert two_periods_below(*barely, evidence="warn").proposes == "propose_with_warning"
    assert two_periods_below(*barely, evidence="literal").proposes == "propose"
    assert two_periods_below(*barely, census=True).proposes == "propose"


@pytest.mark.parametrize("other", [(95, 100, TARGET), (0, 0, TARGET), (0, 100, None)])
def test_one_period_met_or_empty_or_without_a_target_ends_it(other):
    for pair in ((period(50, 100), period(*other)), (period(*other), period(50, 100))):
        verdict = two_periods_below(*pair, evidence="literal")
        assert (verdict.below_in_both, verdict.p, verdict.proposes) == (False, None, None)


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([Fraction(9, 10), TARGET, Fraction(1)]),
)
def test_a_target_that_changed_between_the_periods_is_tested_exactly(first, second, target):
    verdict = two_periods_below(period(*first, Fraction(85, 100)), period(*second, target))
    if not verdict.below_in_both:
        return
    k1, k2 = np.meshgrid(np.arange(first[1] + 1), np.arange(second[1] + 1))
    joint = binom.pmf(k1, first[1], 0.85) * binom.pmf(k2, second[1], float(target))
    assert verdict.p == pytest.approx(joint[k1 + k2 <= first[0] + second[0]].sum(), abs=1e-10)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_changed_target_of_nearly_the_same_height_gives_nearly_the_same_p(first):
    almost = Fraction(95, 100) - Fraction(1, 10**9)
    same = two_periods_below(period(*first), period(10, 20))
    changed = two_periods_below(period(*first), period(10, 20, almost))
    if same.below_in_both and changed.below_in_both:
        assert changed.p == pytest.approx(same.p, abs=1e-6)
