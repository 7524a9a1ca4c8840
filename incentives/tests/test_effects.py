"""Kinds of effects: what a rule may say, what posting leaves behind, what a reversal takes back."""

import datetime as dt

import pytest
from django.utils import translation

from core.flow import Refused
from incentives import grading, legal, policy, services
from incentives.caps import split
from incentives.effects import check_rule, effect_kinds
from incentives.models import Decision, Duty, LedgerLine, Mark, Notice, Warning
from incentives.tests.effects_stage import (
    BONUS,
    CUT,
    DISMISSAL,
    EXPLAIN,
    FUND,
    LOSS,
    ORAL,
    PRIORITY,
    TRAINING,
    WRITTEN,
    effects_stage,
    points,
)
from notifications.models import Message
from tests.factories import at

FINE = CUT | {"class": "fine"}
OFF = policy.parse_money({})
ON = policy.parse_money({"fine_enabled": True})


@pytest.fixture
def stage(db):
    return effects_stage()


@pytest.mark.parametrize(
    ("spec", "direction"),
    [
        ({"kind": "money", "amount": 1.5, "least": 1, "most": 2}, "reward"),
        ({"kind": "money", "amount": 500, "least": 1, "most": 2}, "reward"),
        (BONUS, "penalty"),
        (BONUS | {"class": "fine"}, "reward"),
        (CUT | {"class": "gift"}, "penalty"),
        ({"kind": "warning", "level": "loud", "months": 3}, "penalty"),
        ({"kind": "warning", "level": "oral"}, "penalty"),
        (WRITTEN, "reward"),
        ({"kind": "certificate"}, "penalty"),
        ({"kind": "written_explanation"}, "penalty"),
        ({"kind": "training", "days": 0}, "penalty"),
        ({"kind": "training", "days": True}, "penalty"),
        ({"kind": "team_fund", "amount": 1, "least": 1, "most": 1}, "reward"),
        ({"kind": "priority"}, "reward"),
        ({"kind": "recommend", "what": "promotion"}, "penalty"),
        (points(3) | {"to": "everybody"}, "reward"),
        ({"kind": "flogging"}, "penalty"),
    ],
)
def test_a_rule_that_could_not_be_carried_out_is_refused(spec, direction):
    with pytest.raises(ValueError):
        check_rule([spec], direction, money=ON)


@pytest.mark.parametrize("spec", [BONUS, FUND, PRIORITY, TRAINING, {"kind": "certificate"}, points(2)])
def test_rewards_of_each_kind_are_accepted(spec):
    check_rule([spec], "reward")


@pytest.mark.parametrize("spec", [CUT, LOSS, WRITTEN, ORAL, EXPLAIN, TRAINING, DISMISSAL, points(-2)])
def test_penalties_of_each_kind_are_accepted(spec):
    check_rule([spec], "penalty", trigger="finding_confirmed")


def test_a_fine_needs_the_companys_switch():
    for money in (None, OFF):
        with pytest.raises(ValueError, match=r"fine|罚款"):
            check_rule([FINE], "penalty", money=money)
    check_rule([FINE], "penalty", money=ON)


@pytest.mark.parametrize("spec", [CUT, WRITTEN, DISMISSAL, EXPLAIN])
def test_ranking_last_alone_leads_to_points_talk_and_training_only(spec):
    check_rule([points(-1), {"kind": "admonishing_talk"}, TRAINING], "penalty", trigger="rank_streak")
    with pytest.raises(ValueError):
        check_rule([points(-1), spec], "penalty", trigger="rank_streak")


def test_every_kind_says_what_it_is_called():
    assert all(str(kind.label) for _name, kind in effect_kinds.items())


@pytest.mark.parametrize(
    ("effect", "what"),
    [(BONUS, "bonus"), (CUT, "performance_pay"), (LOSS, "loss_compensation"), (FUND, "team_fund")],
)
def test_money_goes_to_the_payroll_under_its_class(stage, effect, what):
    decision = stage.posted_with(effect, reason="损失 200 元，见维修单")
    line = LedgerLine.objects.get()
    assert (line.unit, line.money_class, line.amount) == ("fen", what, decision.effects[0]["amount"])


def test_compensation_needs_the_proven_loss_in_the_reason(stage):
    with pytest.raises(Refused) as refusal:
        stage.proposed_with(LOSS)
    assert refusal.value.field == "reason"
    assert not Decision.objects.exists()


def test_a_written_warning_counts_until_its_day_and_is_a_document(stage):
    stage.posted_with(WRITTEN, direction="penalty", moment=at(2026, 11, 30))
    warning = Warning.objects.get()
    assert (warning.level, warning.expires_on) == ("written", dt.date(2027, 5, 30))
    notice = Notice.objects.get(kind=Notice.Kind.WARNING)
    assert notice.number == "青禾房产销售警告〔2026〕1 号"
    assert "2027年5月30日" in notice.body
    assert Message.objects.filter(kind="incentives.warning", recipient=stage.best.user).exists()


def test_an_oral_warning_leaves_no_document(stage):
    stage.posted_with(ORAL, direction="penalty")
    assert Warning.objects.get().level == "oral"
    assert not Notice.objects.filter(kind=Notice.Kind.WARNING).exists()


def test_a_certificate_has_a_number_of_its_own_series(stage):
    decision = stage.posted_with(BONUS, {"kind": "certificate"}, {"kind": "commendation_notice"})
    kinds = set(decision.notices.values_list("kind", flat=True))
    assert kinds == {"letter", "certificate", "commendation"}
    assert decision.notices.get(kind="certificate").number == "青禾房产销售证书〔2026〕1 号"


def test_a_recommendation_is_a_mark_with_the_laws_conditions_and_nothing_else(stage):
    stage.posted_with(DISMISSAL, direction="penalty")
    mark = Mark.objects.get()
    assert mark.kind == Mark.Kind.DISMISSAL
    assert [one["code"] for one in mark.checklist] == list(legal.CONDITIONS["dismissal"])
    stage.best.refresh_from_db()
    assert stage.best.left_on is None
    services.confirm_condition(mark, code="union", by=stage.hr, at=at(2026, 11, 20))
    with pytest.raises(Refused):
        services.confirm_condition(mark, code="union", by=stage.hr, at=at(2026, 11, 21))
    with pytest.raises(Refused):
        services.confirm_condition(mark, code="heard", by=stage.best.user, at=at(2026, 11, 21))
    done = {one["code"]: one["by"] for one in Mark.objects.get().checklist if one["done_at"]}
    assert done == {"union": stage.hr.pk}


def test_a_team_fund_is_paid_and_its_head_accounts_for_it(stage):
    stage.posted_with(FUND)
    duty = Duty.objects.get()
    assert (duty.employee, duty.kind, duty.due_at) == (
        stage.head.employee,
        "team_fund",
        at(2026, 12, 15, 0),
    )


def test_an_explanation_is_filed_before_the_group_and_checked_by_hr(stage):
    decision = stage.posted_with(EXPLAIN, direction="penalty")
    duty = Duty.objects.get()
    with pytest.raises(Refused):
        services.finish_duty(duty, text="说明", by=stage.hr, at=at(2026, 11, 18))
    with pytest.raises(Refused):
        services.finish_duty(duty, text="  ", by=stage.best.user, at=at(2026, 11, 18))
    services.finish_duty(duty, text="原因与措施", by=stage.best.user, at=at(2026, 11, 18))
    told = Message.objects.filter(kind="incentives.duty", key__contains="-done").values_list("recipient")
    seats = decision.motion.seats.values_list("employee__user", flat=True)
    assert {pk for (pk,) in told} == {stage.hr.pk, *seats}
    with pytest.raises(Refused):
        services.accept_duty(duty, by=stage.best.user, at=at(2026, 11, 19))
    services.send_back_duty(duty, note="请写明措施的期限", by=stage.hr, at=at(2026, 11, 19))
    services.finish_duty(duty, text="原因、措施与期限", by=stage.best.user, at=at(2026, 11, 20))
    services.accept_duty(duty, by=stage.hr, at=at(2026, 11, 21))
    duty.refresh_from_db()
    assert (duty.state, duty.text, duty.checked_by) == ("accepted", "原因、措施与期限", stage.hr)


@pytest.mark.parametrize(
    ("direction", "effects"),
    [
        ("reward", (BONUS, FUND, PRIORITY, points(4))),
        ("penalty", (CUT, WRITTEN, EXPLAIN, DISMISSAL, points(-4))),
    ],
)
def test_a_reversal_takes_back_whatever_posting_left(stage, direction, effects):
    decision = stage.posted_with(*effects, direction=direction)
    services.reverse(decision, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    assert sum(LedgerLine.objects.values_list("amount", flat=True)) == 0
    assert not Warning.objects.filter(lifted_at=None).exists()
    assert not Mark.objects.filter(lifted_at=None).exists()
    assert not Duty.objects.exclude(state=Duty.State.CANCELLED).exists()


def test_carrying_out_twice_leaves_what_once_leaves(stage):
    effects = (BONUS, FUND, PRIORITY, {"kind": "certificate"}, TRAINING)
    decision = stage.posted_with(*effects)
    models = (LedgerLine, Duty, Mark, Notice, Message)
    before = [model.objects.count() for model in models]
    for index, effect in enumerate(decision.effects):
        effect_kinds[effect["kind"]].carry_out(decision, index, effect, at(2026, 11, 17))
    assert [model.objects.count() for model in models] == before


def test_a_shared_praise_divides_the_money_and_not_the_rest(stage):
    rule = stage.rule(BONUS | {"amount": 50000, "least": 50000}, points(2))
    shares = (3334, 3333, 3333)
    cases = [
        stage.case(rule, employee, evidence={"share_bp": share})
        for employee, share in zip(stage.team, shares, strict=False)
    ]
    found = [grading.specs_of(case) for case in cases]
    assert [specs[0]["amount"] for specs in found] == [16670, 16665, 16665]
    assert {specs[1]["amount"] for specs in found} == {2}
    services.propose(cases[0], by=stage.hr, at=at(2026, 11, 2))
    assert Decision.objects.get().effects[0]["amount"] == 16670


def test_parts_of_an_odd_sum_make_up_the_whole():
    assert split(100, {1: 3333, 2: 3333, 3: 3334}) == {1: 33, 2: 33, 3: 34}
    assert split(-1, {1: 5000, 2: 5000}) == {1: -1, 2: 0}


def test_each_role_has_its_own_effects(stage):
    rule = stage.rule(points(3) | {"to": "members"}, BONUS | {"to": "head"})
    member = stage.case(rule, stage.best, role="member")
    head = stage.case(rule, stage.head.employee, role="head")
    assert [spec["kind"] for spec in grading.specs_of(member)] == ["points"]
    assert [spec["kind"] for spec in grading.specs_of(head)] == ["money"]


def test_hr_reads_what_the_law_says():
    effects = [{"kind": "money", "amount": -100}, {"kind": "recommend", "what": "dismissal"}]
    assert len(legal.notes(effects, money=OFF, is_penalty=True)) == 2
    off, on = (legal.notes(effects[:1], money=money, is_penalty=True)[0][1] for money in (OFF, ON))
    assert len(off) > len(on)
    assert legal.notes(effects, money=OFF, is_penalty=False) == []


LADDER = ORAL | {"next_months": 9}


def test_a_warning_while_an_earlier_one_counts_is_the_next_step_of_the_ladder(stage):
    rule = stage.rule(LADDER, direction="penalty")
    first, other = stage.case(rule, stage.best), stage.case(rule, stage.worst)
    assert [grading.specs_of(case)[0]["level"] for case in (first, other)] == ["oral", "oral"]
    stage.posted_with(ORAL, direction="penalty", moment=at(2026, 11, 16))  # counts until 16 February
    found = {"found_at": at(2027, 1, 15)}
    again = stage.case(rule, stage.best, occurrence="fact:2", **found)
    late = stage.case(rule, stage.best, occurrence="fact:3", found_at=at(2027, 2, 17))
    last = stage.case(rule, stage.best, occurrence="fact:4", found_at=at(2027, 2, 16, 23))
    stranger = stage.case(rule, stage.worst, occurrence="fact:2", **found)
    levels = [grading.specs_of(case)[0]["level"] for case in (first, again, late, last, stranger)]
    assert levels == ["oral", "written", "oral", "written", "oral"]
    decision = services.propose(again, by=stage.hr, at=at(2027, 1, 15))
    assert decision.effects == [{"kind": "warning", "level": "written", "months": 9}]
    hearing = services.call_hearing(decision, by=stage.hr, at=at(2027, 1, 15))
    told = Message.objects.get(kind="incentives.hearing", key__contains=str(hearing.pk))
    assert "已有警告仍在有效期内，因此本次为书面警告" in told.body
    Warning.objects.update(lifted_at=at(2027, 1, 1))
    again = type(again).objects.get(pk=again.pk)
    assert grading.specs_of(again)[0]["level"] == "oral"


@pytest.mark.parametrize("spec", [WRITTEN | {"next_months": 6}, ORAL | {"next_months": 0}])
def test_only_an_oral_warning_has_a_next_step(spec):
    with pytest.raises(ValueError):
        check_rule([spec], "penalty")
    check_rule([LADDER], "penalty")


def test_what_puts_nothing_into_the_ledger_is_not_called_posted(stage):
    words = {
        "已生效": stage.posted_with(ORAL, direction="penalty"),
        "已提出建议，系统不执行": stage.posted_with(DISMISSAL, direction="penalty"),
        "已入账": stage.posted_with(points(-1), DISMISSAL),
    }
    with translation.override("zh-hans"):
        assert {text: decision.get_state_display() for text, decision in words.items()} == dict(
            zip(words, words, strict=True)
        )
