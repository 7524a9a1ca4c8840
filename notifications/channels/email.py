"""E-mail through Django's backend. One to a customer ends with a link that stops such messages (RFC 8058, CC-4.1)."""

import re
import smtplib

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.addresses import message_id, without_addresses
from notifications.channels.failures import NotDelivered
from notifications.links import link_of
from notifications.registries import reply_addresses

log = structlog.get_logger(__name__)
BROKEN_OFF = (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError)
FOR_GOOD = 500  # SMTP answers from here on are not temporary
LIKE_AN_ADDRESS = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+")


def send(message):
    if not LIKE_AN_ADDRESS.fullmatch(message.address):
        raise NotDelivered("not an e-mail address", is_final=True)
    letter, connection = letter_of(message), get_connection()
    try:
        connection.open()
    except OSError as broken:  # smtplib's errors are OSErrors
        raise NotDelivered(_words(broken)) from broken
    letter.connection = connection
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _words in refused.recipients.values()]
        is_final = all(code >= FOR_GOOD for code in codes)
        raise NotDelivered(
            f"SMTP {codes}: address refused", is_final=is_final, is_bounce=is_final
        ) from refused
    except BROKEN_OFF as broken:  # no answer came: the letter may be on its way
        raise NotDelivered(_words(broken), is_unclear=True) from broken
    except OSError as broken:
        raise NotDelivered(_words(broken)) from broken
    except ValueError as broken:  # a header that cannot be written
        raise NotDelivered("cannot be written as an e-mail", is_final=True) from broken
    finally:
        _hang_up(connection)


def _words(broken):
    return without_addresses(str(broken))[:200] or type(broken).__name__


def _hang_up(connection):
    try:
        connection.close()
    except OSError:
        log.info("mail_server_gone")  # what was to be sent is sent, or told as a failure above


def letter_of(message):
    """The e-mail as it goes out, marked as a program's own so that no automatic reply answers it (RFC 3834)."""
    body = message.body
    headers = {
        "Message-ID": message_id(message),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.url:
        body += f"\n\n{settings.PUBLIC_URL}{message.url}"
    if message.is_to_customer:
        link = link_of(message)
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        with translation.override(message.language):
            body += "\n\n-- \n" + _("You would rather not get such messages? %(link)s") % {"link": link}
    subject = " ".join(message.subject.split())  # one line: a header must not hold more
    return EmailMessage(
        subject=subject, body=body, to=[message.address], headers=headers, reply_to=_reply_to(message)
    )


def _reply_to(message):
    """Where somebody reads the reply; without one it goes to the sender's address."""
    found = (address_for(message) for address_for in reply_addresses) if message.is_to_customer else ()
    return [address for address in found if address][:1]
