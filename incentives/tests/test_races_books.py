"""Postings, payroll files and confirmations at the same moment: no cap is broken, no line is lost or paid twice."""

import itertools

import pytest
from django.db.models import Sum

from incentives import selectors, services
from incentives.models import Decision, Duty, LedgerLine, PayrollBatch, PayrollLine
from incentives.tests.effects_stage import EXPLAIN, FUND, effects_stage, points
from tests.factories import at
from tests.racing import at_once, careless, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MONTH = "2026-10"


def make(stage):
    return services.make_payroll(
        stage.company, month=MONTH, by=stage.hr, at=at(2026, 11, 20), despite_open=True
    )


def post(pk):
    return services.post(Decision.objects.get(pk=pk), at=at(2026, 11, 16))


def month_sum():
    return LedgerLine.objects.filter(counts_for=MONTH).aggregate(sum=Sum("amount"))["sum"]


def test_two_payroll_files_at_once_are_one():
    stage = effects_stage()
    stage.posted_with(points(5))
    assert kinds(at_once([lambda: make(stage)] * 3)) == {"Refused": 2, "done": 1}
    assert (PayrollBatch.objects.count(), PayrollLine.objects.count()) == (1, 1)


def test_postings_at_the_cap_at_once_do_not_break_it():
    stage = effects_stage(points_cap=6)
    pks = [stage.final_with(points(4)).pk for _again in range(3)]
    outcomes = at_once([lambda pk=pk: post(pk) for pk in pks])
    assert kinds(outcomes) == {"done": 3}
    assert month_sum() == 6
    assert LedgerLine.objects.aggregate(sum=Sum("amount"))["sum"] == 12
    assert list(selectors.fact_5()) == []


def test_a_posting_beside_the_payroll_file_is_in_it_or_in_the_next_month():
    stage = effects_stage()
    stage.posted_with(points(5))
    pks = [stage.final_with(points(1)).pk for _again in range(2)]
    outcomes = at_once([lambda: make(stage), *(lambda pk=pk: post(pk) for pk in pks)])
    assert kinds(outcomes) == {"done": 3}
    assert month_sum() == PayrollBatch.objects.get().total_points
    assert list(selectors.fact_5()) + list(selectors.fact_5_payroll()) == []


def test_reversals_and_a_payroll_file_at_once_end_well():
    stage = effects_stage()
    decision = stage.posted_with(points(5), FUND)
    stage.posted_with(points(3))

    def reverse():
        return services.reverse(
            Decision.objects.get(pk=decision.pk), reason="申诉成立", by=stage.members[0], at=at(2026, 11, 20)
        )

    outcomes = at_once([reverse, lambda: make(stage), reverse])
    assert kinds(outcomes) == {"Refused": 1, "done": 2}
    assert list(selectors.fact_5()) + list(selectors.fact_5_payroll()) == []


def test_an_explanation_checked_twice_at_once_is_checked_once():
    stage = effects_stage()
    stage.posted_with(EXPLAIN, direction="penalty")
    services.finish_duty(Duty.objects.get(), text="原因", by=stage.best.user, at=at(2026, 11, 18))
    outcomes = at_once(
        [
            lambda: services.accept_duty(Duty.objects.get(), by=stage.hr, at=at(2026, 11, 19)),
            lambda: services.send_back_duty(
                Duty.objects.get(), note="补充", by=stage.hr, at=at(2026, 11, 19)
            ),
        ]
    )
    assert kinds(outcomes) == {"Refused": 1, "done": 1}


def test_control_a_sum_read_before_writing_breaks_the_cap():
    stage = effects_stage()
    decision, numbers = stage.final_with(points(4)), itertools.count()

    def write():
        number = next(numbers)
        LedgerLine.objects.create(
            company=stage.company,
            number=f"X-{number}",
            employee=stage.best,
            department=stage.sales,
            decision=decision,
            effect=number,
            unit="points",
            amount=4,
            counts_for=MONTH,
            posted_at=at(),
        )

    careless(lambda: (month_sum() or 0) + 4 <= 6, write, 3)
    assert month_sum() > 6
