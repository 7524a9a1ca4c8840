"""Praise from proof to confirmed shares (RE-5.2b): the verbs."""

import pytest

from audit.models import AuditRow
from complaints.models import Praise, State
from complaints.selectors import confirmed_praises
from complaints.services import closing, praise
from complaints.tests.build_praise import Stage, fresh, messages_of
from core.flow import Refused
from core.models import Event
from tests import factories
from tests.factories import at
from tests.racing import at_once, kinds

LATER = at(2026, 11, 5, 15)


@pytest.fixture
def stage(db):
    return Stage()


# ---- proof


def test_a_photo_proves_a_pennant_and_the_checker_stays_on_the_fact(stage):
    case = stage.praise()
    found = praise.prove(case, proof="photo", by=stage.liuyang.user, at=LATER)
    assert (fresh(case).state, found.proved_by, found.proved_at) == (State.PROVED, stage.liuyang.user, LATER)
    assert Praise.objects.get(case=case).proof == "photo"


def test_without_a_photo_with_the_case_a_photo_proves_nothing(stage):
    case = stage.praise(photo=False)
    with pytest.raises(Refused) as refusal:
        praise.prove(case, proof="photo", by=stage.liuyang.user, at=LATER)
    assert refusal.value.field == "proof"
    assert fresh(case).state == State.RECEIVED


def test_spoken_praise_is_proved_by_a_call_only(stage):
    case = stage.praise(form="oral")
    with pytest.raises(Refused):
        praise.prove(case, proof="photo", by=stage.liuyang.user, at=LATER)
    praise.prove(
        case, proof="call", call_outcome="genuine", note="今天十点，客户确认", by=stage.liuyang.user, at=LATER
    )
    assert fresh(case).state == State.PROVED


def test_a_call_needs_an_outcome_and_a_note(stage):
    case = stage.praise()
    for given, field in (({}, "call_outcome"), ({"call_outcome": "genuine"}, "note")):
        with pytest.raises(Refused) as refusal:
            praise.prove(case, proof="call", by=stage.liuyang.user, at=LATER, **given)
        assert refusal.value.field == field


def test_nobody_reached_leaves_the_praise_to_be_proved(stage):
    case = stage.praise()
    praise.prove(
        case, proof="call", call_outcome="not_reached", note="无人接听", by=stage.liuyang.user, at=LATER
    )
    found = Praise.objects.get(case=case)
    assert (fresh(case).state, found.proof, found.proved_by) == (State.ACCEPTED, "", None)
    assert AuditRow.objects.filter(verb="complaints.case.call_tried", object_id=case.pk).exists()


def test_a_customer_who_knows_nothing_of_it_declines_the_praise(stage):
    case = stage.praise()
    praise.prove(
        case,
        proof="call",
        call_outcome="contradicted",
        note="客户说没有写过",
        by=stage.liuyang.user,
        at=LATER,
    )
    found = fresh(case)
    assert found.state == State.DECLINED and found.decline_reason and "没有写过" not in found.decline_reason
    assert not confirmed_praises(stage.company, since=at(2026, 1, 1), until=at(2027, 1, 1))


def test_praise_is_proved_once(stage):
    case = stage.proved()
    for given in ({"proof": "photo"}, {"proof": "call", "call_outcome": "not_reached", "note": "无人"}):
        with pytest.raises(Refused):
            praise.prove(case, by=stage.gaoyuan.user, at=LATER, **given)
    assert Praise.objects.get(case=case).proved_by == stage.liuyang.user


def test_a_complaint_is_no_praise(stage):
    from complaints.models import Kind
    from complaints.services import intake

    case = intake.receive(
        company=stage.company, kind=Kind.COMPLAINT, channel="web", text="等太久", key="k", at=at()
    ).case
    with pytest.raises(Refused):
        praise.prove(case, proof="photo", by=stage.liuyang.user, at=LATER)


# ---- shares


@pytest.mark.parametrize("shares", [(5000, 4999), (10000, 1), (10001,), (0, 10000), (-1, 10001), ()])
def test_shares_that_do_not_make_exactly_a_hundred_percent_are_refused(stage, shares):
    case = stage.proved()
    people = dict(zip([stage.wangli, stage.zhouting], shares, strict=False))
    with pytest.raises(Refused) as refusal:
        praise.attribute(case, shares=people, by=stage.liuyang.user, at=LATER)
    assert refusal.value.field == "shares"
    assert fresh(case).state == State.PROVED and not case.praise.shares.exists()


def test_nobody_shares_in_what_they_share_out_or_checked_themselves(stage):
    case = stage.proved()
    for by, sharer in ((stage.gaoyuan, stage.gaoyuan), (stage.gaoyuan, stage.liuyang)):
        with pytest.raises(Refused):
            praise.attribute(case, shares={sharer: 10000}, by=by.user, at=LATER)
    assert fresh(case).state == State.PROVED


def test_only_colleagues_of_that_day_and_company_share_in_it(stage):
    case = stage.proved()
    other = factories.make_employee(
        factories.make_department(factories.make_company("other", "别家")), "外人"
    )
    stage.zhouting.left_on = at(2026, 10, 1).date()
    stage.zhouting.save()
    for stranger in (other, stage.zhouting):
        with pytest.raises(Refused):
            praise.attribute(case, shares={stranger: 10000}, by=stage.liuyang.user, at=LATER)


def test_returned_shares_come_back_with_the_reason_and_are_replaced(stage):
    case = stage.attributed()
    praise.return_shares(case, reason="锦旗上只有王丽", by=stage.chenjing.user, at=LATER)
    assert fresh(case).state == State.PROVED
    assert messages_of(stage.liuyang, "complaints.shares_returned")[0].body == "锦旗上只有王丽"
    found = praise.attribute(case, shares={stage.wangli: 10000}, by=stage.liuyang.user, at=LATER)
    assert [(one.employee, one.share_bp) for one in found.shares.all()] == [(stage.wangli, 10000)]
    assert found.return_reason == ""


def test_a_return_needs_its_reason(stage):
    case = stage.attributed()
    with pytest.raises(Refused) as refusal:
        praise.return_shares(case, reason="  ", by=stage.chenjing.user, at=LATER)
    assert refusal.value.field == "reason"


# ---- confirmation


def test_a_second_person_confirms_and_the_fact_is_there_for_the_rules(stage):
    case = stage.attributed()
    praise.confirm_praise(case, by=stage.chenjing.user, at=LATER)
    facts = confirmed_praises(stage.company, since=at(2026, 11, 1), until=at(2026, 12, 1))
    assert {(one.employee_id, one.share_bp, one.form, one.proof) for one in facts} == {
        (stage.wangli.pk, 6000, "pennant", "photo"),
        (stage.zhouting.pk, 4000, "pennant", "photo"),
    }
    event = Event.objects.get(name="complaints.praise_confirmed")
    assert event.object_id == case.pk


def test_spoken_praise_is_confirmed_too_and_its_fact_says_so(stage):
    case = stage.praise(form="oral", photo=False)
    by = {"by": stage.liuyang.user, "at": LATER}
    praise.prove(case, proof="call", call_outcome="genuine", note="客户确认", **by)
    praise.attribute(case, shares={stage.wangli: 10000}, **by)
    praise.confirm_praise(case, by=stage.chenjing.user, at=LATER)
    facts = confirmed_praises(stage.company, since=at(2026, 11, 1), until=at(2026, 12, 1))
    assert [one.form for one in facts] == ["oral"]


def test_whoever_shared_it_out_or_shares_in_it_neither_confirms_nor_returns(stage):
    case = stage.attributed(shares={stage.wangli: 5000, stage.sunyue: 5000})
    for by in (stage.liuyang, stage.sunyue, stage.wangli):
        with pytest.raises(Refused):
            praise.confirm_praise(case, by=by.user, at=LATER)
        with pytest.raises(Refused):
            praise.return_shares(case, reason="不对不对", by=by.user, at=LATER)
    assert fresh(case).state == State.ATTRIBUTED


def test_those_praised_are_told_their_share_and_nothing_of_the_customer(stage):
    stage.confirmed(text="王丽很好。林小雅 13800001234")
    for employee, share in ((stage.wangli, "60"), (stage.zhouting, "40")):
        [message] = messages_of(employee, "complaints.praised")
        said = message.subject + message.body + message.url
        assert share in message.body and "林小雅" not in said and "1380000" not in said


def test_confirmed_praise_is_answered_with_thanks(stage):
    case = stage.confirmed()
    closing.answer(case, text="感谢您的鼓励", by=stage.liuyang.user, at=at(2026, 11, 6, 11))
    assert fresh(case).state == State.RESPONDED


def test_every_step_is_one_audit_row_with_ids_only(stage):
    case = stage.confirmed()
    rows = AuditRow.objects.filter(model="complaints.case", object_id=case.pk)
    steps = [row.verb.rpartition(".")[2] for row in rows.order_by("pk")]
    assert steps == ["received", "accept", "prove", "attribute", "confirm_praise"]
    assert "林小雅" not in str(list(rows.values()))


# ---- races


@pytest.mark.django_db(transaction=True)
def test_of_many_confirmations_one_counts():
    stage = Stage()
    case = stage.attributed()
    people = [stage.chenjing.user, stage.sunyue.user, stage.zhou.user] * 2
    outcomes = at_once(
        [lambda user=user: praise.confirm_praise(fresh(case), by=user, at=LATER) for user in people]
    )
    assert kinds(outcomes) == {"Refused": 5, "done": 1}
    assert Event.objects.filter(name="complaints.praise_confirmed").count() == 1
    assert len(messages_of(stage.wangli, "complaints.praised")) == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_and_returning_at_once_leaves_one_of_the_two():
    stage = Stage()
    case = stage.attributed()
    works = [
        lambda: praise.confirm_praise(fresh(case), by=stage.chenjing.user, at=LATER),
        lambda: praise.return_shares(fresh(case), reason="再看一下", by=stage.sunyue.user, at=LATER),
    ]
    outcomes = at_once(works * 3)
    assert kinds(outcomes)["done"] == 1
    found = Praise.objects.get(case=case)
    assert bool(found.confirmed_by) == (fresh(case).state == State.CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_of_two_ways_to_share_it_out_one_stands_whole():
    stage = Stage()
    case = stage.proved()
    first, second = {stage.wangli: 10000}, {stage.zhouting: 5000, stage.chenjing: 5000}
    outcomes = at_once(
        [lambda shares=shares: praise.attribute(fresh(case), shares=shares, by=stage.gaoyuan.user, at=LATER)
         for shares in (first, second, first, second)]
    )  # fmt: skip
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert sum(share.share_bp for share in case.praise.shares.all()) == 10000
