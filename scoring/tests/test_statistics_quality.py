"""Call-backs, data entry and straight lines."""

import pytest

from scoring.statistics.intervals import Share
from scoring.statistics.quality import (
    callback_sample_size,
    entry_acceptance,
    is_accepted,
    is_straight_line,
    straight_line_share,
)

ACCEPTANCE = {
    (50, 0): (0.7783, 0.605, 0.3642, 0.2181, 0.0769),
    (80, 1): (0.9389, 0.8092, 0.523, 0.3038, 0.0861),
    (125, 2): (0.9747, 0.8693, 0.5425, 0.2727, 0.0477),
    (200, 3): (0.9813, 0.858, 0.4315, 0.1472, 0.009),
    (315, 5): (0.9945, 0.9012, 0.3968, 0.0877, 0.0014),
}


@pytest.mark.parametrize(("q", "n"), [(0.2, 14), (0.1, 29), (0.05, 59)])
def test_call_back_samples_of_the_method(q, n):
    assert callback_sample_size(q) == n
    assert (1 - q) ** n <= 0.05 < (1 - q) ** (n - 1)


def test_call_back_samples_need_a_share():
    assert callback_sample_size(0.5, alpha=0.125) == 3
    for wrong in (0, 1, 20):
        with pytest.raises(ValueError, match="q must"):
            callback_sample_size(wrong)


@pytest.mark.parametrize(("plan", "chances"), ACCEPTANCE.items())
def test_acceptance_of_entry_batches(plan, chances):
    found = [entry_acceptance(rate, *plan) for rate in (0.005, 0.01, 0.02, 0.03, 0.05)]
    assert found == pytest.approx(chances, abs=6e-5)


def test_the_default_plan_is_125_with_2():
    assert entry_acceptance(0.01) == pytest.approx(0.869, abs=5e-4)
    assert (is_accepted(2), is_accepted(3)) == (True, False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((5,) * 7, True),
        ((5,) * 6, False),
        ((5,) * 6 + (None,) * 5, False),
        ((5,) * 7 + (None,), True),
        ((5,) * 7 + (4,), False),
        ((), False),
    ],
)
def test_a_straight_line_has_seven_items_all_alike(values, expected):
    assert is_straight_line(values) is expected


def test_the_share_of_straight_lines_is_of_long_answers_only():
    answers = [(5,) * 9, (4,) * 8 + (3,), (2,) * 3, (1,) * 7 + (None,)]
    assert straight_line_share(answers) == Share(2, 3)
    assert straight_line_share([]) == Share(0, 0)
