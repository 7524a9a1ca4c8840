"""Fairness on constructed answers, through the chain: answers, cells, ranks, streaks, cases, proposals.

Eight people, three months, about 150 answers each and month. The policy counts a quarter of them as near the top or
bottom, so that two are last.
"""

import pytest

from core import registries
from core.flow import Refused
from core.period import Period
from incentives import selectors, services
from incentives.models import Case, Decision
from incentives.tests.build import MONTHS, NAMES, Stage
from scoring.models import Ranking, Standing
from scoring.services.closing import close_period
from scoring.services.unfolding import unfold_pending
from scoring.tests import world
from tests.factories import at

#: satisfied / answered of 王丽 方磊 沈佳 周婷 许诺 罗敏 高鹏 林涛: chance alone makes such differences
ALIKE = {
    "2026-08": (
        (134, 150),
        (127, 150),
        (132, 150),
        (131, 150),
        (130, 150),
        (130, 150),
        (131, 150),
        (126, 150),
    ),
    "2026-09": (
        (135, 151),
        (126, 149),
        (130, 150),
        (133, 150),
        (131, 150),
        (130, 150),
        (131, 150),
        (127, 151),
    ),
    "2026-10": (
        (134, 150),
        (126, 150),
        (130, 149),
        (130, 150),
        (133, 150),
        (131, 150),
        (132, 151),
        (127, 150),
    ),
}
#: the same, but 方磊 is clearly worse
ONE_WORSE = {month: (rows[0], (108, 150), *rows[2:]) for month, rows in ALIKE.items()}


@pytest.fixture
def up_to_the_cases(monkeypatch):
    """The close without the report, which is another room's matter."""
    steps = registries.Registry()
    for order, name in enumerate(("score", "rank", "propose")):
        steps.register(name, registries.close_steps[name], order=order)
    monkeypatch.setattr("scoring.services.closing.close_steps", steps)


def close_three_months(company, answers):
    stage = Stage(company, ranking={"place_share_bp": 2500})
    campaign = world.make_campaign(company)
    for month, rows in answers.items():
        for employee, (k, n) in zip(stage.team, rows, strict=True):
            world.give_answers(campaign, employee, k, n, month=month)
    unfold_pending(company, at(2026, 11, 1, 1))
    for month in MONTHS:
        close_period(company=company, period=Period.parse(month), at=at(2026, 11, 1, 3))
    return stage


def states():
    cases = Case.objects.filter(period="2026-10").select_related("employee")
    return {case.employee.name: (case.rule_code, case.state, case.is_distinguishable) for case in cases}


@pytest.mark.clause("RE-5.2a")
@pytest.mark.clause("RE-5.3a")
def test_among_equals_the_hits_stand_there_and_no_penalty_proposes_itself(company, up_to_the_cases):
    stage = close_three_months(company, ALIKE)
    assert all(ranking.p_value > 0.05 for ranking in Ranking.objects.all())
    assert set(Standing.objects.filter(employee=stage.best).values_list("rank", flat=True)) == {1}
    assert states() == {
        "王丽": ("RE-5.2a", Case.State.FOUND, False),
        "方磊": ("RE-5.3a", Case.State.HELD, False),
        "林涛": ("RE-5.3a", Case.State.HELD, False),
    }
    assert not Decision.objects.exists()
    for name in ("方磊", "林涛"):
        with pytest.raises(Refused) as refusal:
            stage.proposed(stage.team[NAMES.index(name)])
        assert refusal.value.field == "reason"
    warned = stage.proposed(stage.best).case
    assert (warned.is_distinguishable, warned.evidence["no_difference_months"]) == (False, list(MONTHS))


@pytest.mark.clause("RE-5.3a")
def test_somebody_clearly_worse_is_found_and_the_one_beside_them_still_held(company, up_to_the_cases):
    stage = close_three_months(company, ONE_WORSE)
    assert states()["方磊"] == ("RE-5.3a", Case.State.FOUND, True)
    assert states()["林涛"] == ("RE-5.3a", Case.State.HELD, False)
    case = stage.case_of(stage.worst)
    assert (case.evidence["pooled"]["k"], case.evidence["pooled"]["n"]) == (324, 450)
    assert stage.proposed(stage.worst).effects == [
        {"kind": "points", "amount": -3},
        {"kind": "admonishing_talk"},
    ]
    assert list(selectors.fact_4()) == list(selectors.fact_4_overlaps()) == []


def test_the_case_is_found_by_the_step_named_propose():
    assert registries.close_steps["propose"].run is services.find_cases
