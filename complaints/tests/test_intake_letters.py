"""What the customer is told of a case, and when nothing goes out any more (CC-3.4, RE-5.1b)."""

import pytest
from django.core import mail

from complaints.contact import Contact
from complaints.mail.parsing import parse
from complaints.models import Case
from complaints.services import handling, relations, tracking
from complaints.services.mailbox import read_letter, stop_mailbox
from complaints.tests.build_intake import LIN, Desk, company_with_rules
from complaints.tests.build_mail import letter, make_mailbox
from notifications.models import Message
from notifications.services import send_due
from tests.factories import at


@pytest.fixture
def desk(db):
    return Desk()


def letters(fact=""):
    return Message.objects.filter(kind__startswith=f"complaints.told.{fact}").order_by("pk")


def test_the_receipt_brings_number_and_code_and_the_code_is_gone_once_sent(desk):
    receipt = desk.receive(contact=LIN, told_by="email")
    message = letters().get()
    assert (message.address, message.channel, message.purpose) == (LIN.email, "email", "cases")
    assert receipt.case.number in message.subject and receipt.code in message.body
    assert f"/track/?number={receipt.case.number}" in message.body
    send_due(at())
    message.refresh_from_db()
    assert message.state == "sent" and receipt.code not in message.body
    assert receipt.code in mail.outbox[0].body and receipt.code not in mail.outbox[0].subject


def test_a_reply_to_what_we_write_goes_to_a_mailbox_that_is_read(desk):
    make_mailbox(desk.company, address="old@qinghe.example")
    desk.receive(contact=LIN, told_by="email")
    send_due(at())
    assert mail.outbox[0].reply_to == ["old@qinghe.example"]
    second = make_mailbox(desk.company, address="tousu@qinghe.example")
    read_letter(second, letter(), at=at())
    send_due(at())
    assert mail.outbox[1].reply_to == ["tousu@qinghe.example"], "where they wrote to"


def test_without_a_mailbox_in_use_no_reply_address_is_named(desk):
    stop_mailbox(make_mailbox(desk.company), by=None, at=at())
    make_mailbox(company_with_rules("yunshan"), address="tousu@yunshan.example")
    desk.receive(contact=LIN, told_by="email")
    send_due(at())
    assert mail.outbox[0].reply_to == []


def test_our_messages_ask_for_no_automatic_reply_and_are_none_to_be_answered(desk):
    """Two programs that answer each other would fill the case in an hour."""
    desk.receive(contact=LIN, told_by="email")
    send_due(at())
    sent = mail.outbox[0].message()
    assert (sent["Auto-Submitted"], sent["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert parse(sent.as_bytes()).is_auto_reply


def test_no_link_holds_the_code(desk):
    receipt = desk.receive(contact=LIN, told_by="email")
    link = next(word for word in letters().get().body.split() if word.startswith("http"))
    assert receipt.code not in link


def test_the_code_is_told_once_only(desk):
    receipt = desk.receive(contact=LIN, told_by="sms")
    handling.accept(
        receipt.case, by=desk.handler.user, at=at(hour=13), problem_type="waiting", severity="minor"
    )
    handling.ask(receipt.case, question="是哪一天？", by=desk.handler.user, at=at(day=5))
    assert [one.kind.rpartition(".")[2] for one in letters()] == ["received", "accepted", "asked"]
    assert sum(receipt.code in one.body for one in letters()) == 1
    assert "是哪一天" not in str(list(letters().values()))


@pytest.mark.parametrize(("told_by", "count"), [("none", 0), ("email", 1), ("sms", 1)])
def test_they_are_told_the_way_they_chose(desk, told_by, count):
    desk.receive(contact=LIN, told_by=told_by)
    assert letters().count() == count
    if count:
        assert letters().get().address == (LIN.email if told_by == "email" else LIN.phone)


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hans", "查询码"), ("en", "your code is"), ("fr", "查询码")]
)
def test_they_are_told_in_their_language(desk, language, word):
    desk.receive(contact=LIN, told_by="email", language=language)
    assert word in letters().get().body


def test_the_same_form_twice_is_told_once(desk):
    for minute in (0, 1):
        desk.receive(contact=LIN, told_by="email", key="tap", at=at(minute=minute))
    assert letters().count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"told_by": "none"},
        {"told_by": "sms"},
        {"contact_email": "other@example.com"},
        {"redacted_at": at()},
        {"state": "withdrawn"},
    ],
)
def test_who_no_longer_wants_it_gets_nothing_that_still_waits(desk, change):
    case = desk.receive(contact=LIN, told_by="email").case
    Case.objects.filter(pk=case.pk).update(**change)
    send_due(at())
    assert letters().get().state == "suppressed" and not mail.outbox


def test_messages_to_colleagues_are_not_held_back(desk):
    case = desk.accepted(contact=LIN, told_by="email")
    Case.objects.filter(pk=case.pk).update(told_by="none")
    tracking.add(case, text="还有一点", at=at(day=5))
    send_due(at(day=5))
    assert Message.objects.get(kind="case_added", channel="inbox").state == "sent"


def test_merged_customers_hear_of_the_leading_case_under_their_own_number(desk):
    first = desk.investigating(contact=LIN, told_by="email")
    other = Contact(name="周先生", email="zhou@example.com")
    second = desk.receive(contact=other, told_by="email", at=at(hour=15)).case
    relations.merge(second, into=first, reason="同一件事", by=desk.handler.user, at=at(hour=16))
    letters().delete()
    handling.write_entry(
        Case.objects.get(pk=first.pk), kind="progress", text="已调取监控", by=desk.handler.user, at=at(day=5)
    )
    assert [(one.address, one.subject.split()[-1]) for one in letters("progressed")] == [
        (LIN.email, letters()[0].subject.split()[-1]),
        ("zhou@example.com", letters()[1].subject.split()[-1]),
    ]
    assert first.number in letters()[0].body and second.number in letters()[1].body
    assert first.number not in letters()[1].body
    handling.ask(
        Case.objects.get(pk=first.pk), question="是哪一天？", by=desk.handler.user, at=at(day=5, hour=13)
    )
    assert [one.address for one in letters("asked")] == [LIN.email]


def test_of_an_internal_report_nothing_is_sent_outside(desk):
    desk.receive(kind="report", is_anonymous=True, contact=LIN, told_by="email")
    assert not letters().exists()


def test_the_extension_says_until_when(desk):
    case = desk.accepted(contact=LIN, told_by="email")
    handling.extend(case, reason="等待设计院回复", by=desk.handler.user, at=at(day=5))
    case = Case.objects.get(pk=case.pk)
    assert case.due_at == at(day=12, hour=0)
    assert "2026-11-11" in letters("extended").get().body


# ---- colleagues


@pytest.fixture
def robot(desk):
    from notifications.models import Robot

    return Robot.objects.create(
        company=desk.company, kind="wecom", label="客服群", webhook_url="https://example.com/hook",
        kinds=["complaints.case_received"], per_minute=20, created_at=at(),
    )  # fmt: skip


def test_a_group_robot_hears_the_number_of_a_new_case_and_of_reports_nothing(desk, robot, deliver):
    case = desk.receive(text="林女士的话", contact=LIN).case
    desk.receive(kind="report")
    deliver()
    message = Message.objects.get(channel="robot")
    assert (message.subject, message.url) == (case.number, f"/cases/{case.pk}/")


def test_who_handles_sees_whom_nobody_has_asked_yet(desk):
    from complaints.wiring.intake import to_ask
    from core.navigation import InboxItem

    case = desk.answered(channel="hotline", by=desk.handler.user)
    user = desk.handler.user
    (item,) = to_ask(user, desk.company, at(day=7))
    assert isinstance(item, InboxItem) and item.count == 1
    assert to_ask(desk.supervisor.user, desk.company, at(day=7)) == []
    tracking.rate(case, rating=5, at=at(day=7))
    assert to_ask(user, desk.company, at(day=7)) == []
