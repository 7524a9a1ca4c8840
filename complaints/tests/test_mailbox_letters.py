"""What becomes of a letter: a case, an entry of one, or nothing (RE-5.1b, CC-3.4)."""

from email import message_from_bytes
from email.message import EmailMessage

import pytest

from complaints.mail import threads
from complaints.models import Case, CaseFile, CaseLink, Entry, Kind, Letter, Mailbox, ToldBy
from complaints.services import mail_intake, tracking
from complaints.services import mailbox as verbs
from complaints.tests.build_intake import Desk, company_with_rules
from complaints.tests.build_mail import LIN, PHOTO, bounce, letter, make_mailbox
from customers.services import merge
from jobs.models import Attachment
from jobs.tests import samples
from notifications.addresses import message_id
from notifications.models import Message
from notifications.tests.build import write
from tests import factories
from tests.factories import at

OUTCOME = Letter.Outcome


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.MAIL_DOMAIN = "manyi.example"


@pytest.fixture
def quiet(db):
    """A mailbox whose letters are handed over, without a server."""
    return make_mailbox()


def read(mailbox, raw, moment=None):
    return verbs.read_letter(mailbox, raw, at=moment or at())


def notes(case):
    return [entry.text for entry in case.entries.filter(kind=Entry.Kind.NOTE)]


# which case --------------------------------------------------------------------------------------------------


def our_id(kind="complaints.told.received"):
    return message_id(Message.objects.get(kind=kind)).strip("<>")


def test_an_answer_to_our_message_joins_its_case(quiet):
    case = read(quiet, letter()).case
    joined = read(quiet, letter("还是没有人联系我", answers=our_id()))
    assert (joined.outcome, joined.case) == (OUTCOME.JOINED, case)
    assert case.entries.get().text == "还是没有人联系我"
    assert Case.objects.count() == 1 and Message.objects.filter(kind="complaints.told.received").count() == 1


def test_an_answer_to_the_customer_s_own_letter_joins_its_case(quiet):
    case = read(quiet, letter(message_id="first@example.com")).case
    assert read(quiet, letter("补充一点", answers="first@example.com")).case == case
    assert read(quiet, letter("再补充", References="<x@y> <first@example.com> <z@y>")).case == case


def test_a_made_up_id_of_ours_joins_nothing(quiet):
    read(quiet, letter())
    own = Message.objects.get(kind="complaints.told.received")
    forged = f"{own.pk}.0123456789abcdef@manyi.example"
    assert read(quiet, letter("我也是", sender="evil@example.com", answers=forged)).outcome == OUTCOME.OPENED


def test_a_number_joins_only_together_with_its_customer_s_address(quiet):
    case = read(quiet, letter()).case
    guessed = read(quiet, letter("让我看看", subject=f"Re: [{case.number}]", sender="evil@example.com"))
    assert guessed.outcome == OUTCOME.OPENED and guessed.case != case
    own = read(quiet, letter("补充", subject=f"关于 {case.number.lower()} 的补充", sender=f"<{LIN.upper()}>"))
    assert (own.outcome, own.case) == (OUTCOME.JOINED, case)


def test_a_case_of_another_company_is_never_joined(quiet):
    case = read(quiet, letter(message_id="first@example.com")).case
    other = make_mailbox(company_with_rules("yunshan"))
    found = read(other, letter("补充", subject=case.number, answers="first@example.com"))
    assert found.outcome == OUTCOME.OPENED and found.case.company == other.company


def test_our_message_of_another_company_leads_to_no_case(quiet):
    case = read(quiet, letter()).case
    other = make_mailbox(company_with_rules("yunshan"), address="tousu@yunshan.example")
    assert read(other, letter("补充", answers=our_id())).case.company == other.company
    assert not case.entries.exists()


def test_an_answer_to_an_invitation_joins_no_case_by_its_number(quiet):
    """Keys of other messages hold ids of other things; the first case has the id of the first invitation."""
    case = read(quiet, letter()).case
    write(company=quiet.company, key=f"invite:{case.pk}", address="zhou@example.com")
    found = read(quiet, letter("我有话说", sender="zhou@example.com", answers=our_id("surveys.invitation")))
    assert found.outcome == OUTCOME.OPENED and not case.entries.exists()


def test_an_internal_report_is_never_joined_by_mail(quiet):
    case = read(quiet, letter(message_id="first@example.com")).case
    Case.objects.filter(pk=case.pk).update(kind=Kind.REPORT)
    assert read(quiet, letter(subject=case.number, answers="first@example.com")).case != case


def test_a_new_fact_after_the_end_is_a_new_case_linked_to_the_old_one(quiet):
    case = read(quiet, letter()).case
    tracking.withdraw(case, reason="解决了", at=at())
    later = read(quiet, letter("又漏水了", answers=our_id()))
    assert later.outcome == OUTCOME.OPENED and later.case != case
    link = CaseLink.objects.get(kind=CaseLink.Kind.FOLLOW_UP)
    assert (link.first, link.second) == (case, later.case)


def test_a_letter_from_another_address_is_marked_as_such(quiet):
    case = read(quiet, letter(message_id="first@example.com")).case
    read(quiet, letter("我是她先生", sender="zhou@example.com", answers="first@example.com"))
    assert len(notes(case)) == 1


def test_capitals_do_not_make_another_address(quiet):
    case = read(quiet, letter(message_id="first@example.com")).case
    Case.objects.filter(pk=case.pk).update(contact_email="Lin@Example.com")
    read(quiet, letter("补充", answers="first@example.com"))
    assert notes(case) == []


def test_the_tracking_code_in_a_quoted_receipt_is_covered(quiet):
    from complaints.tracking_code import code_of

    case = read(quiet, letter(message_id="first@example.com")).case
    code = code_of(case)
    read(quiet, letter(f"我的查询码 {code} 不能用", answers="first@example.com"))
    assert len(code) == 8 and code not in case.entries.get().text


def test_words_longer_than_a_form_takes_are_all_kept(quiet):
    case = read(quiet, letter("长" * 12_000, message_id="first@example.com")).case
    read(quiet, letter("再长" * 3_000, answers="first@example.com"))
    said = case.text + "".join(case.entries.filter(is_public=True).values_list("text", flat=True))
    assert said.count("长") == 15_000


def test_praise_and_suggestions_are_told_by_the_subject(quiet):
    kinds = [
        read(quiet, letter(subject=subject)).case.kind
        for subject in ("表扬王丽", "Thank you, Wang Li", "建议增加停车位", "投诉", "没有感谢")
    ]
    assert kinds == [Kind.PRAISE, Kind.PRAISE, Kind.SUGGESTION, Kind.COMPLAINT, Kind.COMPLAINT]


def test_a_customer_known_by_the_address_is_set(quiet):
    customer = factories.make_customer(quiet.company, email=LIN.upper())
    assert read(quiet, letter()).case.customer == customer
    factories.make_customer(quiet.company, phone="13900000002", email=LIN)
    assert read(quiet, letter()).case.customer is None  # two files: a person decides


def test_only_a_live_file_of_the_same_company_is_set(quiet):
    merged = factories.make_customer(quiet.company, email=LIN, phone="13900000003")
    leading = factories.make_customer(quiet.company, email="other@example.com", phone="13900000002")
    merge(leading, merged, reason="核对身份证后四位一致", by=None, at=at())
    factories.make_customer(factories.make_company("other", "别家"), email=LIN)
    assert read(quiet, letter()).case.customer is None


def test_a_letter_in_english_is_answered_in_english(quiet):
    case = read(quiet, letter("Nobody came for forty minutes.", subject="Viewing")).case
    assert case.language == "en" and "we have received" in Message.objects.get().subject


def test_evil_html_reaches_no_page_as_more_than_words(quiet):
    page = "<p>房子漏水</p><script>alert(1)</script><img src=x onerror=alert(2)>"
    case = read(quiet, letter("", subject="<script>alert(3)</script>", html=page)).case
    assert (
        case.text == "<script>alert(3)</script>\n\n房子漏水"
    )  # kept as written, escaped wherever it is shown


# twice -------------------------------------------------------------------------------------------------------


def test_the_same_letter_twice_opens_one_case(quiet):
    raw = letter()
    first, second = read(quiet, raw), read(quiet, raw)
    assert first == second and Case.objects.count() == 1


def test_a_letter_sent_to_two_of_our_mailboxes_opens_one_case(quiet):
    other = make_mailbox(quiet.company, address="kefu@qinghe.example")
    raw = letter()
    first, second = read(quiet, raw), read(other, raw)
    assert (first.outcome, second.outcome) == (OUTCOME.OPENED, OUTCOME.JOINED)
    assert first.case == second.case and Case.objects.count() == 1 and not first.case.entries.exists()


def test_a_program_that_gives_all_letters_one_id_loses_none(quiet):
    one = letter("第一封", message_id="same@form")
    other = letter(
        "第二封", message_id="same@form", date="Wed, 04 Nov 2026 12:30:00 +0800", sender="b@example.com"
    )
    assert read(quiet, one).case != read(quiet, other).case
    assert read(quiet, other).case == Case.objects.get(text__contains="第二封")
    assert Letter.objects.count() == 2


def test_the_id_of_a_letter_is_kept_as_a_hash(quiet):
    read(quiet, letter(message_id="lin.xiaomei.13800000001@example.com"))
    kept = Letter.objects.get()
    assert kept.message_id == threads.mark_of("lin.xiaomei.13800000001@example.com")
    assert "lin" not in kept.message_id + kept.thread


def test_who_read_before_the_mailbox_was_numbered_anew_does_not_move_its_place(quiet):
    """Else letters with smaller numbers would never be read."""
    Mailbox.objects.filter(pk=quiet.pk).update(uid_validity=77, last_uid=0)
    verbs.read_letter(quiet, letter(), at=at(), uid=900)
    quiet.refresh_from_db()
    assert (quiet.uid_validity, quiet.last_uid) == (77, 0)


# no voice of a customer --------------------------------------------------------------------------------------


def test_a_bounce_marks_our_message_and_opens_nothing(quiet):
    read(quiet, letter())
    Message.objects.update(state=Message.State.SENT, sent_at=at())
    found = read(quiet, bounce(f"<{our_id()}>"))
    assert (found.outcome, found.case) == (OUTCOME.BOUNCE, None)
    assert Message.objects.get().state == Message.State.FAILED and Case.objects.count() == 1


def test_a_report_of_delay_marks_nothing(quiet):
    read(quiet, letter())
    Message.objects.update(state=Message.State.SENT, sent_at=at())
    assert read(quiet, bounce(f"<{our_id()}>", action="delayed")).outcome == OUTCOME.BOUNCE
    assert Message.objects.get().state == Message.State.SENT


def test_a_forged_bounce_silences_nobody(quiet):
    read(quiet, letter())
    Message.objects.update(state=Message.State.SENT, sent_at=at())
    read(quiet, bounce("<1.0123456789abcdef@manyi.example>", to=LIN))
    assert Message.objects.get().state == Message.State.SENT


def test_an_automatic_reply_opens_nothing_and_is_not_answered(quiet):
    found = read(quiet, letter("我在休假", Auto_Submitted="auto-replied"))
    assert found.outcome == OUTCOME.AUTO_REPLY
    assert not Case.objects.exists() and not Message.objects.exists()


def test_an_automatic_reply_to_our_receipt_adds_nothing_to_the_case(quiet):
    case = read(quiet, letter()).case
    read(quiet, letter("我在休假", subject=f"自动回复：{case.number}", answers=our_id()))
    assert not case.entries.exists()


def test_an_address_that_nobody_reads_opens_a_case_and_is_not_answered(quiet):
    found = read(quiet, letter(sender="热线 <noreply@12345.gov.cn>"))
    assert found.case.told_by == ToldBy.NONE and not Message.objects.exists()


def test_our_own_letters_are_ignored(quiet, settings):
    settings.DEFAULT_FROM_EMAIL = "青禾 <service@qinghe.example>"
    for sender in ("tousu@qinghe.example", "Service@Qinghe.example"):
        assert read(quiet, letter(sender=sender)).outcome == OUTCOME.IGNORED
    assert not Case.objects.exists()


def test_a_letter_from_another_company_s_mailbox_is_a_voice_like_others(quiet):
    make_mailbox(company_with_rules("yunshan"), address="tousu@yunshan.example")
    assert read(quiet, letter(sender="tousu@yunshan.example")).outcome == OUTCOME.OPENED


def test_one_address_is_answered_so_often_a_day_and_no_more(quiet):
    for number in range(mail_intake.MOST_ANSWERS_A_DAY + 3):
        read(quiet, letter(f"第 {number} 封"))
    assert Case.objects.count() == mail_intake.MOST_ANSWERS_A_DAY + 3
    assert Message.objects.count() == mail_intake.MOST_ANSWERS_A_DAY
    read(quiet, letter("第二天"), moment=at(day=5, hour=13))
    assert Message.objects.count() == mail_intake.MOST_ANSWERS_A_DAY + 1


def test_a_flood_from_one_address_opens_no_more_cases(quiet, monkeypatch):
    monkeypatch.setattr(mail_intake, "MOST_LETTERS_A_DAY", 3)
    outcomes = [read(quiet, letter(f"第 {number} 封")).outcome for number in range(5)]
    assert outcomes == [OUTCOME.OPENED] * 3 + [OUTCOME.IGNORED] * 2
    assert read(quiet, letter("别人", sender="b@example.com")).outcome == OUTCOME.OPENED


def test_an_empty_letter_is_ignored_with_its_reason(quiet):
    from audit.models import AuditRow

    assert read(quiet, letter("", subject="", files=[])).outcome == OUTCOME.IGNORED
    assert AuditRow.objects.get(verb="complaints.letter.ignored").reason_code == "empty"


# attachments -------------------------------------------------------------------------------------------------


def test_attachments_are_kept_with_the_case_and_with_the_entry(quiet):
    case = read(quiet, letter(files=[PHOTO], message_id="first@example.com")).case
    read(quiet, letter("再看一张", files=[("b.jpg", samples.jpeg())], answers="first@example.com"))
    files = CaseFile.objects.filter(case=case).order_by("pk")
    assert [(file.attachment.name, bool(file.entry), file.is_from_customer) for file in files] == [
        ("漏水.png", False, True),
        ("b.jpg", True, True),
    ]


def test_what_is_not_kept_is_counted_and_named_inside(quiet):
    bad = [("账单.xlsx", b"PK\x03\x04"), ("x\u202egnp.exe", b"MZ"), ("空.png", b"")]
    found = read(quiet, letter(files=[PHOTO, *bad]))
    assert found.left_out == 3 and found.case.files.count() == 1
    (note,) = notes(found.case)
    assert "账单.xlsx" in note and "xgnp.exe" in note and "空.png" in note
    assert not found.case.entries.filter(is_public=True).exists()


def test_a_forwarded_letter_is_read_with_its_photo_and_not_reported_as_missing(quiet):
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "lin@example.com", "漏水"
    inner.set_content("次卧外墙渗水")
    inner.add_attachment(samples.png(), maintype="image", subtype="png", filename="墙.png")
    outer = EmailMessage()
    outer["From"], outer["Subject"], outer["Message-ID"] = "wang@example.com", "转发", "<fw@example.com>"
    outer.add_attachment(inner)
    found = read(quiet, outer.as_bytes())
    assert "次卧外墙渗水" in found.case.text and "没有正文" not in found.case.text
    assert (found.left_out, found.case.files.get().attachment.name, notes(found.case)) == (0, "墙.png", [])
    more = letter("再转一封", message_id="a@example.com", answers="fw@example.com", files=[])
    again = EmailMessage()
    again["From"], again["Subject"], again["Message-ID"] = "wang@example.com", "转发", "<fw2@example.com>"
    again["In-Reply-To"] = "<fw@example.com>"
    again.add_attachment(message_from_bytes(more))
    read(quiet, again.as_bytes())
    assert "再转一封" in found.case.entries.get(kind="from_customer").text


def test_more_files_than_the_policy_allows_are_left_out(quiet):
    found = read(quiet, letter(files=[(f"{number}.png", samples.png()) for number in range(9)]))
    assert (found.case.files.count(), found.left_out) == (6, 3)


def test_a_letter_with_a_photo_and_no_words_is_a_case(quiet):
    assert read(quiet, letter("", subject="", files=[PHOTO])).case.files.count() == 1


def test_a_letter_with_nothing_but_what_is_not_kept_is_a_case_too(quiet):
    found = read(quiet, letter("", subject="", files=[("a.docx", b"PK\x03\x04")]))
    assert found.outcome == OUTCOME.OPENED and found.left_out == 1


def test_a_letter_that_fails_leaves_no_row_of_its_files(quiet, monkeypatch):
    def dies(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr(mail_intake, "_open", dies)
    assert read(quiet, letter(files=[PHOTO])).outcome == OUTCOME.IGNORED
    assert not Attachment.objects.exists()


def test_handlers_of_a_case_hear_of_a_letter_that_joins_it(db):
    desk = Desk()
    mailbox = make_mailbox(desk.company)
    case = read(mailbox, letter(message_id="first@example.com")).case
    Case.objects.filter(pk=case.pk).update(handler=desk.handler)
    read(mailbox, letter("补充", answers="first@example.com"))
    assert Message.objects.filter(recipient=desk.handler.user, url__contains=f"/{case.pk}/").exists()
