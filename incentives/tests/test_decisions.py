"""From case to the vote: who may propose what, and who has to be heard first."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Motion
from audit.models import AuditRow
from core.flow import Refused
from incentives import services
from incentives.models import Case, Decision, Hearing
from incentives.services import appealed
from incentives.tests.build_facts import Units, rule
from incentives.tests.effects_stage import effects_stage, points
from notifications.models import Message
from tests import factories
from tests.factories import at

State = Decision.State


@pytest.fixture
def october(stage):
    stage.three_months()
    return stage


def test_a_proposal_has_a_number_the_books_grade_and_is_recorded(october):
    decision = october.proposed(october.best)
    assert (decision.number, decision.state, decision.counts_for) == (
        "TA-2610-001",
        State.PROPOSED,
        "2026-10",
    )
    assert decision.effects == [{"kind": "points", "amount": 5}, {"kind": "commendation_notice"}]
    assert AuditRow.objects.filter(verb="incentives.decision.propose", actor=october.hr).count() == 1


@pytest.mark.parametrize(
    ("effects", "reason", "field"),
    [
        ([{"kind": "points", "amount": 6}, {"kind": "commendation_notice"}], "更重", "effects"),
        ([{"kind": "points", "amount": 2}, {"kind": "commendation_notice"}], "更轻", "effects"),
        ([{"kind": "points", "amount": "5"}, {"kind": "commendation_notice"}], "文字", "effects"),
        ([{"kind": "points", "amount": 4}], "少一项", "effects"),
        ([{"kind": "points", "amount": 4}, {"kind": "commendation_notice"}], " ", "reason"),
    ],
)
def test_a_grade_outside_the_rule_or_without_reason_is_refused(october, effects, reason, field):
    with pytest.raises(Refused) as refusal:
        october.proposed(october.best, effects=effects, reason=reason)
    assert refusal.value.field == field
    assert not Decision.objects.exists()


def test_a_grade_inside_the_rule_is_kept_with_its_reason(october):
    effects = [{"kind": "points", "amount": 4}, {"kind": "commendation_notice"}]
    decision = october.proposed(october.best, effects=effects, reason="首次获奖")
    assert (decision.effects[0]["amount"], decision.reason) == (4, "首次获奖")


def test_nobody_proposes_about_themselves(october):
    with pytest.raises(Refused) as refusal:
        services.propose(october.case_of(october.best), by=october.best.user, at=at())
    assert refusal.value.code == "own"


def test_a_held_case_needs_a_written_reason(stage):
    stage.three_months((91, 85, 90, 90, 89, 89, 88, 88))
    with pytest.raises(Refused) as refusal:
        stage.proposed(stage.worst)
    assert refusal.value.field == "reason"
    assert stage.proposed(stage.worst, reason="另有两起投诉佐证").state == State.PROPOSED


def test_a_case_is_proposed_once(october):
    october.proposed(october.best)
    with pytest.raises(Refused):
        october.proposed(october.best)
    assert Decision.objects.count() == 1


def test_effects_that_an_appeal_has_decided_are_not_changed(db):
    stage = effects_stage()
    milder = points(-3) | {"least": -5}
    first = stage.posted_with(milder, employee=stage.worst)
    effects = [{"place": 0, "amount": -1}]
    second = appealed.vary(
        first, effects=effects, reason="申诉成立", by=stage.members[0], at=at(2026, 11, 20)
    )
    assert second.state == State.PROPOSED
    with pytest.raises(Refused, match="申诉结论") as refusal:
        services.amend(
            second,
            effects=[{"kind": "points", "amount": -4}],
            reason="更重",
            by=stage.hr,
            at=at(2026, 11, 21),
        )
    second.refresh_from_db()
    assert (refusal.value.code, second.effects[0]["amount"]) == ("state", -1)


def test_a_quarter_of_a_unit_counts_once_whoever_heads_it(company):
    missed = rule("RE-5.3c", "target_missed", quarters=2)
    units = Units(company, missed)
    for period in ("2026Q1", "2026Q2"):
        close = units.close(period, {units.peony: (160, 200)})
    units.find(close)
    units.peony.assignments_head.assignments.update(ends_on=date(2026, 6, 30))
    factories.make_employee(units.peony, "新主任", is_head=True, since=date(2026, 7, 1))
    units.find(units.close("2026Q3", dict.fromkeys((units.peony, units.garden), (160, 200))))
    first, second = Case.objects.order_by("pk")
    assert (first.occurrence, second.occurrence) == ("2026Q1..2026Q2@peony", "2026Q2..2026Q3@peony")
    services.propose(first, by=units.hr, at=at())
    with pytest.raises(Refused) as refusal:
        services.propose(second, by=units.hr, at=at())
    assert (refusal.value.code, first.employee == second.employee) == ("overlap", False)


def test_a_batch_holds_its_people_in_one_order_before_anything_else(db):
    stage = effects_stage()
    reward = stage.rule(points(5))
    people = [stage.team[4], stage.team[2], stage.team[3]]
    cases = [stage.case(reward, one) for one in people]
    with CaptureQueriesContext(connection) as queries:
        services.propose_and_submit(cases, by=stage.hr, at=at(2026, 11, 2))
    held = next(one["sql"] for one in queries if 'FROM "organization_employee"' in one["sql"])
    assert all(str(one.pk) in held for one in people)
    assert 'ORDER BY "organization_employee"."id" ASC' in held


def test_rewards_go_from_the_queue_to_the_vote_in_one_step(october):
    (decision,) = services.propose_and_submit([october.case_of(october.best)], by=october.hr, at=at())
    assert (decision.state, decision.motion.state) == (State.VOTING, Motion.State.OPEN)


def test_a_batch_is_all_or_none_and_names_each_line_that_cannot_go(october):
    cases = [october.case_of(october.best), october.case_of(october.worst)]
    with pytest.raises(services.BatchRefused) as refusal:
        services.propose_and_submit(cases, by=october.hr, at=at())
    assert [thing for thing, sentence in refusal.value.lines] == [cases[1]]
    assert not Decision.objects.exists() and not Motion.objects.exists()


@pytest.mark.parametrize("size", [0, 101])
def test_a_batch_has_one_to_a_hundred_lines(october, size):
    decision = october.proposed(october.best)
    with pytest.raises(Refused):
        services.submit_batch([decision] * size, by=october.hr, at=at())


def test_penalties_that_differ_are_not_batched(october):
    pair = [october.heard(october.worst), october.proposed(october.best)]
    with pytest.raises(Refused) as refusal:
        services.submit_batch(pair, by=october.hr, at=at())
    assert refusal.value.code == "mixed"


def test_a_decision_goes_to_the_vote_once(october):
    decision = october.voting(october.best)
    with pytest.raises(services.BatchRefused):
        services.submit_batch([decision], by=october.hr, at=at())
    assert Motion.objects.count() == 1


def called(stage):
    decision = stage.proposed(stage.worst)
    return decision, services.call_hearing(decision, by=stage.hr, at=at(2026, 11, 3))


def test_a_penalty_is_not_voted_on_unheard(october):
    decision = october.proposed(october.worst)
    with pytest.raises(services.BatchRefused):
        services.submit_batch([decision], by=october.hr, at=at())
    services.call_hearing(decision, by=october.hr, at=at())
    with pytest.raises(services.BatchRefused):
        services.submit_batch([decision], by=october.hr, at=at())


def test_the_employee_is_told_what_since_which_fact_which_clause_and_until_when(october):
    decision, hearing = called(october)
    assert (hearing.due_at, hearing.counted_days) == (at(2026, 11, 6, 0), ["2026-11-04", "2026-11-05"])
    message = Message.objects.get(kind="incentives.hearing", channel="inbox")
    parts = [message.body.find(words) for words in ("−3", "180 / 300", "第 5.3 条（一）", "24:00", "陈静")]
    assert message.recipient == october.worst.user
    assert parts == sorted(parts) and -1 not in parts


@pytest.mark.parametrize("who", ["best", "hr", "head"])
def test_only_the_person_concerned_answers(october, who):
    decision, hearing = called(october)
    user = october.best.user if who == "best" else getattr(october, who)
    for act in (
        services.waive_hearing,
        lambda hearing, **k: services.state_case(hearing, statement="我认为", **k),
    ):
        with pytest.raises(Refused) as refusal:
            act(hearing, by=user, at=at(2026, 11, 4))
        assert refusal.value.code == "not_yours"


def test_a_statement_is_made_once_and_leaves_the_hearing_open(october):
    decision, hearing = called(october)
    services.state_case(hearing, statement="3 号楼延期交付", by=october.worst.user, at=at(2026, 11, 4))
    with pytest.raises(Refused):
        services.state_case(hearing, statement="再说一次", by=october.worst.user, at=at(2026, 11, 4))
    decision.refresh_from_db()
    assert (Hearing.objects.get().statement, decision.state) == ("3 号楼延期交付", State.HEARING)


@pytest.mark.parametrize(("statement", "day", "why"), [("  ", 4, "blank"), ("我认为", 6, "late")])
def test_an_empty_or_late_statement_is_refused(october, statement, day, why):
    decision, hearing = called(october)
    with pytest.raises(Refused):
        services.state_case(hearing, statement=statement, by=october.worst.user, at=at(2026, 11, day))


def test_a_hearing_ends_with_its_last_day_and_only_then(october):
    decision, hearing = called(october)
    assert services.end_due_hearings(at(2026, 11, 5, 23, 59)) == 0
    assert services.end_due_hearings(at(2026, 11, 6, 0)) == 1
    assert services.end_due_hearings(at(2026, 11, 6, 0)) == 0
    decision.refresh_from_db()
    assert decision.state == State.READY
    assert Message.objects.filter(kind="incentives.hearing_ended", recipient=october.hr).exists()


def test_a_waived_hearing_is_over_at_once(october):
    assert october.heard(october.worst).state == State.READY


def test_a_statement_has_to_be_answered_before_the_vote(october):
    decision, hearing = called(october)
    services.state_case(hearing, statement="3 号楼延期交付", by=october.worst.user, at=at(2026, 11, 4))
    services.end_due_hearings(at(2026, 11, 6))
    with pytest.raises(services.BatchRefused):
        services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    services.write_opinion(decision, opinion="移交属实，结论不变", by=october.hr, at=at(2026, 11, 6))
    (sent,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    assert (sent.state, sent.opinion) == (State.VOTING, "移交属实，结论不变")


def test_only_penalties_are_heard_and_only_people_who_can_be_told(october):
    with pytest.raises(Refused):
        services.call_hearing(october.proposed(october.best), by=october.hr, at=at())
    october.worst.user = None
    october.worst.save()
    with pytest.raises(Refused):
        services.call_hearing(october.proposed(october.worst), by=october.hr, at=at())


def test_a_decision_put_aside_ends_its_hearing_and_tells_the_employee(october):
    decision, hearing = called(october)
    services.set_aside(decision, reason="改为辅导", by=october.hr, at=at(2026, 11, 4))
    assert Hearing.objects.get().ended_at == at(2026, 11, 4)
    assert Message.objects.filter(kind="incentives.set_aside", recipient=october.worst.user).exists()
