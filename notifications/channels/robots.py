"""Group robots of WeCom, DingTalk and Feishu: how each signs, what it is told, what its answers mean.

What is told is the sentence of the kind, the number and the link, never a name or a customer's words: a group chat is
no place for them, and what was posted there cannot be taken back.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.utils import timezone, translation

from notifications import rules
from notifications.channels import outgoing
from notifications.channels.failures import NotDelivered
from notifications.models import Robot
from notifications.registries import announcements

TOO_MANY, SERVER_ERRORS, BUSY = 429, 500, -1
TOO_FAST = re.compile(r"too fast|freq|rate limit|over limit|too many|限流", re.IGNORECASE)


@dataclass(frozen=True)
class Vendor:
    """`parameter`: what its address carries the key in; `per_minute` and `pause`: what it documents about speed."""

    hosts: tuple
    path: str
    parameter: str
    per_minute: int
    pause: dt.timedelta
    too_fast: frozenset


VENDORS = {
    Robot.Kind.WECOM: Vendor(
        ("qyapi.weixin.qq.com",), "/cgi-bin/webhook/send", "key", 20, rules.MINUTE, frozenset({45009, 45033})
    ),
    Robot.Kind.DINGTALK: Vendor(
        ("oapi.dingtalk.com",),
        "/robot/send",
        "access_token",
        20,
        10 * rules.MINUTE,  # who goes beyond 20 a minute is shut out for ten
        frozenset({130101, 410100, 90030}),
    ),
    Robot.Kind.FEISHU: Vendor(
        ("open.feishu.cn", "open.larksuite.com"),
        "/open-apis/bot/v2/hook/",
        "",
        100,
        rules.MINUTE,
        frozenset({11232, 99991400}),
    ),
}


def trouble_with(kind, url):
    """What is wrong with a webhook's address, in a word for `services.robots`, or ''.

    Only the vendors' own hosts by https, and what the environment adds: a page where staff enter addresses must not
    become a way into the network.
    """
    vendor = VENDORS[kind]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "unreadable"
    if parts.username or parts.password or parts.fragment or re.search(r"[\s\x00-\x1f\\]", url):
        return "unreadable"
    is_extra = f"{parts.scheme}://{parts.netloc}" in settings.ROBOT_EXTRA_ORIGINS
    if not is_extra and (parts.scheme != "https" or port not in (None, 443)):
        return "not_https"
    if not is_extra and parts.hostname not in vendor.hosts:
        return "foreign"
    return "" if _has_key(vendor, parts) else "without_key"


def _has_key(vendor, parts):
    if vendor.parameter:
        return parts.path == vendor.path and bool(parse_qs(parts.query).get(vendor.parameter))
    return parts.path.startswith(vendor.path) and len(parts.path) > len(vendor.path)


def send(message):
    robot = message.robot
    if trouble_with(robot.kind, robot.webhook_url):
        raise NotDelivered("its address is not allowed here", is_final=True)
    url, payload = signed(robot, text_of(message), str(int(time.time())))
    answer = outgoing.post(
        url,
        content=json.dumps(payload, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
        may_be_private=settings.ROBOT_ALLOW_PRIVATE,
    )
    judge(robot, answer)


def text_of(message):
    with translation.override(message.robot.language):
        sentence = announcements.get(message.kind)
        if sentence is None:
            raise NotDelivered("nothing is said of this kind any more", is_final=True)
        lines = (str(sentence), message.subject, f"{settings.PUBLIC_URL}{message.url}" if message.url else "")
    return "\n".join(line for line in lines if line)


def signed(robot, text, now):
    """(url, payload) as the vendor wants them; `now` in whole seconds, as text."""
    if robot.kind == Robot.Kind.FEISHU:
        payload = {"msg_type": "text", "content": {"text": text}}
        if robot.secret:
            signature = _hmac(f"{now}\n{robot.secret}", "")
            payload = {"timestamp": now, "sign": signature, **payload}
        return robot.webhook_url, payload
    payload = {"msgtype": "text", "text": {"content": text}}
    if robot.kind == Robot.Kind.DINGTALK and robot.secret:
        stamp = f"{now}000"  # milliseconds
        query = urlencode({"timestamp": stamp, "sign": _hmac(robot.secret, f"{stamp}\n{robot.secret}")})
        return f"{robot.webhook_url}&{query}", payload
    return robot.webhook_url, payload


def _hmac(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def judge(robot, answer):
    """Return when the vendor took it; else NotDelivered, with the rest it asks for when it was too fast."""
    vendor = VENDORS[robot.kind]
    wait = rules.retry_after(answer.retry_after, timezone.now())
    code, words = _code_of(answer.text)
    reason = without_secrets(robot, f"HTTP {answer.status} · {code} {words}".strip())
    if answer.status == TOO_MANY or code in vendor.too_fast or (code and TOO_FAST.search(words)):
        raise NotDelivered(reason, wait=wait or vendor.pause)
    if answer.status >= SERVER_ERRORS or code == BUSY:
        raise NotDelivered(reason, wait=wait)
    if answer.status == 200 and code == 0:
        return
    # a wrong key or signature stays wrong; a page instead of an answer (a sign-in of the network, say) may pass
    raise NotDelivered(reason, is_final=code is not None or answer.status != 200)


def _code_of(text):
    """(number, words) of a vendor's answer; (None, '') when it is none of theirs."""
    try:
        told = json.loads(text)
    except ValueError:
        return None, ""
    if not isinstance(told, dict):
        return None, ""
    code = told.get("errcode", told.get("code", told.get("StatusCode")))
    words = told.get("errmsg") or told.get("msg") or ""
    return (code if isinstance(code, int) else None), str(words)[:160]


def without_secrets(robot, text):
    """A vendor may repeat the key in its words; they are stored and shown."""
    parts = urlsplit(robot.webhook_url)
    secrets = [robot.secret, parts.path.rsplit("/", 1)[-1] if not parts.query else "", parts.query]
    secrets += [value for values in parse_qs(parts.query).values() for value in values]
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(secret, "…")
    return text
