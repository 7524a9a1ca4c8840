"""The same thing done twice at the same moment happens once (controls: test_races_decisions)."""

import pytest

from core.events import deliver_all
from core.models import Event
from incentives import services
from incentives.models import Case, Decision, Hearing, LedgerLine, Notice, Talk
from incentives.tests.build import MONTHS
from tests.factories import at
from tests.racing import at_once, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 4


def test_a_case_proposed_at_once_is_one_decision(stage):
    stage.three_months()
    outcomes = at_once([lambda: stage.proposed(stage.best)] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Decision.objects.count() == 1


def test_overlapping_cases_proposed_at_once_are_one_decision(stage):
    stage.three_months()
    services.find_cases(stage.month("2026-11"), at(2026, 12, 1))
    cases = list(Case.objects.filter(employee=stage.best))
    assert len(cases) == 2
    outcomes = at_once([lambda case=case: services.propose(case, by=stage.hr, at=at()) for case in cases])
    assert kinds(outcomes) == {"Refused": 1, "done": 1}
    assert Decision.objects.count() == 1


def test_cases_found_at_once_are_found_once(stage):
    close = [stage.month(period) for period in MONTHS][-1]
    outcomes = at_once([lambda: services.find_cases(close, at())] * TIMES)
    assert sorted(len(new) for new in outcomes) == [0, 0, 0, 2]
    assert Case.objects.count() == 2


def test_a_batch_sent_twice_at_once_goes_to_the_vote_once(stage):
    stage.three_months()
    case = stage.case_of(stage.best)
    outcomes = at_once([lambda: services.propose_and_submit([case], by=stage.hr, at=at())] * 2)
    assert kinds(outcomes) == {"BatchRefused": 1, "done": 1}
    assert Decision.objects.get().motion is not None


def test_statement_and_waiver_at_once_end_well(stage):
    stage.three_months()
    hearing = services.call_hearing(stage.proposed(stage.worst), by=stage.hr, at=at())
    user = stage.worst.user
    outcomes = at_once(
        [
            lambda: services.state_case(Hearing.objects.get(), statement="我认为", by=user, at=at()),
            lambda: services.waive_hearing(Hearing.objects.get(), by=user, at=at()),
            lambda: services.end_due_hearings(at(2026, 12, 1)),
        ]
    )
    hearing.refresh_from_db()
    assert hearing.ended_at is not None
    assert Decision.objects.get().state == Decision.State.READY
    assert set(kinds(outcomes)) <= {"Refused", "done"}


def test_a_carried_motion_delivered_at_once_is_one_letter(stage):
    stage.three_months()
    decision = stage.issued(stage.best)
    Event.objects.filter(name="approvals.motion_carried").get().deliveries.update(
        done_at=None, next_try_at=at(2020)
    )
    at_once([deliver_all] * TIMES)
    assert Notice.objects.filter(decision=decision).count() == 1


def test_decisions_made_final_at_once_are_posted_once(stage):
    stage.three_months()
    stage.issued(stage.worst)
    outcomes = at_once([lambda: services.finalize_due(at(2026, 11, 16))] * TIMES)
    assert sorted(outcomes) == [0, 0, 0, 1]
    assert (LedgerLine.objects.count(), Talk.objects.count()) == (1, 1)
