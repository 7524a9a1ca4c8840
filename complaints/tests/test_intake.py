"""How a voice becomes a case (RE-5.1b, CC-3.4)."""

import datetime as dt

import pytest
from django.core.management import call_command

from audit.models import AuditRow
from complaints import tracking_code
from complaints.models import Allegation, Case, CaseFile, Praise
from complaints.services.intake import Contact
from complaints.tests.build_intake import LIN, Desk, classes, company_with_rules
from core.flow import Refused
from core.models import Event
from jobs.models import Attachment
from tests import factories
from tests.factories import at


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def calendar(db):
    """Seeded by a migration; gone after a test that empties the tables."""
    call_command("load_calendar", verbosity=0)


def attachment(company, name="等候.jpg"):
    return Attachment.objects.create(
        company=company,
        name=name,
        content_type="image/jpeg",
        size=3,
        checksum="0",
        kept_by=None,
        kept_at=at(),
    )


def test_a_case_has_its_number_its_code_and_its_clock_at_once(calendar, desk):
    receipt = desk.receive()
    case = Case.objects.get()
    assert receipt.is_new and receipt.case == case
    assert case.number == "TS-2611-0001"
    assert len(receipt.code) == 8 and set(receipt.code) <= set(tracking_code.ALPHABET)
    assert case.state == "received" and case.class_code == "general"
    assert case.first_answer_due_at == at(day=6, hour=0)
    assert case.due_at == at(day=14, hour=0) and not case.due_is_provisional


def test_the_kinds_have_series_of_their_own(desk):
    kinds = ("complaint", "praise", "suggestion", "report", "complaint")
    numbers = [desk.receive(kind=kind).case.number for kind in kinds]
    assert numbers == ["TS-2611-0001", "BY-2611-0001", "JY-2611-0001", "NB-2611-0001", "TS-2611-0002"]


def test_the_problem_decides_the_class_and_so_the_clock(desk):
    case = desk.receive(problem_type="waiting").case
    assert (case.class_code, case.due_at) == ("simple", at(day=10, hour=0))


@pytest.mark.clause("CC-3.4")
@pytest.mark.parametrize(
    ("received", "due"),
    [
        (dt.date(2026, 4, 29), dt.date(2026, 5, 9)),
        (dt.date(2026, 2, 12), dt.date(2026, 2, 26)),
        (dt.date(2026, 9, 18), dt.date(2026, 9, 24)),
        (dt.date(2026, 9, 30), dt.date(2026, 10, 13)),
    ],
)
def test_five_working_days_know_holidays_and_made_up_saturdays(calendar, received, due):
    desk = Desk(company_with_rules(classes=classes(answer_days=5)))
    case = desk.receive(at=at(received.year, received.month, received.day, 16)).case
    after = due + dt.timedelta(days=1)
    assert case.due_at == at(after.year, after.month, after.day, 0)


def test_beyond_the_known_calendar_the_due_day_is_provisional(calendar, desk):
    assert desk.receive(at=at(2026, 12, 30)).case.due_is_provisional


def test_the_same_form_twice_is_one_case_with_one_code(desk):
    first, second = desk.receive(key="tap"), desk.receive(key="tap", at=at(hour=13))
    assert (second.case, second.code, second.is_new) == (first.case, first.code, False)
    assert desk.receive(key="other").case.number == "TS-2611-0002"


def test_a_reply_lost_after_commit_is_given_again_with_the_files_kept_once(desk):
    first, again = attachment(desk.company), attachment(desk.company)
    desk.receive(key="lost", files=[first])
    desk.receive(key="lost", files=[again])
    assert [file.attachment for file in CaseFile.objects.all()] == [first]
    again.refresh_from_db()
    assert again.name == ""


def test_the_same_key_of_another_company_is_another_case(desk):
    other = Desk(company_with_rules("bolan"))
    first, second = desk.receive(key="tap"), other.receive(key="tap")
    assert first.case != second.case and first.code != second.code


def test_a_key_of_another_channel_does_not_tell_that_case_s_code(desk):
    desk.receive(key="answer:7", channel="survey")
    with pytest.raises(Refused):
        desk.receive(key="answer:7", channel="web")
    with pytest.raises(Refused):
        desk.receive(key="answer:7", channel="survey", kind="report")


@pytest.mark.parametrize("key", ["", None, "\x00", "  "])
def test_a_form_without_a_key_is_refused(desk, key):
    with pytest.raises(Refused):
        desk.receive(key=key)
    assert not Case.objects.exists()


def test_a_long_key_such_as_a_message_id_is_told_apart_to_its_end(desk):
    long = "<" + "m" * 240 + "@example.com>"
    assert desk.receive(key=long).case == desk.receive(key=long).case
    assert desk.receive(key=long + "2").is_new


def test_only_a_hash_of_the_code_is_kept_and_it_hangs_on_the_secret(desk, settings):
    receipt = desk.receive()
    assert receipt.code not in str(Case.objects.values().get())
    assert tracking_code.matches(receipt.case, receipt.code)
    settings.SECRET_KEY = "another" * 10
    assert not tracking_code.matches(receipt.case, receipt.code)
    settings.SECRET_KEY_FALLBACKS = ["development-only-" + "x" * 48]
    assert tracking_code.matches(receipt.case, receipt.code)
    assert desk.receive(key=receipt.case.key).code == receipt.code


def test_whom_it_names_is_an_allegation_where_they_worked_that_day(desk):
    other = desk._department("sales-2")
    day = dt.date(2026, 11, 1)
    desk.consultant.assignments.update(ends_on=day)
    desk.consultant.assignments.create(
        department=other, post=desk.consultant.assignments.get().post, starts_on=dt.date(2026, 11, 2)
    )
    case = desk.receive(employees=[desk.consultant, desk.consultant], happened_on=day).case
    found = case.allegations.get()
    assert (found.employee, found.department) == (desk.consultant, desk.first)
    assert desk.receive(employees=[desk.consultant]).case.allegations.get().department == other


def test_what_is_said_of_a_person_is_never_the_customer_s_own_words(desk):
    case = desk.receive(
        text="我是三栋的林女士，王丽态度差", problem_type="attitude", employees=[desk.consultant]
    ).case
    assert case.allegations.get().statement == "服务态度"


@pytest.mark.parametrize("kind", ["praise", "suggestion"])
def test_praise_and_suggestions_accuse_nobody(desk, kind):
    desk.receive(kind=kind, employees=[desk.consultant])
    assert not Allegation.objects.exists()


def test_praise_has_its_form(desk):
    assert desk.receive(kind="praise", praise_form="pennant").case.praise.form == Praise.Form.PENNANT
    assert desk.receive(kind="praise").case.praise.form == Praise.Form.WRITTEN


def test_topics_come_from_the_words(desk):
    topics = desk.receive(text="等了很久，退定金也没下文").case.topics
    assert set(topics.values_list("code", flat=True)) == {"waiting", "refund", "callback"}


def test_an_anonymous_voice_leaves_no_contact_and_no_customer(desk):
    factories.make_customer(desk.company)
    case = desk.receive(contact=LIN, is_anonymous=True, told_by="email").case
    assert (case.contact_name, case.contact_phone, case.contact_email) == ("", "", "")
    assert (case.customer, case.told_by) == (None, "none")


def test_the_one_file_with_this_telephone_is_the_customer(desk):
    lin = factories.make_customer(desk.company, phone="+8613800000001")
    assert desk.receive(contact=LIN).case.customer == lin


def test_a_merged_file_leads_to_the_one_it_went_into(desk):
    kept = factories.make_customer(desk.company, phone="13900000009")
    factories.make_customer(desk.company, phone=LIN.phone, merged_into=kept)
    assert desk.receive(contact=LIN).case.customer == kept


def test_of_two_files_with_one_telephone_a_person_chooses(desk):
    factories.make_customer(desk.company)
    factories.make_customer(desk.company)
    assert desk.receive(contact=LIN).case.customer is None


def test_another_company_s_file_is_not_found(desk):
    factories.make_customer(company_with_rules("bolan"))
    assert desk.receive(contact=LIN).case.customer is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000 0001", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("１３８０００００００１", "13800000001"),
        ("0571-8888 0000", "057188880000"),
        ("+852 9123 4567", "+85291234567"),
        ("", ""),
    ],
)
def test_telephones_are_kept_in_one_way(typed, kept):
    assert Contact(phone=typed).tidied().phone == kept


@pytest.mark.parametrize(
    "typed", ["1380000000", "138000000012", "12345678901", "abc", "+0123456789", "13800000001;", "\x00"]
)
def test_what_is_no_telephone_is_refused_beside_its_field(typed):
    with pytest.raises(Refused) as caught:
        Contact(phone=typed).tidied()
    assert caught.value.field == "phone"


@pytest.mark.parametrize(
    "typed", ["lin", "lin@", "lin@@example.com", "a" * 250 + "@example.com", "\x00@x.cn"]
)
def test_what_is_no_mail_address_is_refused_beside_its_field(typed):
    with pytest.raises(Refused) as caught:
        Contact(email=typed).tidied()
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": " \n\x00"}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"happened_on": dt.date(2026, 11, 5)}, "happened_on"),
        ({"people_named": "名" * 121}, "people_named"),
        ({"problem_type": "nothing"}, "problem_type"),
        ({"contact": Contact(name="名" * 61)}, "name"),
        ({"told_by": "email", "contact": Contact(phone="13800000001")}, "email"),
        ({"told_by": "sms", "contact": Contact(email="lin@example.com")}, "phone"),
        ({"told_by": "sms", "contact": Contact(phone="057188880000")}, "phone"),
        ({"contact": Contact(phone="abc")}, "phone"),
        ({"contact": Contact(email="lin@")}, "email"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_changes_nothing(desk, fields, field):
    with pytest.raises(Refused) as caught:
        desk.receive(**fields)
    assert caught.value.field == field
    assert not Case.objects.exists() and not AuditRow.objects.filter(verb__startswith="complaints").exists()


def test_a_photo_alone_is_enough_and_too_many_are_refused(desk):
    case = desk.receive(text="", files=[attachment(desk.company)]).case
    assert case.files.get().is_from_customer
    with pytest.raises(Refused) as caught:
        desk.receive(files=[attachment(desk.company) for _one in range(7)])
    assert caught.value.field == "files"


@pytest.mark.parametrize("what", ["site", "customer", "employees", "files"])
def test_what_belongs_to_another_company_is_refused(desk, what):
    other = Desk(company_with_rules("bolan"))
    things = {
        "site": lambda: factories.make_site(other.company, "elsewhere"),
        "customer": lambda: factories.make_customer(other.company),
        "employees": lambda: [other.consultant],
        "files": lambda: [attachment(other.company)],
    }
    with pytest.raises(Refused):
        desk.receive(**{what: things[what]()})
    assert not Case.objects.exists()


def test_lone_surrogates_and_control_characters_are_left_out(desk):
    case = desk.receive(text="等了\ud800很久\x00\x07", people_named="王\n丽\x00").case
    case.refresh_from_db()
    assert case.people_named == "王 丽"
    assert case.text.replace("?", "") == "等了很久"


def test_event_and_audit_row_hold_codes_only(desk):
    case = desk.receive(contact=LIN, text="林女士 13800000001", by=desk.handler.user, channel="hotline").case
    event = Event.objects.get(name="complaints.case_received")
    assert (event.object_id, event.data) == (case.pk, {"kind": "complaint", "channel": "hotline"})
    row = AuditRow.objects.get(verb="complaints.case.received")
    assert (row.actor, row.data) == (desk.handler.user, {"kind": "complaint", "channel": "hotline"})


def test_a_poster_says_the_place(desk):
    from complaints.models import FeedbackCode

    site = factories.make_site(desk.company, "poster")
    code = FeedbackCode.objects.create(
        company=desk.company, code="c1", site=site, label="前台", made_by=desk.handler.user, made_at=at()
    )
    assert desk.receive(feedback_code=code).case.site == site


def test_without_a_policy_it_is_refused_in_words(company):
    with pytest.raises(Refused):
        Desk.receive(type("Bare", (), {"company": company})())
