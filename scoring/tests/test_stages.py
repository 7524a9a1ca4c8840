"""The result of a survey split by the stage of the owner on the day of the answer (VK-3.3)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.events import deliver_all
from customers.policy import rules_of
from customers.services import erase
from customers.tests.build import STAGES, make_home, merge
from scoring.models import Score
from scoring.services import close_period, unfold_pending
from scoring.stages import split_by_stage, stages_behind
from scoring.tests import world
from surveys.models import Answer, Campaign, Invitation
from surveys.services import exclude
from surveys.tests import make
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db
RATED = {"overall": 5, "polite": 5, "patient": 5, "honest": 2, "again": 5, "advise": 1}


class Wave:
    """A survey whose answers come from customers with a file."""

    def __init__(self, company, stages=STAGES):
        self.company = company
        self.version = world.make_policy(
            company, customers={"stages": stages}, scoring={"low_n": 3, "ok_n": 5}
        )
        self.campaign, self.employee = world.make_campaign(company), make.make_staff(company)
        Campaign.objects.filter(pk=self.campaign.pk).update(state=Campaign.State.OPEN)

    def customer(self, moved_in=None, **fields):
        customer = factories.make_customer(self.company, **fields)
        if moved_in:
            make_home(customer, dt.date(2020, 1, 1), moved_in)
        return customer

    def answer(self, customer, overall=5, moment=None):
        """Everybody's service was on the same day; `moment` is that of the answer."""
        answer = world.answer_of(
            self.campaign, RATED | {"overall": overall}, employee=self.employee, at=moment or at(2026, 10, 12)
        )
        if customer:
            invitation, _token = make.make_invitation(
                self.campaign, employee=self.employee, customer=customer
            )
            Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.SUBMITTED)
            answer.invitation = invitation
        answer.save()
        return answer

    def split(self, measure="overall"):
        unfold_pending(self.company, at())
        stages = rules_of(self.company, dt.date(2026, 10, 12)).stages
        return split_by_stage(self.campaign, measure, self.version, stages)

    def counts(self, measure="overall"):
        """{name of the stage: (satisfied, valid)} where there are answers."""
        lines = self.split(measure).lines
        return {line.name: (line.figure.k, line.figure.n) for line in lines if line.figure.n}


@pytest.fixture
def wave(company):
    return Wave(company)


def test_each_answer_counts_for_the_stage_of_its_own_day(wave):
    """The same home: settling in on the day before the first year is over, stable from that day on."""
    moved = dt.date(2025, 10, 12)
    wave.answer(wave.customer(moved), 5, at(2026, 10, 11, 23, 59))
    wave.answer(wave.customer(moved), 2, at(2026, 10, 12, 0, 1))
    wave.answer(wave.customer(dt.date(2026, 10, 13)), 4, at(2026, 10, 12, 23, 59))
    wave.answer(wave.customer(is_prospect=True), 3)
    assert wave.counts() == {"磨合期": (1, 1), "稳定期": (0, 1), "准业主": (1, 1), "意向客户": (0, 1)}


def test_the_lines_add_up_to_the_whole_and_nobody_is_lost(wave):
    wave.answer(wave.customer(dt.date(2021, 1, 1)), 5)
    wave.answer(wave.customer(), 5)
    wave.answer(None, 1)
    split = wave.split()
    assert (split.whole.k, split.whole.n) == (2, 3)
    assert wave.counts() == {"老业主": (1, 1), "": (1, 2)}


def test_homes_of_files_joined_later_are_one_persons(wave):
    kept, dropped = wave.customer(), wave.customer(dt.date(2021, 1, 1))
    wave.answer(kept)
    wave.answer(dropped)
    merge(kept, dropped)
    assert wave.counts() == {"老业主": (2, 2)}


def test_dimensions_and_loyalty_are_split_too_and_an_unknown_measure_is_the_overall_one(wave):
    wave.answer(wave.customer(dt.date(2021, 1, 1)))
    assert wave.counts("attitude") == {"老业主": (1, 1)}
    assert wave.counts("accuracy") == {"老业主": (0, 1)} == wave.counts("loyalty")
    assert wave.split("nps; drop").measure == "overall"
    assert [code for code, _name in wave.split().measures] == ["overall", "loyalty", "attitude", "accuracy"]


def test_what_is_left_out_does_not_count_and_an_erased_owner_still_does(wave):
    owner = wave.customer(dt.date(2021, 1, 1))
    wave.answer(owner)
    left_out = wave.answer(wave.customer(dt.date(2021, 1, 1)))
    wave.split()
    exclude(left_out, reason="核实为他人代填", by=factories.make_user(), at=at())
    erase(owner, reason="request", by=None, at=at())
    assert wave.counts() == {"老业主": (1, 1)}


def test_few_answers_are_hidden_or_marked_and_others_shown_with_their_interval(wave):
    for number in range(7):
        wave.answer(wave.customer(dt.date(2021, 1, 1)), 5 if number else 1)
    for stage, many in ((dt.date(2026, 9, 1), 2), (dt.date(2025, 1, 1), 3), (dt.date(2027, 1, 1), 1)):
        for _number in range(many):
            wave.answer(wave.customer(stage))
    shown = {line.name: line.figure for line in wave.split().lines}
    assert {name: figure.status for name, figure in shown.items()} == {
        "意向客户": "none", "准业主": "suppressed", "磨合期": "suppressed", "稳定期": "low_n", "老业主": "ok",
    }  # fmt: skip
    old = shown["老业主"]
    assert (old.k, old.n) == (6, 7) and round(old.low, 3) == 0.487 and round(old.high, 3) == 0.974


def test_the_stages_behind_a_closed_score_add_up_to_it_also_after_an_answer_was_left_out(wave):
    for moved, value in ((dt.date(2021, 1, 1), 5), (dt.date(2021, 1, 1), 4), (dt.date(2026, 9, 1), 2)):
        answer = wave.answer(wave.customer(moved), value)
    close_period(company=wave.company, period=world.OCTOBER, at=world.november())
    exclude(answer, reason="核实为他人代填", by=factories.make_user(), at=at())
    deliver_all(at())
    for score in Score.objects.filter(subject_kind="company"):
        lines = stages_behind(score)
        assert bool(lines) == (score.measure != "nps")
        if lines:
            assert sum(line.figure.k for line in lines) == score.k
            assert {line.name: line.figure.n for line in lines if line.figure.n} == {"老业主": 2, "磨合期": 1}


def test_one_hidden_stage_takes_the_smallest_other_with_it(wave):
    for moved, many in ((dt.date(2021, 1, 1), 5), (dt.date(2025, 1, 1), 4), (dt.date(2026, 9, 1), 2)):
        for _number in range(many):
            wave.answer(wave.customer(moved))
    split = wave.split()
    shown = {line.name: line.figure.status for line in split.lines if line.figure.n}
    assert shown == {"磨合期": "suppressed", "稳定期": "suppressed", "老业主": "ok"}
    assert (split.whole.k, split.whole.n) == (11, 11)


def test_two_hidden_stages_that_are_too_few_together_take_another_with_them(wave):
    for moved, many in ((dt.date(2021, 1, 1), 5), (dt.date(2025, 1, 1), 1), (dt.date(2026, 9, 1), 1)):
        for _number in range(many):
            wave.answer(wave.customer(moved))
    assert {line.figure.status for line in wave.split().lines if line.figure.n} == {"suppressed"}


def test_the_page_asks_as_many_questions_for_many_answers_as_for_few(wave, client, django_assert_num_queries):
    client.force_login(factories.user_with(wave.company, "surveys.view"))
    page = reverse("campaign", args=[wave.campaign.pk])
    wave.answer(wave.customer(dt.date(2021, 1, 1)))
    wave.split()
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for number in range(12):
        wave.answer(wave.customer(dt.date(2014 + number, 1, 1)), moment=at(2026, 10, 1 + number))
    wave.split()
    with django_assert_num_queries(len(few)):
        client.get(page)
    assert Answer.objects.count() == 13


def test_without_answers_or_stages_the_page_says_so(company, client):
    wave = Wave(company, stages=[])
    client.force_login(factories.user_with(company, "surveys.view"))
    page = reverse("campaign", args=[wave.campaign.pk])
    assert "还没有计入的答卷" in client.get(page).content.decode()
    for _number in range(3):
        wave.answer(wave.customer(dt.date(2021, 1, 1)))
    wave.split()
    shown = client.get(page).content.decode()
    assert "没有写业主阶段" in shown and "3 / 3" in shown
