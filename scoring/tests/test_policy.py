import datetime as dt

import pytest

from scoring import policy
from scoring.tests import world


def test_the_sections_become_frozen_values():
    scoring = policy.parse_scoring(world.CONTENT["scoring"])
    assert (scoring.satisfied, scoring.counted_values, scoring.level) == ((4, 5), (4, 5), 0.95)
    ranking = policy.parse_ranking(world.CONTENT["ranking"])
    assert (ranking.place_share * 100, ranking.alpha, ranking.modes) == (15, 0.05, ("web",))
    closing = policy.parse_closing({"quarter": {"cutoff_day": 28}})
    assert (
        closing.of("quarter").cutoff_day,
        closing.of("month").cutoff_day,
        closing.of("month").run_day,
    ) == (28, 31, 1)


def test_the_metric_decides_which_codes_count():
    assert policy.parse_scoring(world.CONTENT["scoring"] | {"metric": "basic"}).counted_values == (3, 4, 5)


def test_a_target_does_not_hold_for_a_period_begun_before_it():
    targets = policy.parse_targets(world.CONTENT["targets"])
    assert targets.target_bp("overall", dt.date(2026, 1, 1)) == 9000
    assert targets.target_bp("overall", dt.date(2025, 12, 31)) is None
    assert targets.target_bp("ease", dt.date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (policy.parse_scoring, world.CONTENT["scoring"] | {"metric": "mean"}),
        (policy.parse_scoring, world.CONTENT["scoring"] | {"low_n": 31}),
        (policy.parse_scoring, world.CONTENT["scoring"] | {"ok_n": "30"}),
        (policy.parse_scoring, world.CONTENT["scoring"] | {"satisfied": []}),
        (policy.parse_ranking, world.CONTENT["ranking"] | {"place_share_bp": 15000}),
        (policy.parse_targets, world.CONTENT["targets"] | {"valid_from": "soon"}),
        (policy.parse_closing, {"month": {"cutoff_day": 32}}),
        (policy.parse_composite, {"parts": [{"code": "survey", "name": "满意", "weight_bp": 6000}]}),
    ],
)
def test_a_wrong_section_is_refused_with_a_sentence(parse, raw):
    with pytest.raises(ValueError, match=r"\["):
        parse(raw)
