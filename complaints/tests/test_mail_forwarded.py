"""Letters passed on by a person or a platform: the enclosed one is read, and nobody takes them for a machine."""

import base64

from complaints.mail.parsing import parse
from complaints.tests.build_mail import letter
from complaints.tests.test_mail_parsing import raw
from jobs.tests import samples


def test_what_a_forwarded_letter_says_and_brings_is_taken_over():
    body = base64.b64encode(samples.png())
    photo = raw("--c", "Content-Disposition: attachment; filename=leak.png", "Content-Transfer-Encoding: base64", "",
                body)  # fmt: skip
    words = raw("--c", 'Content-Type: text/plain; charset="gb18030"', "", "次卧渗水".encode("gb18030"))
    subject = b"Subject: " + "转给你们".encode("gbk")
    mixed = "Content-Type: multipart/mixed; boundary=c"
    inner = raw("From: lin@example.com", subject, mixed, "", words, photo, "--c--")
    part = raw("--b", "Content-Type: message/rfc822", "", inner)
    found = parse(raw("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "see below", part, "--b--"))
    assert found.text == "see below" and found.enclosed == "lin@example.com\n转给你们\n\n次卧渗水"
    assert [(one.name, one.is_letter) for one in found.attachments] == [
        ("message/rfc822", True),
        ("leak.png", False),
    ]


def test_a_letter_that_asks_programs_for_no_receipt_is_still_a_person_s():
    """Exchange and hotlines of authorities write so on letters that they pass on."""
    for asked, may in (("DR, RN, NRN", True), ("OOF, AutoReply", False)):
        found = parse(letter("等了四十分钟", X_Auto_Response_Suppress=asked))
        assert not found.is_auto_reply and found.may_be_answered is may
