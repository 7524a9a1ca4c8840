"""From the vote to the ledger: issued, final, posted, reversed, talked about."""

import datetime as dt

import pytest

from approvals import services as approvals
from approvals.models import Motion
from audit.models import AuditRow
from core.events import deliver_all
from core.flow import Refused
from incentives import selectors, services
from incentives.models import Decision, Hearing, LedgerLine, Notice, Talk
from incentives.tests.build import second_head
from incentives.tests.pages import browse
from notifications.models import Message
from organization.models import Assignment
from tests import factories
from tests.factories import at

State = Decision.State


@pytest.fixture
def october(stage):
    stage.three_months()
    return stage


def test_subject_proposer_and_direct_superior_are_out_of_the_vote(october):
    manager = factories.make_post(october.company, "manager")
    for employee in (october.worst, october.hr.employee, october.head.employee):
        approvals.start_membership(
            october.group, employee=employee, starts_on=dt.date(2026, 1, 1), by=october.hr, at=at()
        )
    assert manager
    motion = october.voting(october.worst).motion
    grounds = dict(motion.seats.exclude(recused_at=None).values_list("employee__name", "ground"))
    assert grounds == {"方磊": "subject", "陈静": "proposer", "李强": "line"}


def test_a_carried_motion_is_issued_with_number_letter_and_appeal_window(october):
    decision = october.issued(october.worst)
    assert (decision.state, decision.document_number) == (State.ISSUED, "青禾满奖惩〔2026〕1 号")
    assert (decision.approved_at, decision.appeal_until) == (at(2026, 11, 5), at(2026, 11, 13, 0))
    letter = Notice.objects.get(decision=decision)
    assert (letter.kind, letter.number) == (Notice.Kind.LETTER, decision.document_number)
    assert Message.objects.filter(kind="incentives.issued", recipient=october.worst.user).exists()


def test_the_event_of_a_carried_motion_may_come_twice(october):
    decision = october.issued(october.best)
    motion = decision.motion
    assert services.enact(decision, motion=motion, at=at(2026, 11, 6)).issued_at == at(2026, 11, 5)
    assert Notice.objects.filter(decision=decision).count() == 1


def test_a_late_delivery_does_not_shorten_the_appeal_window():
    from incentives.rules import delivered_at

    closed, published = at(2026, 11, 5), at(2026, 11, 5)
    assert delivered_at(closed, published, at(2026, 11, 5, 12, 4)) == closed
    assert delivered_at(closed, published, at(2026, 11, 8)) == at(2026, 11, 8)


def test_nothing_is_enacted_without_a_carried_motion(october):
    decision = october.voting(october.best)
    with pytest.raises(Refused) as refusal:
        services.enact(decision, motion=decision.motion, at=at())
    assert refusal.value.code == "not_carried"


def test_a_rejected_motion_ends_the_decision(october):
    decision = october.vote(october.voting(october.best), "reject")
    assert decision.state == State.REJECTED
    assert Message.objects.filter(recipient=october.hr, kind="incentives.rejected").exists()


def test_a_returned_decision_is_graded_again_and_sent_again(october):
    decision = october.vote(october.voting(october.worst), "return")
    assert decision.state == State.RETURNED
    services.amend(
        decision,
        effects=[{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}],
        reason="管理小组建议从轻",
        by=october.hr,
        at=at(2026, 11, 6),
    )
    (sent,) = services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    assert (sent.state, sent.motion.round, sent.effects[0]["amount"]) == (State.VOTING, 2, -1)


def test_a_harsher_penalty_is_heard_again(october):
    decision = october.proposed(
        october.worst, effects=[{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}], reason="首次"
    )
    hearing = services.call_hearing(decision, by=october.hr, at=at())
    services.waive_hearing(hearing, by=october.worst.user, at=at())
    services.submit_batch([decision], by=october.hr, at=at())
    decision = october.vote(Decision.objects.get(), "return")
    services.amend(
        decision,
        effects=[{"kind": "points", "amount": -3}, {"kind": "admonishing_talk"}],
        reason="从重",
        by=october.hr,
        at=at(2026, 11, 6),
    )
    with pytest.raises(services.BatchRefused):
        services.submit_batch([decision], by=october.hr, at=at(2026, 11, 6))
    services.call_hearing(decision, by=october.hr, at=at(2026, 11, 6))
    assert Hearing.objects.count() == 2


def test_a_withdrawn_motion_comes_back_to_hr(october):
    decision = october.voting(october.best)
    approvals.withdraw(decision.motion, by=october.hr, at=at())
    deliver_all()
    decision.refresh_from_db()
    assert decision.state == State.RETURNED


@pytest.mark.parametrize("verb", ["amend", "write_opinion", "set_aside"])
def test_nothing_is_changed_while_the_group_votes(october, verb):
    decision = october.voting(october.worst)
    effects = [{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}]
    acts = {
        "amend": lambda: services.amend(decision, effects=effects, reason="改", by=october.hr, at=at()),
        "write_opinion": lambda: services.write_opinion(decision, opinion="改", by=october.hr, at=at()),
        "set_aside": lambda: services.set_aside(decision, reason="改", by=october.hr, at=at()),
    }
    with pytest.raises(Refused) as refusal:
        acts[verb]()
    assert refusal.value.code == "state"


def test_receipt_is_confirmed_once_by_the_person_concerned(october):
    decision = october.issued(october.best)
    with pytest.raises(Refused):
        services.acknowledge_receipt(decision, by=october.hr, at=at())
    services.acknowledge_receipt(decision, by=october.best.user, at=at(2026, 11, 6))
    with pytest.raises(Refused):
        services.acknowledge_receipt(decision, by=october.best.user, at=at(2026, 11, 7))
    assert Decision.objects.get().received_at == at(2026, 11, 6)


def test_nothing_is_posted_before_the_appeal_window_has_passed(october):
    october.issued(october.best)
    assert services.finalize_due(at(2026, 11, 12, 23, 59)) == 0
    assert not LedgerLine.objects.exists()


def test_a_reward_posts_its_points_and_publishes_the_commendation(october):
    decision = october.posted(october.best)
    line = LedgerLine.objects.get()
    assert (line.number, line.amount, line.unit, line.counts_for) == ("ZM-2611-0001", 5, "points", "2026-10")
    assert (decision.state, decision.final_at) == (State.POSTED, at(2026, 11, 16))
    notice = Notice.objects.get(kind=Notice.Kind.COMMENDATION)
    assert (notice.number, "王丽" in notice.title) == ("青禾满表扬〔2026〕1 号", True)
    assert not Talk.objects.exists()


def test_a_penalty_posts_its_points_and_a_talk_for_the_head_but_no_notice(october):
    october.posted(october.worst)
    talk = Talk.objects.get()
    assert LedgerLine.objects.get().amount == -3
    assert (talk.head, talk.state) == (october.head.employee, Talk.State.SCHEDULED)
    assert not Notice.objects.filter(kind=Notice.Kind.COMMENDATION).exists()
    assert Message.objects.filter(kind="incentives.talk", recipient=october.head).exists()


def test_a_suspended_decision_waits(october):
    decision = october.issued(october.worst)
    Decision.objects.filter(pk=decision.pk).update(state=State.SUSPENDED)
    assert services.finalize_due(at(2026, 12, 24)) == 0


def test_posting_twice_adds_nothing(october):
    decision = october.posted(october.best)
    assert services.finalize_due(at(2026, 11, 17)) == 0
    with pytest.raises(Refused):
        services.post(decision, at=at(2026, 11, 17))
    assert LedgerLine.objects.count() == 1


def test_points_of_an_exported_month_count_in_the_next_open_one(october):
    october.posted(october.best)
    services.make_payroll(october.company, month="2026-10", by=october.hr, at=at(2026, 11, 16))
    assert october.posted(october.worst).counts_for == "2026-11"


def test_a_reversal_adds_the_opposite_lines_and_calls_off_the_talk(october):
    decision = october.posted(october.worst)
    services.reverse(decision, reason="申诉成立", by=october.members[0], at=at(2026, 12, 1))
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, 3]
    assert Talk.objects.get().state == Talk.State.CANCELLED
    assert list(selectors.fact_5()) == []
    with pytest.raises(Refused):
        services.reverse(decision, reason="再来一次", by=october.members[0], at=at(2026, 12, 2))


@pytest.mark.parametrize("who", ["subject", "proposer"])
def test_nobody_reverses_what_is_their_own(october, who):
    decision = october.posted(october.worst)
    with pytest.raises(Refused):
        services.reverse(
            decision, reason="撤销", by={"subject": october.worst.user, "proposer": october.hr}[who], at=at()
        )


@pytest.mark.parametrize(
    ("who", "minutes", "day", "why"),
    [
        ("hr", "谈了", dt.date(2026, 11, 17), "not the head named"),
        ("worst", "谈了", dt.date(2026, 11, 17), "the employee"),
        ("head", "  ", dt.date(2026, 11, 17), "no minutes"),
        ("head", "谈了", dt.date(2026, 11, 19), "in the future"),
    ],
)
def test_a_talk_is_recorded_by_the_head_named_with_minutes(october, who, minutes, day, why):
    october.posted(october.worst)
    user = october.worst.user if who == "worst" else getattr(october, who)
    with pytest.raises(Refused):
        services.hold_talk(Talk.objects.get(), minutes=minutes, held_on=day, by=user, at=at(2026, 11, 18))


def test_hr_hands_a_talk_over_to_another_head_who_then_holds_it(october):
    october.posted(october.worst)
    talk, other = Talk.objects.get(), second_head(october)
    place, hr = f"/talks/{talk.pk}/hand-over/", browse(october.hr)
    page = hr.get(place).content.decode()
    assert "赵敏" in page and f'value="{october.worst.pk}"' not in page
    assert hr.post(place, {}).status_code == 422
    assert hr.post(place, {"head": october.worst.pk}).status_code == 422
    assert hr.post(place, {"head": other.pk}).status_code == 302
    talk.refresh_from_db()
    assert talk.head == other
    assert AuditRow.objects.get(verb="incentives.talk.hand_over").data == {
        "from": october.head.employee.pk,
        "to": other.pk,
    }
    assert Message.objects.filter(kind="incentives.talk", recipient=other.user).count() == 1
    held = {"minutes": "约定", "held_on": dt.date(2026, 11, 17), "at": at(2026, 11, 18)}
    with pytest.raises(Refused):
        services.hold_talk(talk, by=october.head, **held)
    services.hold_talk(talk, by=other.user, **held)
    assert hr.get(place).status_code == 404
    with pytest.raises(Refused):
        services.hand_over_talk(talk, head=october.head.employee, by=october.hr, at=at(2026, 11, 19))


def test_nobody_hands_over_a_talk_about_themselves_or_to_who_holds_none(october):
    october.posted(october.worst)
    talk = Talk.objects.get()
    for head, by in (
        (october.head.employee, october.hr),
        (october.best, october.hr),
        (second_head(october), october.worst.user),
    ):
        with pytest.raises(Refused):
            services.hand_over_talk(talk, head=head, by=by, at=at(2026, 11, 18))
    assert browse(october.head).get(f"/talks/{talk.pk}/hand-over/").status_code == 403


def test_a_talk_is_held_and_acknowledged(october):
    october.posted(october.worst)
    talk = Talk.objects.get()
    with pytest.raises(Refused):
        services.acknowledge_talk(talk, by=october.worst.user, at=at(2026, 11, 17))
    services.hold_talk(
        talk, minutes="约定每周复盘", held_on=dt.date(2026, 11, 17), by=october.head, at=at(2026, 11, 18)
    )
    with pytest.raises(Refused):
        services.acknowledge_talk(talk, by=october.head, at=at(2026, 11, 18))
    services.acknowledge_talk(talk, by=october.worst.user, at=at(2026, 11, 19), note="同意")
    talk.refresh_from_db()
    assert (talk.state, talk.minutes, talk.employee_note) == (Talk.State.ACKNOWLEDGED, "约定每周复盘", "同意")


def test_the_talk_of_somebody_nobody_heads_goes_to_the_chair(october):
    decision = october.issued(october.worst)
    Assignment.objects.filter(employee=october.head.employee).update(is_head=False)
    services.finalize_due(at(2026, 11, 16))
    assert Talk.objects.get(decision=decision).head == october.members[0].employee


def test_facts_hold_after_two_whole_decisions(october):
    october.posted(october.best)
    october.posted(october.worst)
    for facts in (selectors.fact_4, selectors.fact_4_overlaps, selectors.fact_5, selectors.fact_6):
        assert list(facts()) == []


def test_a_ledger_line_out_of_nothing_is_found(october):
    decision = october.posted(october.best)
    line = LedgerLine.objects.get()
    LedgerLine.objects.bulk_create(
        [
            LedgerLine(
                company=line.company,
                number="X",
                employee=october.worst,
                department=line.department,
                decision=decision,
                effect=7,
                unit="points",
                amount=1,
                counts_for="2026-10",
                posted_at=at(),
            )
        ]  # fmt: skip
    )
    Motion.objects.update(state=Motion.State.REJECTED)
    found = "\n".join(selectors.fact_5())
    assert "somebody else" in found and "no carried motion" in found


def test_a_penalty_voted_on_unheard_is_found(october):
    october.voting(october.worst)
    Hearing.objects.all().delete()
    assert "without a hearing" in "\n".join(selectors.fact_6())


def test_a_self_made_proposal_is_found(october):
    decision = october.proposed(october.best)
    Decision.objects.filter(pk=decision.pk).update(proposed_by=october.best.user)
    assert "proposed by the person it is about" in "\n".join(selectors.fact_6())
