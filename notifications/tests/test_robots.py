"""Group robots: each vendor's signature, what they are told, limits, rests, and what is never told or shown."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from core.flow import Refused
from notifications import selectors
from notifications.channels import robots
from notifications.models import Message, Robot
from notifications.services import announce, send_due
from notifications.services.robots import change_robot, send_test, switch_robot
from notifications.tests.build import NEWS, NOON, URLS, make_robot, tell_robots
from tests.factories import at, make_company

PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=K3Y-0123456789",
    "dingtalk": "/robot/send?access_token=t0ken0123456789",
    "feishu": "/open-apis/bot/v2/hook/h00k-0123456789",
}
OK = {"wecom": {"errcode": 0}, "dingtalk": {"errcode": 0}, "feishu": {"code": 0, "msg": "success"}}
MINUTE = dt.timedelta(minutes=1)


def robot_at(vendor, company, kind="dingtalk", **fields):
    vendor.say((200, OK[kind]))
    return make_robot(company, kind, url=vendor.origin + PATHS[kind], **fields)


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def signature(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_each_vendor_is_told_sentence_number_and_link(company, vendor, kind):
    robot_at(vendor, company, kind)
    tell_robots(company)
    assert send_due(NOON) == 1
    assert vendor.texts == ["有一件新的事\nTS-2026-0001\nhttp://localhost:8000/cases/1/"]
    assert states() == ["sent"]
    robot = Robot.objects.get()
    assert (robot.failures, robot.last_sent_at) == (0, NOON)


def test_dingtalk_is_signed_in_the_address(company, vendor):
    robot_at(vendor, company, "dingtalk", secret="SECabc")
    tell_robots(company)
    send_due(NOON)
    query = parse_qs(urlsplit(vendor.got[0][0]).query)
    (stamp,) = query["timestamp"]
    assert len(stamp) == 13
    assert query["sign"] == [signature("SECabc", f"{stamp}\nSECabc")]
    assert query["access_token"] == ["t0ken0123456789"]


def test_feishu_is_signed_in_the_body(company, vendor):
    robot_at(vendor, company, "feishu", secret="fs-secret")
    tell_robots(company)
    send_due(NOON)
    payload = vendor.payloads[0]
    assert len(payload["timestamp"]) == 10
    assert payload["sign"] == signature(f"{payload['timestamp']}\nfs-secret", "")


def test_wecom_has_its_key_in_the_address_and_no_signature(company, vendor):
    robot_at(vendor, company, "wecom", secret="")
    tell_robots(company)
    send_due(NOON)
    assert vendor.got[0][0] == PATHS["wecom"]
    assert set(vendor.payloads[0]) == {"msgtype", "text"}


def test_the_signatures_are_those_the_vendors_document():
    robot = Robot(kind="dingtalk", webhook_url=URLS["dingtalk"], secret="this is secret")
    url, _payload = robots.signed(robot, "x", "1700000000")
    assert "timestamp=1700000000000&sign=" in url
    assert (
        signature("this is secret", "1700000000000\nthis is secret") in parse_qs(urlsplit(url).query)["sign"]
    )


def test_no_name_and_no_word_reaches_a_group(company, vendor):
    """The canary: there is no way to pass words, and what looks like words instead of a number is refused."""
    robot_at(vendor, company)
    for words in ("林女士投诉", "TS-1 林女士", "a" * 60, "", "TS-1\n林"):
        with pytest.raises(ValueError, match="number"):
            tell_robots(company, number=words)
    with pytest.raises(ValueError, match="not registered"):
        announce(company=company, kind="tests.unknown", key="1", number="TS-1", url="/", at=NOON)
    with pytest.raises(TypeError):
        tell_robots(company, body="林女士 13800000001")
    tell_robots(company)
    send_due(NOON)
    assert "林" not in json.dumps(vendor.payloads, ensure_ascii=False)


def test_a_robot_is_told_what_it_chose_in_its_own_company_once(company, vendor):
    from notifications.services.robots import TEST

    robot_at(vendor, company)
    robot_at(vendor, company, "wecom", kinds=[TEST])
    robot_at(vendor, make_company("other", "别家"), "feishu")
    tell_robots(company)
    tell_robots(company)
    send_due(NOON)
    assert len(vendor.got) == 1


def test_nothing_is_told_when_the_change_was_rolled_back(company, vendor):
    from django.db import transaction

    robot_at(vendor, company)
    with pytest.raises(RuntimeError), transaction.atomic():
        tell_robots(company)
        raise RuntimeError
    assert send_due(NOON) == 0
    assert vendor.got == []


def test_a_robot_switched_off_is_told_nothing_even_of_what_waits(company, vendor):
    robot = robot_at(vendor, company)
    tell_robots(company)
    switch_robot(robot, is_active=False, by=None, at=NOON)
    tell_robots(company, key="case:2")
    send_due(NOON)
    assert vendor.got == []
    assert states() == ["suppressed"]


# how fast


def test_no_more_than_the_limit_of_a_minute(company, vendor):
    robot_at(vendor, company, per_minute=3)
    for number in range(7):
        tell_robots(company, key=f"case:{number}")
    assert send_due(NOON) == 3
    assert send_due(NOON + dt.timedelta(seconds=30)) == 0
    assert send_due(NOON + MINUTE) == 3
    assert send_due(NOON + 2 * MINUTE) == 1
    assert len(vendor.got) == 7
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_one_full_robot_does_not_hold_up_another(company, vendor):
    robot_at(vendor, company, per_minute=1)
    robot_at(vendor, company, "wecom", per_minute=20)
    for number in range(3):
        tell_robots(company, key=f"case:{number}")
    assert send_due(NOON) == 4


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}),
        ("feishu", {"code": 11232, "msg": "frequency limited psm[x]appID[1500]"}),
        ("feishu", {"code": 9499, "msg": "too many request"}),
    ],
)
def test_too_fast_in_a_vendors_words_rests_the_whole_robot(company, vendor, kind, answer):
    robot = robot_at(vendor, company, kind)
    vendor.say((200, answer), (200, OK[kind]))
    for number in range(3):
        tell_robots(company, key=f"case:{number}")
    assert send_due(NOON) == 0
    assert len(vendor.got) == 1
    robot.refresh_from_db()
    pause = robots.VENDORS[kind].pause
    assert robot.paused_until == NOON + pause
    assert selectors.paused_robots(NOON) == 1
    assert send_due(NOON + pause - dt.timedelta(seconds=1)) == 0
    assert send_due(NOON + pause + MINUTE) == 3
    robot.refresh_from_db()
    assert (robot.paused_until, robot.failures, robot.last_error) == (None, 0, "")


def test_http_429_with_retry_after_is_obeyed(company, vendor):
    robot = robot_at(vendor, company)
    vendor.say((429, "", {"Retry-After": "1200"}), (200, {"errcode": 0}))
    tell_robots(company)
    send_due(NOON)
    robot.refresh_from_db()
    assert robot.paused_until == NOON + dt.timedelta(seconds=1200)
    assert send_due(NOON + 10 * MINUTE) == 0
    assert send_due(NOON + 21 * MINUTE) == 1


def test_trouble_of_the_server_is_tried_again_with_growing_waits_and_given_up(company, vendor):
    robot_at(vendor, company)
    vendor.say((502, "<html>bad gateway"))
    tell_robots(company)
    moment = NOON
    for _ in range(40):
        send_due(moment)
        moment += dt.timedelta(hours=3)
    message, robot = Message.objects.get(), Robot.objects.get()
    assert (message.state, message.attempts) == ("failed", 8)
    assert "HTTP 502" in message.error
    assert len(vendor.got) == 8
    assert robot.failures == 8
    assert "HTTP 502" in robot.last_error


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}),
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
        ("feishu", 400, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}),
        ("wecom", 404, ""),
        ("wecom", 302, ""),
    ],
)
def test_what_stays_wrong_fails_at_once_and_the_robot_says_why(company, vendor, kind, status, answer):
    robot_at(vendor, company, kind)
    vendor.say((status, answer, {"Location": f"{vendor.origin}/elsewhere"}))
    tell_robots(company)
    send_due(NOON)
    assert states() == ["failed"]
    assert len(vendor.got) == 1
    assert Robot.objects.get().last_error.startswith(f"HTTP {status}")


@pytest.mark.parametrize("answer", [(200, "<html>sign in"), (200, "[]"), (200, {"errcode": -1}), (200, "")])
def test_a_strange_answer_is_tried_again(company, vendor, answer):
    robot_at(vendor, company, "wecom")
    vendor.say(answer)
    tell_robots(company)
    send_due(NOON)
    assert states() == ["queued"]


def test_a_new_secret_forgets_old_failures(company, vendor):
    robot = robot_at(vendor, company)
    Robot.objects.filter(pk=robot.pk).update(failures=5, last_error="x", paused_until=at(day=9))
    change_robot(robot, kinds=[NEWS], per_minute=5, secret="new", by=None, at=NOON)
    robot.refresh_from_db()
    assert (robot.failures, robot.last_error, robot.paused_until, robot.secret) == (0, "", None, "new")
    assert robot.webhook_url.startswith(vendor.origin)


def test_a_test_goes_through_the_outbox_and_two_clicks_are_one(company, vendor):
    robot = robot_at(vendor, company)
    send_test(robot, by=None, at=NOON)
    send_test(robot, by=None, at=NOON)
    send_due(NOON)
    assert len(vendor.got) == 1
    assert "TEST" in vendor.texts[0]


# what is never shown


def test_a_vendor_that_repeats_the_key_does_not_get_it_shown_or_logged(company, vendor, caplog):
    robot_at(vendor, company, secret="SEC-very-secret")
    vendor.say((200, {"errcode": 40035, "errmsg": "token t0ken0123456789 SEC-very-secret is not exist"}))
    tell_robots(company)
    with caplog.at_level(logging.DEBUG):
        send_due(NOON)
    robot = Robot.objects.get()
    shown = caplog.text + robot.last_error + Message.objects.get().error + robot.masked_url
    assert "t0ken0123456789" not in shown
    assert "SEC-very-secret" not in shown
    assert "is not exist" in robot.last_error


def test_audit_rows_hold_neither_address_nor_secret(company):
    from audit.models import AuditRow

    robot = make_robot(company)
    change_robot(robot, kinds=[NEWS], per_minute=5, webhook_url=URLS["dingtalk"], by=None, at=NOON)
    written = str(list(AuditRow.objects.values()))
    assert "t0ken" not in written
    assert "SECabc" not in written


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"kinds": ["tests.unknown"]}, "kinds"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 21}, "per_minute"),
    ],
)
def test_what_a_robot_cannot_be_is_refused_at_its_field(company, fields, field):
    with pytest.raises(Refused) as refusal:
        make_robot(company, **fields)
    assert refusal.value.field == field


def test_a_name_of_a_robot_is_taken_once(company):
    make_robot(company)
    with pytest.raises(Refused) as refusal:
        make_robot(company)
    assert refusal.value.field == "label"


def test_switched_on_again_it_starts_without_its_old_failures(company):
    robot = make_robot(company)
    Robot.objects.filter(pk=robot.pk).update(failures=5, last_error="x", paused_until=at(day=9))
    switch_robot(robot, is_active=False, by=None, at=NOON)
    switch_robot(robot, is_active=True, by=None, at=NOON)
    robot.refresh_from_db()
    assert (robot.is_active, robot.failures, robot.last_error, robot.paused_until) == (True, 0, "", None)
