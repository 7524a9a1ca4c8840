"""Rules of a pack: what an active one must name, and what a later one may."""

import pytest

from incentives.tests.build import PENALTY, REWARD, Stage


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trigger": "horoscope"}, "horoscope"),
        ({"params": {"place": "left"}}, "place"),
        ({"params": {}}, "place"),
        ({"clause": "RE-9"}, "RE-9"),
        ({"direction": "neither"}, "RE-5.2a"),
        ({"evidence": "rumour"}, "RE-5.2a"),
        ({"effects": []}, "RE-5.2a"),
        ({"effects": [{"kind": "applause"}]}, "applause"),
        ({"effects": [{"kind": "points", "amount": -5, "least": -5, "most": -5}]}, "RE-5.2a"),
        ({"effects": [{"kind": "points", "amount": 9, "least": 1, "most": 5}]}, "RE-5.2a"),
        ({"effects": [{"kind": "points", "amount": 5}]}, "RE-5.2a"),
        ({"effects": [{"kind": "admonishing_talk"}]}, "RE-5.2a"),
    ],
)
def test_an_active_rule_that_cannot_be_carried_out_is_refused(company, change, words):
    with pytest.raises(ValueError, match=words):
        Stage(company, rules=(REWARD | change,))


def test_praise_of_a_penalty_is_refused(company):
    with pytest.raises(ValueError, match=r"RE-5\.3a"):
        Stage(company, rules=(PENALTY | {"effects": [{"kind": "commendation_notice"}]},))


def test_an_inactive_rule_may_name_what_comes_later(company):
    later = REWARD | {"trigger": "manual", "active": False, "effects": [{"kind": "money", "amount": 50_000}]}
    del later["params"]
    assert Stage(company, rules=(later,)).three_months()[-1].rankings.count() == 1
