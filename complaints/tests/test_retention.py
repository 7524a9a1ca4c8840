"""What goes after the retention time, and when a customer is erased."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile

from audit.models import AuditRow
from complaints import letters, retention
from complaints.contact import Contact
from complaints.models import Case, Entry, Finding, Letter, Praise
from complaints.retention import erase, redact_due, redact_hourly
from complaints.services import closing, handling, praise, relations, tracking
from complaints.tests.build_intake import LIN, Desk, company_with_rules
from complaints.tests.build_mail import make_mailbox
from core.flow import Refused
from customers import services as customers
from customers.models import Contact as FileContact
from customers.models import Customer
from customers.rules import contact_key
from customers.wording import ERASURE_REASONS
from jobs.models import Attachment
from notifications.models import Message
from tests import factories
from tests.factories import at

LATER = at(2027, 11, 18, 0)
YEAR = dt.timedelta(days=365)
CANARIES = ("林女士", "13800000001", "lin@example.com", "等了很久", "另有一事", "致歉", "photo-lin")


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return Desk()


def photo(company):
    made = Attachment(
        company=company, name="photo-lin.jpg", content_type="image/jpeg", size=3, checksum="0", kept_at=at()
    )
    made.file.save("a.jpg", ContentFile(b"jpg"), save=False)
    made.save()
    return made


def closed(desk, **fields):
    """Closed on 18 November 2026, with a file, words from both sides and messages."""
    values = {"contact": LIN, "told_by": "email", "files": [photo(desk.company)]} | fields
    case = desk.answered(**values)
    tracking.add(case, text="另有一事", at=at(day=7))
    closing.close_due(at(day=18, hour=0))
    return Case.objects.get(pk=case.pk)


def everything():
    """All rows of all tables as text, events and audit included."""
    labels = ("complaints", "notifications", "audit", "core", "jobs")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return str([list(model._base_manager.values()) for model in models])


def again(case):
    return Case.objects.get(pk=case.pk)


def test_after_the_policy_s_time_words_contacts_and_files_go(desk, django_capture_on_commit_callbacks):
    case = closed(desk)
    path = Path(Attachment.objects.get().file.path)
    assert redact_due(LATER - dt.timedelta(minutes=1)) == 0 and path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert redact_due(LATER) == 1
    text = everything()
    assert [word for word in CANARIES if word in text] == []
    assert not path.exists()
    assert redact_due(LATER) == 0
    assert AuditRow.objects.filter(verb="complaints.case.redacted", object_id=case.pk).count() == 1


def test_findings_codes_and_dates_stay(desk):
    case = closed(desk)
    handling.set_topics(case, codes=["waiting"], by=desk.handler.user, at=at(day=18))
    redact_due(LATER)
    case = again(case)
    assert (case.number, case.problem_type, case.severity) == ("TS-2611-0001", "waiting", "minor")
    assert case.answered_on_time is True and case.redacted_at == LATER
    assert case.topics.get().code == "waiting"
    finding = Finding.objects.get()
    assert (finding.state, finding.verdict, finding.reasons) == (
        "confirmed",
        "substantiated",
        "监控可见无人接待",
    )
    assert Entry.objects.filter(kind="answer", text="").exists()


def test_what_is_on_hold_stays_until_it_is_released(desk):
    case = closed(desk)
    handling.hold(case, reason="仲裁进行中", by=desk.supervisor.user, at=at(day=19))
    assert redact_due(LATER) == 0 and again(case).text
    handling.release(again(case), reason="仲裁结束", by=desk.supervisor.user, at=LATER)
    assert redact_due(LATER) == 1


def test_open_cases_are_kept_however_old(desk):
    case = desk.investigating()
    assert redact_due(LATER + 5 * YEAR) == 0 and again(case).text


@pytest.mark.parametrize("end", ["withdrawn", "declined"])
def test_what_ended_otherwise_is_kept_as_long(desk, end):
    case = desk.accepted()
    if end == "withdrawn":
        tracking.withdraw(case, at=at(day=5))
    else:
        handling.decline(case, reason="不属于本公司", by=desk.handler.user, at=at(day=5))
    assert redact_due(at(day=5, hour=11) + YEAR) == 0
    assert redact_due(at(day=5) + YEAR) == 1
    assert again(case).text == "" and again(case).decline_reason == ""


def test_a_merged_case_goes_with_the_one_it_went_into(desk):
    first = desk.investigating()
    second = desk.receive(at=at(hour=15)).case
    relations.merge(second, into=first, reason="同一件事", by=desk.handler.user, at=at(hour=16))
    assert redact_due(LATER + YEAR) == 0
    tracking.withdraw(again(first), at=at(day=6))
    assert redact_due(LATER) == 2
    assert again(second).text == ""


def test_the_tick_looks_once_an_hour(desk):
    for minute, found in ((0, 1), (30, 0), (59, 0)):
        closed_one = desk.accepted()
        tracking.withdraw(closed_one, at=at(day=5))
        assert redact_hourly(LATER + dt.timedelta(minutes=minute)) == found
    assert redact_hourly(LATER + dt.timedelta(hours=1)) == 2


def test_how_long_is_the_policy_s(db):
    desk = Desk(company_with_rules(keep_days=60))
    tracking.withdraw(desk.accepted(), at=at(day=5))
    assert redact_due(at(day=5) + dt.timedelta(days=59)) == 0
    assert redact_due(at(day=5) + dt.timedelta(days=60)) == 1


def test_after_it_the_customer_reads_that_the_words_are_gone_and_adds_none(desk):
    case = closed(desk)
    redact_due(LATER)
    for act in (
        lambda: tracking.rate(case, rating=5, comment="林女士", at=LATER),
        lambda: tracking.call_supervisor(case, text="林女士", at=LATER),
    ):
        with pytest.raises(Refused):
            act()


def test_erasing_one_customer_leaves_no_trace_of_them(desk):
    lin = factories.make_customer(desk.company, email="lin@example.com")
    ended, unlinked = closed(desk), desk.receive(contact=LIN, is_anonymous=False, told_by="sms").case
    Case.objects.filter(pk=unlinked.pk).update(customer=None)
    other = desk.receive(text="别人的事").case
    erase(lin, LATER)
    text = everything()
    assert [word for word in CANARIES if word in text] == []
    assert again(ended).customer is None and again(ended).state == "closed"
    assert again(unlinked).state == "withdrawn"
    assert again(other).text == "别人的事"
    assert Finding.objects.get().state == "confirmed"
    erase(lin, LATER)


def test_nobody_is_erased_while_a_case_is_on_hold(desk):
    lin = factories.make_customer(desk.company)
    held = desk.receive(contact=LIN).case
    handling.hold(held, reason="仲裁进行中", by=desk.supervisor.user, at=at(day=5))
    with pytest.raises(Refused):
        customers.erase(lin, reason=next(iter(ERASURE_REASONS)), by=desk.handler.user, at=LATER)
    assert again(held).contact_phone == LIN.phone
    assert Customer.objects.get(pk=lin.pk).name == "林女士"


def test_erasure_spares_other_people_s_cases_by_the_same_telephone(desk):
    lin = factories.make_customer(desk.company)
    husband = factories.make_customer(desk.company, name="周先生")
    his = desk.receive(customer=husband, contact=LIN, text="周先生的话").case
    erase(lin, LATER)
    assert again(his).text == "周先生的话"


def test_erasing_the_file_finds_cases_by_its_further_contacts_too(desk):
    lin = factories.make_customer(desk.company, phone="13900000009")
    for kind, value in (("phone", LIN.phone), ("email", LIN.email)):
        FileContact.objects.create(
            customer=lin, kind=kind, value=value, key=contact_key(kind, value), recorded_at=at()
        )
    by_phone = desk.receive(contact=Contact(phone=LIN.phone)).case
    by_mail = desk.receive(contact=Contact(email=LIN.email)).case
    Case.objects.update(customer=None)
    customers.erase(lin, reason=next(iter(ERASURE_REASONS)), by=desk.handler.user, at=LATER)
    assert {again(by_phone).contact_phone, again(by_mail).contact_email} == {""}


def test_messages_still_waiting_do_not_go_to_somebody_erased(desk):
    from notifications.services import send_due

    lin = factories.make_customer(desk.company)
    desk.receive(contact=LIN, told_by="email")
    erase(lin, at())
    send_due(at())
    assert Message.objects.get().state == "suppressed"


def test_nothing_leads_back_to_the_customer(desk):
    """Not the thread of their letters, nor whose file a message was for; and nobody is to be told any more."""
    case = closed(desk, customer=factories.make_customer(desk.company), people_named="她的顾问小王")
    mailbox = make_mailbox(desk.company)
    Letter.objects.create(
        company=desk.company, mailbox=mailbox, message_id="a", thread="b c", case=case, outcome="joined",
        received_at=at(),
    )  # fmt: skip
    assert letters.messages_about(case).exclude(customer_id=None).exists()
    redact_due(LATER)
    assert Letter.objects.get().thread == ""
    assert not letters.messages_about(case).exclude(customer_id=None).exists()
    assert (again(case).told_by, again(case).people_named) == ("none", "")


def test_what_was_said_on_the_telephone_about_praise_goes_too(desk):
    case = desk.accepted(kind="praise")
    note = "林女士本人说确是王丽"
    praise.prove(case, proof="call", call_outcome="genuine", note=note, by=desk.handler.user, at=at(day=5))
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=at(day=17), asked_at=at(day=6))
    assert Praise.objects.get().call_note == note
    redact_due(LATER)
    assert (Praise.objects.get().call_note, Praise.objects.get().call_outcome) == ("", "genuine")


def test_while_no_policy_says_how_long_everything_stays(desk, monkeypatch):
    def refuse(company, day):
        raise Refused("no policy is in force")

    case = closed(desk)
    monkeypatch.setattr(retention, "rules_of", refuse)
    assert redact_due(LATER + 5 * YEAR) == 0 and again(case).text


def test_a_hold_of_the_last_moment_wins(desk, monkeypatch):
    """The case was found due; before its words go, somebody puts it on hold."""
    case, real = closed(desk), retention._redact

    def held_first(found, moment):
        handling.hold(again(found), reason="仲裁进行中", by=desk.supervisor.user, at=moment)
        return real(found, moment)

    monkeypatch.setattr(retention, "_redact", held_first)
    assert redact_due(LATER) == 0 and again(case).text


def test_erasure_spares_cases_with_the_same_telephone_in_another_company(desk):
    lin = factories.make_customer(desk.company)
    theirs = Desk(company_with_rules("yunshan")).receive(contact=LIN).case
    erase(lin, LATER)
    assert again(theirs).contact_phone == LIN.phone


def test_messages_about_a_case_whose_id_begins_alike_stay(desk):
    case, other = closed(desk), desk.receive(contact=LIN, told_by="email").case
    about = letters.messages_about(other)
    about.update(key=f"complaints.told.received:{case.pk}7:20261104", address="zhou@example.com")
    redact_due(LATER)
    assert Message.objects.filter(address="zhou@example.com").exists()
