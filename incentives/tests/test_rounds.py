"""There and back: returned by the group, taken back by HR, heard twice; and who is kept out of what."""

import pytest

from approvals import services as approvals
from approvals.models import Motion
from core.events import deliver_all
from core.flow import Refused
from core.registries import verifications
from incentives import services
from incentives.dossier import Dossier
from incentives.models import Decision, Hearing
from incentives.queue import with_surroundings
from incentives.services.decisions import excluded_from
from tests import factories
from tests.factories import at

State = Decision.State
HARSHER = [{"kind": "points", "amount": -3}, {"kind": "admonishing_talk"}]
MILDER = [{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}]


@pytest.fixture
def october(stage):
    stage.three_months()
    return stage


def dossier_of(decision):
    return Dossier.of(with_surroundings(type(decision.case).objects).get(pk=decision.case_id))


def heard_about(stage, decision, words, moment):
    hearing = services.call_hearing(decision, by=stage.hr, at=moment)
    services.state_case(hearing, statement=words, by=stage.worst.user, at=moment)
    services.waive_hearing(hearing, by=stage.worst.user, at=moment)
    services.write_opinion(decision, opinion=f"已核实：{words}", by=stage.hr, at=moment)
    return hearing


@pytest.fixture
def twice_heard(october):
    """Told of one point and voted on; returned; now three points, so that a second hearing is needed."""
    decision = october.proposed(october.worst, effects=MILDER, reason="初次")
    first = heard_about(october, decision, "3 号楼延期交付", at(2026, 11, 3))
    services.submit_batch([decision], by=october.hr, at=at(2026, 11, 4))
    decision = october.vote(Decision.objects.get(pk=decision.pk), "return")
    services.amend(decision, effects=HARSHER, reason="按条款通常幅度", by=october.hr, at=at(2026, 11, 5))
    second = services.call_hearing(decision, by=october.hr, at=at(2026, 11, 6))
    return october, Decision.objects.get(pk=decision.pk), first, second


def test_an_earlier_hearing_cannot_be_waived_in_place_of_the_open_one(twice_heard):
    stage, decision, first, second = twice_heard
    with pytest.raises(Refused):
        services.waive_hearing(first, by=stage.worst.user, at=at(2026, 11, 6))
    assert Decision.objects.get(pk=decision.pk).state == State.HEARING
    services.waive_hearing(second, by=stage.worst.user, at=at(2026, 11, 6))
    (sent,) = services.submit_batch([decision], by=stage.hr, at=at(2026, 11, 6))
    assert sent.state == State.VOTING


def test_what_was_said_in_an_earlier_hearing_stays_before_the_group(twice_heard):
    stage, decision, first, second = twice_heard
    services.waive_hearing(second, by=stage.worst.user, at=at(2026, 11, 6))
    dossier = dossier_of(decision)
    assert [one.statement for one in dossier.earlier_statements] == ["3 号楼延期交付"]
    assert (dossier.hearing.waived_at, dossier._hearing_check()[2]) == (
        at(2026, 11, 6),
        "本人已陈述，行政人事部已核实",
    )
    told = [step.text for step in dossier.steps if step.at]
    assert sum("开始听证" in text for text in told) == 2
    assert any("管理小组表决：已退回" in text for text in told)


def test_an_older_view_does_not_answer_a_newer_statement(twice_heard):
    stage, decision, _first, second = twice_heard
    services.state_case(second, statement="客户已撤诉", by=stage.worst.user, at=at(2026, 11, 6))
    services.end_due_hearings(second.due_at)
    assert dossier_of(decision).awaits_opinion
    with pytest.raises(services.BatchRefused) as refusal:
        services.submit_batch([decision], by=stage.hr, at=second.due_at)
    assert "请先写" in str(refusal.value.message)
    services.write_opinion(decision, opinion="未见撤诉记录", by=stage.hr, at=second.due_at)
    assert not dossier_of(decision).awaits_opinion
    (sent,) = services.submit_batch([decision], by=stage.hr, at=second.due_at)
    assert sent.state == State.VOTING


def test_a_returned_penalty_goes_straight_back_unless_it_is_harsher_than_told(october):
    decision = october.vote(october.voting(october.worst), "return")
    dossier = dossier_of(decision)
    assert (dossier.may_be_sent, dossier.may_be_heard) == (True, True)
    services.amend(decision, effects=MILDER, reason="从轻", by=october.hr, at=at(2026, 11, 5))
    assert dossier_of(decision).may_be_sent
    (sent,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    assert sent.state == State.VOTING


def test_a_harsher_penalty_is_not_offered_for_the_vote_before_a_new_hearing(october):
    decision = october.proposed(october.worst, effects=MILDER, reason="从轻")
    heard_about(october, decision, "请核实", at(2026, 11, 3))
    services.submit_batch([decision], by=october.hr, at=at(2026, 11, 4))
    decision = october.vote(Decision.objects.get(pk=decision.pk), "return")
    services.amend(decision, effects=HARSHER, reason="按通常幅度", by=october.hr, at=at(2026, 11, 5))
    dossier = dossier_of(decision)
    assert (dossier.may_be_sent, dossier.may_be_heard) == (False, True)


def test_whoever_chose_the_grade_has_no_vote_on_it(october):
    colleague = october.members[2]
    decision = october.proposed(october.best)
    four = [{"kind": "points", "amount": 4}, {"kind": "commendation_notice"}]
    services.amend(decision, effects=four, reason="人数少", by=colleague, at=at(2026, 11, 3))
    (sent,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 4))
    assert sent.motion.excluded[str(colleague.employee.pk)] == "proposer"
    with pytest.raises(Refused):
        approvals.cast_vote(sent.motion, choice="approve", by=colleague, at=at(2026, 11, 4))


def test_hr_reads_who_returned_it_and_why_on_the_case(october):
    decision = october.vote(october.voting(october.best), "return")
    assert dossier_of(decision).sent_back == [("周总", "依据不足")]
    (again,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    assert (again.state, Motion.objects.count()) == (State.VOTING, 2)


def test_hr_takes_a_question_back_changes_it_and_sends_it_again(october):
    decision = october.voting(october.best)
    approvals.cast_vote(decision.motion, choice="approve", by=october.members[0], at=at(2026, 11, 4))
    services.take_back(decision, by=october.hr, at=at(2026, 11, 5))
    deliver_all()
    decision.refresh_from_db()
    assert (decision.state, decision.motion.state) == (State.RETURNED, Motion.State.WITHDRAWN)
    assert dossier_of(decision).sent_back is None
    (again,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    assert again.motion_id != decision.motion_id
    assert october.vote(again, moment=at(2026, 11, 9)).state == State.ISSUED
    assert list(verifications["6 votes"]()) == []


@pytest.mark.parametrize("who", ["colleague", "carried"])
def test_only_the_sender_takes_back_and_only_during_the_vote(october, who):
    colleague = factories.user_with(october.company, "incentives.propose")
    decision = october.voting(october.best) if who == "colleague" else october.issued(october.best)
    with pytest.raises(Refused):
        services.take_back(decision, by=colleague if who == "colleague" else october.hr, at=at(2026, 11, 5))
    assert Decision.objects.get().state != State.RETURNED


def test_a_colleague_takes_back_what_somebody_sent_whose_login_is_closed(october):
    decision = october.voting(october.best)
    october.hr.is_active = False
    october.hr.save()
    colleague = factories.user_with(october.company, "incentives.propose")
    assert services.take_back(decision, by=colleague, at=at(2026, 11, 5)).state == State.RETURNED


@pytest.mark.parametrize("verb", ["propose", "set_aside", "take_back"])
def test_a_superior_settles_nothing_about_their_own_people(october, verb):
    decision = october.voting(october.best) if verb == "take_back" else None
    thing = decision or october.case_of(october.best)
    more = {"reason": "理由"} if verb == "set_aside" else {}
    with pytest.raises(Refused) as refusal:
        getattr(services, verb)(thing, by=october.head, at=at(2026, 11, 5), **more)
    assert refusal.value.code == "own_line"


def test_both_heads_of_a_department_are_kept_out_of_a_vote_on_its_people(october):
    second = factories.make_employee(october.sales, "赵敏", is_head=True)
    above = factories.make_employee(october.office, "钱总", is_head=True)
    october.sales.parent = october.office
    october.sales.save()
    grounds = excluded_from(october.proposed(october.worst), at())
    assert {pk for pk, ground in grounds.items() if ground == "line"} == {october.head.employee.pk, second.pk}
    assert above.pk not in grounds


def test_who_is_kept_out_and_what_then_carries_is_said_before_the_vote(october):
    approvals.start_membership(
        october.group,
        employee=october.head.employee,
        starts_on=at(2026, 11, 1).date(),
        by=october.hr,
        at=at(),
    )
    dossier = dossier_of(october.proposed(october.best))
    count = dossier.prospect
    assert (count.entitled, count.quorum, count.needed) == (3, 2, 2)
    assert dossier.recusals == ["王丽是当事人，不表决。", "陈静是提案人，不表决。", "李强是直接上级，回避。"]


def test_a_committee_of_one_who_is_concerned_is_flagged_to_hr_and_never_decides(october):
    for member in october.members[1:]:
        member.employee.memberships.all().delete()
    head = october.members[0].employee
    assignment = head.assignments.get()
    assignment.department, assignment.is_head = october.sales, True
    assignment.save()
    decision = october.voting(october.best)
    told = october.hr.messages.filter(kind="approvals.quorum")
    assert (decision.motion.excluded[str(head.pk)], told.count()) == ("line", 1)
    with pytest.raises(Refused):
        approvals.cast_vote(decision.motion, choice="approve", by=october.members[0], at=at(2026, 11, 5))
    approvals.remind(at(2026, 12, 1))
    assert october.hr.messages.filter(kind="approvals.overdue").count() == 1
    assert Motion.objects.get().state == Motion.State.OPEN
    assert services.take_back(decision, by=october.hr, at=at(2026, 12, 1)).state == State.RETURNED


def test_a_statement_and_the_end_leave_the_statement_only_in_time(october):
    hearing = services.call_hearing(october.proposed(october.worst), by=october.hr, at=at(2026, 11, 2))
    services.end_due_hearings(hearing.due_at)
    with pytest.raises(Refused):
        services.state_case(hearing, statement="迟了", by=october.worst.user, at=hearing.due_at)
    assert Hearing.objects.get().statement == ""
