"""Text messages: what is said, and the backends that carry it. `SMS_BACKEND` chooses one; secrets stand in the
environment only, and neither numbers nor words are logged.
"""

import hashlib
import hmac
import json
import sys
import time
from string import Template

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications import rules
from notifications.addresses import reference as reference_of
from notifications.channels import outgoing
from notifications.channels.failures import NotDelivered
from notifications.links import link_of

TOO_MANY, SERVER_ERRORS = 429, 500
#: what the backend `memory` carried, for tests: [(number, text, reference)]
carried = []


def send(message):
    number = rules.sms_number(message.address)
    if number is None:
        raise NotDelivered("not a number that gets text messages", is_final=True)
    backend = BACKENDS.get(settings.SMS_BACKEND)
    if backend is None:
        raise NotDelivered("SMS_BACKEND names no backend")
    backend(number, text_of(message), reference_of(message))


def text_of(message):
    """【company】 words, their link, and the link that stops such messages; the links are always whole."""
    with translation.override(message.language):
        name = (message.language == "en" and message.company.name_en) or message.company.name
        tail = ""
        if message.is_to_customer:
            tail = " " + _("Unsubscribe: %(link)s") % {"link": link_of(message)}
        return rules.fit(f"【{name}】{message.body}", tail, settings.SMS_MAX_CHARS)


def to_file(number, text, reference):
    """One file a message in var/sms, as Django keeps e-mail without a server."""
    folder = settings.SMS_FILE_PATH
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{reference}.txt"
    (folder / name).write_text(f"{number}\n{text}\n", encoding="utf-8")


def to_console(number, text, reference):
    sys.stdout.write(f"SMS {reference}\n{number}\n{text}\n\n")


def to_memory(number, text, reference):
    carried.append((number, text, reference))


def to_gateway(number, text, reference):
    """A gateway that takes JSON. With a secret, X-Signature is the HMAC-SHA256 (hex) of '<X-Timestamp>.<body>'."""
    if not settings.SMS_HTTP_URL:
        raise NotDelivered("SMS_HTTP_URL is not set")
    body = json.dumps(
        _filled(json.loads(settings.SMS_HTTP_TEMPLATE), phone=number, text=text, id=reference),
        ensure_ascii=False,
    ).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": reference, **_signature(body)}
    headers |= json.loads(settings.SMS_HTTP_HEADERS)
    _judge(outgoing.post(settings.SMS_HTTP_URL, content=body, headers=headers, may_be_private=True))


def _filled(template, **values):
    """The template with its strings filled in; filling values, not text, keeps the JSON whole."""
    if isinstance(template, dict):
        return {name: _filled(value, **values) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, **values) for value in template]
    return Template(template).safe_substitute(values) if isinstance(template, str) else template


def _signature(body):
    if not settings.SMS_HTTP_SECRET:
        return {}
    stamp = str(int(time.time()))
    signed = hmac.new(settings.SMS_HTTP_SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"X-Timestamp": stamp, "X-Signature": signed.hexdigest()}


def _judge(answer):
    wait = rules.retry_after(answer.retry_after, timezone.now())
    if answer.status == TOO_MANY or answer.status >= SERVER_ERRORS:
        raise NotDelivered(f"HTTP {answer.status}", wait=wait)
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}", is_final=True)
    accepted = json.loads(settings.SMS_HTTP_ACCEPTED)
    if not accepted:
        return
    try:
        told = json.loads(answer.text)
    except ValueError:
        told = None
    if not isinstance(told, dict) or any(told.get(name) != value for name, value in accepted.items()):
        raise NotDelivered("the gateway did not accept it")


BACKENDS = {"file": to_file, "console": to_console, "memory": to_memory, "http": to_gateway}
