import datetime as dt

import pytest

from core import events
from core.events import publish
from core.period import Period
from scoring.models import Cell, Rating, Unfolding
from scoring.services import close_period, discount, unfold_answers, unfold_pending
from scoring.tests import world
from surveys.models import Answer, Exclusion
from tests import factories

OCTOBER = Period.parse("2026-10")


@pytest.fixture
def campaign(company):
    world.make_policy(company)
    return world.make_campaign(company)


@pytest.fixture
def employee(company):
    return world.make_team(company, 1)[0]


def one_answer(campaign, employee, at=None, **values):
    answer = world.answer_of(campaign, {"overall": 5, **values}, employee=employee, at=at)
    answer.save()
    return answer


def ratings(answer):
    return dict(Rating.objects.filter(answer=answer).values_list("measure", "value"))


def cells(period="2026-10"):
    found = Cell.objects.filter(period=period, count__gt=0)
    return {(cell.measure, cell.value): cell.count for cell in found}


def exclude(answer):
    Exclusion.objects.create(
        answer=answer, reason="同一住户两份", excluded_by=factories.make_user(), excluded_at=factories.at()
    )


def test_an_answer_gives_items_dimensions_overall_nps_and_loyalty(campaign, employee):
    answer = one_answer(campaign, employee, polite=5, patient=4, honest=2, again=4, advise=4, nps=9)
    assert unfold_pending(campaign.company, world.november()) == 1
    assert ratings(answer) == {
        "overall": 5,
        "satisfied": 1,
        "attitude": 5,  # 4.5 goes up
        "accuracy": 2,
        "loyalty": 1,
        "nps": 9,
        "item.overall": 5,
        "item.polite": 5,
        "item.patient": 4,
        "item.honest": 2,
        "item.again": 4,
        "item.advise": 4,
    }


def test_not_applicable_and_blank_give_no_rating(campaign, employee):
    answer = one_answer(campaign, employee, overall=3, polite="na", patient=3, again=4)
    unfold_pending(campaign.company, world.november())
    assert ratings(answer) == {
        "overall": 3,
        "satisfied": 0,
        "attitude": 3,
        "item.overall": 3,
        "item.patient": 3,
        "item.again": 4,
    }


def test_an_overall_item_of_another_scale_uses_its_own_satisfied_list(company, employee):
    world.make_policy(company)
    options = [{"code": code, "text": code} for code in ("good", "fair", "poor")]
    item = {
        "code": "ever",
        "kind": "choice",
        "text": "满意吗",
        "overall": True,
        "options": options,
        "satisfied": ["good"],
    }
    campaign = world.make_campaign(company, questions=[item])
    answers = [
        world.answer_of(campaign, {"ever": code}, employee=employee) for code in ("good", "good", "poor")
    ]
    Answer.objects.bulk_create(answers)
    unfold_pending(company, world.november())
    assert cells() == {("overall", 1): 2, ("overall", 3): 1, ("satisfied", 1): 2, ("satisfied", 0): 1}


def test_counting_twice_counts_once(campaign, employee):
    world.give_answers(campaign, employee, 7, 10)
    assert unfold_pending(campaign.company, world.november()) == 10
    before = cells()
    assert unfold_pending(campaign.company, world.november()) == 0
    assert unfold_answers(campaign.company, list(Answer.objects.values_list("pk", flat=True))) == 0
    assert cells() == before
    assert before["satisfied", 1] == 7
    assert before["satisfied", 0] == 3


def test_the_event_of_an_answer_counts_it(campaign, employee, deliver):
    answer = one_answer(campaign, employee)
    publish("surveys.answer_submitted", answer)
    deliver()
    assert cells()["satisfied", 1] == 1
    event = events.Event.objects.get()
    events.event_handlers[event.name]["scoring.unfold"](event)
    assert cells()["satisfied", 1] == 1


def test_cells_stand_for_month_quarter_and_half_year(campaign, employee):
    one_answer(campaign, employee)
    unfold_pending(campaign.company, world.november())
    for period in ("2026-10", "2026Q4", "2026H2"):
        assert cells(period)["satisfied", 1] == 1


def test_an_answer_belongs_to_the_day_in_shanghai(campaign, employee):
    one_answer(campaign, employee, at=dt.datetime(2026, 9, 30, 16, 1, tzinfo=dt.UTC))
    unfold_pending(campaign.company, world.november())
    assert Unfolding.objects.get().month == "2026-10"


def test_a_late_answer_counts_in_the_next_open_month_and_says_so(campaign, employee):
    world.give_answers(campaign, employee, 7, 10)
    close_period(company=campaign.company, period=OCTOBER, at=world.november())
    late = one_answer(campaign, employee, at=factories.at(2026, 10, 31, 23))
    unfold_pending(campaign.company, world.november())
    unfolding = Unfolding.objects.get(answer=late)
    assert (unfolding.month, unfolding.quarter, unfolding.is_late) == ("2026-11", "2026Q4", True)
    assert cells()["satisfied", 1] == 7
    assert cells("2026-11")["satisfied", 1] == 1


def test_excluded_before_it_was_counted_it_never_is(campaign, employee):
    exclude(one_answer(campaign, employee))
    assert unfold_pending(campaign.company, world.november()) == 0


def test_excluded_before_the_close_it_is_taken_back_once(campaign, employee, deliver):
    answer = one_answer(campaign, employee)
    one_answer(campaign, employee)
    unfold_pending(campaign.company, world.november())
    exclude(answer)
    publish("surveys.answer_excluded", answer)
    deliver()
    discount(answer)
    for period in ("2026-10", "2026Q4", "2026H2"):
        assert cells(period)["satisfied", 1] == 1
    assert not Unfolding.objects.get(answer=answer).is_counted


def test_excluded_after_the_close_the_month_stays_and_the_quarter_loses_it(campaign, employee):
    answer = one_answer(campaign, employee)
    close_period(company=campaign.company, period=OCTOBER, at=world.november())
    exclude(answer)
    discount(answer)
    unfolding = Unfolding.objects.get()
    assert cells()["satisfied", 1] == 1
    assert cells("2026Q4") == {}
    assert (unfolding.is_counted, unfolding.is_counted_in_quarter, unfolding.is_counted_in_half) == (
        True,
        False,
        False,
    )


def test_without_a_policy_answers_wait(company, employee):
    one_answer(world.make_campaign(company), employee)
    assert unfold_pending(company, world.november()) == 0
    world.make_policy(company)
    assert unfold_pending(company, world.november()) == 1


def test_answers_from_before_the_first_policy_are_measured_by_it(company, employee):
    world.make_policy(company, effective_from=dt.date(2026, 1, 1))
    one_answer(world.make_campaign(company), employee, at=factories.at(2017, 6, 30))
    assert unfold_pending(company, world.november()) == 1
    assert Unfolding.objects.get().month == "2017-06"


def test_more_answers_than_a_batch_are_all_counted(campaign, employee, monkeypatch):
    monkeypatch.setattr("scoring.services.unfolding.BATCH", 4)
    world.give_answers(campaign, employee, 6, 11)
    shown = []
    assert (
        unfold_pending(campaign.company, world.november(), beat=lambda **seen: shown.append(seen["done"]))
        == 11
    )
    assert shown == [4, 8, 11]
    assert cells()["satisfied", 1] == 6
