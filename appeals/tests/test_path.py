"""From filing to the reversed points, and every way in which an appeal does not get there."""

import datetime as dt

import pytest

from appeals import services
from appeals.models import Appeal, Consequence
from appeals.tests.build import ACCEPTED, DECIDED, FILED, PROPOSED, REASONS, TEXT, declined
from audit.models import AuditRow
from core.flow import Refused
from core.period import Period
from core.registries import verifications
from incentives import services as incentives
from incentives.models import Case, Decision, LedgerLine
from incentives.services import appealed
from notifications.models import Message
from tests.factories import at

pytestmark = pytest.mark.django_db
State = Decision.State


def decision():
    return Decision.objects.get()


def facts():
    names = ("4 one live decision", "5 ledger", "5 appeals", "6 appeals", "6 decisions", "6 votes")
    return [sentence for name in names for sentence in verifications[name]()]


def test_filing_suspends_the_decision_and_starts_the_clock_of_five_working_days(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    assert decision().state == State.SUSPENDED
    assert appeal.number == "SS-2611-0001"
    assert appeal.counted_days == ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"]
    assert incentives.finalize_due(at(2027, 1, 1)) == 0
    assert not LedgerLine.objects.exists()
    assert facts() == []


def test_who_appeals_against_a_letter_has_received_it(stage):
    stage.issued(stage.worst)
    assert decision().received_at is None
    appeal = stage.filed(stage.worst)
    assert decision().received_at == appeal.filed_at
    assert AuditRow.objects.filter(verb="incentives.decision.acknowledge_receipt").count() == 1


def test_a_won_appeal_withdraws_the_decision_before_anything_was_posted(stage):
    stage.issued(stage.worst)
    appeal = stage.signed(stage.worst)
    assert (appeal.state, decision().state) == ("answered", State.REVERSED)
    assert Consequence.objects.get().kind == Consequence.Kind.REVERSED
    assert not LedgerLine.objects.exists()
    assert Message.objects.filter(kind="appeals.answered", recipient=stage.worst.user).exists()
    assert facts() == []


def test_an_upheld_decision_is_final_and_posted(stage):
    stage.issued(stage.worst)
    stage.signed(stage.worst, outcome="upheld")
    assert decision().state == State.POSTED
    assert LedgerLine.objects.get().amount == -3
    assert facts() == []


def test_a_changed_decision_is_posted_with_the_milder_effects(stage):
    stage.issued(stage.worst)
    stage.signed(stage.worst, outcome="varied", effects=[{"place": 0, "amount": -1}])
    assert decision().effects == [{"kind": "points", "amount": -1}]
    assert LedgerLine.objects.get().amount == -1
    assert facts() == []


@pytest.mark.parametrize(
    "effects",
    [[{"place": 0, "amount": -4}], [{"place": 0, "amount": 1}], [{"place": 7}], [], [{"place": "0"}]],
)
def test_an_appeal_never_makes_a_decision_harsher_nor_empty(stage, effects):
    stage.issued(stage.worst)
    with pytest.raises(Refused):
        stage.concluded(stage.worst, outcome="varied", effects=effects)
    assert decision().effects[0]["amount"] == -3


@pytest.mark.parametrize(
    "effects",
    [[{"place": 0, "amount": 9}, {"place": 1}], [{"place": 0, "amount": 3}, {"place": 1}], [{"place": 0}]],
)
def test_another_reward_needs_a_vote_of_its_own(stage, effects):
    stage.issued(stage.best)
    with pytest.raises(Refused):
        stage.concluded(stage.best, outcome="varied", effects=effects)
    assert decision().effects[0]["amount"] == 5


def test_who_comes_after_the_window_may_ask_the_chair_and_posted_points_are_reversed(stage):
    stage.posted(stage.worst)
    late = at(2026, 11, 18)
    appeal = stage.draft(stage.worst)
    with pytest.raises(Refused, match="chair|组长"):
        services.file(appeal, by=stage.worst.user, at=late)
    services.plead_late(appeal, plea="出差在外，信件昨天才看到", by=stage.worst.user, at=late)
    assert decision().state == State.POSTED
    with pytest.raises(Refused):
        services.admit(appeal, reason="理由成立，予以受理", by=stage.reviewer, at=late)
    services.admit(appeal, reason="理由成立，予以受理", by=stage.chair, at=late)
    services.investigate(appeal, by=stage.officer, at=late)
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=late)
    services.decide(appeal, by=stage.reviewer, at=late)
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, 3]
    assert decision().state == State.REVERSED
    assert facts() == []


def test_where_the_chair_appeals_another_member_of_the_group_admits_it(stage):
    seat = stage.group.memberships.get(is_chair=True)
    stage.posted(stage.worst)
    type(seat).objects.filter(pk=seat.pk).update(employee=stage.worst)
    late = at(2026, 11, 18)
    appeal = services.plead_late(
        stage.draft(stage.worst), plea="出差在外，信件昨天才看到", by=stage.worst.user, at=late
    )
    for user in (stage.worst.user, stage.officer):
        with pytest.raises(Refused):
            services.admit(appeal, reason="理由成立，予以受理", by=user, at=late)
    assert services.admit(appeal, reason="理由成立，予以受理", by=stage.reviewer, at=late).state == "accepted"


def test_what_is_paid_out_already_comes_back_in_the_next_open_month_and_the_file_stays(stage):
    stage.posted(stage.worst)
    line = LedgerLine.objects.get()
    stage.grant(stage.hr, "incentives.payroll")
    batch = incentives.make_payroll(stage.company, month=line.counts_for, by=stage.hr, at=at(2026, 11, 17))
    checksums = batch.csv_checksum, batch.xlsx_checksum
    late = at(2026, 11, 18)
    appeal = services.plead_late(
        stage.draft(stage.worst), plea="出差在外，信件昨天才看到", by=stage.worst.user, at=late
    )
    services.admit(appeal, reason="理由成立，予以受理", by=stage.chair, at=late)
    assert decision().state == State.EXPORTED
    services.investigate(appeal, by=stage.officer, at=late)
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=late)
    services.decide(appeal, by=stage.reviewer, at=late)
    back = LedgerLine.objects.exclude(pk=line.pk).get()
    assert (back.amount, back.reverses) == (-line.amount, line)
    assert back.counts_for == str(Period.parse(line.counts_for).next())
    batch.refresh_from_db()
    assert (batch.csv_checksum, batch.xlsx_checksum) == checksums
    assert facts() == []


def test_a_posted_decision_that_is_changed_is_reversed_and_the_milder_one_goes_to_the_group(stage):
    stage.posted(stage.worst)
    late = at(2026, 11, 18)
    appeal = services.plead_late(
        stage.draft(stage.worst), plea="出差在外，信件昨天才看到", by=stage.worst.user, at=late
    )
    services.admit(appeal, reason="理由成立，予以受理", by=stage.chair, at=late)
    services.investigate(appeal, by=stage.officer, at=late)
    effects = [{"place": 0, "amount": -1}]
    services.propose(appeal, outcome="varied", effects=effects, reasons=REASONS, by=stage.officer, at=late)
    services.decide(appeal, by=stage.reviewer, at=late)
    old, new = Decision.objects.order_by("pk")
    assert (old.state, new.state, new.effects) == (
        State.REVERSED,
        State.PROPOSED,
        [{"kind": "points", "amount": -1}],
    )
    assert sum(LedgerLine.objects.values_list("amount", flat=True)) == 0
    assert facts() == []


def test_not_admitted_goes_to_the_chair_once_and_the_decision_waits(stage):
    stage.issued(stage.worst)
    appeal = declined(stage, stage.worst)
    assert decision().state == State.SUSPENDED
    services.contest(appeal, plea="情况不同，请看一看", by=stage.worst.user, at=ACCEPTED)
    services.dismiss(appeal, reason="与上一次是同一件事", by=stage.chair, at=PROPOSED)
    assert decision().state == State.ISSUED
    with pytest.raises(Refused):
        services.contest(appeal, plea="再请看一看", by=stage.worst.user, at=PROPOSED)
    incentives.finalize_due(at(2026, 11, 16))
    assert decision().state == State.POSTED
    assert facts() == []


def test_not_admitted_and_not_contested_ends_when_the_days_of_the_chair_are_over(stage):
    stage.issued(stage.worst)
    appeal = declined(stage, stage.worst)
    assert services.dismiss_uncontested(appeal.chair_until - dt.timedelta(minutes=1)) == 0
    assert services.dismiss_uncontested(appeal.chair_until) == 1
    assert decision().state == State.ISSUED


def test_withdrawn_the_decision_goes_on_and_may_be_appealed_again_in_the_window(stage):
    stage.issued(stage.worst)
    services.withdraw(stage.filed(stage.worst), by=stage.worst.user, at=FILED)
    assert decision().state == State.ISSUED
    stage.filed(stage.worst)
    assert decision().state == State.SUSPENDED


def test_one_appeal_on_one_thing(stage):
    stage.issued(stage.worst)
    stage.filed(stage.worst)
    with pytest.raises(Refused, match="SS-2611-0001"):
        stage.draft(stage.worst)


@pytest.mark.parametrize(
    ("missing", "field"), [({"grounds": []}, "grounds"), ({"text": "短"}, "text"), ({"wish": ""}, "wish")]
)
def test_what_is_not_finished_is_not_filed(stage, missing, field):
    stage.issued(stage.worst)
    with pytest.raises(Refused) as refusal:
        stage.filed(stage.worst, **missing)
    assert refusal.value.field == field
    assert decision().state == State.ISSUED


def test_nobody_appeals_for_somebody_else(stage):
    stage.issued(stage.worst)
    with pytest.raises(Refused):
        services.draft("decision", decision().pk, by=stage.best.user, at=FILED)
    appeal = stage.draft(stage.worst)
    with pytest.raises(Refused):
        services.file(appeal, by=stage.best.user, at=FILED)


def test_who_proposed_voted_or_heads_the_person_does_not_look_into_it(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    for user in (stage.hr, stage.members[0], stage.head, stage.worst.user):
        with pytest.raises(Refused) as refusal:
            services.accept(appeal, by=user, at=ACCEPTED)
        assert refusal.value.code == "barred"
    services.accept(appeal, by=stage.officer, at=ACCEPTED)


def test_who_verified_the_fact_behind_a_decision_neither_looks_into_it_nor_decides(stage):
    issued = stage.issued(stage.worst)
    evidence = issued.case.evidence | {"verified_by": [stage.officer.pk, stage.reviewer.pk]}
    Case.objects.filter(pk=issued.case_id).update(evidence=evidence)
    appeal = stage.filed(stage.worst)
    with pytest.raises(Refused) as refusal:
        services.accept(appeal, by=stage.officer, at=ACCEPTED)
    assert refusal.value.code == "barred"
    services.accept(appeal, by=stage.second, at=ACCEPTED)
    services.investigate(appeal, by=stage.second, at=ACCEPTED)
    services.propose(appeal, outcome="upheld", reasons=REASONS, by=stage.second, at=PROPOSED)
    with pytest.raises(Refused) as refusal:
        services.decide(Appeal.objects.get(), by=stage.reviewer, at=DECIDED)
    assert refusal.value.code == "barred"


def test_who_investigated_does_not_decide_and_who_voted_only_when_nobody_else_is_left(stage):
    stage.issued(stage.worst)
    appeal = stage.concluded(stage.worst)
    stage.grant(stage.second, "appeals.decide")
    for user in (stage.officer, stage.hr, stage.members[0]):
        with pytest.raises(Refused) as refusal:
            services.decide(appeal, by=user, at=DECIDED)
        assert refusal.value.code == "barred"
    services.decide(appeal, by=stage.reviewer, at=DECIDED)
    with pytest.raises(Refused):
        services.decide(appeal, by=stage.second, at=DECIDED)


def test_who_handed_it_over_does_not_decide_either(stage):
    stage.issued(stage.worst)
    appeal = services.hand_over(
        stage.looked_into(stage.worst), to=stage.second, by=stage.officer, at=PROPOSED
    )
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.second, at=PROPOSED)
    stage.grant(stage.officer, "appeals.decide")
    with pytest.raises(Refused) as refusal:
        services.decide(Appeal.objects.get(), by=stage.officer, at=DECIDED)
    assert refusal.value.code == "barred"
    services.decide(Appeal.objects.get(), by=stage.reviewer, at=DECIDED)


def test_a_large_one_is_the_groups_without_those_who_voted(stage):
    stage.issued(stage.best)
    stage.grant(stage.hr, "approvals.vote")
    appeal = stage.concluded(stage.best, text=TEXT)
    assert (appeal.state, appeal.is_large) == ("voting", True)
    grounds = dict(appeal.motion.seats.values_list("employee__name", "ground"))
    assert grounds == {"周总": "verifier", "孙悦": "verifier", "何军": ""}
    with pytest.raises(Refused):
        services.decide(appeal, by=stage.reviewer, at=DECIDED)


def test_sent_back_the_investigation_goes_on_with_the_same_clock(stage):
    stage.issued(stage.worst)
    appeal = stage.concluded(stage.worst)
    due = appeal.due_at
    services.send_back(appeal, reason="没有问过当班同事", by=stage.reviewer, at=DECIDED)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.outcome, appeal.due_at) == ("investigating", "", due)
    assert decision().state == State.SUSPENDED


def test_a_decision_withdrawn_through_another_appeal_is_not_said_to_stand(stage):
    stage.issued(stage.worst)
    appeal = stage.looked_into(stage.worst)
    appealed.undo(decision(), reason="另一件申诉已更正得分", by=stage.reviewer, at=PROPOSED)
    with pytest.raises(Refused) as refusal:
        services.propose(appeal, outcome="upheld", reasons=REASONS, by=stage.officer, at=PROPOSED)
    assert (refusal.value.field, refusal.value.code) == ("outcome", "gone")
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=PROPOSED)
    answered = services.decide(Appeal.objects.get(), by=stage.reviewer, at=DECIDED)
    assert (answered.state, decision().state) == ("answered", State.REVERSED)
    assert facts() == []


def test_withdrawn_while_the_proposed_outcome_waits_it_has_to_be_looked_at_again(stage):
    stage.issued(stage.worst)
    appeal = stage.concluded(stage.worst, outcome="upheld")
    appealed.undo(decision(), reason="另一件申诉已更正得分", by=stage.reviewer, at=PROPOSED)
    with pytest.raises(Refused) as refusal:
        services.decide(appeal, by=stage.reviewer, at=DECIDED)
    assert refusal.value.code == "gone"
    assert Appeal.objects.get().state == "proposed"


def test_late_is_warned_before_and_reminded_daily_and_decides_nothing(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    assert services.watch(at(2026, 11, 10)) == 0
    assert services.watch(at(2026, 11, 12)) == 1
    assert services.watch(at(2026, 11, 12, 13)) == 0
    for day in (14, 15):
        assert services.watch(at(2026, 11, day)) == 1
        assert services.watch(at(2026, 11, day, 18)) == 0
    appeal.refresh_from_db()
    assert (appeal.state, decision().state) == ("filed", State.SUSPENDED)
    assert Message.objects.filter(kind="appeals.late", recipient=stage.chair).count() == 2


def test_the_answer_is_acknowledged_and_rated_once(stage):
    stage.issued(stage.worst)
    appeal = stage.signed(stage.worst)
    services.acknowledge(appeal, rating=4, by=stage.worst.user, at=DECIDED)
    with pytest.raises(Refused):
        services.acknowledge(appeal, rating=1, by=stage.worst.user, at=DECIDED)
    assert Appeal.objects.get().rating == 4
