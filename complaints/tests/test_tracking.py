"""What a customer does with number and code (RE-5.1b)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditRow
from complaints import guesses, tracking_code
from complaints.contact import Contact
from complaints.models import Case, Entry, Finding, Guess
from complaints.services import closing, handling, relations, tracking
from complaints.tests.build_intake import Desk, company_with_rules
from core.flow import Refused
from core.models import Event
from notifications.models import Message
from tests.factories import at

HERE = "203.0.113.7"


@pytest.fixture
def desk(db):
    return Desk()


def look(number, code, *, address=HERE, moment=None, **more):
    return tracking.look_up(number=number, code=code, address=address, at=moment or at(), **more)


def refusal(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value


def told(fact, about="case"):
    """Names of colleagues who got the message in their inbox."""
    found = Message.objects.filter(kind=f"{about}_{fact}", channel="inbox").select_related(
        "recipient__employee"
    )
    return sorted(message.recipient.employee.name for message in found)


# ---- look up


def test_number_and_code_open_the_case(desk):
    receipt = desk.receive()
    assert look(receipt.case.number, receipt.code) == receipt.case


def test_they_may_be_typed_as_people_type(desk):
    receipt = desk.receive()
    code = f" {receipt.code[:4].lower()} {receipt.code[4:]} "
    assert look("ｔｓ—2611 0001", code) == receipt.case
    assert look("TS26110001", receipt.code) == receipt.case


def test_whatever_is_wrong_the_refusal_is_the_same(desk):
    receipt, other = desk.receive(), desk.receive()
    report = desk.receive(kind="report")
    customers = Case.objects.of_customers()
    refusals = {
        refusal(look, "TS-2611-0099", receipt.code).message,
        refusal(look, receipt.case.number, "23456789").message,
        refusal(look, receipt.case.number, other.code).message,
        refusal(look, receipt.case.number, "").message,
        refusal(look, "", "").message,
        refusal(look, "\x00\ud800", "\x00" * 1000).message,
        refusal(look, report.case.number, receipt.code).message,
        refusal(look, report.case.number, report.code, among=customers).message,
    }
    assert len(refusals) == 1


def test_right_and_wrong_numbers_cost_the_same_queries(desk):
    receipt = desk.receive()
    counts = []
    for number in ("TS-2611-0099", receipt.case.number):
        with CaptureQueriesContext(connection) as queries:
            refusal(look, number, "23456789", address=f"203.0.113.{len(counts)}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_two_companies_with_one_number_are_told_apart_by_the_code(desk):
    other = Desk(company_with_rules("bolan"))
    first, second = desk.receive(), other.receive()
    assert first.case.number == second.case.number
    assert look(first.case.number, first.code) == first.case
    assert look(second.case.number, second.code) == second.case


def test_an_office_of_200_people_behind_one_address_is_not_held_up(desk):
    receipts = [desk.receive() for _one in range(3)]
    for person in range(200):
        receipt = receipts[person % 3]
        if person % 6 < 3:
            refusal(look, receipt.case.number + "1", receipt.code)
        assert look(receipt.case.number, receipt.code) == receipt.case


def test_after_many_wrong_codes_one_address_waits_and_others_do_not(desk):
    receipt = desk.receive()
    for _try in range(guesses.MOST_PER_NUMBER_AND_ADDRESS):
        wrong = refusal(look, receipt.case.number, "23456789")
        assert wrong.code == "not_found"
    late = refusal(look, receipt.case.number, receipt.code)
    assert late.code == "limit" and late.message.startswith(wrong.message)
    assert look(receipt.case.number, receipt.code, address="203.0.113.8") == receipt.case
    assert look(receipt.case.number, receipt.code, moment=at(hour=13)) == receipt.case


def test_the_wait_does_not_tell_whether_a_number_exists(desk):
    for _try in range(guesses.MOST_PER_NUMBER_AND_ADDRESS):
        refusal(look, "TS-2611-0099", "23456789")
    assert refusal(look, "TS-2611-0099", "23456789").code == "limit"


def test_who_tries_many_numbers_from_one_address_waits(desk, monkeypatch):
    monkeypatch.setattr(guesses, "MOST_PER_ADDRESS", 5)
    for number in range(5):
        refusal(look, f"TS-2611-{number:04d}", "23456789")
    receipt = desk.receive()
    assert refusal(look, receipt.case.number, receipt.code).code == "limit"


def test_who_tries_one_number_from_many_addresses_waits(desk, monkeypatch):
    monkeypatch.setattr(guesses, "MOST_PER_NUMBER", 5)
    receipt = desk.receive()
    for place in range(5):
        refusal(look, receipt.case.number, "23456789", address=f"198.51.100.{place}")
    assert refusal(look, receipt.case.number, receipt.code).code == "limit"


def test_a_household_s_ipv6_addresses_are_one(desk):
    for place in range(guesses.MOST_PER_NUMBER_AND_ADDRESS):
        refusal(look, "TS-2611-0001", "23456789", address=f"2001:db8::{place:x}")
    assert refusal(look, "TS-2611-0001", "23456789", address="2001:db8::ffff").code == "limit"


def test_neither_addresses_nor_numbers_are_kept_and_old_counts_go(desk):
    refusal(look, "TS-2611-0001", "23456789")
    assert Guess.objects.count() == 3
    assert all(len(key) == 64 for key in Guess.objects.values_list("key", flat=True))
    assert guesses.forget_old(at(day=5, hour=11)) == 0
    assert guesses.forget_old(at(day=5, hour=14)) == 3


def test_counts_lead_to_nobody_without_the_installation_s_secret(settings):
    before = set(guesses.counters("TS-2611-0001", "198.51.100.7"))
    settings.SECRET_KEY = "of-another-installation"
    assert not before & set(guesses.counters("TS-2611-0001", "198.51.100.7"))


# ---- add


def test_what_the_customer_adds_is_public_and_the_handler_hears_of_it(desk):
    case = desk.accepted()
    tracking.add(case, text="发票也找到了", at=at(day=5))
    entry = Entry.objects.get(kind="from_customer")
    assert (entry.text, entry.is_public, entry.by) == ("发票也找到了", True, None)
    assert told("added") == ["刘洋"]
    assert "发票" not in str(list(Message.objects.values())) + str(list(AuditRow.objects.values()))


def test_a_double_tap_is_one_entry_and_a_later_repetition_another(desk):
    case = desk.accepted()
    for minute in (0, 1, 30):
        tracking.add(case, text="有进展吗", at=at(day=5, minute=minute))
    assert Entry.objects.filter(kind="from_customer").count() == 2


def test_a_reply_to_a_question_lets_the_clock_go_on(desk):
    case = desk.investigating()
    handling.ask(case, question="是哪一天？", by=desk.handler.user, at=at(day=5))
    tracking.add(Case.objects.get(pk=case.pk), text="星期一", at=at(day=9))
    case = Case.objects.get(pk=case.pk)
    assert case.state == "investigating" and case.paused_at is None and case.paused_days == 2


def test_nothing_is_added_to_what_is_finished(desk):
    case = desk.accepted()
    handling.decline(case, reason="不属于本公司", by=desk.handler.user, at=at(day=5))
    assert refusal(tracking.add, case, text="可是", at=at(day=6)).code == "state"


@pytest.mark.parametrize("text", ["", " \x00", "长" * 2001])
def test_empty_and_endless_words_are_refused_at_the_field(desk, text):
    assert refusal(tracking.add, desk.accepted(), text=text, at=at(day=5)).field == "text"


def test_one_code_cannot_fill_the_house_with_words(desk):
    case = desk.accepted()
    for number in range(tracking.MOST_ENTRIES_A_DAY):
        tracking.add(case, text=f"第 {number} 句", at=at(day=5))
    assert refusal(tracking.add, case, text="还有", at=at(day=5)).code == "limit"
    assert tracking.add(case, text="还有", at=at(day=6, hour=13))


# ---- withdraw


def test_the_customer_takes_it_back(desk):
    case = desk.investigating()
    tracking.withdraw(case, reason="已经解决", at=at(day=5))
    case = Case.objects.get(pk=case.pk)
    assert case.state == "withdrawn" and case.closed_at == at(day=5)
    assert told("withdrawn") == ["刘洋", "陈静"]


def test_what_is_confirmed_cannot_be_taken_back(desk):
    case = desk.confirmed()
    assert refusal(tracking.withdraw, case, at=at(day=5)).code == "state"
    assert not Entry.objects.filter(kind="from_customer").exists()


# ---- rate


def test_the_handling_is_rated_once_after_the_answer(desk):
    case = desk.confirmed()
    assert refusal(tracking.rate, case, rating=5, at=at(day=6)).code == "state"
    desk.answer(case)
    tracking.rate(case, rating=4, comment="谢谢", at=at(day=7))
    assert Case.objects.get(pk=case.pk).rating == 4
    assert refusal(tracking.rate, case, rating=1, at=at(day=7)).code == "rated"
    assert told("rated") == ["刘洋", "陈静"]


@pytest.mark.parametrize("rating", [0, 6, None, "5", 1.5, True])
def test_ratings_beyond_the_scale_are_refused(desk, rating):
    assert refusal(tracking.rate, desk.answered(), rating=rating, at=at(day=7)).field == "rating"


def test_who_rates_has_been_asked(desk):
    case = desk.answered(channel="hotline", by=desk.handler.user)
    assert case.asked_at is None
    tracking.rate(case, rating=2, at=at(day=7))
    assert Case.objects.get(pk=case.pk).asked_at == at(day=7)


# ---- reopen


def test_within_the_window_the_customer_has_it_looked_at_again(desk):
    case = desk.answered()
    tracking.reopen(case, reason="没有人来", at=at(day=17, hour=23))
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.reopened) == ("investigating", 1)
    assert case.due_at == at(day=21, hour=0)
    assert (case.responded_at, case.asked_at, case.grace_until) == (None, None, None)
    assert case.answered_on_time is True
    assert told("reopened") == ["刘洋", "陈静"]


def test_a_reopened_case_takes_its_findings_back_from_the_rules(desk):
    case = desk.answered()
    tracking.reopen(case, reason="没有人来", at=at(day=9))
    finding = Finding.objects.get()
    assert finding.state == "reopened"
    assert Event.objects.get(name="complaints.finding_reopened").object_id == finding.pk


def test_after_the_window_it_is_too_late(desk):
    case = desk.answered()
    assert refusal(tracking.reopen, case, reason="没有人来", at=at(day=18, hour=0)).code == "late"


def test_what_is_not_answered_yet_cannot_be_reopened(desk):
    assert refusal(tracking.reopen, desk.accepted(), reason="没有人来", at=at(day=5)).code == "state"


def test_the_third_time_a_supervisor_is_told_instead(desk):
    case = desk.answered()
    for day in (9, 10):
        tracking.reopen(case, reason=f"第 {day} 天", at=at(day=day))
        Case.objects.filter(pk=case.pk).update(state="confirmed")
        desk.answer(case, moment=at(day=day, hour=18))
    third = refusal(tracking.reopen, case, reason="还是没有", at=at(day=11))
    assert third.code == "supervisor"
    assert Case.objects.get(pk=case.pk).state == "responded"
    assert told("supervisor") == ["孙悦"]
    assert Entry.objects.filter(text="还是没有").exists()


def test_a_supervisor_named_in_the_case_is_not_the_one_told(desk):
    case = desk.accepted(employees=[desk.supervisor])
    tracking.call_supervisor(case, text="没人理我", at=at(day=5))
    assert told("supervisor") == []
    assert Entry.objects.filter(text="没人理我").exists()


def test_of_an_internal_report_its_readers_hear_not_the_supervisors(desk):
    case = desk.receive(kind="report").case
    tracking.call_supervisor(case, text="没有动静", at=at(day=5))
    assert told("supervisor", "report") == ["郑洁"]
    assert Message.objects.get().url == f"/internal-reports/{case.pk}/"


def test_supervisors_hear_once_a_day(desk):
    case = desk.accepted()
    for number in range(3):
        tracking.call_supervisor(case, text=f"第 {number} 次", at=at(day=5, minute=number))
    assert told("supervisor") == ["孙悦"]
    tracking.call_supervisor(case, text="又一天", at=at(day=6))
    assert told("supervisor") == ["孙悦", "孙悦"]


# ---- merged cases


@pytest.fixture
def merged(desk):
    """(case merged, leading case)."""
    first = desk.investigating()
    second = desk.receive(contact=Contact(name="周先生", phone="13900000002"), at=at(hour=15)).case
    relations.merge(second, into=first, reason="同一件事", by=desk.handler.user, at=at(hour=16))
    return Case.objects.get(pk=second.pk), Case.objects.get(pk=first.pk)


def test_merged_customers_keep_their_code_and_read_the_leading_case_s_progress(desk, merged):
    second, first = merged
    assert look(second.number, tracking_code.code_of(second)) == second
    handling.write_entry(first, kind="progress", text="已调取监控", by=desk.handler.user, at=at(day=5))
    handling.write_entry(first, kind="note", text="内部意见", by=desk.handler.user, at=at(day=5))
    tracking.add(first, text="我的电话换了", at=at(day=5))
    texts = [entry.text for entry in tracking.progress_of(second)]
    assert "已调取监控" in texts and "内部意见" not in texts and "我的电话换了" not in texts


def test_a_merged_customer_may_rate_and_come_back_too(desk, merged):
    second, first = merged
    Case.objects.filter(pk=first.pk).update(state="confirmed")
    desk.answer(first)
    tracking.rate(second, rating=3, at=at(day=7))
    assert list(Case.objects.order_by("pk").values_list("rating", flat=True)) == [None, 3]
    tracking.reopen(second, reason="我的还没解决", at=at(day=9))
    assert Case.objects.get(pk=first.pk).state == "investigating"
    assert Entry.objects.get(text="我的还没解决").case == second


def test_a_merged_case_is_not_taken_back_alone(desk, merged):
    assert refusal(tracking.withdraw, merged[0], at=at(day=5)).code == "state"


def test_an_internal_report_is_followed_by_number_and_code(desk):
    receipt = desk.receive(kind="report")
    assert look(receipt.case.number, receipt.code) == receipt.case
    tracking.add(receipt.case, text="又看到一次", at=at(day=5))
    assert closing.reads_by_themselves(receipt.case)


def test_silence_in_the_log_no_personal_words_in_audit_or_events(desk):
    case = desk.answered()
    tracking.reopen(case, reason="林女士的秘密", at=at(day=9))
    tracking.call_supervisor(case, text="林女士的秘密二", at=at(day=9))
    rows = str(list(AuditRow.objects.values())) + str(list(Event.objects.values()))
    assert "林女士" not in rows
