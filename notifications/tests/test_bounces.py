"""Messages that came back: marked, counted once, and after too many the address is written to no more."""

import pytest

from audit.models import AuditRow
from notifications import selectors
from notifications.addresses import message_id
from notifications.models import Message, Suspension
from notifications.services import mark_bounced, send_due
from notifications.services.bounces import lift
from notifications.tests.build import NOON, write
from tests import factories
from tests.factories import at


@pytest.fixture
def lin(company):
    return factories.make_customer(company, email="lin@example.com")


def sent(customer, key="invite:1"):
    write(customer, key=key)
    send_due(NOON)
    return Message.objects.get(key=key)


def came_back(customer, times):
    for number in range(times):
        message = sent(customer, key=f"invite:{number}")
        mark_bounced(message_id=message_id(message), reason="550 no such user <lin@example.com>", at=NOON)


def test_a_message_that_came_back_says_so_without_the_address(lin):
    message = sent(lin)
    mark_bounced(message_id=message_id(message), reason="550 5.1.1\r\n<lin@example.com> unknown", at=NOON)
    message.refresh_from_db()
    assert message.state == "failed"
    assert message.error.startswith("bounced: 550 5.1.1")
    assert "lin@" not in message.error


def test_a_bounce_told_twice_counts_once(lin):
    message = sent(lin)
    for _ in range(3):
        mark_bounced(message_id=message_id(message), at=NOON)
    assert Suspension.objects.get().bounces == 1


def test_after_three_the_address_is_written_to_no_more(lin):
    came_back(lin, 3)
    row = Suspension.objects.get()
    assert row.suspended_at == NOON
    assert "lin" not in str(row.__dict__)
    write(lin, key="invite:9", address="LIN@example.com")
    assert send_due(NOON) == 0
    message = Message.objects.get(key="invite:9")
    assert (message.state, message.error) == ("failed", "suspended")


def test_the_customers_file_shows_it(lin):
    came_back(lin, 3)
    entries = [entry for entry in selectors.timeline(lin) if entry.icon == "envelope-x"]
    assert len(entries) == 1


def test_another_address_is_written_to(lin):
    came_back(lin, 3)
    write(lin, key="invite:9", address="new@example.com")
    assert send_due(NOON) == 1


def test_lifted_it_is_written_to_again(lin):
    came_back(lin, 3)
    by = factories.make_user()
    lift(Suspension.objects.get(), by=by, at=NOON)
    lift(Suspension.objects.get(), by=by, at=NOON)
    write(lin, key="invite:9")
    assert send_due(NOON) == 1
    verbs = list(AuditRow.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["notifications.suspension.suspended", "notifications.suspension.lifted"]


def test_what_the_mail_server_refuses_counts_too(lin, monkeypatch):
    import smtplib

    from django.core.mail import EmailMessage

    def refuse(letter, fail_silently=False):
        raise smtplib.SMTPRecipientsRefused({"lin@example.com": (550, b"unknown")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    for number in range(3):
        write(lin, key=f"invite:{number}")
        send_due(NOON)
    assert Suspension.objects.get().suspended_at == NOON


def test_without_an_id_the_newest_letter_to_the_address_is_meant(lin):
    sent(lin, key="1")
    newest = sent(lin, key="2")
    assert mark_bounced(address=" Lin@Example.com", at=NOON) == newest
    assert mark_bounced(address="nobody@example.com", at=NOON) is None
    assert mark_bounced(address="", at=NOON) is None
    assert mark_bounced(address="lin@example.com", at=at(2027)) is None


@pytest.mark.parametrize(
    "forged",
    [
        "<1.0000000000000000@manyi.invalid>",
        "<{pk}.{digest}@elsewhere.example>",
        "<{pk}@manyi.invalid>",
        "",
        "\x00",
    ],
)
def test_an_id_that_is_not_ours_marks_nothing(lin, forged):
    message = sent(lin)
    own = message_id(message).strip("<>").split("@")[0]
    pk, digest = own.split(".")
    assert mark_bounced(message_id=forged.format(pk=pk, digest=digest), at=NOON) is None
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_secret_that_came_back_stays_blanked(lin):
    write(lin, is_secret=True)
    send_due(NOON)
    message = Message.objects.get()
    mark_bounced(message_id=message_id(message), at=NOON)
    message.refresh_from_db()
    assert (message.state, message.body) == ("failed", "")


def test_what_came_back_to_one_company_does_not_silence_another(lin):
    came_back(lin, 3)
    write(company=factories.make_company("other", "别家"), key="invite:9")
    assert send_due(NOON) == 1


def test_once_lifted_it_takes_three_again(lin):
    came_back(lin, 3)
    lift(Suspension.objects.get(), by=factories.make_user(), at=NOON)
    mark_bounced(message_id=message_id(sent(lin, key="invite:9")), at=NOON)
    row = Suspension.objects.get()
    assert (row.bounces, row.suspended_at) == (1, None)
