"""The answer, the question whether it satisfies, the grace window (AU-4, RE-5.1b)."""

import pytest
from django.db import IntegrityError, transaction

from complaints.models import Case, Entry
from complaints.services import closing, findings, handling, praise, relations, tracking
from complaints.tests.build_intake import LIN, Desk, company_with_rules
from core.flow import Refused
from core.models import Event
from notifications.addresses import hash_of
from notifications.models import Message, Optout, Suspension
from notifications.services import mark_bounced, send_due
from tests.factories import at


@pytest.fixture
def desk(db):
    return Desk()


def again(case):
    return Case.objects.get(pk=case.pk)


def letters_of(case, fact):
    return Message.objects.filter(kind=f"complaints.told.{fact}", key__contains=f":{case.pk}:")


def test_the_answer_is_public_counted_and_opens_the_grace_window(desk):
    case = desk.answered()
    assert case.state == "responded"
    assert (case.responded_at, case.asked_at, case.answered_on_time) == (at(day=6), at(day=6), True)
    assert case.grace_until == at(day=18, hour=0)
    entry = Entry.objects.get(kind="answer")
    assert entry.is_public and entry.by == desk.handler.user
    assert Event.objects.get(name="complaints.case_answered").object_id == case.pk


def test_the_last_minute_of_the_due_day_is_in_time_and_midnight_is_not(desk):
    in_time, late = desk.confirmed(), desk.confirmed()
    assert in_time.due_at == at(day=10, hour=0)
    assert desk.answer(in_time, moment=at(day=9, hour=23, minute=59)).answered_on_time is True
    assert desk.answer(late, moment=at(day=10, hour=0)).answered_on_time is False


def test_whether_it_was_in_time_is_kept_from_the_first_answer(desk):
    case = desk.answered()
    tracking.reopen(case, reason="没有人来", at=at(day=9))
    Case.objects.filter(pk=case.pk).update(state="confirmed")
    case = desk.answer(case, moment=at(day=30))
    assert case.answered_on_time is True
    assert (case.first_answered_at, case.responded_at) == (at(hour=13), at(day=30))


def test_a_simple_case_against_nobody_is_answered_straight(desk):
    assert desk.answer(desk.accepted()).state == "responded"


def test_a_case_that_names_somebody_needs_its_finding_first(desk):
    case = desk.accepted(employees=[desk.consultant])
    with pytest.raises(Refused):
        desk.answer(case)
    assert again(case).state == "accepted" and not Entry.objects.filter(kind="answer").exists()


def test_nobody_answers_a_case_about_themselves(desk):
    case = desk.confirmed()
    case.allegations.update(employee=desk.handler)
    with pytest.raises(Refused):
        desk.answer(case)


@pytest.mark.parametrize("text", ["", " \x00", "长" * 5001])
def test_an_empty_or_endless_answer_is_refused_at_the_field(desk, text):
    with pytest.raises(Refused) as caught:
        closing.answer(desk.confirmed(), text=text, by=desk.handler.user, at=at(day=6))
    assert caught.value.field == "text"


@pytest.mark.clause("AU-4")
def test_it_closes_after_the_window_and_not_before(desk):
    case = desk.answered()
    assert closing.close_due(at(day=17, hour=23, minute=59)) == 0
    assert closing.close_due(at(day=18, hour=0)) == 1
    assert (again(case).state, again(case).closed_at) == ("closed", at(day=18, hour=0))
    assert closing.close_due(at(day=19)) == 0


@pytest.mark.clause("AU-4")
@pytest.mark.parametrize("channel", ["hotline", "employee", "survey", "visit"])
def test_nothing_closes_before_the_customer_was_asked(desk, channel):
    case = desk.answered(channel=channel, by=None if channel == "survey" else desk.handler.user)
    assert closing.close_due(at(day=30)) == 0
    closing.record_asked(case, note="电话回访，客户认可", by=desk.handler.user, at=at(day=30))
    assert closing.close_due(at(day=30)) == 1
    assert Entry.objects.get(text="电话回访，客户认可").is_public is False


def test_a_message_asks_and_so_does_the_page_of_those_who_hold_the_code(desk):
    by_message = desk.answered(channel="hotline", by=desk.handler.user, contact=LIN, told_by="sms")
    anonymous = desk.answered(is_anonymous=True)
    report = desk.receive(kind="report", by=desk.handler.user).case
    assert by_message.asked_at and anonymous.asked_at and closing.reads_by_themselves(report)


def stop_messages(desk):
    """The customer followed the link at the end of a message, and wants none about cases."""
    Optout.objects.create(
        company_id=desk.company.pk,
        address_hash=hash_of(LIN.email),
        purpose="cases",
        is_out=True,
        at=at(day=4),
    )


def by_mail(desk, **fields):
    """Answered, of a customer whom a colleague passed on and who wants e-mail."""
    return desk.answered(channel="hotline", by=desk.handler.user, contact=LIN, told_by="email", **fields)


def told_colleagues(kind):
    return {one.recipient.employee.name for one in Message.objects.filter(kind=kind, channel="inbox")}


@pytest.mark.clause("AU-4")
def test_who_stopped_our_messages_was_not_asked_and_is_telephoned(desk):
    stop_messages(desk)
    case = by_mail(desk)
    assert case.asked_at is None and closing.close_due(at(day=30)) == 0
    closing.record_asked(case, note="电话告知结果，客户认可", by=desk.handler.user, at=at(day=30))
    assert closing.close_due(at(day=30)) == 1


def test_who_is_written_to_no_more_because_letters_came_back_was_not_asked(desk):
    Suspension.objects.create(
        company=desk.company, address_hash=hash_of(LIN.email), bounces=3, suspended_at=at(day=4)
    )
    assert by_mail(desk).asked_at is None


def test_who_wrote_on_our_pages_looks_there_and_who_wrote_a_letter_does_not(desk):
    stop_messages(desk)
    on_the_web = desk.answered(contact=LIN, told_by="email")
    by_letter = desk.answered(channel="mailbox", contact=LIN, told_by="email")
    assert on_the_web.asked_at == at(day=6) and by_letter.asked_at is None


@pytest.mark.clause("AU-4")
@pytest.mark.parametrize("fate", ["stopped", "bounced"])
def test_a_message_that_went_to_nobody_has_not_asked_anybody(desk, fate):
    case = by_mail(desk)
    assert case.asked_at == at(day=6)
    if fate == "stopped":
        stop_messages(desk)
    send_due(at(day=6, hour=12))
    if fate == "bounced":
        message = letters_of(case, "answered").get()
        assert message.state == "sent" and closing.recall_unsent(at(day=7)) == 0
        mark_bounced(address=message.address, reason="no such user", at=at(day=7))
    assert closing.recall_unsent(at(day=8)) == 1 and closing.recall_unsent(at(day=8)) == 0
    assert again(case).asked_at is None and closing.close_due(at(day=30)) == 0
    assert told_colleagues("case_not_reached") == {"刘洋"}


def test_who_rated_or_was_asked_by_a_person_stays_asked(desk):
    rated, telephoned = by_mail(desk), by_mail(desk)
    tracking.rate(rated, rating=4, at=at(day=7))
    Case.objects.filter(pk=telephoned.pk).update(asked_at=None)
    closing.record_asked(telephoned, note="电话回访", by=desk.handler.user, at=at(day=7))
    Message.objects.filter(kind="complaints.told.answered").update(state="failed")
    assert closing.recall_unsent(at(day=8)) == 0
    assert closing.close_due(at(day=18, hour=0)) == 2


def test_a_case_waits_for_the_customers_of_those_that_were_merged_into_it(desk):
    leading, merged = desk.accepted(), desk.receive(channel="hotline", by=desk.handler.user).case
    relations.merge(merged, into=leading, reason="同一件事", by=desk.handler.user, at=at(hour=14))
    assert desk.answer(again(leading)).asked_at is None


def test_asking_comes_after_the_answer_and_needs_words(desk):
    with pytest.raises(Refused):
        closing.record_asked(desk.confirmed(), note="问过", by=desk.handler.user, at=at(day=6))
    with pytest.raises(Refused) as caught:
        closing.record_asked(desk.answered(), note=" ", by=desk.handler.user, at=at(day=7))
    assert caught.value.field == "text"


def test_the_database_closes_nothing_that_was_not_asked(desk):
    case = desk.answered(channel="hotline", by=desk.handler.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed")


def test_the_grace_window_is_the_policy_s(db):
    desk = Desk(company_with_rules(grace_days=2))
    assert desk.answered().grace_until == at(day=11, hour=0)


def test_customers_hear_of_the_answer_and_nothing_of_what_follows_for_people(desk):
    case = desk.answered(contact=LIN, told_by="email")
    message = letters_of(case, "answered").get()
    assert message.address == LIN.email and case.number in message.body
    for word in ("王丽", "attitude", "查实", "substantiated", "致歉"):
        assert word not in message.subject + message.body


def test_thanked_praise_ends_like_everything_else(desk):
    case = desk.accepted(kind="praise")
    praise.prove(
        case, proof="call", call_outcome="genuine", note="本人确认", by=desk.handler.user, at=at(day=5)
    )
    praise.attribute(
        again(case), shares={desk.consultant: 10000}, by=desk.handler.user, at=at(day=5, hour=14)
    )
    praise.confirm_praise(again(case), by=desk.supervisor.user, at=at(day=5, hour=15))
    assert desk.answer(again(case)).state == "responded"
    with pytest.raises(Refused):
        tracking.reopen(again(case), reason="再看看", at=at(day=9))
    assert closing.close_due(at(day=18, hour=0)) == 1


def test_after_reopening_new_findings_are_needed_before_the_next_answer(desk):
    case = desk.answered()
    tracking.reopen(case, reason="没有人来", at=at(day=9))
    with pytest.raises(Refused):
        desk.answer(again(case), moment=at(day=10))
    drafts = [findings.Draft(again(case).allegations.get(), "not", "再次核对，登记有误")]
    findings.propose(again(case), drafts=drafts, by=desk.investigator.user, at=at(day=10))
    findings.confirm(again(case), by=desk.supervisor.user, at=at(day=10, hour=15))
    assert desk.answer(again(case), moment=at(day=11)).state == "responded"


def test_a_suggestion_is_answered_from_triage(desk):
    case = desk.receive(kind="suggestion").case
    handling.accept(case, by=desk.handler.user, at=at(hour=13))
    assert desk.answer(again(case)).state == "responded"


def test_asking_twice_does_not_move_the_moment_of_the_first(desk):
    case = desk.answered(channel="hotline", by=desk.handler.user)
    for day in (7, 9):
        closing.record_asked(again(case), note=f"{day} 日电话回访", by=desk.handler.user, at=at(day=day))
    assert again(case).asked_at == at(day=7)
