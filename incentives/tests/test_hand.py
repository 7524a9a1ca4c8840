"""Facts reported by hand: who may report and verify what, and its pages."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.flow import Refused
from incentives import services
from incentives.models import Case, HandReport
from incentives.services.hand import kinds_for
from incentives.tests.build_facts import VERB, Desk, add_book, rule
from jobs.tests import samples
from notifications.models import Message
from scoring.tests import world
from surveys.models import Answer
from tests import factories
from tests.factories import at

RULES = (
    rule("CC-5.3", "by_hand", kind="data_error"),
    rule("PM-6.4", "by_hand", kind="tampering", to="head"),
    rule(
        "RE-5.2c",
        "by_hand",
        ({"kind": "commendation_notice"},),
        direction="reward",
        kind="suggestion",
        needs_effect=True,
    ),
)


@pytest.fixture
def desk(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Desk(company, *RULES)


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field or refusal.value.code


# ---- reporting


def test_a_report_is_numbered_kept_with_its_files_and_told_to_hr(desk):
    report = desk.report(by=desk.head)
    assert (report.number, report.state, report.department) == ("SG-2611-001", "reported", desk.sales)
    assert [one.attachment.name for one in report.files.all()] == ["截图.jpg"]
    told = Message.objects.filter(kind="incentives.hand_report").values_list("recipient", flat=True)
    assert set(told) == {desk.hr.pk, desk.second.pk}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"happened_on": dt.date(2026, 11, 5)}, "happened_on"),
        ({"text": " "}, "text"),
        ({"files": []}, "files"),
        ({"files": [("a.exe", b"MZ")]}, "files"),
        ({"employee": None}, "employee"),
        ({"answer": "A-0000-1"}, "answer"),
        ({"kind": "suggestion"}, "before_k"),
        (
            {"kind": "suggestion", "figures": {"before": {"k": 3, "n": 2}, "after": {"k": 1, "n": 2}}},
            "before_k",
        ),
        ({"kind": "tampering"}, "department"),
    ],
)
def test_what_is_missing_or_impossible_is_refused_beside_its_field(desk, wrong, field):
    assert refused(lambda: desk.report(**({"kind": "data_error"} | wrong))) == field
    assert not HandReport.objects.exists()


def test_nobody_reports_about_themselves_and_a_head_only_about_their_own(desk):
    assert refused(lambda: desk.report(employee=desk.hr.employee)) == "own"
    assert refused(lambda: desk.report("tampering", by=desk.head, department=desk.sales)) == "own"
    assert refused(lambda: desk.report(by=desk.head, employee=desk.zhao)) == "employee"


def test_a_units_own_kind_of_fact_is_reported_in_the_unit_alone(desk):
    add_book(desk.company, rule("U-1", "by_hand", kind="own"), code="sales-own", department=desk.sales)
    stranger = factories.user_with(
        desk.company,
        VERB,
        reach="department",
        employee=factories.make_employee(desk.other, "孙主任", is_head=True),
    )
    day = dt.date(2026, 11, 4)
    assert "own" in kinds_for(desk.head, desk.company, day)
    assert "own" not in kinds_for(stranger, desk.company, day)
    assert refused(lambda: desk.report("own", employee=desk.zhao)) == "employee"
    services.verify_report(desk.report("own", by=desk.head), by=desk.second, at=at(2026, 11, 5))
    services.find_fact_cases(desk.company, at(2026, 11, 6))
    assert [case.employee for case in Case.objects.filter(rule_code="U-1")] == [desk.wangli]


def test_everything_that_is_missing_is_said_at_once_beside_its_field(desk):
    sent = {"kind": "tampering", "happened_on": "", "text": ""}
    page = browse(desk.hr).post(reverse("hand_report_new"), sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"department", "happened_on", "text", "files"}
    page = browse(desk.hr).post(reverse("hand_report_new"), {"kind": "data_error"})
    assert set(page.context["form"].errors) == {"employee", "happened_on", "text", "files"}


# ---- the second person


def test_who_verifies_is_shown_other_reports_of_the_same_thing(desk):
    first, second = desk.report(), desk.report(by=desk.second)
    desk.report(happened_on=dt.date(2026, 11, 1))
    page = browse(desk.second).get(reverse("hand_report", args=[first.pk]))
    assert [one.number for one in page.context["alike"]] == [second.number]
    services.decline_report(second, reason="同一件事", by=desk.hr, at=at(2026, 11, 5))
    assert not browse(desk.second).get(reverse("hand_report", args=[first.pk])).context["alike"]


def test_only_a_second_person_not_concerned_settles_a_report(desk):
    concerned = factories.user_with(desk.company, VERB, employee=desk.wangli)
    report = desk.report()
    for user in (desk.hr, concerned):
        for act in (
            lambda user=user: services.verify_report(report, by=user, at=at()),
            lambda user=user: services.decline_report(report, reason="不", by=user, at=at()),
        ):
            assert refused(act) == "four_eyes"
    services.verify_report(report, by=desk.second, at=at())
    assert refused(lambda: services.decline_report(report, reason="再看", by=desk.second, at=at())) == "state"


def test_a_declined_report_keeps_the_reason_and_its_reporter_hears(desk):
    report = desk.report()
    assert refused(lambda: services.decline_report(report, reason=" ", by=desk.second, at=at())) == "reason"
    services.decline_report(report, reason="截图与登记不符", by=desk.second, at=at())
    assert HandReport.objects.get().settle_reason == "截图与登记不符"
    assert Message.objects.filter(recipient=desk.hr, kind="incentives.hand_report_settled").exists()
    assert services.find_fact_cases(desk.company, at(2026, 12, 1)) == []


def test_the_database_keeps_the_second_pair_of_eyes(desk):
    desk.report()
    with pytest.raises(IntegrityError), transaction.atomic():
        HandReport.objects.update(settled_by=desk.hr)


# ---- pages


def test_a_report_is_made_verified_and_found_in_the_browser(desk):
    world.give_answers(world.make_campaign(desk.company), desk.wangli, 0, 1)
    answer = Answer.objects.latest("pk")
    client = browse(desk.hr)
    kinds = client.get(reverse("hand_report_new")).content.decode()
    assert "CC-5.3 规则" in kinds and "PM-6.4 规则" in kinds
    data = {
        "kind": "data_error",
        "employee": "王丽",
        "happened_on": "2024-02-01",
        "text": "三处手机号录错",
        "answer": answer.number,
        "files": SimpleUploadedFile("截图.jpg", samples.jpeg()),
    }
    page = client.post(reverse("hand_report_new"), data, follow=True)
    assert page.status_code == 200 and "三处手机号录错" in page.content.decode()
    report = HandReport.objects.get()
    assert report.answer == answer
    kept = client.get(reverse("hand_report_file", args=[report.pk, report.files.get().pk]))
    assert b"".join(kept.streaming_content) == samples.jpeg()
    own = client.post(reverse("hand_report_verify", args=[report.pk]))
    assert own.status_code == 409
    browse(desk.second).post(reverse("hand_report_verify", args=[report.pk]))
    report.refresh_from_db()
    assert (report.state, report.settled_by) == ("verified", desk.second)


def test_errors_stand_beside_the_fields_and_nothing_is_kept(desk):
    client = browse(desk.hr)
    data = {"kind": "suggestion", "employee": "王丽", "happened_on": "2024-02-01", "text": "扫码取号"}
    figures = {"before_k": 9, "before_n": 5, "after_k": 1, "after_n": 2}
    assert client.post(reverse("hand_report_new"), data).status_code == 422
    shown = {"files": SimpleUploadedFile("截图.jpg", samples.jpeg())}
    page = client.post(reverse("hand_report_new"), data | figures | shown)
    assert page.status_code == 409 and "my-error" in page.content.decode()
    assert not HandReport.objects.exists()
    report = desk.report()
    declined = browse(desk.second).post(reverse("hand_report_decline", args=[report.pk]), {"reason": ""})
    assert declined.status_code == 422


def test_the_list_is_searched_filtered_and_hides_what_is_about_oneself(desk):
    mine = desk.report(employee=desk.second.employee)
    other = desk.verified()
    assert list(HandReport.objects.visible_to(desk.second)) == [other]
    assert browse(desk.second).get(reverse("hand_report", args=[mine.pk])).status_code == 404
    client = browse(desk.hr)

    def shown(**query):
        page = client.get(reverse("hand_reports"), query).content.decode()
        return {one.number for one in (mine, other) if one.number in page}

    assert shown() == {mine.number, other.number}
    assert shown(state="verified") == {other.number}
    assert shown(within="田静") == {mine.number}
    assert shown(kind="data_error", within="王丽") == {other.number}
    assert shown(within="没有这个人") == set()


def test_a_head_sees_the_reports_of_their_own_departments_only(desk):
    own, elsewhere = desk.report(), desk.report(employee=desk.zhao)
    assert list(HandReport.objects.visible_to(desk.head)) == [own]
    assert browse(desk.head).get(reverse("hand_report", args=[elsewhere.pk])).status_code == 404
    about_me = desk.report("tampering", department=desk.sales, employee=None)
    assert browse(desk.head).get(reverse("hand_report", args=[about_me.pk])).status_code == 404


def test_nothing_of_it_is_there_for_another_company(desk):
    report = desk.report()
    elsewhere = factories.user_with(factories.make_company("other", "别家"), VERB)
    client = browse(elsewhere)
    for name, ids in (
        ("hand_report", [report.pk]),
        ("hand_report_verify", [report.pk]),
        ("hand_report_decline", [report.pk]),
        ("hand_report_file", [report.pk, report.files.get().pk]),
    ):
        address = reverse(name, args=ids)
        assert {client.get(address).status_code, client.post(address, {"reason": "不"}).status_code} <= {
            404,
            405,
        }
    report.refresh_from_db()
    assert report.state == "reported"
