"""Number and code open one case for half an hour; the page says how far it is and takes what the customer adds."""

import re

import pytest
import time_machine
from django.test import Client

from complaints.contact import Contact
from complaints.models import Case, CaseFile, Entry
from complaints.services import closing, handling, relations, tracking
from complaints.tests import build_public as make
from complaints.tests.build_b import Cast
from complaints.tests.build_public import enter, words
from complaints.tracking_code import code_of
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_elsewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(at(2026, 11, 4, 14), tick=False):
        yield


@pytest.fixture
def cast(db):
    return Cast()


def title(response):
    return re.sub(r"\s+", " ", re.search(r"<h1>(.*?)</h1>", words(response), re.S)[1]).strip()


class TestTheWayIn:
    def test_number_and_code_open_the_case(self, client, cast):
        case = cast.receive()
        response = enter(client, case)
        assert response.redirect_chain == [("/track/case/", 303)]
        assert case.number in words(response)
        assert case.number not in response.request["PATH_INFO"]

    def test_the_code_is_never_shown_again(self, client, cast):
        case = cast.receive()
        assert code_of(case) not in words(enter(client, case))
        assert client.get("/feedback/receipt/")["Location"] == "/track/"

    def test_typing_is_forgiven(self, client, cast):
        case = cast.receive()
        typed = {"number": f" {case.number.lower().replace('-', ' ')}", "code": f"{code_of(case).lower()} "}
        assert client.post("/track/", typed)["Location"] == "/track/case/"

    def test_wrong_ones_look_alike(self, client, cast):
        case = cast.receive()
        tries = [
            (case.number, "AAAAAAAA"),
            ("TS-2611-9999", code_of(case)),
            ("TS-2611-9999", "AAAAAAAA"),
            ("\x07x", "NaN"),
            ("9" * 5000, "9" * 39),
            ("' OR 1=1", "%00"),
        ]
        pages = [client.post("/track/", {"number": number[:40], "code": code}) for number, code in tries]
        assert {page.status_code for page in pages} == {422}
        errors = {words(page).split('id="errors"')[1].split("</div>")[0] for page in pages}
        assert len(errors) == 1 and "编号或查询码不对" in errors.pop()
        assert client.get("/track/case/")["Location"] == "/track/"

    def test_guessing_ends_in_a_pause_and_leaves_others_alone(self, client, cast):
        case, other = cast.receive(), cast.receive(text="另一件事")
        for _time in range(25):
            last = client.post("/track/", {"number": case.number, "code": "AAAAAAAA"})
        assert last.status_code == 429 and "一小时" in words(last)
        assert client.post("/track/", {"number": case.number, "code": code_of(case)}).status_code == 429
        assert enter(client, other).redirect_chain == [("/track/case/", 303)]
        assert (
            Client(REMOTE_ADDR="198.51.100.9").post(
                "/track/", {"number": case.number, "code": code_of(case)}
            )["Location"]
            == "/track/case/"
        ), "nobody is locked out from elsewhere"

    def test_the_number_may_come_in_the_link_and_the_code_never_does(self, client, cast):
        case = cast.receive()
        page = words(client.get(f"/track/?number={case.number}&code={code_of(case)}"))
        assert f'value="{case.number}"' in page and code_of(case) not in page

    def test_an_internal_report_is_not_found_here(self, client, cast):
        report = cast.receive(kind="report")
        response = client.post("/track/", {"number": report.number, "code": code_of(report)})
        assert response.status_code == 422

    def test_half_an_hour_ends_it(self, client, cast):
        enter(client, cast.receive())
        with time_machine.travel(at(2026, 11, 4, 14, 29), tick=False):
            assert client.get("/track/case/").status_code == 200
        with time_machine.travel(at(2026, 11, 4, 14, 31), tick=False):
            assert client.get("/track/case/")["Location"] == "/track/"
            late = client.post("/track/case/add/", {"text": "写了很久的补充"})
            assert late.status_code == 403 and "写了很久的补充" in words(late), "shown once more, to copy"
        assert not Entry.objects.exists()

    def test_leaving_clears_the_session(self, client, cast):
        enter(client, cast.receive())
        assert "已退出查询" in words(client.post("/track/leave/"))
        assert client.get("/track/case/")["Location"] == "/track/"

    def test_a_colleague_who_leaves_stays_signed_in(self, client, cast):
        client.force_login(cast.handler.user)
        enter(client, cast.receive())
        client.post("/track/leave/")
        assert client.get("/track/case/")["Location"] == "/track/"
        assert client.get("/").status_code == 200

    def test_the_session_key_changes_on_entering(self, client, cast):
        client.force_login(cast.handler.user)
        before = client.session.session_key
        enter(client, cast.receive())
        assert client.session.session_key != before

    def test_posts_need_the_token_of_the_page(self, cast):
        client = Client(enforce_csrf_checks=True)
        case = cast.receive()
        assert client.post("/track/", {"number": case.number, "code": code_of(case)}).status_code == 403

    def test_every_act_needs_the_token_too(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.get("/track/")
        case = cast.receive()
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
        client.post("/track/", {"number": case.number, "code": code_of(case), **token})
        for address in ("add", "rate", "withdraw", "supervisor"):
            assert client.post(f"/track/case/{address}/", {"text": "x", "rating": "5"}).status_code == 403
        assert not Entry.objects.exists() and Case.objects.get().state == "received"
        assert client.post("/track/leave/").status_code == 403
        assert client.get("/track/case/").status_code == 200
        assert client.post("/track/case/add/", {"text": "真的", **token}).status_code == 303

    def test_who_does_something_stays_another_half_hour(self, client, cast):
        enter(client, cast.receive())
        with time_machine.travel(at(2026, 11, 4, 14, 20), tick=False):
            client.post("/track/case/add/", {"text": "还有一点"})
        with time_machine.travel(at(2026, 11, 4, 14, 45), tick=False):
            assert client.get("/track/case/").status_code == 200
        with time_machine.travel(at(2026, 11, 4, 14, 51), tick=False):
            assert client.get("/track/case/")["Location"] == "/track/"

    def test_each_act_asks_who_it_is(self, client, cast):
        for address in ("add", "rate", "withdraw", "reopen", "supervisor"):
            assert client.post(f"/track/case/{address}/", {"text": "x", "rating": "5"}).status_code == 403
        assert client.get("/track/case/files/1/").status_code == 404
        assert client.get("/track/case/withdraw/")["Location"] == "/track/"
        enter(client, cast.receive())
        assert client.get("/track/case/nonsense/").status_code == 404

    def test_the_case_of_another_company_opens_with_its_own_code_only(self, client, cast):
        make.open_company("other", "另一家公司")
        mine = cast.receive()
        make.send(client, "/feedback/other/")
        theirs = Case.objects.get(company__code="other")
        assert theirs.number == mine.number, "numbers are given per company"
        page = enter(client, mine)
        assert "青禾房产销售" in words(page) and "另一家公司" not in words(page)
        assert "另一家公司" in words(enter(client, theirs))


class TestTheSentence:
    def test_says_state_day_and_working_days_left(self, client, cast):
        case = cast.investigating()
        response = enter(client, case)
        assert title(response).replace("\xa0", " ") == "正在调查，最迟 11 月 13 日答复您"
        assert "还有 7 个工作日。" in words(response)
        assert "调查人不是当事人，也不是当事人的上级。" in words(response)

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("receive", "已收到，最迟 11 月 5 日受理"),
            ("accepted", "已受理，最迟 11 月 13 日答复您"),
            ("proposed", "正在核定结论，最迟 11 月 13 日答复您"),
            ("confirmed", "结论已核定，最迟 11 月 13 日答复您"),
            ("answered", "已答复您，请您评价"),
        ],
    )
    def test_of_each_state(self, client, cast, state, sentence):
        assert title(enter(client, getattr(cast, state)(cast.seller))).replace("\xa0", " ") == sentence

    def test_being_late_is_said(self, client, cast):
        case = cast.investigating()
        with time_machine.travel(at(2026, 11, 20), tick=False):
            assert title(enter(client, case)).startswith("我们晚了：原定 11")

    def test_what_comes_is_shown_in_plain_words(self, client, cast):
        page = words(enter(client, cast.accepted()))
        coming = re.findall(r'is-next"><b>(.*?)</b>', page)
        assert coming == ["调查", "核定结论", "答复您，请您评价", "办结"]
        assert "答复后 7 个工作日内可要求重办" in page

    def test_declined_ones_show_the_reason(self, client, cast):
        case = cast.receive()
        handling.decline(case, reason="这是邻居之间的事", by=cast.handler.user, at=at())
        response = enter(client, case)
        assert title(response) == "这件事我们不能受理" and "这是邻居之间的事" in words(response)

    def test_nothing_said_inside_and_no_name_of_a_colleague_is_shown(self, client, cast):
        case = cast.investigating()
        handling.write_entry(case, kind="note", text="内部看法", by=cast.hr.user, at=at())
        handling.write_entry(case, kind="progress", text="已调取录像", by=cast.hr.user, at=at())
        case = cast.confirm(cast.propose(case))
        page = words(enter(client, case))
        assert "已调取录像" in page and "内部看法" not in page
        assert not any(name in page for name in ("王丽", "陈静", "刘洋", "孙悦", "substantiated", "属实"))

    def test_the_page_takes_few_queries(self, client, cast, django_assert_max_num_queries):
        case = cast.answered()
        enter(client, case)
        client.get("/track/case/")
        with django_assert_max_num_queries(12) as seen:
            client.get("/track/case/")
        assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)

    def test_it_speaks_english(self, client, cast):
        case = cast.investigating()
        enter(client, case)
        page = words(client.get("/track/case/?lang=en"))
        assert "We are looking into it and answer by 13\xa0Nov" in page
        assert "7 working days are left." in page


class TestWhatTheCustomerAdds:
    def test_a_question_stands_on_top_until_it_is_answered(self, client, cast):
        case = cast.investigating()
        handling.ask(case, question="取号单还在吗？", by=cast.handler.user, at=at())
        page = words(enter(client, case))
        assert "想请您补充一点" in page and page.index("取号单还在吗？") < page.index('class="steps"')
        response = client.post("/track/case/add/", {"text": "在的", "files": [make.photo()]}, follow=True)
        assert "想请您补充一点" not in words(response) and "在的" in words(response)
        case.refresh_from_db()
        assert case.state == "investigating"
        assert CaseFile.objects.get().entry.text == "在的"

    def test_a_second_tap_is_one_entry(self, client, cast):
        enter(client, cast.receive())
        for _time in range(2):
            client.post("/track/case/add/", {"text": "还有一件事"})
        assert Entry.objects.filter(kind="from_customer").count() == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"text": ""},
            {"text": "\x00\x07 "},
            {"text": "满" * 2001},
            {"text": "看图", "files": "program"},
            {"text": "", "files": "many"},
        ],
    )
    def test_bad_input_is_said_beside_the_field_and_adds_nothing(self, client, cast, given):
        files = {
            "program": [make.SimpleUploadedFile("a.jpg", b"MZ\x90")],
            "many": [make.photo(f"{n}.png") for n in range(7)],
        }.get(given.get("files"), [])
        enter(client, cast.receive())
        response = client.post("/track/case/add/", {"text": given["text"], "files": files})
        assert response.status_code == 422 and "my-error" in words(response)
        assert not Entry.objects.filter(kind="from_customer").exists() and not CaseFile.objects.exists()

    def test_too_much_at_once_is_refused_with_a_sentence(self, client, cast):
        enter(client, cast.receive())
        response = client.post("/track/case/add/", {"text": "满" * 3_500_000})
        assert response.status_code == 413 and "一次提交的内容太多" in words(response)

    def test_rating_takes_one_tap_and_counts_once(self, client, cast):
        case = cast.answered()
        page = words(enter(client, case))
        assert re.findall(r'name="rating" value="(\d)"', page) == list("12345")
        response = client.post("/track/case/rate/", {"rating": "4", "comment": "处理得快"}, follow=True)
        assert "谢谢，评价已记录" in words(response) and 'name="rating"' not in words(response)
        assert Case.objects.get().rating == 4
        assert client.post("/track/case/rate/", {"rating": "1"}).status_code == 422
        assert Case.objects.get().rating == 4

    @pytest.mark.parametrize("rating", ["0", "6", "NaN", "", "-1", "4.5", "１", "9" * 5000])
    def test_other_ratings_do_not_exist(self, client, cast, rating):
        enter(client, cast.answered())
        assert client.post("/track/case/rate/", {"rating": rating}).status_code == 422
        assert Case.objects.get().rating is None

    def test_taking_it_back(self, client, cast):
        enter(client, cast.receive())
        assert "撤回 TS-" in words(client.get("/track/case/withdraw/"))
        response = client.post("/track/case/withdraw/", {"text": ""}, follow=True)
        assert title(response) == "您已撤回"
        assert Case.objects.get().state == "withdrawn"
        assert client.get("/track/case/withdraw/")["Location"] == "/track/case/"

    def test_asking_to_look_again_within_the_window(self, client, cast):
        enter(client, cast.answered())
        response = client.post("/track/case/reopen/", {"text": ""})
        assert response.status_code == 422 and "请写明哪里没解决" in words(response)
        response = client.post("/track/case/reopen/", {"text": "钱还没有退"}, follow=True)
        assert title(response).startswith("正在调查")
        assert "按您的要求重新办理" in words(response) and "钱还没有退" in words(response)

    def test_after_the_window_it_is_not_offered(self, client, cast):
        case = cast.answered()
        with time_machine.travel(case.grace_until, tick=False):
            closing.close_due(case.grace_until)
            response = enter(client, case)
            assert title(response) == "已办结" and "/track/case/reopen/" not in words(response)
            assert client.post("/track/case/reopen/", {"text": "再看看"})["Location"] == "/track/case/"

    def test_calling_a_supervisor(self, client, cast):
        enter(client, cast.receive())
        response = client.post("/track/case/supervisor/", {"text": "没有人理我"}, follow=True)
        assert "已告诉主管" in words(response)
        assert Entry.objects.get(kind="from_customer").text == "没有人理我"

    def test_what_was_sent_is_folded_in_with_its_files(self, client, cast):
        make.send(client, files=[make.photo()])
        page = words(client.get("/track/case/"))
        assert "您提交的内容" in page and "等了一个半小时" in page and "取号单.png" in page
        file = CaseFile.objects.get()
        shown = client.get(f"/track/case/files/{file.pk}/")
        assert shown.status_code == 200 and shown["Content-Type"] == "image/png"
        assert "sandbox" in shown["Content-Security-Policy"] and "no-store" in shown["Cache-Control"]

    def test_files_of_others_and_of_the_investigation_do_not_open(self, client, cast):
        make.send(client, "/feedback/qinghe/", files=[make.photo()])
        theirs = CaseFile.objects.get()
        case = cast.investigating()
        attachment = make.keep(case.company)
        handling.write_entry(case, kind="evidence", text="录像", by=cast.hr.user, at=at(), files=[attachment])
        enter(client, case)
        for one in CaseFile.objects.all():
            assert client.get(f"/track/case/files/{one.pk}/").status_code == 404
        assert theirs.pk in CaseFile.objects.values_list("pk", flat=True)


class TestMergedCases:
    @pytest.fixture
    def pair(self, cast):
        lead = cast.accepted(cast.seller, text="第一位客户的话")
        other = cast.receive(text="第二位客户的话", contact=Contact(name="赵先生", phone="13900000009"))
        with time_machine.travel(at(2026, 11, 4, 13), tick=False):
            relations.merge(other, into=lead, reason="同一次停电", by=cast.handler.user, at=at(hour=13))
        return Case.objects.get(pk=lead.pk), Case.objects.get(pk=other.pk)

    def test_the_second_customer_follows_the_course_of_the_first(self, client, cast, pair):
        lead, other = pair
        cast.investigate(lead, moment=at(hour=13, minute=30))
        handling.write_entry(
            lead, kind="progress", text="已恢复供电", by=cast.hr.user, at=at(hour=13, minute=40)
        )
        handling.ask(
            Case.objects.get(pk=lead.pk),
            question="只问第一位客户",
            by=cast.handler.user,
            at=at(hour=13, minute=50),
        )
        tracking.add(Case.objects.get(pk=lead.pk), text="第一位客户的补充", at=at(hour=13, minute=55))
        page = words(enter(client, other))
        assert "合并办理" in page and "已恢复供电" in page and "第二位客户的话" in page
        assert not any(said in page for said in ("第一位客户的话", "只问第一位客户", "第一位客户的补充"))
        assert lead.number not in page
        assert "/track/case/withdraw/" not in page

    def test_both_rate_for_themselves(self, client, cast, pair):
        lead, other = pair
        cast.investigate(lead)
        lead = cast.confirm(cast.propose(Case.objects.get(pk=lead.pk)))
        closing.answer(lead, text="已赔付", by=cast.handler.user, at=at())
        assert "已赔付" in words(enter(client, other))
        client.post("/track/case/rate/", {"rating": "5"})
        assert [Case.objects.get(pk=one.pk).rating for one in (lead, other)] == [None, 5]


def test_what_was_erased_on_schedule_is_said(client, cast):
    case = cast.answered()
    with time_machine.travel(case.grace_until, tick=False):
        closing.close_due(case.grace_until)
    Case.objects.update(redacted_at=at(), text="")
    page = words(enter(client, case))
    assert "按期抹去" in page and 'name="text"' not in page
