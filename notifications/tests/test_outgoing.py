"""Where a robot may call: the vendors' own addresses, no private network, no redirects."""

import httpx
import pytest

from core.flow import Refused
from notifications.channels import outgoing, robots
from notifications.channels.failures import NotDelivered
from notifications.models import Robot
from notifications.services import send_due
from notifications.tests.build import NOON, URLS, make_robot, tell_robots
from notifications.tests.test_robots import robot_at, states


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        (URLS["dingtalk"], ""),
        ("https://OAPI.dingtalk.com:443/robot/send?access_token=x", ""),
        ("http://oapi.dingtalk.com/robot/send?access_token=x", "not_https"),
        ("https://oapi.dingtalk.com:8443/robot/send?access_token=x", "not_https"),
        ("https://oapi.dingtalk.com.evil.example/robot/send?access_token=x", "foreign"),
        ("https://evil.example/robot/send?access_token=x", "foreign"),
        ("https://oapi.dingtalk.com@evil.example/robot/send?access_token=x", "unreadable"),
        ("https://evil.example#@oapi.dingtalk.com/robot/send?access_token=x", "unreadable"),
        ("https://evil.example\\@oapi.dingtalk.com/robot/send?access_token=x", "unreadable"),
        ("https://127.0.0.1/robot/send?access_token=x", "foreign"),
        ("https://[::1]/robot/send?access_token=x", "foreign"),
        ("https://[::1/robot/send?access_token=x", "unreadable"),
        ("https://oapi.dingtalk.com:99999/robot/send?access_token=x", "unreadable"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", "foreign"),
        ("https://oapi.dingtalk.com/robot/send", "without_key"),
        ("https://oapi.dingtalk.com/other?access_token=x", "without_key"),
        ("https://oapi.dingtalk.com/robot/send?access_token=x y", "unreadable"),
        ("file:///etc/passwd", "not_https"),
        ("gopher://oapi.dingtalk.com/robot/send?access_token=x", "not_https"),
        ("", "not_https"),
    ],
)
def test_only_the_vendors_own_addresses_are_taken(url, trouble):
    assert robots.trouble_with("dingtalk", url) == trouble


def test_a_foreign_address_is_refused_with_a_sentence_at_its_field(company):
    with pytest.raises(Refused) as refusal:
        make_robot(company, url="https://169.254.169.254/robot/send?access_token=x")
    assert refusal.value.field == "webhook_url"
    assert not Robot.objects.exists()


def test_an_extra_origin_is_just_that_one(settings):
    settings.ROBOT_EXTRA_ORIGINS = ["https://relay.example.com"]
    assert robots.trouble_with("dingtalk", "https://relay.example.com/robot/send?access_token=x") == ""
    assert (
        robots.trouble_with("dingtalk", "http://relay.example.com/robot/send?access_token=x") == "not_https"
    )
    assert robots.trouble_with("dingtalk", "https://relay.example.com:8443/robot/send?access_token=x") != ""


def test_an_address_taken_back_by_the_environment_is_not_called_any_more(company, vendor, settings):
    robot_at(vendor, company)
    tell_robots(company)
    settings.ROBOT_EXTRA_ORIGINS = []
    send_due(NOON)
    assert vendor.got == []
    assert states() == ["failed"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "::1", "fe80::1", "::ffff:10.0.0.1",
     "0.0.0.0", "224.0.0.1", "fd00::1"],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_not_called(monkeypatch, address):
    """As when somebody owns the name's DNS: what was looked at is what is called, and it must be public."""
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *args, **kw: [(0, 0, 0, "", (address, 0))])
    with pytest.raises(NotDelivered) as refused:
        outgoing.post(URLS["dingtalk"], content=b"{}", headers={}, may_be_private=False)
    assert refused.value.is_final


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(0, 0, 0, "", ("8.8.8.8", 0)), (0, 0, 0, "", ("10.0.0.1", 0))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *args, **kw: found)
    with pytest.raises(NotDelivered):
        outgoing.post(URLS["wecom"], content=b"{}", headers={}, may_be_private=False)


def test_a_name_nobody_knows_is_tried_again(company, monkeypatch):
    def unknown(*args, **kw):
        raise OSError("Name or service not known")

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", unknown)
    make_robot(company)
    tell_robots(company)
    send_due(NOON)
    assert states() == ["queued"]


def test_redirects_are_not_followed_and_proxies_of_the_environment_not_used(company, vendor, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    robot_at(vendor, company)
    tell_robots(company)
    assert send_due(NOON) == 1


def test_the_host_is_named_although_the_address_is_called(vendor):
    answer = outgoing.post(
        vendor.origin.replace("127.0.0.1", "localhost") + "/x", content=b"{}", headers={}, may_be_private=True
    )
    assert answer.status == 200
    assert vendor.got[0][1]["Host"].startswith("localhost:")


def test_an_endless_answer_ends(vendor):
    vendor.say((200, "x" * 300_000))
    answer = outgoing.post(f"{vendor.origin}/x", content=b"{}", headers={}, may_be_private=True)
    assert len(answer.text) == outgoing.LARGEST


@pytest.mark.parametrize(
    ("broken", "is_unclear"),
    [
        (httpx.ReadTimeout("no answer"), True),
        (httpx.RemoteProtocolError("hung up"), True),
        (httpx.ConnectTimeout("not there"), False),
        (httpx.ConnectError("refused"), False),
    ],
)
def test_a_call_cut_off_after_it_was_made_may_have_arrived(vendor, monkeypatch, broken, is_unclear):
    def fail(*args):
        raise broken

    monkeypatch.setattr(outgoing, "_exchange", fail)
    with pytest.raises(NotDelivered) as failure:
        outgoing.post(vendor.origin, content=b"{}", headers={}, may_be_private=True)
    assert failure.value.is_unclear is is_unclear
