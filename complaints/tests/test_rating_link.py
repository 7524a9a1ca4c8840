"""The link in our answer: one tap rates, a look does not, and nothing else opens by it (AU-4)."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints import rating_link
from complaints.models import Case, Entry
from complaints.services import relations, tracking
from complaints.tests.build_intake import LIN, Desk
from notifications.channels import sms
from notifications.models import Message
from notifications.services import send_due
from tests.factories import at


@pytest.fixture
def desk(db):
    with time_machine.travel(at(day=6, hour=16), tick=False):
        yield Desk()


def link_in(message):
    return re.search(r"http\S+(/track/rate/\S+)", message.body)[1]


def answered(desk, **fields):
    case = desk.answered(**({"contact": LIN, "told_by": "email", "text": "金丝雀"} | fields))
    return case, link_in(Message.objects.get(kind="complaints.told.answered", key__contains=f":{case.pk}:"))


def again(case):
    return Case.objects.get(pk=case.pk)


def test_one_tap_rates_without_code_cookie_or_login(desk):
    case, link = answered(desk)
    client = Client(enforce_csrf_checks=True)
    page = client.get(link)
    assert page.status_code == 200 and case.number in page.content.decode()
    response = client.post(link, {"rating": "2", "comment": "太慢"}, follow=True)
    assert again(case).rating == 2 and "再办一次" in response.content.decode()
    assert case.entries.get(kind=Entry.Kind.FROM_CUSTOMER).text == "太慢"


def test_looking_rates_nothing_and_writes_nothing(desk):
    case, link = answered(desk)
    with CaptureQueriesContext(connection) as seen:
        for query in ("", "?rating=5"):
            assert Client().get(link + query).status_code == 200
            assert Client().head(link + query).status_code == 200
    assert again(case).rating is None
    assert not [one for one in seen if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_same_tap_twice_is_one_rating_and_a_second_opinion_does_not_count(desk):
    case, link = answered(desk)
    for rating in ("4", "4", "1"):
        assert Client().post(link, {"rating": rating}).status_code == 303
    assert again(case).rating == 4


@pytest.mark.parametrize("rating", ["", "0", "6", "five", "4.5", "４"])
def test_what_is_no_rating_is_said_and_not_kept(desk, rating):
    case, link = answered(desk)
    response = Client().post(link, {"rating": rating})
    assert response.status_code == 422 and "1–5" in response.content.decode()
    assert again(case).rating is None


def test_the_link_opens_neither_words_nor_answer_nor_the_case(desk):
    case, link = answered(desk)
    client = Client()
    page = client.get(link).content.decode()
    assert not [word for word in ("金丝雀", "已加派", "林女士", "13800000001", "王丽") if word in page]
    assert client.get("/track/case/").status_code == 303
    assert client.post("/track/case/add/", {"text": "x"}).status_code == 403


def test_other_numbers_and_tokens_open_nothing(desk):
    case, link = answered(desk)
    other, other_link = answered(desk)
    token = link.split("/")[-2]
    wrong = (
        f"/track/rate/{other.number}/{token}/",
        f"/track/rate/{case.number}/{token[:-1]}~/",
        f"/track/rate/TS-2611-9999/{token}/",
        f"/track/rate/{case.number}/é/",
    )
    for address in wrong:
        assert Client().get(address).status_code == 404 == Client().post(address, {"rating": "1"}).status_code
    assert {again(one).rating for one in (case, other)} == {None}


def test_each_answer_has_a_link_of_its_own(desk):
    case, link = answered(desk)
    tracking.reopen(again(case), reason="还没好", at=at(day=6, hour=15))
    assert Client().get(link).status_code == 404
    assert rating_link.find(case.number, link.split("/")[-2]) is None


def test_of_merged_cases_each_customer_rates_their_own(desk):
    other = desk.receive(contact=LIN, told_by="sms").case
    lead = desk.confirmed(contact=LIN, told_by="email")
    relations.merge(other, into=lead, reason="同一件事", by=desk.handler.user, at=at(day=5, hour=16))
    desk.answer(lead)
    message = Message.objects.get(kind="complaints.told.answered", channel="sms")
    Client().post(link_in(message), {"rating": "5"})
    assert (again(other).rating, again(lead).rating) == (5, None)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_text_message_holds_the_whole_link_and_has_room_for_the_way_to_stop_them(desk, settings, language):
    settings.PUBLIC_URL = "https://manyidu.a-rather-long-company-name.example.com"
    _case, link = answered(desk, told_by="sms", language=language)
    text = sms.text_of(Message.objects.get(kind="complaints.told.answered"))
    assert f"{settings.PUBLIC_URL}{link}" in text and "/unsubscribe/" in text
    assert text.count("https://") == 2 and len(text) <= settings.SMS_MAX_CHARS


def test_once_sent_the_link_stands_in_no_table_and_goes_with_the_words(desk):
    case, link = answered(desk)
    send_due(at(day=6, hour=16))
    message = Message.objects.get(kind="complaints.told.answered")
    assert message.state == "sent" and message.body == ""
    Case.objects.filter(pk=case.pk).update(redacted_at=at(day=6))
    assert Client().get(link).status_code == 404
