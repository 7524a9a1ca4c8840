"""A message is sent if and only if the change that asked for it was committed; consent is asked at sending."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from customers.models import Consent
from notifications import rules, selectors, services
from notifications.models import Message
from tests import factories
from tests.factories import at

NOON = at()
LATER = at(hour=18)


@pytest.fixture
def wang(company):
    user = factories.user_with(company)
    user.email = "wang@example.com"
    user.save()
    return user


def tell(user, company, key="case:1", **fields):
    fields = {"subject": "奖励已入账", "kind": "posted", "at": NOON, **fields}
    services.notify(user=user, company=company, key=key, **fields)


def write(customer, key="invite:1"):
    services.write_to_customer(
        customer_id=customer.pk, address="lin@example.com", company=customer.company, kind="invitation",
        key=key, subject="请评价我们的服务", body="…", at=NOON,
    )  # fmt: skip


def states():
    return list(Message.objects.order_by("pk").values_list("channel", "state"))


def test_a_colleague_is_told_in_the_application_and_by_mail(company, wang):
    tell(wang, company, url="/my/", body="绩效 +5 分")
    services.send_due(NOON)
    assert states() == [("inbox", "sent"), ("email", "sent")]
    (letter,) = mail.outbox
    assert letter.to == ["wang@example.com"]
    assert letter.body.startswith("绩效 +5 分")
    assert letter.body.endswith("/my/")


def test_nothing_is_sent_when_the_change_was_rolled_back(company, wang):
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(wang, company)
        raise RuntimeError
    services.send_due(NOON)
    assert mail.outbox == []
    assert not Message.objects.exists()


def test_asking_twice_with_one_key_sends_once(company, wang):
    tell(wang, company)
    tell(wang, company)
    services.send_due(NOON)
    services.send_due(LATER)
    assert len(mail.outbox) == 1


def test_without_an_address_only_the_application_tells(company, wang):
    wang.email = ""
    tell(wang, company)
    assert states() == [("inbox", "queued")]


def test_a_mail_server_that_fails_is_tried_again_with_the_same_id(company, wang, monkeypatch):
    tell(wang, company)
    broken = [smtplib.SMTPServerDisconnected("gone")]
    real, ids = EmailMessage.send, []

    def flaky(letter, fail_silently=False):
        ids.append(letter.extra_headers["Message-ID"])
        if broken:
            raise broken.pop()
        return real(letter)

    monkeypatch.setattr(EmailMessage, "send", flaky)
    services.send_due(NOON)
    assert Message.objects.get(channel="email").state == "queued"
    services.send_due(NOON + dt.timedelta(seconds=30))
    assert len(ids) == 1
    services.send_due(LATER)
    assert Message.objects.get(channel="email").state == "sent"
    assert ids[0] == ids[1]


def test_a_mail_that_always_fails_is_given_up_and_says_why(company, wang, monkeypatch):
    def no_route(letter, fail_silently=False):
        raise OSError("no route")

    tell(wang, company)
    monkeypatch.setattr(EmailMessage, "send", no_route)
    for day in range(1, 20):
        services.send_due(at(day=day, month=12))
    message = Message.objects.get(channel="email")
    assert (message.state, message.attempts, message.error) == ("failed", rules.MOST_ATTEMPTS, "no route")


def test_a_customer_who_agreed_is_written_to(company):
    write(factories.make_customer(company))
    services.send_due(NOON)
    assert len(mail.outbox) == 1


def test_consent_withdrawn_after_queueing_keeps_the_message_back(company):
    customer = factories.make_customer(company)
    write(customer)
    Consent.objects.create(customer=customer, purpose="surveys", is_given=False, source="link", at=NOON)
    services.send_due(NOON)
    assert mail.outbox == []
    assert states() == [("email", "suppressed")]


def test_consent_given_again_counts(company):
    customer = factories.make_customer(company)
    for hour, is_given in ((8, False), (9, True)):
        Consent.objects.create(
            customer=customer, purpose="surveys", is_given=is_given, source="x", at=at(hour=hour)
        )
    write(customer)
    services.send_due(NOON)
    assert len(mail.outbox) == 1


def test_a_customer_marked_not_to_be_surveyed_gets_nothing(company):
    write(factories.make_customer(company, may_be_surveyed=False))
    services.send_due(NOON)
    assert mail.outbox == []


def test_a_subject_of_two_lines_stays_one_header(company, wang):
    tell(wang, company, subject="第一行\r\nBcc: x@example.com")
    services.send_due(NOON)
    assert mail.outbox[0].subject == "第一行 Bcc: x@example.com"


def test_the_page_shows_only_my_messages_and_marks_them_read(company, wang, client):
    other = factories.user_with(company)
    tell(wang, company)
    tell(other, company, key="case:2", subject="别人的事")
    client.force_login(wang)
    text = client.get(reverse("messages")).content.decode()
    assert "奖励已入账" in text
    assert "别人的事" not in text
    mine, theirs = (Message.objects.get(recipient=user, channel="inbox") for user in (wang, other))
    assert client.post(reverse("message_read", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("message_read", args=[mine.pk])).status_code == 405
    client.post(reverse("message_read", args=[mine.pk]))
    assert not Message.objects.unread(wang).exists()
    assert Message.objects.unread(other).exists()


def test_unread_messages_stand_in_the_inbox_as_news(company, wang):
    tell(wang, company)
    tell(wang, company, key="case:2")
    (item,) = selectors.inbox(wang, company, NOON)
    assert (item.count, item.is_information) == (2, True)
    services.mark_all_read(wang, at=NOON)
    assert selectors.inbox(wang, company, NOON) == []


def test_the_messages_page_needs_few_queries(company, wang, client, django_assert_max_num_queries):
    for number in range(25):
        tell(wang, company, key=f"case:{number}")
    client.force_login(wang)
    client.get(reverse("messages"))
    with django_assert_max_num_queries(12):
        client.get(reverse("messages"))


def test_a_new_login_is_told_where_to_choose_a_password(company, deliver):
    from core.events import publish

    employee = factories.make_employee(factories.make_department(company))
    employee.email = "wang@example.com"
    user = factories.make_user("wangli", employee=employee)
    user.email = employee.email
    user.save()
    publish("organization.login_given", employee)
    deliver()
    deliver()
    letter = Message.objects.get(channel="email")
    assert "wangli" in letter.subject
    assert letter.url == reverse("account_reset_password")


def test_verify_names_a_message_that_waits_too_long(company, wang):
    tell(wang, company, at=at(2020))
    assert len(list(selectors.violations())) == 2
