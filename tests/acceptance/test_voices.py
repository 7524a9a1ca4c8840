"""One inbox for every voice, as people use it (RE-4.2, RE-5.1b, RE-5.2b, RE-5.3b, CC-3.4, CC-5.1, AU-1, AU-4, PM-2)."""

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from complaints.models import Case, Channel, Kind, Praise, State
from complaints.selectors import confirmed_findings, confirmed_praises
from complaints.services import closing, praise
from complaints.tests.build_b import Cast
from core.events import deliver_all
from notifications.services import send_due
from tests.factories import at

WORDS = "周六去看房，取号以后等了一个半小时，问前台还不耐烦。"
PHONE = "13857127419"
FINDING = {
    "verdict": "substantiated",
    "cause": "attitude",
    "severity": "general",
    "reasons": "大厅录像与登记一致",
}


@pytest.fixture
def cast(db):
    return Cast()


def browse(employee=None):
    client = Client()
    if employee is not None:
        client.force_login(employee.user)
    return client


def text(response):
    return response.content.decode()


def page(employee, name, *ids):
    return text(browse(employee).get(reverse(name, args=ids)))


def step(employee, name, case, /, **data):
    """A step of the case as its form posts it; the page that follows."""
    response = browse(employee).post(reverse(name, args=[case.pk]), data, follow=True)
    assert response.status_code == 200, text(response)
    case.refresh_from_db()
    return text(response)


def fill_feedback(**fields):
    """The public form as a phone sends it: opened, filled, sent. Returns (client, receipt page)."""
    client = Client()
    form = text(client.get(reverse("feedback")))
    key = re.search(r'name="key"[^>]*value="([^"]+)"', form) or re.search(
        r'value="([^"]+)"[^>]*name="key"', form
    )
    data = {
        "key": key[1],
        "kind": "complaint",
        "who": "named",
        "text": WORDS,
        "phone": PHONE,
        "told_by": "email",
    }
    response = client.post(reverse("feedback"), data | fields, follow=True)
    assert response.status_code == 200, text(response)
    return client, text(response)


def number_and_code(receipt):
    number = re.search(r"[A-Z]{2}-\d{4}-\d{4,}", receipt)[0]
    code = re.search(r"\b[2-9A-HJKMNP-Z]{4}[ \u2009-]?[2-9A-HJKMNP-Z]{4}\b", receipt)[0]
    return number, re.sub(r"[^0-9A-Z]", "", code)


def carried_to_confirmation(cast, case):
    """Accepted, investigated and proposed by HR, confirmed by a member of the group; all in the browser."""
    step(
        cast.handler, "case_accept", case, problem_type="attitude", severity="general", class_code="general",
        handler=cast.handler.pk, department=cast.sales.pk,
    )  # fmt: skip
    step(cast.handler, "case_person", case, employee="王丽", statement="等候时态度不耐烦")
    step(cast.handler, "case_investigate", case, investigator=cast.hr.pk)
    (allegation,) = case.allegations.all()
    browse(cast.hr).post(reverse("case_tell_person", args=[case.pk, allegation.pk]))
    step(
        cast.hr,
        "case_propose",
        case,
        **{f"a{allegation.pk}-{name}": value for name, value in FINDING.items()},
    )
    assert case.state == State.PROPOSED
    refused = browse(cast.hr).post(reverse("case_confirm", args=[case.pk]))
    assert refused.status_code in (403, 409)
    step(cast.member, "case_confirm", case)
    assert case.state == State.CONFIRMED
    return allegation


@pytest.mark.clause("RE-5.1b")
@pytest.mark.clause("AU-4")
def test_a_complaint_is_received_investigated_answered_and_rated_and_closes_only_after_the_customer_was_asked(
    cast,
):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False) as clock:
        customer, receipt = fill_feedback(email="lin@example.com")
        number, code = number_and_code(receipt)
        case = Case.objects.get(number=number)
        assert number.startswith("TS-2611-") and case.due_at == at(2026, 11, 14, 0)
        carried_to_confirmation(cast, case)

        clock.move_to(at(2026, 11, 9, 10))
        step(cast.handler, "case_answer", case, text="已向您致歉，周末增加两名接待。")
        assert case.state == State.RESPONDED and case.asked_at == at(2026, 11, 9, 10)

        elsewhere = Client()
        elsewhere.post(reverse("track"), {"number": number, "code": code})
        progress = text(elsewhere.get(reverse("track_case")))
        assert "周末增加两名接待" in progress and "王丽" not in progress
        elsewhere.post(reverse("track_rate"), {"rating": "4"})

        closing.close_due(at(2026, 11, 17, 23))
        case.refresh_from_db()
        assert case.state == State.RESPONDED
        closing.close_due(at(2026, 11, 20, 1))
        case.refresh_from_db()
        assert (case.state, case.rating) == (State.CLOSED, 4)
    deliver_all()
    while send_due(at(2026, 11, 20, 2)):
        pass
    told = [letter for letter in mail.outbox if letter.to == ["lin@example.com"]]
    assert any(number in letter.subject + letter.body for letter in told)


@pytest.mark.clause("AU-4")
def test_no_case_closes_whose_customer_was_never_asked(cast):
    case = cast.receive(cast.seller)
    Case.objects.filter(pk=case.pk).update(
        state=State.RESPONDED, responded_at=at(), grace_until=at(2026, 11, 5)
    )
    closing.close_due(at(2026, 12, 1))
    case.refresh_from_db()
    assert case.state == State.RESPONDED


@pytest.mark.clause("RE-5.3b")
def test_only_what_a_second_person_confirmed_is_a_finding_that_rules_may_rest_on(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        case = cast.receive()
        window = {"since": at(2026, 11, 1), "until": at(2026, 12, 1)}
        allegation = carried_to_confirmation(cast, case)
        (fact,) = confirmed_findings(cast.company, **window)
    assert (fact.employee_id, fact.verdict, fact.cause, fact.severity) == (
        cast.seller.pk, "substantiated", "attitude", "general",
    )  # fmt: skip
    assert fact.number == case.number and fact.finding_id == allegation.findings.get().pk
    assert confirmed_findings(cast.company, since=at(2026, 12, 1), until=at(2027, 1, 1)) == []


@pytest.mark.clause("RE-5.2b")
def test_a_pennant_is_proved_shared_out_and_confirmed_by_a_second_person(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        case = cast.receive(
            kind=Kind.PRAISE, text="送来锦旗", praise_form=Praise.Form.PENNANT, channel=Channel.VISIT
        )
        praise.prove(
            case, proof="call", call_outcome="genuine", note="本人确认", by=cast.handler.user, at=at()
        )
        shares = {cast.seller: 6000, cast.colleague: 4000}
        praise.attribute(case, shares=shares, by=cast.handler.user, at=at())
        window = {"since": at(2026, 11, 1), "until": at(2026, 12, 1)}
        assert confirmed_praises(cast.company, **window) == []
        assert browse(cast.seller).post(reverse("praise_confirm", args=[case.pk])).status_code in (403, 404)
        own = browse(cast.handler).post(reverse("praise_confirm", args=[case.pk]))
        assert own.status_code in (403, 409)
        done = browse(cast.hr).post(reverse("praise_confirm", args=[case.pk]), follow=True)
        assert done.status_code == 200
        facts = confirmed_praises(cast.company, **window)
    assert {(fact.employee_id, fact.share_bp, fact.form) for fact in facts} == {
        (cast.seller.pk, 6000, "pennant"),
        (cast.colleague.pk, 4000, "pennant"),
    }


@pytest.mark.clause("RE-4.2")
@pytest.mark.clause("AU-1")
def test_an_employee_passes_on_what_a_customer_said_straight_to_the_group(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False) as clock:
        sent = browse(cast.seller).post(
            reverse("case_quick"),
            {"kind": "complaint", "text": "客户说停车位总被占", "key": "a" * 32},
            follow=True,
        )
        assert sent.status_code == 200
        case = Case.objects.get(channel=Channel.EMPLOYEE)
        assert case.number in page(cast.seller, "passed_on")
        inbox = page(cast.member, "group_inbox")
        assert case.number in inbox
        assert browse(cast.head).get(reverse("group_inbox")).status_code == 403
        clock.move_to(at(2026, 11, 4, 15))
        step(
            cast.handler, "case_accept", case, problem_type="other", severity="minor", class_code="simple",
            handler=cast.handler.pk, message="已安排清理车位",
        )  # fmt: skip
        answered = text(browse(cast.member).get(reverse("group_inbox"), {"show": "all"}))
    assert "5 小时" in answered


@pytest.mark.clause("CC-3.4")
def test_hotline_online_service_box_form_and_survey_stand_in_one_list_with_a_clock_each(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        for number, channel in enumerate((Channel.HOTLINE, Channel.ONLINE, Channel.BOX)):
            entered = browse(cast.handler).post(
                reverse("case_new"),
                {
                    "kind": "complaint",
                    "channel": channel,
                    "text": f"声音 {channel}",
                    "told_by": "none",
                    "key": f"{number}" * 32,
                },
            )
            assert entered.status_code == 200
        fill_feedback(told_by="none", who="anonymous", phone="")
        channels = set(Case.objects.values_list("channel", flat=True))
        assert channels == {"hotline", "online", "box", "web"}
        assert not Case.objects.filter(due_at=None).exists()
        listed = page(cast.handler, "cases")
        for case in Case.objects.all():
            assert case.number in listed


@pytest.mark.clause("PM-2")
def test_results_stand_place_by_problem(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        site = cast.company.sites.create(code="yunqi", name="云栖里")
        cast.receive(site=site, problem_type="repair")
        cast.receive(site=site, problem_type="repair")
        board = page(cast.handler, "case_board")
    row = re.search(r"<th scope=\"row\">云栖里</th>.*?</tr>", board, re.S)[0]
    assert "报修与质量" in board and ">2</a>" in row and "<b>2</b>" in row


@pytest.mark.clause("CC-5.1")
def test_an_internal_report_may_be_anonymous_and_only_its_readers_learn_of_it(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        client = Client()
        form = text(client.get(reverse("report_new")))
        key = re.search(r'name="key"[^>]*value="([^"]+)"', form) or re.search(
            r'value="([^"]+)"[^>]*name="key"', form
        )
        sent = client.post(
            reverse("report_new"),
            {"key": key[1], "who": "anonymous", "text": "有人请客户打满分，王丽在场。"},
            follow=True,
        )
        assert sent.status_code == 200
        case = Case.objects.get(kind=Kind.REPORT)
        deliver_all()
        assert case.received_by is None
        assert case.number in page(cast.reader, "reports_inbox")
        for outsider in (cast.seller, cast.head, cast.handler, cast.hr, cast.auditor):
            assert browse(outsider).get(reverse("internal_report", args=[case.pk])).status_code in (403, 404)
            assert browse(outsider).get(reverse("case", args=[case.pk])).status_code in (403, 404)
            assert case.number not in text(browse(outsider).get(reverse("home")))
            found = text(browse(outsider).get(reverse("search"), {"q": case.number}))
            assert f"/{case.pk}/" not in found


def test_a_head_sees_the_allegation_without_who_made_it_and_the_named_person_only_once_told(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        case = cast.receive(text="我是林女士，住三栋，等了四十分钟")
        step(
            cast.handler, "case_accept", case, problem_type="attitude", severity="general", class_code="general",
            handler=cast.handler.pk,
        )  # fmt: skip
        step(cast.handler, "case_person", case, employee="王丽", statement="接待时不耐烦")
        seen = page(cast.head, "case", case.pk)
        assert "接待时不耐烦" in seen
        for secret in ("林女士", "13800000001", "138****0001", "三栋"):
            assert secret not in seen
        assert browse(cast.seller).get(reverse("case", args=[case.pk])).status_code in (403, 404)
        assert "接待时不耐烦" not in page(cast.seller, "my_allegations")


def test_the_same_form_sent_twice_makes_one_case(cast):
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        client = Client()
        form = text(client.get(reverse("feedback")))
        key = re.search(r'name="key"[^>]*value="([^"]+)"', form) or re.search(
            r'value="([^"]+)"[^>]*name="key"', form
        )
        data = {"key": key[1], "kind": "complaint", "who": "anonymous", "text": WORDS}
        first = number_and_code(text(client.post(reverse("feedback"), data, follow=True)))
        again = number_and_code(text(client.post(reverse("feedback"), data, follow=True)))
    assert first == again
    assert Case.objects.count() == 1
