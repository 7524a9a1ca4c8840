"""Pages of internal reports: the readers' side and the sender's, each step of both through plain forms."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.forms.public import new_key
from complaints.models import Case, Finding, State
from complaints.services import handling, intake, people, reports
from complaints.tests.build_praise import Stage, fresh
from complaints.tests.canary import changed_since, tables
from jobs.tests import test_traces as traces
from tests.factories import at

PAYLOAD = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
LATER = at(2026, 11, 5, 15)
TAKE_UP = {"problem_type": "other", "severity": "general"}


@pytest.fixture(autouse=True)
def a_few_days_later():
    """The clocks of the reports below still run then, whenever the tests do."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def stage(db):
    return Stage()


def sender_of(receipt):
    """A browser that has entered number and code."""
    client = Client()
    client.post("/speak-up/track/", {"number": receipt.case.number, "code": receipt.code})
    return client


def step(stage, who, case, name, **said):
    return stage.client(who).post(f"/internal-reports/{case.pk}/{name}/", said)


# ---- who


def test_only_readers_open_the_pages(stage):
    case = stage.report().case
    paths = ("/internal-reports/", f"/internal-reports/{case.pk}/")
    for outsider in (stage.liuyang, stage.chenjing, stage.sunyue, stage.liqiang, stage.wangli):
        client = stage.client(outsider)
        assert [client.get(path).status_code for path in paths] == [403, 403]
        assert client.post(f"/internal-reports/{case.pk}/close/").status_code == 403
    assert [stage.client(stage.xulan).get(path).status_code for path in paths] == [200, 200]
    assert Client().get(paths[0]).status_code == 302


def test_a_reader_of_another_company_finds_nothing(stage):
    case = Stage("other").report().case
    assert stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/").status_code == 404


def test_the_pages_of_praise_and_cases_do_not_open_a_report_even_for_its_reader(stage):
    case = stage.report().case
    client = stage.client(stage.zhou)
    assert [client.get(f"/{kind}/{case.pk}/").status_code for kind in ("cases", "praises")] == [404, 404]


def test_a_step_that_does_not_exist_or_is_only_looked_at_does_nothing(stage):
    case, client = stage.report().case, stage.client(stage.zhou)
    before = tables()
    assert client.post(f"/internal-reports/{case.pk}/nothing/").status_code == 404
    assert client.get(f"/internal-reports/{case.pk}/decline/").status_code == 405
    rows = changed_since(before)
    assert not [key for key in rows if key[0].startswith(("complaints", "audit", "notifications"))]


def test_the_list_costs_the_same_however_long(stage):
    client = stage.client(stage.zhou)

    def cost():
        client.get("/internal-reports/")
        with CaptureQueriesContext(connection) as made:
            client.get("/internal-reports/")
        return len(made)

    stage.taken_up()
    first = cost()
    for _time in range(4):
        stage.taken_up()
    assert cost() == first and first <= 25


# ---- the readers' work


def test_a_report_goes_its_way_through_the_pages_of_both_sides(stage):
    receipt = stage.report(employees=[stage.wangli])
    case, sender = receipt.case, sender_of(receipt)
    step(stage, stage.zhou, case, "take_up", investigator=stage.zhengjie.pk, **TAKE_UP)
    assert fresh(case).state == State.INVESTIGATING
    step(stage, stage.zhengjie, case, "entry", kind="note", text="只给受理人看的记录")
    step(stage, stage.zhengjie, case, "ask", question="是在哪一天？")
    page = sender.get("/speak-up/track/").content.decode()
    assert "是在哪一天？" in page and "只给受理人看的记录" not in page
    sender.post("/speak-up/track/add/", {"text": "上周五下午"})
    assert fresh(case).state == State.INVESTIGATING
    assert "上周五下午" in stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/").content.decode()
    allegation = case.allegations.get()
    found = {f"a{allegation.pk}-verdict": "not", f"a{allegation.pk}-reasons": "核对原始问卷"}
    step(stage, stage.zhengjie, case, "propose", **found)
    assert step(stage, stage.zhengjie, case, "confirm").status_code == 409
    step(stage, stage.xulan, case, "confirm")
    step(stage, stage.zhou, case, "answer", text="已核对，没有发现问题")
    page = sender.get("/speak-up/track/").content.decode()
    assert "已核对，没有发现问题" in page and "核对原始问卷" not in page
    sender.post("/speak-up/track/back/", {"text": "还有别的人看到"})
    assert fresh(case).state == State.INVESTIGATING and fresh(case).reopened == 1
    assert set(Finding.objects.values_list("state", flat=True)) == {"reopened"}


def test_the_page_offers_confirming_to_a_second_reader_only(stage):
    case = stage.taken_up()
    allegation = case.allegations.get()
    found = {f"a{allegation.pk}-verdict": "not", f"a{allegation.pk}-reasons": "核对原始问卷"}
    step(stage, stage.zhengjie, case, "propose", **found)
    address = f'action="/internal-reports/{case.pk}/confirm/"'
    own = stage.client(stage.zhengjie).get(f"/internal-reports/{case.pk}/").content.decode()
    other = stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/").content.decode()
    assert address not in own and address in other


def test_what_is_missing_is_said_beside_its_field_and_nothing_changes(stage):
    case = stage.taken_up()
    for name, said in (
        ("ask", {}),
        ("entry", {"kind": "note"}),
        ("person", {"statement": "知情"}),
        ("propose", {}),
    ):
        response = step(stage, stage.zhengjie, case, name, **said)
        assert response.status_code == 422, name
        assert "my-error" in response.content.decode()
    assert fresh(case).state == State.INVESTIGATING and case.entries.count() == 1


def test_a_declined_report_tells_its_sender_why(stage):
    receipt = stage.report()
    step(stage, stage.zhou, receipt.case, "decline", reason="与公司无关，请找物业")
    assert "与公司无关，请找物业" in sender_of(receipt).get("/speak-up/track/").content.decode()


def test_a_person_named_as_unfit_is_not_offered_as_investigator(stage):
    case = stage.report(employees=[stage.zhou]).case
    page = stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/").content.decode()
    options = re.search(r'<select name="investigator".*?</select>', page, re.S).group()
    assert "郑洁" in options and "许岚" in options and "周总" not in options


# ---- the sender's side


def test_the_cookie_of_the_sender_opens_one_report_and_cannot_be_made_up(stage):
    first, second = stage.report(text="第一份"), stage.report(text="第二份")
    client = sender_of(first)
    cookie = client.cookies["report"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/speak-up/", True, "Strict")
    assert "第一份" in client.get("/speak-up/track/").content.decode()
    client.cookies["report"] = f"{second.case.pk}:x:y"
    assert "第二份" not in client.get("/speak-up/track/").content.decode()


def test_leaving_closes_the_report_in_this_browser(stage):
    client = sender_of(stage.report(text="第一份"))
    client.post("/speak-up/track/leave/")
    assert "第一份" not in client.get("/speak-up/track/").content.decode()


def test_without_number_and_code_nothing_is_added_and_the_words_are_not_lost(stage):
    response = Client().post("/speak-up/track/add/", {"text": "写了很久的话"})
    assert response.status_code == 403 and "写了很久的话" in response.content.decode()


def test_number_and_code_of_a_customers_case_open_nothing_here(stage):
    receipt = intake.receive(
        company=stage.company, kind="complaint", channel="web", text="等太久", key="k", at=LATER
    )
    given = {"number": receipt.case.number, "code": receipt.code}
    wrong = Client().post("/speak-up/track/", given)
    unknown = Client().post("/speak-up/track/", {"number": "NB-2611-000000", "code": "AAAAAAAA"})
    assert wrong.status_code == unknown.status_code == 422
    error = re.compile(r'class="my-errors".*?</div>', re.S)
    assert error.search(wrong.content.decode()).group() == error.search(unknown.content.decode()).group()


def test_a_sender_may_take_it_back_before_anything_is_decided(stage):
    receipt = stage.report()
    sender_of(receipt).post("/speak-up/track/back/", {"text": ""})
    assert fresh(receipt.case).state == State.WITHDRAWN


def test_a_file_is_kept_without_its_name_and_opens_for_readers_who_are_not_named(stage):
    photo = SimpleUploadedFile("周婷的照片.jpg", traces.photo(), "image/jpeg")
    Client().post("/speak-up/", {"key": new_key(), "text": "看", "people_named": "周总", "files": photo})
    case = Case.objects.get()
    file = case.files.select_related("attachment").get()
    assert "周婷" not in file.attachment.name and file.attachment.kept_by is None
    assert traces.SECRET not in file.attachment.file.open().read(), "nor where and with what it was taken"
    path = f"/internal-reports/{case.pk}/files/{file.pk}/"
    assert stage.client(stage.xulan).get(path).status_code == 200
    assert stage.client(stage.zhou).get(path).status_code == 404
    assert stage.client(stage.chenjing).get(path).status_code == 403


def test_a_bad_file_or_no_words_is_refused_and_nothing_is_kept(stage):
    bad = SimpleUploadedFile("a.jpg", b"MZ" + b"x" * 100, "image/jpeg")
    for said in (
        {},
        {"text": "看", "files": bad},
        {"text": "x" * (intake.LONGEST_TEXT + 1)},
        {"text": "看", "people_named": "名" * 121},
    ):
        assert Client().post("/speak-up/", {"key": new_key(), **said}).status_code == 422
    assert not Case.objects.exists()


def test_a_sender_who_names_all_readers_reads_that_nobody_is_left(stage):
    said = {"key": new_key(), "text": "看", "people_named": "周总、郑洁、许岚"}
    response = Client().post("/speak-up/", said)
    assert response.status_code == 422 and "没有人能受理" in response.content.decode()


def test_a_post_from_another_site_in_the_name_of_somebody_signed_in_is_refused(stage):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.zhouting.user)
    response = client.post("/speak-up/", {"key": new_key(), "text": "看", "who": "named"})
    assert response.status_code == 403 and not Case.objects.exists()


# ---- words stay words


def test_no_words_of_either_side_become_markup(stage):
    receipt = stage.report(text=PAYLOAD, people_named=PAYLOAD[:100], employees=[stage.wangli])
    case = receipt.case
    step(stage, stage.zhou, case, "take_up", investigator=stage.zhengjie.pk, **TAKE_UP)
    handling.write_entry(
        fresh(case), kind="progress", text=PAYLOAD, by=stage.zhengjie.user, at=LATER, is_public=True
    )
    people.name_person(
        fresh(case), employee=stage.zhouting, statement=PAYLOAD, by=stage.zhengjie.user, at=LATER
    )
    reports.say_more(fresh(case), text=PAYLOAD, at=LATER)
    handling.ask(fresh(case), question=PAYLOAD, by=stage.zhengjie.user, at=LATER)
    pages = (
        stage.client(stage.xulan).get(f"/internal-reports/{case.pk}/"),
        stage.client(stage.xulan).get("/internal-reports/"),
        sender_of(receipt).get("/speak-up/track/"),
        Client().post("/speak-up/", {"key": PAYLOAD, "text": PAYLOAD, "people_named": PAYLOAD}),
        Client().post("/speak-up/track/add/", {"text": PAYLOAD}),
        Client().get("/speak-up/track/", {"number": PAYLOAD}),
    )
    for response in pages:
        text = response.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text
