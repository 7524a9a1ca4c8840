"""Investigating, asking the customer, extending, and what is written down meanwhile."""

import datetime as dt

import pytest

from audit.models import AuditRow
from complaints.models import Case, CaseFile, Entry, Kind, State
from complaints.services import handling, people
from complaints.tests.build_b import Cast
from core.flow import Refused
from jobs.models import Attachment
from notifications.models import Message
from organization.models import Role
from tests import factories
from tests.factories import at


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


@pytest.fixture
def cast(db):
    return Cast()


# ---- investigating


@pytest.mark.parametrize("who", ["seller", "head"])
def test_neither_who_is_named_nor_their_direct_superior_investigates(cast, who):
    investigator = getattr(cast, who)
    factories.grant(investigator.user, Role.objects.get(company=cast.company, code="hr"))
    case = cast.accepted(cast.seller)
    with pytest.raises(Refused) as refusal:
        cast.investigate(case, investigator=investigator)
    assert refusal.value.field == "investigator"
    assert fresh(case).state == State.ACCEPTED


def test_the_head_of_a_named_department_does_not_investigate_it(cast):
    factories.grant(cast.head.user, Role.objects.get(company=cast.company, code="hr"))
    case = cast.accepted()
    people.name_person(case, department=cast.sales, statement="一直没人接待", by=cast.handler.user, at=at())
    with pytest.raises(Refused):
        cast.investigate(case, investigator=cast.head)
    cast.investigate(case, investigator=cast.hr)


def test_who_was_superior_when_it_happened_does_not_investigate_after_a_transfer(cast):
    factories.grant(cast.head.user, Role.objects.get(company=cast.company, code="hr"))
    case = cast.accepted(cast.seller)
    cast.head.assignments.update(ends_on=dt.date(2026, 11, 4))
    with pytest.raises(Refused):
        cast.investigate(case, at(2026, 12, 1), investigator=cast.head)


def test_somebody_who_may_not_investigate_is_refused(cast):
    with pytest.raises(Refused) as refusal:
        cast.investigate(cast.accepted(cast.seller), investigator=cast.auditor)
    assert refusal.value.field == "investigator"


@pytest.mark.parametrize("kind", [Kind.PRAISE, Kind.SUGGESTION])
def test_praise_and_suggestions_are_not_investigated(cast, kind):
    case = handling.accept(cast.receive(kind=kind), by=cast.handler.user, at=at())
    with pytest.raises(Refused, match="只有投诉"):
        cast.investigate(case)
    assert fresh(case).state == State.ACCEPTED


def test_somebody_else_may_take_over_the_investigation(cast):
    case = cast.investigate(cast.investigating(), investigator=cast.second_hr)
    assert (case.state, case.investigator) == (State.INVESTIGATING, cast.second_hr)
    assert AuditRow.objects.filter(verb="complaints.case.hand_over").exists()
    assert Message.objects.filter(kind="case_investigate", recipient=cast.second_hr.user).exists()


# ---- asking the customer


def test_a_question_stops_the_clock_and_a_reply_lets_it_go_on(cast):
    case = handling.ask(cast.investigating(), question="是哪一天的事", by=cast.hr.user, at=at(2026, 11, 5))
    assert (case.state, case.paused_at) == (State.WAITING, at(2026, 11, 5))
    assert case.entries.get(kind=Entry.Kind.QUESTION).is_public
    case = handling.resume(case, by=None, at=at(2026, 11, 9))
    assert (case.state, case.paused_days, case.paused_at) == (State.INVESTIGATING, 2, None)


def test_a_case_asked_about_at_triage_goes_back_to_triage(cast):
    case = handling.ask(cast.accepted(), question="是哪一天的事", by=cast.handler.user, at=at())
    assert handling.resume(case, by=cast.handler.user, at=at()).state == State.ACCEPTED


def test_the_customer_s_words_by_telephone_let_the_clock_go_on(cast):
    case = handling.ask(cast.investigating(), question="是哪一天的事", by=cast.hr.user, at=at())
    handling.write_entry(
        case, kind=Entry.Kind.FROM_CUSTOMER, text="是周六上午", by=cast.handler.user, at=at(2026, 11, 5)
    )
    assert fresh(case).state == State.INVESTIGATING


def test_an_overdue_case_cannot_be_paused(cast):
    case = cast.investigating(moment=at(2026, 11, 4))
    with pytest.raises(Refused, match="已逾期"):
        handling.ask(case, question="是哪一天的事", by=cast.hr.user, at=at(2026, 12, 1))
    assert fresh(case).state == State.INVESTIGATING


def test_resuming_what_does_not_wait_is_refused_in_words(cast):
    with pytest.raises(Refused, match="调查"):
        handling.resume(cast.investigating(), by=cast.hr.user, at=at())


# ---- extending


def test_an_extension_moves_the_due_date_once_and_the_customer_reads_why(cast):
    case = cast.investigating(moment=at(2026, 11, 4))
    assert case.due_at == at(2026, 11, 14, hour=0)
    case = handling.extend(case, reason="检测报告下周才到", by=cast.hr.user, at=at(2026, 11, 10))
    assert (case.due_at, case.extensions) == (at(2026, 11, 21, hour=0), 1)
    assert case.entries.filter(is_public=True, text="检测报告下周才到").exists()
    with pytest.raises(Refused, match="1 次"):
        handling.extend(case, reason="检测报告还是没到", by=cast.hr.user, at=at(2026, 11, 11))
    assert fresh(case).due_at == at(2026, 11, 21, hour=0)


def test_an_overdue_case_is_not_extended(cast):
    case = cast.investigating(moment=at(2026, 11, 4))
    with pytest.raises(Refused, match="逾期"):
        handling.extend(case, reason="检测报告下周才到", by=cast.hr.user, at=at(2026, 11, 14))


# ---- entries and files


@pytest.mark.parametrize("kind", [Entry.Kind.NOTE, Entry.Kind.INTERVIEW, Entry.Kind.EVIDENCE])
def test_what_colleagues_note_never_reaches_the_customer(cast, kind):
    case = cast.investigating()
    with pytest.raises(Refused) as refusal:
        handling.write_entry(case, kind=kind, text="谈话记录", by=cast.hr.user, at=at(), is_public=True)
    assert refusal.value.field == "is_public"
    entry = handling.write_entry(case, kind=kind, text="谈话记录", by=cast.hr.user, at=at())
    assert not entry.is_public


@pytest.mark.parametrize("kind", [Entry.Kind.ANSWER, Entry.Kind.REASON, "nonsense"])
def test_entries_that_belong_to_a_step_are_not_written_by_hand(cast, kind):
    with pytest.raises(Refused):
        handling.write_entry(cast.investigating(), kind=kind, text="谈话记录", by=cast.hr.user, at=at())


def test_files_are_kept_with_their_entry_and_belong_to_one_case(cast):
    case, file = cast.investigating(), attachment(cast.company)
    entry = handling.write_entry(
        case, kind=Entry.Kind.EVIDENCE, text="登记表", by=cast.hr.user, at=at(), files=[file]
    )
    assert CaseFile.objects.get() == entry.files.get() and not entry.files.get().is_from_customer
    with pytest.raises(Refused):
        handling.write_entry(
            cast.investigating(), kind=Entry.Kind.NOTE, text="同一张", by=cast.hr.user, at=at(), files=[file]
        )


def test_a_file_of_another_company_is_refused(cast):
    file = attachment(factories.make_company("other", "别家"))
    with pytest.raises(Refused):
        handling.write_entry(
            cast.investigating(), kind=Entry.Kind.NOTE, text="别家的", by=cast.hr.user, at=at(), files=[file]
        )


def test_an_entry_about_somebody_of_another_case_is_refused(cast):
    stranger = cast.investigating(cast.colleague).allegations.get()
    with pytest.raises(Refused) as refusal:
        handling.write_entry(
            cast.investigating(), kind=Entry.Kind.NOTE, text="谈话", by=cast.hr.user, at=at(), about=stranger
        )
    assert refusal.value.field == "about"


def test_a_nul_in_the_words_is_left_out(cast):
    entry = handling.write_entry(
        cast.investigating(), kind=Entry.Kind.NOTE, text="谈\x00话\ud800", by=cast.hr.user, at=at()
    )
    assert entry.text == "谈话?"


def test_nothing_is_told_to_the_customer_of_an_ended_case(cast):
    case = handling.decline(cast.receive(), reason="这是另一家公司的项目", by=cast.handler.user, at=at())
    with pytest.raises(Refused):
        handling.write_entry(case, kind=Entry.Kind.PROGRESS, text="还有", by=cast.handler.user, at=at())
    handling.write_entry(case, kind=Entry.Kind.NOTE, text="已转告", by=cast.handler.user, at=at())
