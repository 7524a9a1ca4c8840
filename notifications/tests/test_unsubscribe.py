"""Every message to a customer carries a link that stops such messages (CC-4.1); every sender respects it."""

import re

import pytest
from django.core import mail
from django.test import Client

from audit.models import AuditRow
from customers.models import Consent
from notifications.models import Message, Optout, UnsubscribeLink
from notifications.services import send_due
from notifications.tests.build import NOON, colleague, write
from tests import factories

LINK = re.compile(r"/unsubscribe/([\w-]+)/")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def lin(company):
    return factories.make_customer(company, email="lin@example.com")


def token_of(letter=None):
    return LINK.search((letter or mail.outbox[-1]).body)[1]


def sent(customer=None, **fields):
    """Send one and return its token."""
    write(customer, **fields)
    send_due(NOON)
    return token_of()


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_an_email_to_a_customer_carries_link_and_headers(lin):
    token = sent(lin)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe"] == f"<http://localhost:8000/unsubscribe/{token}/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(token) == 22


def test_an_email_to_a_colleague_carries_none(company):
    from notifications.services import notify

    notify(user=colleague(company), company=company, kind="x", key="1", subject="一", at=NOON)
    send_due(NOON)
    assert "unsubscribe" not in mail.outbox[0].body
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_the_token_is_stored_hashed_and_nowhere_else(lin):
    token = sent(lin)
    assert UnsubscribeLink.objects.get().token_hash != token
    assert token not in Message.objects.get().body


def test_a_second_letter_of_the_same_purpose_carries_the_same_link(lin):
    first = sent(lin)
    assert sent(lin, key="invite:2") == first
    assert UnsubscribeLink.objects.count() == 1


def test_looking_at_the_page_changes_nothing(lin, client):
    token = sent(lin)
    page = client.get(f"/unsubscribe/{token}/")
    assert page.status_code == 200
    assert not Optout.objects.exists()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.cookies


def test_one_button_stops_and_the_same_page_undoes(lin, client):
    token = sent(lin)
    page = client.post(f"/unsubscribe/{token}/", {"go": "stop"}, follow=True)
    assert "resume" in page.content.decode()
    write(lin, key="invite:2")
    send_due(NOON)
    assert states() == ["sent", "suppressed"]
    client.post(f"/unsubscribe/{token}/", {"go": "resume"})
    write(lin, key="invite:3")
    send_due(NOON)
    assert states() == ["sent", "suppressed", "sent"]


def test_the_history_of_consent_is_kept(lin, client):
    token = sent(lin)
    for go in ("stop", "stop", "resume"):
        client.post(f"/unsubscribe/{token}/", {"go": go})
    given = list(Consent.objects.order_by("pk").values_list("customer", "purpose", "is_given"))
    assert given == [(lin.pk, "surveys", False), (lin.pk, "surveys", True)]
    verbs = list(AuditRow.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "notifications.optout.stopped",
        "customers.consent.withdrawn",
        "notifications.optout.resumed",
        "customers.consent.given",
    ]


def test_a_mail_program_stops_with_one_click_and_no_csrf_token(lin):
    token = sent(lin)
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/unsubscribe/{token}/", ONE_CLICK)
    assert answer.status_code == 200  # no redirect: mail programs do not follow one
    assert Optout.objects.get().is_out


def test_an_invitation_queued_before_is_not_sent_any_more(lin, client):
    token = sent(lin)
    write(lin, key="invite:2")
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    send_due(NOON)
    assert states() == ["sent", "suppressed"]
    assert len(mail.outbox) == 1


def test_one_purpose_stops_alone_and_all_stop_together(lin, client):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", {"go": "stop"})
    write(lin, key="case:1", purpose="cases", kind="tests.told")
    send_due(NOON)
    assert states()[-1] == "sent"
    client.post(f"/unsubscribe/{token}/", {"go": "stop-all"})
    for number, purpose in enumerate(("surveys", "care", "cases")):
        write(lin, key=f"later:{number}", purpose=purpose, kind="x")
    send_due(NOON)
    assert states()[-3:] == ["suppressed"] * 3
    withdrawn = Consent.objects.filter(is_given=False).values_list("purpose", flat=True)
    assert sorted(withdrawn) == ["care", "cases", "surveys"]


def test_an_address_without_a_customer_file_is_respected(company, client):
    token = sent(company=company, purpose="cases", kind="tests.told")
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    write(company=company, key="case:2", purpose="cases", kind="tests.told", address="LIN@example.com")
    send_due(NOON)
    assert states() == ["sent", "suppressed"]
    assert not Consent.objects.exists()
    assert "lin" not in str(list(Optout.objects.values()))


def test_it_also_holds_for_another_file_with_the_same_address(lin, client):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    write(factories.make_customer(lin.company), key="invite:2")
    send_due(NOON)
    assert states() == ["sent", "suppressed"]


def test_it_holds_for_the_company_that_wrote(lin, client):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    other = factories.make_company("other", "别家")
    write(company=other, key="invite:2")
    send_due(NOON)
    assert states() == ["sent", "sent"]


def test_a_consent_given_later_elsewhere_counts(lin, client):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    later = Optout.objects.get().at + (NOON - factories.at(hour=11))
    Consent.objects.create(customer=lin, purpose="surveys", is_given=True, source="phone", at=later)
    write(lin, key="invite:2")
    send_due(NOON)
    assert states()[-1] == "sent"


def test_a_text_message_carries_the_link_too_and_stopping_it_works(company, texts, client):
    for number in (1, 2):
        write(
            company=company, key=f"case:{number}", channel="sms", address="138 0000 0001", purpose="cases",
            kind="tests.told",
        )  # fmt: skip
        send_due(NOON)
        token = LINK.search(texts[-1][1])[1]
        client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    assert states() == ["sent", "suppressed"]


@pytest.mark.parametrize("token", ["x" * 22, "short", "…", "%00", "a" * 500])
@pytest.mark.django_db
def test_unknown_links_look_the_same_and_change_nothing(client, token):
    for answer in (client.get(f"/unsubscribe/{token}/"), client.post(f"/unsubscribe/{token}/", ONE_CLICK)):
        assert answer.status_code == 404
    assert not Optout.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_speaks_both_languages(lin, client, language):
    page = client.get(f"/unsubscribe/{sent(lin)}/", {"lang": language})
    assert page.headers["Content-Language"] == language
    assert ("Stop these messages" in page.content.decode()) == (language == "en")


def test_an_english_letter_leads_to_the_english_page(lin):
    from django.utils import translation

    with translation.override("en"):
        write(lin)
    send_due(NOON)
    assert f"/unsubscribe/{token_of()}/?lang=en" in mail.outbox[0].body


def test_an_unreadable_post_still_stops(lin, client):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    client.post(f"/unsubscribe/{token}/", b"\xff\xfe=1", content_type="application/x-www-form-urlencoded")
    assert Optout.objects.get().is_out


def test_switching_without_end_is_slowed_but_stopping_never_refused(lin, client):
    token = sent(lin)
    for _ in range(15):
        client.post(f"/unsubscribe/{token}/", {"go": "stop"})
        answer = client.post(f"/unsubscribe/{token}/", {"go": "resume"})
    assert answer.status_code == 429
    assert Optout.objects.order_by("pk").last().is_out
    assert client.post(f"/unsubscribe/{token}/", {"go": "stop"}).status_code == 303


def test_a_key_changed_with_the_server_still_finds_old_optouts(lin, client, settings):
    token = sent(lin)
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    settings.SECRET_KEY = "another" * 10
    write(lin, key="invite:2")
    send_due(NOON)
    assert states()[-1] == "suppressed"
    assert client.get(f"/unsubscribe/{token}/").status_code == 200


def test_the_page_needs_few_queries(lin, client, django_assert_max_num_queries):
    token = sent(lin)
    with django_assert_max_num_queries(12):
        client.get(f"/unsubscribe/{token}/")


def test_one_who_keeps_switching_does_not_hold_up_another(lin, client):
    busy = sent(lin)
    other = sent(factories.make_customer(lin.company), key="invite:2", address="zhou@example.com")
    for _ in range(15):
        for go in ("stop", "resume"):
            client.post(f"/unsubscribe/{busy}/", {"go": go})
    client.post(f"/unsubscribe/{other}/", {"go": "stop"})
    assert client.post(f"/unsubscribe/{other}/", {"go": "resume"}).status_code == 303
