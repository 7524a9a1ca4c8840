"""Text messages: numbers, length, backends, a signed gateway; nothing secret is logged."""

import hashlib
import hmac
import json
import logging

import pytest

from notifications.models import Message
from notifications.services import send_due
from notifications.tests.build import NOON, write
from tests import factories
from tests.factories import at

CODE = "GEHEIM42"


def text(company, key="case:1", **fields):
    fields = {
        "channel": "sms", "address": "13800000001", "purpose": "cases", "kind": "tests.told",
        "body": f"编号 TS-1，查询码 {CODE}。\n\nhttps://example.com/track/?number=TS-1", "is_secret": True,
    } | fields  # fmt: skip
    return write(company=company, key=key, **fields)


def message():
    return Message.objects.get()


def test_a_text_names_the_company_and_keeps_both_links(company, texts):
    text(company)
    send_due(NOON)
    ((number, words, reference),) = texts
    assert number == "13800000001"
    assert words.startswith("【青禾房产销售】编号 TS-1")
    assert "https://example.com/track/?number=TS-1" in words
    assert "/unsubscribe/" in words
    assert reference.startswith(f"{message().pk}.")


def test_a_secret_text_is_blanked_once_it_is_sent(company, texts):
    text(company)
    assert CODE in message().body
    send_due(NOON)
    assert message().body == ""


def test_a_long_text_is_cut_before_its_links(company, texts, settings):
    settings.SMS_MAX_CHARS = 160
    text(company, body="字" * 900 + " https://example.com/track/?number=TS-1")
    send_due(NOON)
    words = texts[0][1]
    assert len(words) <= 160
    assert "?number=TS-1" in words


@pytest.mark.parametrize("number", ["010-12345678", "1380000", "lin@example.com", "+123"])
def test_what_is_no_mobile_number_fails_at_once_and_says_so(company, texts, number):
    text(company, address=number)
    send_due(NOON)
    assert (message().state, message().attempts, message().body) == ("failed", 1, "")
    assert texts == []


def test_the_file_of_a_customer_gives_the_number(company, texts):
    customer = factories.make_customer(company, phone="+86 139 0000 0002")
    assert text(company, address="", customer_id=customer.pk)
    send_due(NOON)
    assert texts[0][0] == "13900000002"


def test_without_any_number_nothing_is_queued(company):
    assert not text(company, address="")
    assert not text(company, address="", customer_id=factories.make_customer(company, phone="").pk)
    assert not Message.objects.exists()


def test_a_channel_that_is_none_to_customers_is_refused(company):
    with pytest.raises(ValueError, match="robot"):
        text(company, channel="robot")


def test_without_a_gateway_texts_are_kept_as_files(company, settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE_PATH = "file", tmp_path / "sms"
    text(company)
    send_due(NOON)
    (kept,) = (tmp_path / "sms").iterdir()
    assert kept.read_text(encoding="utf-8").startswith("13800000001\n【青禾")


def test_the_console_backend_writes_to_the_console(company, settings, capsys):
    settings.SMS_BACKEND = "console"
    text(company)
    send_due(NOON)
    assert "13800000001" in capsys.readouterr().out


@pytest.fixture
def gateway(vendor, settings):
    settings.SMS_BACKEND = "http"
    settings.SMS_HTTP_URL = f"{vendor.origin}/send"
    settings.SMS_HTTP_SECRET = "s3cret"
    settings.SMS_HTTP_HEADERS = '{"Authorization": "Bearer t0ken"}'
    settings.SMS_HTTP_TEMPLATE = '{"to": ["$phone"], "sms": {"words": "$text"}, "ref": "$id", "type": 1}'
    return vendor


def test_a_gateway_gets_its_own_json_signed(company, gateway):
    text(company, body='引号 " 与反斜杠 \\ $phone')
    send_due(NOON)
    ((path, headers, content),) = gateway.got
    payload = json.loads(content)
    assert path == "/send"
    assert payload["to"] == ["13800000001"]
    assert payload["type"] == 1
    assert '引号 " 与反斜杠 \\ $phone' in payload["sms"]["words"]
    assert payload["ref"] == headers["Idempotency-Key"]
    assert headers["Authorization"] == "Bearer t0ken"
    signed = hmac.new(b"s3cret", headers["X-Timestamp"].encode() + b"." + content, hashlib.sha256)
    assert headers["X-Signature"] == signed.hexdigest()
    assert message().state == "sent"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((200, {"code": 0}), "sent"),
        ((200, {"code": 5}), "queued"),
        ((200, "<html>"), "queued"),
        ((503, ""), "queued"),
        ((429, ""), "queued"),
        ((400, ""), "failed"),
        ((302, "", {"Location": "http://127.0.0.1/elsewhere"}), "failed"),
    ],
)
def test_what_a_gateway_answers_decides(company, gateway, settings, answer, state):
    settings.SMS_HTTP_ACCEPTED = '{"code": 0}'
    gateway.say(answer)
    text(company)
    send_due(NOON)
    assert message().state == state
    assert len(gateway.got) == 1
    assert bool(message().body) == (state == "queued")


def test_a_second_try_carries_the_same_reference(company, gateway):
    gateway.say((503, ""), (200, "ok"))
    text(company)
    send_due(NOON)
    send_due(at(hour=13))
    references = {headers["Idempotency-Key"] for _path, headers, _content in gateway.got}
    assert (len(gateway.got), len(references)) == (2, 1)


def test_a_gateway_that_asks_for_time_gets_it(company, gateway):
    gateway.say((429, "", {"Retry-After": "1800"}))
    text(company)
    send_due(NOON)
    assert message().next_try_at == at(hour=12, minute=30)


def test_a_gateway_that_is_not_there_is_tried_again(company, settings):
    settings.SMS_BACKEND, settings.SMS_HTTP_URL = "http", "http://127.0.0.1:9/send"
    text(company)
    send_due(NOON)
    assert message().state == "queued"
    assert "ConnectError" in message().error


def test_nothing_secret_reaches_the_log_or_the_stored_error(company, gateway, caplog, capsys):
    gateway.say((503, "13800000001 s3cret"), (400, "13800000001"))
    text(company)
    with caplog.at_level(logging.DEBUG):
        send_due(NOON)
        send_due(at(hour=13))
    written = caplog.text + capsys.readouterr().out + message().error
    for secret in ("13800000001", CODE, "s3cret", "t0ken", gateway.origin):
        assert secret not in written
