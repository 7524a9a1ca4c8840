"""Letters as mail programs write them, a company's mailbox, and a server that holds it."""

import itertools
from email.message import EmailMessage

from complaints.services import mailbox as verbs
from complaints.tests.build_intake import company_with_rules
from jobs.tests import samples
from tests.factories import at

PASSWORD_NAME = "MAILBOX_PASSWORD"
LIN = "lin@example.com"
WORDS = "9 月 27 日看房等了四十分钟，没有人来接待。"
_numbers = itertools.count(1)


def letter(
    text=WORDS,
    *,
    subject="看房没有人接待",
    sender=f"林女士 <{LIN}>",
    message_id="",
    answers="",
    html="",
    files=(),
    date="Wed, 04 Nov 2026 11:58:00 +0800",
    **headers,
):
    """Bytes of a letter; `files` are (name, content), `headers` with _ for -."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "tousu@qinghe.example", subject
    made["Message-ID"] = f"<{message_id or f'letter{next(_numbers)}@example.com'}>"
    if date:
        made["Date"] = date
    if answers:
        made["In-Reply-To"] = made["References"] = f"<{answers}>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if text:
        made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html") if text else made.set_content(html, subtype="html")
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def bounce(of, *, to=LIN, action="failed"):
    """A delivery report (RFC 3464) about our message with this id, which it brings back."""
    lines = [
        "From: MAILER-DAEMON@mx.example.com",
        "To: tousu@qinghe.example",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: <report{next(_numbers)}@mx.example.com>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "This is the mail system. Your message could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.com",
        "",
        f"Final-Recipient: rfc822; {to}",
        f"Action: {action}",
        "Status: 5.1.1",
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {of}",
        "Subject: 您的来信",
        "",
        "Ihr Brief",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def make_mailbox(company=None, server=None, **fields):
    """The company's mailbox, at the server when there is one; made by the verb."""
    place = (
        {"host": server.host, "port": server.port, "uses_tls": False}
        if server
        else {"host": "imap.example.com"}
    )
    return verbs.save_mailbox(
        company=company or company_with_rules(),
        by=None,
        at=at(),
        **{
            "address": "tousu@qinghe.example",
            "username": "complaints",
            "password_name": PASSWORD_NAME,
            **place,
            **fields,
        },
    )


PHOTO = ("漏水.png", samples.png())
