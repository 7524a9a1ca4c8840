"""A letter in whatever bytes becomes plain values; nothing in it raises, runs or hides."""

import base64
import datetime as dt
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.mail import headers, wording
from complaints.mail.parsing import parse
from complaints.tests.build_mail import LIN, PHOTO, WORDS, bounce, letter
from jobs.tests import samples


def raw(*lines):
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)


def plain(text, **fields):
    return parse(letter(text, **fields)).text


# charsets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "utf-8", "GB2312", "x-gbk"])
def test_a_letter_in_a_chinese_charset_is_read(charset):
    codec = "gb18030" if charset == "x-gbk" else charset
    subject = base64.b64encode("投诉：看房".encode(codec)).decode()
    found = parse(
        raw(
            f"Subject: =?{charset}?B?{subject}?=",
            f"From: =?{charset}?B?{base64.b64encode('林女士'.encode(codec)).decode()}?= <Lin@Example.com>",
            f'Content-Type: text/plain; charset="{charset}"',
            "Content-Transfer-Encoding: 8bit",
            "",
            WORDS.encode(codec),
        )
    )
    assert (found.subject, found.from_name, found.from_address) == ("投诉：看房", "林女士", LIN)
    assert found.text == WORDS


def test_what_gb2312_cannot_write_is_read_all_the_same():
    body = "陶喆、朱镕基、€".encode("gb18030")
    assert parse(raw("Content-Type: text/plain; charset=gb2312", "", body)).text == "陶喆、朱镕基、€"


@pytest.mark.parametrize(
    "charset", ["", "; charset=utf-8", "; charset=us-ascii", "; charset=x-unknown", "; charset="]
)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_charset_that_is_missing_or_wrong_is_guessed(charset, codec):
    assert parse(raw(f"Content-Type: text/plain{charset}", "", WORDS.encode(codec))).text == WORDS


def test_headers_with_raw_chinese_bytes_are_read():
    found = parse(
        raw("Subject: 投诉".encode("gb18030"), "From: 林女士 <lin@example.com>".encode("gb18030"), "", "x")
    )
    assert (found.subject, found.from_name, found.from_address) == ("投诉", "林女士", LIN)


def test_a_character_cut_between_two_encoded_words_is_whole_again():
    data = "关于交房验房的投诉".encode()
    words = [base64.b64encode(data[start : start + 8]).decode() for start in range(0, len(data), 8)]
    folded = "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)
    assert parse(raw(f"Subject: {folded}", "", "x")).subject == "关于交房验房的投诉"


def test_broken_bytes_become_marks_and_nuls_vanish():
    found = parse(raw("Subject: a\0b", "Content-Type: text/plain; charset=utf-8", "", b"\xff\xfe\0 ok \x81"))
    assert "ok" in found.text and "\0" not in found.text + found.subject
    found.text.encode()


# words -------------------------------------------------------------------------------------------------------

EVIL = """<html><head><title>hidden</title><style>p{}</style><script>alert(1)</script></head><body>
<!-- <p>comment</p> --><![CDATA[x]]><p onclick="alert(2)">房子<b>漏水</b>。</p><img src=x onerror=alert(3)>
<svg><script>alert(4)</script></svg><a href="javascript:alert(5)">点这里</a><iframe src="//evil"></iframe>
<scr<script>ipt>alert(6)</scr</script>ipt>&lt;script&gt;alert(7)&lt;/script&gt;<br>第二行<div>第三行</div></body></html>"""


def test_html_becomes_the_words_a_reader_sees():
    text = parse(letter("", html=EVIL)).text
    assert "房子漏水。" in text and "点这里" in text and "第二行\n第三行" in text
    assert "<script>alert(7)</script>" in text  # words, written with &lt;; every page escapes them
    assert not any(
        hidden in text for hidden in ("alert(1)", "alert(2)", "alert(3)", "alert(4)", "javascript", "comment")
    )
    assert "hidden" not in text and "evil" not in text


def test_plain_text_is_preferred_to_html():
    assert parse(letter("写的是这个", html="<p>不是这个</p>")).text == "写的是这个"


def test_html_is_read_when_the_plain_text_is_blank():
    assert parse(letter("  \n", html="<p>写在这里</p>")).text == "写在这里"


@pytest.mark.parametrize(
    "piece",
    ["<", "<!", "<!--", "<![", "<![CDATA[", "<?", "</", "<a ", "<a b='", '<a b="x>', "<!DOCTYPE '", "<script>", "<td>",
     "&", "&#", "<div>", "<blockquote>"],
)  # fmt: skip
def test_hostile_html_takes_no_time_and_raises_nothing(piece):
    begun = time.monotonic()
    wording.text_of_html(piece * (wording.MOST_HTML // len(piece)))
    assert time.monotonic() - begun < 10


def test_invisible_and_turning_characters_are_dropped():
    assert plain("好\u202e坏\u200b了\u2066。") == "好坏了。"


def test_a_very_long_text_is_cut():
    assert len(plain("长" * 90_000)) == wording.MOST_TEXT


@pytest.mark.parametrize(
    "below",
    [
        '------------------ 原始邮件 ------------------\n发件人: "青禾" <a@b.c>;\n我们已收到',
        "-----Original Message-----\nFrom: Qinghe\nWe have received",
        "On Wed, 4 Nov 2026 at 12:00, Qinghe <a@b.c> wrote:\n> We have received\n> it",
        "在 2026年11月4日，青禾 <a@b.c> 写道：\n> 已收到",
        "发件人：青禾\n发送时间：2026年11月4日\n收件人：林女士\n主题：已收到\n\n您的编号",
        "From: Qinghe\nSent: Wednesday\nTo: Lin\nSubject: received\n\nYour number",
        "> 已收到\n> 您的编号",
        "-- \n林女士\n138 0000 0001",
        "发自我的 iPhone",
        "Sent from my iPhone",
    ],
)
def test_history_and_signature_are_set_apart(below):
    found = parse(letter(f"还是没有人联系我。\n\n{below}\n"))
    assert found.text == "还是没有人联系我。"
    if not below.startswith(">"):
        assert found.quoted.split("\n")[0][:4] == below[:4].strip()


@pytest.mark.parametrize(
    "text",
    [
        "销售说：\n发件人：是谁不重要\n就是不退钱",
        "他写道歉信也没用",
        "价格 5 > 3\n所以不合理",
        "On Monday I wrote: nothing came back",
        "-----\n退房\n-----",
        "-- 第一条\n" + "很长的内容，不是签名。" * 40,
    ],
)
def test_ordinary_words_are_not_taken_for_history(text):
    found = parse(letter(text))
    assert (found.text, found.quoted) == (wording.tidy(text), "")


def test_answers_between_quoted_lines_are_kept():
    text = "在 2026年11月4日，青禾 写道：\n> 您是哪天来的？\n27 号下午。\n> 谁接待的？\n没有人。"
    assert plain(text) == "27 号下午。\n没有人。"


def test_a_letter_that_is_nothing_but_history_is_kept_whole():
    text = "-----Original Message-----\nFrom: a\n\n请处理"
    assert plain(text).endswith("请处理")


def test_quoted_html_counts_as_history():
    page = "<p>还没有退款。</p><blockquote><p>您的编号 TS-2611-0001</p></blockquote>"
    assert parse(letter("", html=page)).text == "还没有退款。"


# who and when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header, name, address",
    [
        ("Lin <LIN@Example.com>", "Lin", LIN),
        ("lin@example.com", "", LIN),
        ('"Lin, Xiaomei" <lin@example.com>', "Lin, Xiaomei", LIN),
        ('"boss@qinghe.example" <lin@example.com>', "boss@qinghe.example", LIN),
        ('"x <boss@qinghe.example>" <lin@example.com>', "x", LIN),
        ("undisclosed", "", ""),
        ("", "", ""),
        ("<<>>", "", ""),
        ("a@b", "", ""),
        ("(" * 3000, "", ""),
    ],
)
def test_the_sender_is_the_address_and_not_what_it_pretends_to_be(header, name, address):
    assert headers.address(header) == (name, address)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Wed, 99 Nov 2026 11:58:00", "Mon, 1 Jan 0001 00:00:00 +9999", "1 " * 900]
)
def test_a_date_that_is_none_is_none(date):
    assert parse(raw(f"Date: {date}", "", "x")).sent_at is None


def test_a_date_is_an_aware_moment():
    assert parse(letter()).sent_at == dt.datetime(2026, 11, 4, 3, 58, tzinfo=dt.UTC)


def test_a_letter_without_an_id_is_known_by_its_bytes():
    one, same, other = (parse(raw("Subject: a", "", words)).message_id for words in ("x", "x", "y"))
    assert one == same != other and one.startswith("sha256:")


def test_what_it_answers_comes_nearest_first():
    found = parse(raw("References: <1@a> <2@a>", "In-Reply-To: <3@a>", "", "x"))
    assert found.references == ("3@a", "2@a", "1@a")


# machines ----------------------------------------------------------------------------------------------------


def test_a_delivery_report_is_a_bounce_and_says_of_what():
    found = parse(bounce("<7.0123456789abcdef@manyi.invalid>"))
    assert found.is_bounce and found.is_final and not found.may_be_answered
    assert found.references == ("7.0123456789abcdef@manyi.invalid",)
    assert found.failed_address == LIN


def test_a_report_of_delay_has_not_given_up():
    assert not parse(bounce("<7.0@a>", action="delayed")).is_final


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": "postmaster@qq.com", "subject": "系统退信/Systems bounce"},
        {"sender": "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>"},
        {"Return_Path": "<>"},
        {"X_Failed_Recipients": LIN},
    ],
)
def test_what_a_mail_system_writes_is_a_bounce(fields):
    found = parse(letter("could not be delivered", **fields))
    assert found.is_bounce and not found.is_auto_reply


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"subject": "自动回复：您的来信"},
        {"subject": "来自林女士的自动回复"},
        {"subject": "Re: Automatic reply: your letter"},
        {"subject": "Out of office"},
        {"Auto_Submitted": "auto-replied", "Return_Path": "<>"},
    ],
)
def test_an_automatic_reply_is_told_from_a_letter(fields):
    found = parse(letter("我在休假。", **fields))
    assert found.is_auto_reply and not found.is_bounce and not found.may_be_answered


def test_a_receipt_of_reading_is_an_automatic_reply():
    head = 'Content-Type: multipart/report; report-type="disposition-notification"; boundary=b'
    found = parse(raw("From: lin@example.com", head, "", "--b", "", "read", "--b--"))
    assert found.is_auto_reply and not found.is_bounce


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "自动回复机器人答非所问"},
        {"Auto_Submitted": "no"},
        {"subject": "The office is out of control"},
        {"Precedence": "list", "List_Id": "<tousu.qinghe.example>"},
        {"sender": "noreply@12345.gov.cn"},
    ],
)
def test_a_letter_of_a_person_is_not_taken_for_a_machine(fields):
    found = parse(letter("等了四十分钟", **fields))
    assert not found.is_auto_reply and not found.is_bounce


@pytest.mark.parametrize(
    "fields, may",
    [
        ({}, True),
        ({"sender": "no-reply@bank.example"}, False),
        ({"sender": "donotreply@bank.example"}, False),
        ({"sender": "notification@bank.example"}, False),
        ({"List_Id": "<all.example.com>", "Precedence": "list"}, False),
        ({"List_Unsubscribe": "<https://example.com>"}, False),
        ({"sender": "somebody"}, False),
    ],
)
def test_only_people_are_answered(fields, may):
    assert parse(letter("等了四十分钟", **fields)).may_be_answered is may


# attachments -------------------------------------------------------------------------------------------------


def test_attachments_keep_their_names_and_bytes():
    (found,) = parse(letter(files=[PHOTO])).attachments
    assert (found.name, found.content) == PHOTO


@pytest.mark.parametrize(
    "header",
    [
        "attachment; filename*=utf-8''%E6%BC%8F%E6%B0%B4.png",
        f'attachment; filename="=?gbk?B?{base64.b64encode("漏水.png".encode("gbk")).decode()}?="',
        'attachment; filename="漏水.png"',
        "attachment; filename*0*=utf-8''%E6%BC%8F; filename*1*=%E6%B0%B4.png",
    ],
)
def test_a_chinese_file_name_is_read_however_it_is_written(header):
    body = base64.b64encode(samples.png())
    part = raw(
        "--b", f"Content-Disposition: {header}", "Content-Transfer-Encoding: base64", "", body, "--b--"
    )
    found = parse(raw("Content-Type: multipart/mixed; boundary=b", "", part))
    assert [(one.name, one.content) for one in found.attachments] == [("漏水.png", samples.png())]


def test_files_attached_on_purpose_come_before_pictures_in_the_text():
    logo = raw("--b", "Content-Type: image/png; name=logo.png", "Content-ID: <1>", "", b"logo")
    photo = raw(
        "--b", "Content-Type: image/png", "Content-Disposition: attachment; filename=photo.png", "", b"photo"
    )
    found = parse(raw("Content-Type: multipart/related; boundary=b", "", logo, photo, "--b--"))
    assert [one.name for one in found.attachments] == ["photo.png", "logo.png"]


def test_a_forwarded_letter_is_named_and_not_opened():
    part = raw("--b", "Content-Type: message/rfc822", "Content-Disposition: attachment; filename=fwd.eml", "",
               "Subject: inner", "", "secret")  # fmt: skip
    found = parse(raw("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "看附件", part, "--b--"))
    assert found.text == "看附件"
    assert [(one.name, one.content) for one in found.attachments] == [("fwd.eml", b"")]


def test_signatures_and_invitations_are_no_attachments():
    part = raw("--b", "Content-Type: application/pkcs7-signature; name=smime.p7s", "", "x")
    assert parse(raw("Content-Type: multipart/signed; boundary=b", "", part, "--b--")).attachments == ()


# monsters ----------------------------------------------------------------------------------------------------

MONSTERS = {
    "nested": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 900,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 90_000,
    "endless header": b"Subject: " + b"x" * 900_000,
    "many headers": b"A: b\n" * 200_000 + b"\nx",
    "many blocks": b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
    + b"a: b\n\n" * 90_000,
    "odd parameters": b"Content-Type: text/plain; charset*0*=a; charset*=b; charset*x=\0\n\nx",
    "odd boundary": b"Content-Type: multipart/mixed; boundary*0*=a; boundary*=b\n\n--a\n\nx",
    "encoded words": b"Subject: " + b"=?utf-8?b?!!!?= =?" * 200 + b"\n\nx",
    "empty": b"",
    "nothing but NUL": b"\0" * 500,
    "lone CR": b"Subject: a\rFrom: b\r\rx",
}


@pytest.mark.parametrize("name", sorted(MONSTERS))
def test_a_letter_built_to_break_the_reader_is_read_as_far_as_it_goes(name):
    begun = time.monotonic()
    found = parse(MONSTERS[name])
    assert found.message_id and time.monotonic() - begun < 10


def test_of_a_monster_the_headers_are_read_and_said_to_be_all():
    found = parse(b"Subject: look\nFrom: lin@example.com\n" + MONSTERS["nested"])
    assert (found.subject, found.from_address, found.text, found.is_partial) == ("look", LIN, "", True)


PIECES = st.sampled_from(
    [b"\n", b"\r\n", b"\n\n", b"--b", b";", b'"', b"<", b">", b"=?gbk?b?", b"?=", b"charset=", b"filename*0*=", b"''",
     b"boundary=b", b"multipart/mixed", b"message/rfc822", b"Content-Type: ", b"Content-Transfer-Encoding: base64",
     b"quoted-printable", b"From: a@b.cn", b"Date: ", b"Subject: ", b"\xff", b"\0", b"idna", b"rot13", b"utf-7", b"=80",
     b"Content-Disposition: attachment; "]
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=60))
def test_no_bytes_whatever_make_reading_fail(pieces):
    found = parse(b"".join(pieces))
    (
        found.subject + found.from_name + found.whole_text + "".join(one.name for one in found.attachments)
    ).encode()
