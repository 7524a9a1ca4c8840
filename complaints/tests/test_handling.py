"""A case from triage to its answer, through the verbs: what each step changes, and whom it refuses."""

import datetime as dt

import pytest
from django.core import mail

from audit.models import AuditRow
from complaints.models import Case, Entry, Kind, State, ToldBy
from complaints.services import handling
from complaints.tests.build_b import CLASSES, Cast
from core.flow import Refused
from jobs.models import Attachment
from notifications.models import Message
from notifications.services import send_due
from tests import factories
from tests.factories import at

DAY = dt.timedelta(days=1)


@pytest.fixture
def cast(db):
    return Cast()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def attachment(company, by=None):
    return Attachment.objects.create(
        company=company,
        name="a.png",
        content_type="image/png",
        size=1,
        checksum="0",
        kept_by=by,
        kept_at=at(),
    )


# ---- accepting


def test_accepting_classifies_assigns_and_is_the_first_answer(cast):
    case = cast.accepted(cast.seller)
    assert (case.state, case.class_code, case.severity) == (State.ACCEPTED, "general", "general")
    assert (case.handler, case.department) == (cast.handler, cast.sales)
    assert case.first_answered_at == at()
    entry = case.entries.get(kind=Entry.Kind.PROGRESS)
    assert entry.is_public and entry.text == "我们已受理，正在处理。"


def test_the_customer_reads_the_message_of_who_accepts(cast):
    case = cast.accepted(fields={"message": "您好，我们正在核对当天的登记"})
    assert case.entries.get(kind=Entry.Kind.PROGRESS).text == "您好，我们正在核对当天的登记"


def test_the_customer_is_written_to_when_they_want_to_be(cast):
    from complaints.services.intake import Contact

    case = cast.receive(contact=Contact("林女士", "13800000001", "lin@example.com"), told_by=ToldBy.EMAIL)
    cast.accept(case)
    send_due(at() + DAY)
    assert [one.to for one in mail.outbox][-1] == ["lin@example.com"]


def test_the_due_date_is_counted_from_the_day_of_receipt_not_of_acceptance(cast):
    case = cast.receive(moment=at(2026, 11, 4))
    case = cast.accept(case, at(2026, 11, 6), class_code="simple")
    assert case.due_at == at(2026, 11, 10, hour=0)  # 5, 6, 9 November


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"problem_type": "nonsense"}, "problem_type"),
        ({"problem_type": ""}, "problem_type"),
        ({"severity": "awful"}, "severity"),
        ({"severity": ""}, "severity"),
        ({"class_code": "never"}, "class_code"),
    ],
)
def test_codes_that_the_policy_does_not_know_are_refused_beside_their_field(cast, change, field):
    case = cast.receive()
    with pytest.raises(Refused) as refusal:
        cast.accept(case, **change)
    assert refusal.value.field == field
    assert fresh(case).state == State.RECEIVED


def test_without_a_class_it_is_that_of_the_problem(cast):
    assert cast.accepted(fields={"problem_type": "repair", "class_code": ""}).class_code == "complex"


def test_without_a_department_it_is_the_usual_one_of_the_problem(cast):
    case = cast.accepted(fields={"problem_type": "handover", "department": None})
    assert case.department.code == "service"


def test_a_handler_who_could_not_open_the_case_is_refused(cast):
    with pytest.raises(Refused, match="刘洋|王丽") as refusal:
        cast.accept(cast.receive(), handler=cast.seller)
    assert refusal.value.field == "handler"


def test_a_handler_whom_the_case_names_is_refused(cast):
    case = cast.receive(cast.second_handler)
    with pytest.raises(Refused) as refusal:
        cast.accept(case, handler=cast.second_handler)
    assert refusal.value.field == "handler"


def test_a_colleague_whom_the_case_names_cannot_accept_it(cast):
    case = cast.receive(cast.handler)
    with pytest.raises(Refused, match="与您有关"):
        handling.accept(
            case,
            by=cast.handler.user,
            at=at(),
            handler=cast.second_handler,
            department=cast.service,
            **CLASSES,
        )
    assert fresh(case).state == State.RECEIVED


def test_a_department_of_another_company_is_refused(cast):
    other = factories.make_department(factories.make_company("other", "别家"))
    with pytest.raises(Refused) as refusal:
        cast.accept(cast.receive(), department=other)
    assert refusal.value.field == "department"


def test_the_new_handler_is_told_and_who_takes_it_themselves_is_not(cast):
    cast.accepted(fields={"handler": cast.second_handler})
    assert Message.objects.filter(kind="case_handle").get().recipient == cast.second_handler.user
    cast.accepted()
    assert Message.objects.filter(kind="case_handle").count() == 1


def test_accepting_twice_is_refused_and_changes_nothing(cast):
    case = cast.accepted()
    with pytest.raises(Refused):
        cast.accept(case, severity="serious")
    assert fresh(case).severity == "general"
    assert case.entries.count() == 1


def test_praise_needs_neither_problem_nor_severity(cast):
    case = handling.accept(cast.receive(kind=Kind.PRAISE), by=cast.handler.user, at=at())
    assert (case.state, case.class_code, case.handler) == (State.ACCEPTED, "thanks", cast.handler)


# ---- declining


def test_declining_needs_a_reason_and_the_customer_reads_it(cast):
    case = cast.receive()
    with pytest.raises(Refused) as refusal:
        handling.decline(case, reason=" 不 ", by=cast.handler.user, at=at())
    assert refusal.value.field == "reason"
    case = handling.decline(case, reason="这是另一家公司的项目", by=cast.handler.user, at=at())
    assert (case.state, case.decline_reason) == (State.DECLINED, "这是另一家公司的项目")
    assert case.entries.filter(is_public=True, text="这是另一家公司的项目").exists()
    assert case.first_answered_at == at()


def test_a_case_under_investigation_is_not_declined(cast):
    case = cast.investigating()
    with pytest.raises(Refused):
        handling.decline(case, reason="不再受理这件事", by=cast.handler.user, at=at())


# ---- changing the classification, handing over


def test_classifying_anew_counts_the_due_date_from_the_start(cast):
    case = cast.accepted(moment=at(2026, 11, 4))
    case = handling.classify(
        case, by=cast.handler.user, at=at(2026, 11, 9), **CLASSES | {"class_code": "complex"}
    )
    assert case.due_at == at(2026, 11, 26, hour=0)
    assert case.handler == cast.handler and case.department == cast.sales


def test_what_is_not_accepted_is_not_classified(cast):
    with pytest.raises(Refused):
        handling.classify(cast.receive(), by=cast.handler.user, at=at(), handler=cast.handler, **CLASSES)


def test_what_ended_is_not_classified(cast):
    case = cast.answered(cast.seller)
    with pytest.raises(Refused):
        handling.classify(case, by=cast.handler.user, at=at(), **CLASSES)


def test_handing_over_is_written_down_and_told(cast):
    case = handling.assign(cast.accepted(), handler=cast.second_handler, by=cast.handler.user, at=at())
    assert case.handler == cast.second_handler
    row = AuditRow.objects.get(verb="complaints.case.assign")
    assert row.data == {"handler": cast.second_handler.pk}
    assert Message.objects.filter(kind="case_handle").get().recipient == cast.second_handler.user


# ---- hold and topics


def test_hold_and_release_say_why_and_go_one_after_the_other(cast):
    case = handling.hold(cast.accepted(), reason="客户已起诉", by=cast.hr.user, at=at())
    assert case.on_hold
    with pytest.raises(Refused):
        handling.hold(case, reason="客户已起诉", by=cast.hr.user, at=at())
    assert not handling.release(case, reason="诉讼已撤回", by=cast.hr.user, at=at()).on_hold
    assert [row.verb for row in AuditRow.objects.filter(verb__endswith="hold")] == ["complaints.case.hold"]
    assert not case.entries.filter(kind=Entry.Kind.REASON, is_public=True).exists()


def test_topics_set_by_hand_replace_those_found_in_the_words(cast):
    case = cast.receive(text="等了四十分钟，态度也不好")
    assert {topic.code for topic in case.topics.all()} == {"waiting", "manner"}
    handling.set_topics(case, codes=["waiting", "parking"], by=cast.handler.user, at=at())
    assert {(one.code, one.is_by_hand) for one in case.topics.all()} == {("waiting", True), ("parking", True)}


def test_a_topic_that_the_lexicon_does_not_know_is_refused(cast):
    with pytest.raises(Refused):
        handling.set_topics(cast.receive(), codes=["weather"], by=cast.handler.user, at=at())


# ---- every step


def test_every_change_of_state_is_one_audit_row_with_who_and_when(cast):
    case = cast.answered(cast.seller)
    rows = AuditRow.objects.filter(model="complaints.case", object_id=case.pk).exclude(to_state="")
    steps = [(row.verb.rsplit(".")[-1], row.actor) for row in rows.order_by("pk")]
    assert steps == [
        ("received", None),
        ("accept", cast.handler.user),
        ("investigate", cast.handler.user),
        ("propose", cast.hr.user),
        ("confirm", cast.member.user),
        ("answer", cast.handler.user),
    ]


def test_audit_rows_hold_no_words_and_no_names(cast):
    case = cast.answered(cast.seller)
    kept = str(list(AuditRow.objects.filter(object_id=case.pk).values_list("data", "reason_code")))
    for word in ("林女士", "13800000001", "等了", "王丽", "监控"):
        assert word not in kept


STEPS = {
    "decline": lambda case, by: handling.decline(case, reason="不属于我们的项目", by=by, at=at()),
    "assign": lambda case, by: handling.assign(case, handler=by.employee, by=by, at=at()),
    "ask": lambda case, by: handling.ask(case, question="是哪一天", by=by, at=at()),
    "extend": lambda case, by: handling.extend(case, reason="还要等报告", by=by, at=at()),
    "entry": lambda case, by: handling.write_entry(case, kind="note", text="记录", by=by, at=at()),
    "hold": lambda case, by: handling.hold(case, reason="客户已起诉", by=by, at=at()),
    "topics": lambda case, by: handling.set_topics(case, codes=["waiting"], by=by, at=at()),
    "investigate": lambda case, by: handling.investigate(case, investigator=by.employee, by=by, at=at()),
}


@pytest.mark.parametrize("step", STEPS)
def test_nobody_acts_on_a_case_that_names_them(cast, step):
    case = cast.accepted(cast.second_handler)
    with pytest.raises(Refused, match="与您有关"):
        STEPS[step](case, cast.second_handler.user)
    assert fresh(case).state == State.ACCEPTED
