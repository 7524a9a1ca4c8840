"""Closes, proposals, hearings and the vote at the same moment; each guard beside what happens without it."""

import threading

import pytest
from django.db import connection

from approvals.models import Motion
from core.flow import Refused
from incentives import selectors, services
from incentives.models import Case, Decision, Hearing
from incentives.models.decision import HearingQuerySet
from incentives.services import decisions
from tests.factories import at
from tests.racing import PATIENCE, at_once, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 4


@pytest.fixture
def october(stage):
    stage.three_months()
    return stage


def propose(stage, case):
    return lambda: services.propose(case, by=stage.hr, at=at(2026, 12, 1))


def test_two_closes_and_a_proposal_by_hand_at_once_leave_one_decision(october):
    november = october.month("2026-11")
    close = lambda: services.find_cases(november, at(2026, 12, 1))  # noqa: E731
    outcomes = at_once([close, propose(october, october.case_of(october.best)), close])
    assert all(not isinstance(one, Exception) for one in outcomes)
    decision = Decision.objects.get()
    again = Case.objects.filter(employee=october.best).exclude(pk=decision.case_id)
    assert again.count() <= 1 and Case.objects.filter(employee=october.worst).count() == 2
    for case in again:  # found before the proposal was there: its months are used up all the same
        with pytest.raises(Refused) as refusal:
            propose(october, case)()
        assert refusal.value.code == "overlap"
    assert list(selectors.fact_4_overlaps()) == []


@pytest.fixture
def all_have_checked(monkeypatch):
    """all_have_checked(number): whoever proposes checks the other decisions, and only when all have does any write."""

    def make(number):
        checked = threading.Barrier(number)
        monkeypatch.setattr(decisions.rules, "refuse_punished_twice", lambda other: checked.wait(PATIENCE))
        monkeypatch.setattr(decisions, "_hold_people", lambda cases: None)

    return make


def careless_propose(stage, case):
    """Outside a transaction of its own, so that SQLite lets the others in between too."""
    return lambda: services.propose.__wrapped__(case, by=stage.hr, at=at())


def test_control_without_holding_the_person_two_windows_count_one_month_twice(october, all_have_checked):
    services.find_cases(october.month("2026-11"), at(2026, 12, 1))
    cases = list(Case.objects.filter(employee=october.best))
    all_have_checked(len(cases))
    assert kinds(at_once([careless_propose(october, case) for case in cases])) == {"done": 2}
    assert len(list(selectors.fact_4_overlaps())) == 2


@pytest.fixture
def without_the_key():
    """The partial unique index that allows one live decision is gone for the time of the test."""
    key = next(one for one in Decision._meta.constraints if one.name == "incentives_decision_one_live")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Decision, key)
    yield
    Decision.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Decision, key)


def test_control_without_the_key_a_case_is_proposed_as_often_as_asked(
    october, all_have_checked, without_the_key, monkeypatch
):
    def read_then_write(case, transition, **stamps):
        Case.objects.filter(pk=case.pk).update(state=transition.target)

    monkeypatch.setattr(decisions, "advance", read_then_write)
    all_have_checked(TIMES)
    case = october.case_of(october.best)
    assert kinds(at_once([careless_propose(october, case)] * TIMES)) == {"done": TIMES}
    assert Decision.objects.count() == TIMES


def test_a_proposal_sent_to_the_vote_at_once_is_one_motion(october):
    decision = october.proposed(october.best)
    send = lambda: services.submit_batch([decision], by=october.hr, at=at())  # noqa: E731
    assert kinds(at_once([send] * TIMES)) == {"BatchRefused": TIMES - 1, "done": 1}
    assert (Motion.objects.count(), Decision.objects.get().state) == (1, Decision.State.VOTING)


def test_a_changed_grade_beside_the_sending_is_before_it_or_refused(october):
    decision = october.proposed(october.best)
    four = [{"kind": "points", "amount": 4}, {"kind": "commendation_notice"}]
    amend = lambda: services.amend(decision, effects=four, reason="人数少", by=october.hr, at=at())  # noqa: E731
    send = lambda: services.submit_batch([decision], by=october.hr, at=at())  # noqa: E731
    changed, _sent = at_once([amend, send])
    now = Decision.objects.get()
    assert now.state == Decision.State.VOTING
    assert (now.effects == four) is not isinstance(changed, Refused)


def hearing_of(stage):
    return services.call_hearing(stage.proposed(stage.worst), by=stage.hr, at=at(2026, 11, 2))


def test_a_statement_at_the_end_of_the_hearing_is_in_it_or_refused(october):
    hearing = hearing_of(october)
    just = hearing.due_at.replace(second=0, microsecond=0)
    outcomes = at_once(
        [
            lambda: services.state_case(
                Hearing.objects.get(), statement="我认为", by=october.worst.user, at=at(2026, 11, 3)
            ),
            lambda: services.end_due_hearings(just),
        ]
    )
    ended = Hearing.objects.get()
    assert ended.ended_at == just and outcomes[1] == 1
    assert (ended.statement == "我认为") is not isinstance(outcomes[0], Refused)
    assert Decision.objects.get().state == Decision.State.READY


def state_while_it_ends(stage, monkeypatch):
    """The statement has passed its checks; now the hearing ends, and only then is it written."""
    hearing, checked, ended = hearing_of(stage), threading.Event(), threading.Event()

    def dawdle(*_args):
        checked.set()
        ended.wait(PATIENCE)

    def end():
        checked.wait(PATIENCE)
        services.end_due_hearings(hearing.due_at)
        ended.set()

    monkeypatch.setattr("incentives.services.hearings.rules.refuse_blank", dawdle)
    say = lambda: services.state_case.__wrapped__(  # noqa: E731
        Hearing.objects.get(), statement="迟了", by=stage.worst.user, at=at(2026, 11, 3)
    )
    return kinds(at_once([say, end])), Hearing.objects.get().statement


def test_a_hearing_that_has_ended_takes_no_statement(october, monkeypatch):
    assert state_while_it_ends(october, monkeypatch) == ({"Refused": 1, "done": 1}, "")


def test_control_without_the_condition_an_ended_hearing_takes_a_statement(october, monkeypatch):
    monkeypatch.setattr(HearingQuerySet, "open", lambda self: self.all())
    assert state_while_it_ends(october, monkeypatch) == ({"done": 2}, "迟了")
