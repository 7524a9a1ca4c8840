"""The open form: what a customer sends becomes one case with number and code, from any company and poster."""

import re

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.forms.public import new_key
from complaints.models import Allegation, Case, CaseFile, FeedbackCode, Kind, Praise
from complaints.services.codes import end_code, make_code
from complaints.tests import build_public as make
from complaints.tests.build_public import COMPLAINT, send, words
from complaints.tracking_code import code_of
from complaints.views import public
from core.flow import Refused
from jobs.models import Attachment
from jobs.tests import test_traces as traces
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_elsewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(at(2026, 11, 4), tick=False):
        yield


@pytest.fixture
def company(db):
    return make.open_company()


def test_a_complaint_gets_number_and_code_at_once(client, company):
    response = send(client, site=company.sites.get().pk, people_named="前台", happened_on="2026-11-02")
    case = Case.objects.get()
    assert response.redirect_chain == [("/feedback/receipt/", 303)]
    assert case.number in words(response) and code_of(case) in words(response)
    assert "11 月 5 日（周四）24:00" in words(response), "the first answer is due the next working day"
    assert (case.kind, case.channel, case.state) == ("complaint", "web", "received")
    assert (case.contact_name, case.contact_phone, case.told_by) == ("林女士", "13800000001", "sms")
    assert (case.people_named, case.site.name, str(case.happened_on)) == ("前台", "云栖里", "2026-11-02")
    assert "138****0001" in words(response) and "13800000001" not in words(response)


def test_looking_at_the_form_writes_nothing(client, company, django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as seen:
        assert client.get("/feedback/").status_code == 200
    written = ("INSERT", "UPDATE", "DELETE")
    assert not [query for query in seen.captured_queries if query["sql"].startswith(written)]


def test_sending_twice_and_reloading_make_one_case(client, company):
    key = make.key_of(client.get("/feedback/"))
    first, second = send(client, key=key), send(client, key=key)
    assert Case.objects.count() == 1
    code = code_of(Case.objects.get())
    assert code in words(first) and code in words(second)
    assert "只算一件" in words(second) and "只算一件" not in words(first)
    assert code in words(client.get("/feedback/receipt/")), "the receipt can be loaded again"


@pytest.mark.parametrize(
    "changed", [{"text": "另一件事：停车场灯坏了。"}, {"phone": "13800000002"}, {"kind": "praise"}]
)
def test_other_words_from_a_page_gone_back_to_are_not_lost(client, company, changed):
    key = make.key_of(client.get("/feedback/"))
    first, second = send(client, key=key), send(client, key=key, **changed)
    assert Case.objects.count() == 2 and "只算一件" not in words(second)
    assert code_of(Case.objects.first()) not in words(first), "each has a code of its own"
    assert send(client, key=key, **changed).status_code == 200 and Case.objects.count() == 2


def test_a_photo_added_on_the_way_back_joins_the_case(client, company):
    key = make.key_of(client.get("/feedback/"))
    send(client, key=key, files=[make.photo()])
    send(client, key=key, files=[make.photo(), make.photo("小票.png", colour=b"\xff\x00\x00")])
    assert Case.objects.count() == 1
    assert [file.attachment.name for file in CaseFile.objects.order_by("pk")] == ["取号单.png", "小票.png"]
    assert Attachment.objects.exclude(name="").count() == 2


def test_the_same_words_in_a_new_form_are_a_new_case(client, company):
    send(client)
    send(client)
    assert Case.objects.count() == 2


def test_without_cookies_the_receipt_is_the_answer_itself(company):
    client = Client()
    key = make.key_of(client.get("/feedback/"))
    client.cookies.clear()
    response = client.post("/feedback/", {**COMPLAINT, "key": key})
    assert response.status_code == 200
    assert code_of(Case.objects.get()) in words(response)
    assert f"/track/?number={Case.objects.get().number}" in words(response)


def test_a_key_that_was_made_up_is_not_taken(client, company):
    for key in ("answer:1", "", "web:" + "x" * 22, new_key()[:-1] + "?"):
        response = client.post("/feedback/", {**COMPLAINT, "key": key})
        assert response.status_code == 422
        assert COMPLAINT["text"] in words(response) and make.key_of(response) != key
    assert not Case.objects.exists()


def test_nobody_else_reads_the_receipt(client, company):
    send(client)
    assert Client().get("/feedback/receipt/")["Location"] == "/track/"
    with time_machine.travel(at(2026, 11, 4, 13), tick=False):
        assert client.get("/feedback/receipt/")["Location"] == "/track/", "after half an hour neither"


def test_of_an_anonymous_voice_no_contact_is_kept(client, company):
    response = send(client, who="anonymous", told_by="sms")
    case = Case.objects.get()
    assert case.is_anonymous and case.told_by == "none" and case.customer is None
    assert not any((case.contact_name, case.contact_phone, case.contact_email))
    assert "匿名提交" in words(response)


def test_named_needs_a_way_to_be_reached(client, company):
    response = send(client, phone="", email="")
    assert response.status_code == 422
    assert "请填手机或邮箱，或改选匿名" in words(response)
    assert 'href="#id_phone"' in words(response)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("given", "told_by", "field"),
    [
        ({"phone": "", "email": "lin@example.com"}, "sms", "phone"),
        ({"phone": "13800000001", "email": ""}, "email", "email"),
        ({"phone": "057188880000", "email": ""}, "sms", "phone"),
    ],
)
def test_the_way_to_be_told_needs_its_address(client, company, given, told_by, field):
    response = send(client, **given, told_by=told_by)
    assert response.status_code == 422
    assert f'href="#id_{field}"' in words(response)


def test_an_e_mail_address_alone_is_enough(client, company):
    send(client, phone="", email="lin@example.com", told_by="email")
    assert Case.objects.get().contact_email == "lin@example.com"


def test_what_is_wrong_is_said_on_top_and_beside_the_field_with_all_values_kept(client, company):
    response = send(client, phone="1385712741", happened_on="2026-12-24", people_named="前台小姐")
    page = words(response)
    assert response.status_code == 422
    assert "还没有提交，有 2 处要改" in page
    assert 'href="#id_phone"' in page and 'id="id_phone_error"' in page
    phone = re.search(r"<input[^>]*id=\"id_phone\"[^>]*>", page)[0]
    assert 'aria-invalid="true"' in phone and "id_phone_error" in phone and 'value="1385712741"' in phone
    assert page.index('id="id_phone_error"') < page.index(phone), "between label and input"
    assert COMPLAINT["text"] in page and "前台小姐" in page and 'value="2026-12-24"' in page


def test_chosen_files_are_named_as_lost_when_something_else_is_wrong(client, company):
    response = send(
        client, phone="1", files=[make.photo("认购书.png"), make.photo("大厅.png", b"\x01\x02\x03")]
    )
    assert "请重新选择文件，浏览器没有保留：认购书.png、大厅.png" in words(response)
    assert not Attachment.objects.exists()


def test_photos_come_with_the_case(client, company):
    send(client, text="", files=[make.photo("取号单.png"), make.photo("大厅.png", b"\x01\x02\x03")])
    assert [one.attachment.name for one in CaseFile.objects.all()] == ["取号单.png", "大厅.png"]
    assert all(one.is_from_customer for one in CaseFile.objects.all())


def test_photos_sent_twice_are_kept_once(client, company):
    key = make.key_of(client.get("/feedback/"))
    for _time in range(2):
        send(client, key=key, files=[make.photo()])
    assert Attachment.objects.exclude(file="").count() == CaseFile.objects.count() == 1


@pytest.mark.parametrize(("who", "tells"), [("anonymous", False), ("named", True)])
def test_photos_of_somebody_anonymous_do_not_tell_where_they_were_taken(client, company, who, tells):
    taken = SimpleUploadedFile("a.jpg", traces.photo())
    response = send(client, who=who, files=[taken])
    assert response.status_code == 200
    case = Case.objects.get()
    client.post("/track/case/add/", {"files": [SimpleUploadedFile("b.jpg", traces.photo(orientation=3))]})
    kept = [one.attachment.file.open().read() for one in case.files.select_related("attachment")]
    assert [traces.SECRET in content for content in kept] == [tells, tells]


def test_files_that_are_too_large_together_are_refused_with_the_words_kept(client, company, monkeypatch):
    monkeypatch.setattr("jobs.attachments.TOGETHER_MAX_BYTES", 2 * len(make.png()) - 1)
    assert send(client, files=[make.photo()]).status_code == 200
    response = send(client, files=[make.photo("a.png"), make.photo("b.png")])
    assert response.status_code == 422 and "合计超过" in words(response)
    assert COMPLAINT["text"] in words(response) and Case.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1385712741", "手机号少 1 位，请补全 11 位数字。"),
        ("138 5712", "手机号少 4 位，请补全 11 位数字。"),
        ("138571274100", "手机号多 1 位，应为 11 位数字。"),
        ("12345", "请填写 11 位手机号"),
        ("abc", "请填写 11 位手机号"),
    ],
)
def test_what_is_wrong_with_a_number_is_said_exactly(client, company, typed, sentence):
    response = send(client, phone=typed)
    assert response.status_code == 422 and sentence in words(response)


def test_when_the_case_is_refused_its_photos_are_not_kept_either(client, company, monkeypatch):
    def refuse(**fields):
        raise Refused("not now", field="text")

    monkeypatch.setattr(public.intake, "receive", refuse)
    assert send(client, files=[make.photo()]).status_code == 422
    assert not Attachment.objects.exists()


def test_praise_and_suggestions_have_numbers_of_their_own(client, company):
    send(client, kind="praise")
    send(client, kind="suggestion")
    assert sorted(Case.objects.values_list("number", flat=True)) == ["BY-2611-0001", "JY-2611-0001"]
    assert Praise.objects.get().case.kind == Kind.PRAISE


def test_the_kind_can_stand_in_the_address(client, company):
    page = words(client.get("/feedback/?kind=praise"))
    assert re.search(r'value="praise" checked', page)
    assert re.search(r'value="complaint" checked', words(client.get("/feedback/?kind=report")))


def test_an_internal_report_cannot_be_sent_here(client, company):
    assert send(client, kind="report").status_code == 422
    assert not Case.objects.exists()


def test_two_hundred_people_behind_one_address_get_through(client, company, monkeypatch):
    assert public.NEW_PER_ADDRESS >= 200
    monkeypatch.setattr(public, "NEW_PER_ADDRESS", 1)
    monkeypatch.setattr(public, "address_of", lambda request: "198.51.100.7")
    assert send(client).status_code == 200
    response = send(client, text="第二件事")
    assert response.status_code == 429
    assert "一小时后" in words(response) and "第二件事" in words(response), "nothing typed is lost"
    assert Case.objects.count() == 1


def test_posts_that_are_refused_count_against_nobody(client, company, monkeypatch):
    monkeypatch.setattr(public, "NEW_PER_ADDRESS", 1)
    monkeypatch.setattr(public, "address_of", lambda request: "198.51.100.8")
    for _time in range(3):
        assert send(client, phone="1").status_code == 422
    assert send(client).status_code == 200


class TestCompanies:
    def test_several_are_offered(self, client, company):
        make.open_company("other", "另一家公司")
        page = words(client.get("/feedback/"))
        assert 'href="/feedback/qinghe/"' in page and 'href="/feedback/other/"' in page
        send(client, "/feedback/other/")
        assert Case.objects.get().company.code == "other"

    def test_one_without_complaints_in_its_policy_is_not_offered(self, client, company):
        factories.make_company("quiet", "没有制度的公司")
        assert 'name="text"' in words(client.get("/feedback/"))
        assert client.get("/feedback/quiet/").status_code == 404

    def test_where_none_is_there_the_page_says_so(self, client, db):
        assert client.get("/feedback/").status_code == 404
        assert client.get("/track/").status_code == 200

    def test_privacy_says_what_the_policy_says(self, client, company):
        for address in ("/feedback/privacy/", "/feedback/qinghe/privacy/"):
            assert "365 天" in words(client.get(address))


class TestCodes:
    @pytest.fixture
    def keeper(self, company):
        return make.keeper(company)

    def test_a_project_is_filled_in(self, client, company, keeper):
        code = make_code(company, site=company.sites.get(), employee=None, label="大厅", by=keeper, at=at())
        page = client.get(f"/f/{code.code}/")
        assert re.search(rf'value="{code.site_id}" selected', words(page))
        send(client, f"/f/{code.code}/", site=code.site_id)
        case = Case.objects.get()
        assert case.feedback_code == code and case.site == code.site

    def test_a_person_is_named_and_never_by_their_id(self, client, company, keeper):
        wang = make.make_consultant(company)
        code = make_code(company, site=None, employee=wang, label="", by=keeper, at=at())
        page = words(client.get(f"/f/{code.code}/"))
        assert "关于：<b>王丽</b>" in page and wang.number not in page
        hidden = re.findall(r'<input type="hidden" name="(\w+)"', page)
        assert hidden == ["key"], "who it is about stands in the address only"
        assert "people_named" not in page
        send(client, f"/f/{code.code}/")
        assert Allegation.objects.get().employee == wang

    def test_praise_by_it_accuses_nobody(self, client, company, keeper):
        code = make_code(
            company, site=None, employee=make.make_consultant(company), label="", by=keeper, at=at()
        )
        send(client, f"/f/{code.code}/", kind="praise")
        assert Case.objects.get().feedback_code == code and not Allegation.objects.exists()
        assert Case.objects.get().people_named == "王丽", "nor is it lost whom it praises"

    def test_an_employee_cannot_be_smuggled_in(self, client, company):
        wang = make.make_consultant(company)
        send(client, employees=wang.pk, employee=wang.pk, feedback_code="1", customer="1")
        assert not Allegation.objects.exists() and Case.objects.get().customer is None

    def test_an_ended_one_leads_to_the_general_form(self, client, company, keeper):
        code = make_code(company, site=company.sites.get(), employee=None, label="大厅", by=keeper, at=at())
        key = make.key_of(client.get(f"/f/{code.code}/"))
        end_code(code, by=keeper, at=at())
        response = client.get(f"/f/{code.code}/")
        assert response.status_code == 404
        assert "这个二维码已经停用" in words(response) and 'href="/feedback/qinghe/"' in words(response)
        assert send(client, f"/f/{code.code}/", key=key).status_code == 200, (
            "who had it open still gets through"
        )
        FeedbackCode.objects.update(ended_at=at(2026, 11, 2))
        assert client.post(f"/f/{code.code}/", {**COMPLAINT, "key": new_key()}).status_code == 404

    @pytest.mark.parametrize("code", ["nothing-here", "%00", "%ED%A0%80", "x" * 3000])
    def test_unknown_ones_look_like_ended_ones(self, client, company, code):
        assert client.get(f"/f/{code}/").status_code == 404


def test_the_form_speaks_english_and_remembers_it(client, company):
    page = words(client.get("/feedback/?lang=en"))
    seen = page.replace("云栖里", "").replace("青禾房产销售", "").replace("中文", "").replace(">青<", "><")
    assert "What happened" in page and not any("\u4e00" <= char <= "\u9fff" for char in seen)
    response = send(client)
    assert "Thank you for telling us" in words(response)
    assert Case.objects.get().language == "en"


def test_the_first_view_weighs_less_than_60_kb_without_compression(client, company):
    weight = len(client.get("/feedback/").content)
    for name in ("survey.css", "feedback.css", "feedback.js"):
        with open(finders.find(f"manyi/{name}"), "rb") as file:
            weight += len(file.read())
    assert weight < 60_000


def test_headers_keep_pages_out_of_caches_and_search_engines(client, company):
    for address in ("/feedback/", "/track/", "/feedback/privacy/", "/f/none/"):
        response = client.get(address)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin" and response["X-Robots-Tag"] == "noindex"
