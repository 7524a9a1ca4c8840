"""Sent if and only if committed, at most twice and then with the same id; killed in the middle; two senders at once."""

import datetime as dt
import smtplib
import time

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend as LocMem
from django.db import connection

from core.flow import Refused
from customers.services import add_contact, change_customer, make_primary
from notifications import channels
from notifications.channels import email
from notifications.models import Message
from notifications.rules import MOST_ATTEMPTS
from notifications.services import notify, send_due, sending
from notifications.services.outbox import retry, retry_all
from notifications.tests.build import NOON, colleague, make_robot, tell_robots, write
from notifications.tests.test_robots import robot_at
from notifications.wording import told
from tests import factories
from tests.factories import at
from tests.racing import at_once

AFTER_THE_CLAIM = NOON + dt.timedelta(minutes=2)


class Killed(BaseException):
    """As kill -9 would: nothing after it runs."""


def kill_after(monkeypatch, module, name, times=1):
    """The function does its work, then its process is gone."""
    real, left = getattr(module, name), [times]

    def deadly(*args, **kw):
        answer = real(*args, **kw)
        if left[0]:
            left[0] -= 1
            raise Killed
        return answer

    monkeypatch.setattr(module, name, deadly)


def test_killed_after_sending_it_goes_out_once_more_with_the_same_id(company, monkeypatch):
    write(company=company)
    kill_after(monkeypatch, EmailMessage, "send")
    with pytest.raises(Killed):
        send_due(NOON)
    assert send_due(NOON + dt.timedelta(minutes=1)) == 0
    assert send_due(AFTER_THE_CLAIM) == 1
    assert send_due(at(hour=20)) == 0
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    links = [letter.extra_headers["List-Unsubscribe"] for letter in mail.outbox]
    assert len(ids) == 2
    assert len(set(ids)) == len(set(links)) == 1


def test_killed_before_sending_it_goes_out_once(company, monkeypatch):
    write(company=company)
    kill_after(monkeypatch, sending, "_claim")
    with pytest.raises(Killed):
        send_due(NOON)
    assert mail.outbox == []
    assert send_due(AFTER_THE_CLAIM) == 1
    assert len(mail.outbox) == 1


def test_a_robot_killed_after_telling_tells_once_more(company, vendor, monkeypatch):
    robot_at(vendor, company)
    tell_robots(company)
    kill_after(monkeypatch, channels, "deliver")
    with pytest.raises(Killed):
        send_due(NOON)
    send_due(AFTER_THE_CLAIM)
    send_due(at(hour=20))
    assert len(vendor.got) == 2


def test_a_message_that_kills_its_sender_each_time_goes_out_twice_and_no_more(company, monkeypatch):
    write(company=company, is_secret=True)
    kill_after(monkeypatch, EmailMessage, "send", times=99)
    for hour in range(2):
        with pytest.raises(Killed):
            send_due(NOON + dt.timedelta(hours=hour))
    for hour in range(2, 30):
        send_due(NOON + dt.timedelta(hours=hour))
    message = Message.objects.get()
    assert len(mail.outbox) == 2
    assert (message.state, message.error, message.body) == ("failed", "may have arrived", "")
    assert "可能" in told(message).reason


@pytest.mark.parametrize(
    ("broken", "times"),
    [
        (smtplib.SMTPServerDisconnected("gone"), 2),
        (TimeoutError("timed out"), 2),
        (ConnectionResetError("reset"), 2),
        (smtplib.SMTPDataError(451, b"later"), MOST_ATTEMPTS),
    ],
)
def test_a_letter_cut_off_without_an_answer_counts_as_one_that_may_have_arrived(
    company, monkeypatch, broken, times
):
    def send(letter, fail_silently=False):
        mail.outbox.append(letter)
        raise broken

    monkeypatch.setattr(EmailMessage, "send", send)
    write(company=company)
    for hour in range(0, 90, 3):
        send_due(NOON + dt.timedelta(hours=hour))
    assert len(mail.outbox) == times
    assert Message.objects.get().state == "failed"


def test_a_mail_server_that_is_down_is_tried_as_often_as_before(company, monkeypatch):
    def refuse(backend):
        raise TimeoutError("timed out")

    monkeypatch.setattr(LocMem, "open", refuse)
    write(company=company)
    for hour in range(0, 90, 3):
        send_due(NOON + dt.timedelta(hours=hour))
    message = Message.objects.get()
    assert (message.attempts, message.unclear, message.error) == (MOST_ATTEMPTS, 0, "timed out")


def test_who_knows_that_it_did_not_arrive_sends_it_again(company, monkeypatch):
    write(company=company)
    kill_after(monkeypatch, EmailMessage, "send", times=2)
    for hour in range(2):
        with pytest.raises(Killed):
            send_due(NOON + dt.timedelta(hours=hour))
    send_due(at(hour=20))
    retry(Message.objects.get(), by=None, at=at(hour=21))
    assert send_due(at(hour=21)) == 1
    assert Message.objects.get().state == "sent"


def test_whose_login_is_closed_gets_no_more_letters(company):
    user = colleague(company)
    notify(user=user, company=company, kind="x", key="1", subject="一", at=NOON)
    user.is_active = False
    user.save()
    send_due(NOON)
    assert mail.outbox == []
    assert dict(Message.objects.values_list("channel", "error")) == {"inbox": "", "email": "left"}


def test_what_people_wait_for_goes_before_invitations_by_the_thousand(company):
    for number in range(5):
        write(company=company, key=f"invite:{number}")
    notify(user=colleague(company), company=company, kind="x", key="1", subject="一", at=NOON)
    write(company=company, key="case:1", kind="tests.told", purpose="cases", subject="答复")
    send_due(NOON, limit=3)
    assert [letter.subject for letter in mail.outbox] == ["一", "答复"]


def test_a_slow_server_ends_the_batch_before_its_claims_lapse(company, monkeypatch):
    for number in range(3):
        write(company=company, key=f"invite:{number}")
    clock = iter(range(0, 1000, 40))
    monkeypatch.setattr(sending.time, "monotonic", lambda: next(clock))
    assert send_due(NOON) == 1
    monkeypatch.setattr(sending.time, "monotonic", time.perf_counter)
    assert send_due(NOON) == 2


def test_one_broken_message_does_not_hold_up_the_others(company):
    write(company=company, key="1", address="no address at all")
    write(company=company, key="2", address="lin@example.com\nBcc: x@example.com")
    write(company=company, key="3", address="lin@exämple..com")
    write(company=company, key="4")
    assert send_due(NOON) == 1
    states = dict(Message.objects.values_list("key", "state"))
    assert (states["1"], states["2"], states["4"]) == ("failed", "failed", "sent")


def test_an_address_the_mail_server_refuses_for_good_fails_at_once(company, monkeypatch):
    def refuse(letter, fail_silently=False):
        raise smtplib.SMTPRecipientsRefused({"lin@example.com": (550, b"no such user lin@example.com")})

    write(company=company)
    monkeypatch.setattr(EmailMessage, "send", refuse)
    send_due(NOON)
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("failed", 1)
    assert "lin" not in message.error


def test_an_address_the_mail_server_cannot_take_now_is_tried_again(company, monkeypatch):
    def busy(letter, fail_silently=False):
        raise smtplib.SMTPRecipientsRefused({"lin@example.com": (450, b"try later")})

    write(company=company)
    monkeypatch.setattr(EmailMessage, "send", busy)
    send_due(NOON)
    assert Message.objects.get().state == "queued"


def test_secret_bodies_go_when_sent_when_unwanted_and_when_given_up(company):
    customer = factories.make_customer(company, may_be_surveyed=False)
    write(company=company, key="1", is_secret=True, purpose="cases")
    write(customer, key="2", is_secret=True)
    write(company=company, key="3", is_secret=True, address="nonsense")
    write(company=company, key="4")
    send_due(NOON)
    kept = dict(Message.objects.values_list("key", "body"))
    assert (kept["1"], kept["2"], kept["3"]) == ("", "", "")
    assert kept["4"]


def test_a_failed_message_is_queued_again_by_hand_and_goes(company, monkeypatch):
    write(company=company, address="nonsense")
    send_due(NOON)
    message = Message.objects.get()
    Message.objects.update(address="lin@example.com")
    retry(message, by=None, at=at(hour=13))
    with pytest.raises(Refused):
        retry(message, by=None, at=at(hour=13))
    assert send_due(at(hour=13)) == 1
    assert Message.objects.get().attempts == 1


def failed_for(company, **fields):
    """A customer whose letter could not be delivered, and the letter."""
    lin = factories.make_customer(company, name="林女士", email="lin@exmaple.com")
    write(lin, **({"address": ""} | fields))
    Message.objects.update(state="failed")
    return lin, Message.objects.get()


def test_sent_again_it_goes_to_the_address_that_was_corrected(company):
    lin, message = failed_for(company)
    assert message.address == "lin@exmaple.com"
    change_customer(lin, email="lin@example.com", by=None, at=NOON)
    retry(message, by=None, at=NOON)
    send_due(NOON)
    assert [letter.to for letter in mail.outbox] == [["lin@example.com"]]


def test_a_letter_to_an_address_of_its_own_stays_with_it(company):
    lin, message = failed_for(company, address="office@example.com")
    change_customer(lin, email="lin@example.com", by=None, at=NOON)
    retry(message, by=None, at=NOON)
    assert Message.objects.get().address == "office@example.com"


def test_an_address_that_is_on_file_still_is_no_mistake(company):
    lin, message = failed_for(company)
    add_contact(lin, kind="email", value="second@example.com", by=None, at=NOON)
    make_primary(lin.contacts.get(), by=None, at=NOON)
    retry(message, by=None, at=NOON)
    assert Message.objects.get().address == "lin@exmaple.com"


def test_a_colleague_is_written_to_where_they_are_now(company):
    user = colleague(company)
    notify(user=user, company=company, kind="x", key="1", subject="一", at=NOON)
    Message.objects.update(state="failed")
    user.email = "new@example.com"
    user.save()
    retry(Message.objects.get(channel="email"), by=None, at=NOON)
    assert Message.objects.get(channel="email").address == "new@example.com"


def test_a_blanked_message_cannot_be_sent_again(company):
    write(company=company, address="nonsense", is_secret=True)
    send_due(NOON)
    with pytest.raises(Refused) as refusal:
        retry(Message.objects.get(), by=None, at=NOON)
    assert refusal.value.code == "blanked"
    assert retry_all(Message.objects.all(), by=None, at=NOON) == 0


def test_letters_of_before_there_were_purposes_are_invitations(company):
    """Queued by the version before: no purpose stands on them."""
    customer = factories.make_customer(company, may_be_surveyed=False)
    write(customer)
    Message.objects.update(purpose="")
    send_due(NOON)
    assert Message.objects.get().state == "suppressed"


def test_the_id_stays_when_the_mail_domain_is_the_same(company):
    write(company=company)
    message = Message.objects.get()
    first, second = (email.letter_of(message).extra_headers["Message-ID"] for _ in range(2))
    assert first == second


def test_sending_costs_a_fixed_number_of_queries_a_message(company, django_assert_max_num_queries):
    customer = factories.make_customer(company, email="lin@example.com")
    for number in range(10):
        write(customer, key=f"invite:{number}")
    send_due(NOON, limit=1)
    with django_assert_max_num_queries(1 + 9 * 13):
        send_due(NOON)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once():
    company = factories.make_company()
    for number in range(6):
        write(company=company, key=f"invite:{number}")
    at_once([lambda: send_due(NOON)] * 4)
    assert len(mail.outbox) == 6
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_senders_send_twice(monkeypatch):
    """The control: the conditional UPDATE is what holds."""
    company = factories.make_company()
    for number in range(6):
        write(company=company, key=f"invite:{number}")
    monkeypatch.setattr(sending, "_claim", lambda message, at: True)
    real = email.send

    def slow(message):
        time.sleep(0.2)
        real(message)

    monkeypatch.setitem(channels.SENDERS, "email", slow)
    at_once([lambda: send_due(NOON)] * 2)
    connection.close()
    assert len(mail.outbox) > 6


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_keep_a_robots_limit(vendor):
    company = factories.make_company()
    make_robot(company, url=f"{vendor.origin}/robot/send?access_token=x", per_minute=3)
    for number in range(12):
        tell_robots(company, key=f"case:{number}")
    at_once([lambda: send_due(NOON)] * 4)
    assert len(vendor.got) == 3
