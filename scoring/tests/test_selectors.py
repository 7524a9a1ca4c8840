import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.period import Period
from scoring import selectors
from scoring.models import Score
from scoring.services import close_period
from scoring.tests import world
from scoring.tests.world import OCTOBER
from surveys.models import Answer
from tests import factories
from tests.replay import replayed


@pytest.fixture
def month(db):
    return replayed("scoring.closed", _two_months)


@pytest.fixture
def company(month):
    return month[0]


@pytest.fixture
def closed(month):
    return month[1]


def _two_months():
    company = factories.make_company()
    campaign, team = world.make_month(company, month="2026-09", total=40, best=38)
    for place, employee in enumerate(team):
        world.give_answers(campaign, employee, 30 - place, 40)
    for text in ("2026-09", "2026-10"):
        close_period(company=company, period=Period.parse(text), at=world.november())
    return company, team


def test_a_score_and_its_figure(company, closed):
    score = selectors.score_of(company, OCTOBER, "company", company.pk)
    figure = selectors.figure(score)
    assert (figure.k, figure.n, figure.target, figure.verdict) == (212, 320, 0.9, "clearly_below")
    assert figure.low < figure.share < figure.high
    assert selectors.figure(None).status == "none"


def test_a_trend_has_a_place_for_every_period(company, closed):
    trend = selectors.trend(company, "company", company.pk, "overall", "2026-10", months=4)
    assert [(str(period), score and score.k) for period, score in trend] == [
        ("2026-07", None),
        ("2026-08", None),
        ("2026-09", 276),
        ("2026-10", 212),
    ]


def test_a_change_is_shown_only_with_thirty_answers_on_either_side(company, closed):
    september = selectors.score_of(company, "2026-09", "company", company.pk)
    october = selectors.score_of(company, "2026-10", "company", company.pk)
    movement = selectors.change(october, september)
    assert movement.direction == "down"
    assert movement.difference == pytest.approx((212 - 276) / 320)
    assert selectors.change(october, Score(k=9, n=29)) is None
    assert selectors.change(october, None) is None


def test_answers_behind_a_score_are_exactly_its_n(company, closed):
    for score in Score.objects.filter(period="2026-10"):
        assert selectors.answers_behind(score).count() == score.n
    assert Answer.objects.count() == 640


def test_the_funnel_pools_months_and_marks_who_stands_outside(company, closed):
    campaign = world.make_campaign(company)
    bad = factories.make_employee(closed[0].assignments.get().department, "很低")
    world.give_answers(campaign, bad, 5, 40, month="2026-11")
    close_period(company=company, period=Period.parse("2026-11"), at=factories.at(2026, 12, 2))
    post = bad.assignments.get().post
    funnel = selectors.funnel(company, "2026-11", 3, post)
    zones = {point.employee_id: point.zone for point in funnel.points}
    assert zones[bad.pk] == selectors.BEYOND_998
    assert {point.n for point in funnel.points if point.employee_id != bad.pk} == {80}
    assert (funnel.k, funnel.n) == (276 + 212 + 5, 680)
    for n, low95, high95, low998, high998 in funnel.limits:
        assert 0 <= low998 <= low95 <= funnel.share <= high95 <= high998 <= 1, n


def test_standings_of_an_employee_in_order(company, closed):
    found = selectors.standings_of(closed[0], ["2026-10", "2026-09"])
    assert [standing.period for standing in found] == ["2026-09", "2026-10"]
    assert [selectors.answers_behind_standing(standing).count() for standing in found] == [40, 40]


def test_reading_costs_the_same_however_many_answers(company, closed):
    with CaptureQueriesContext(connection) as queries:
        selectors.scores_by_measure(company, OCTOBER, "company", company.pk)
        selectors.trend(company, "company", company.pk, "overall", OCTOBER)
    assert len(queries) == 2
