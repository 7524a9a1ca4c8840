"""Entering: the hotline's screen, the quick one of every employee, and the group's inbox of what was passed on."""

import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.models import Case, CaseFile, Channel, Kind, Praise
from complaints.services import handling
from complaints.services.deadlines import warn_due
from complaints.services.intake import Contact
from complaints.services.tracking import look_up
from complaints.tests.build_d import NOON, XSS, Cast, browse, queries_of, text
from jobs.tests import samples
from tests import factories
from tests.factories import at

NEW, QUICK, MINE, VOICES = (reverse(name) for name in ("case_new", "case_quick", "passed_on", "group_inbox"))


@pytest.fixture
def cast(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def form(**data):
    basis = {"text": "退认购金等了一个半小时", "kind": "complaint", "channel": "hotline", "told_by": "none"}
    return {"key": uuid.uuid4().hex} | basis | data


# the hotline's screen ---------------------------------------------------------------------------------------------


def test_only_who_handles_enters_cases(cast):
    assert browse(cast.handler).get(NEW).status_code == 200
    for who in (cast.seller, cast.hr, cast.member, cast.head, cast.auditor):
        assert browse(who).get(NEW).status_code == 403
        assert browse(who).post(NEW, form()).status_code == 403
    assert not Case.objects.exists()


def test_words_come_first_with_the_cursor_in_them(cast):
    page = text(browse(cast.handler).get(NEW))
    assert page.index('name="text"') < page.index('name="kind"') < page.index('name="phone"')
    assert "autofocus" in page[page.index('name="text"') : page.index('name="kind"')]


def test_words_and_kind_suffice_and_number_and_code_are_read_out(cast):
    response = browse(cast.handler).post(NEW, form())
    case, page = Case.objects.get(), text(response)
    assert (case.channel, case.received_by) == (Channel.HOTLINE, cast.handler.user)
    assert case.number in page and response["Cache-Control"] == "no-store"
    code = response.context["code"]
    assert f"{code[:4]} {code[4:]}" in page
    assert look_up(number=case.number, code=code, address="127.0.0.1", at=at()) == case


def test_the_next_caller_entered_on_a_page_gone_back_to_is_a_case_of_their_own(cast):
    client, given = browse(cast.handler), form(phone="13800000001")
    first = client.post(NEW, given).context
    again = client.post(NEW, given).context
    assert (again["case"], again["code"]) == (first["case"], first["code"])
    other = client.post(NEW, given | {"text": "车位灯坏了", "phone": "13800000002"}).context
    assert other["case"] != first["case"] and other["code"] != first["code"]
    assert Case.objects.count() == 2


def test_a_second_voice_passed_on_from_the_same_page_is_kept(cast):
    client, given = browse(cast.seller), form()
    for words in ("样板间灯太亮", "样板间灯太亮", "停车难"):
        client.post(QUICK, given | {"text": words})
    assert sorted(Case.objects.values_list("text", flat=True)) == ["停车难", "样板间灯太亮"]


def test_what_was_said_where_and_of_whom_is_kept(cast):
    site = factories.make_site(cast.company)
    browse(cast.handler).post(
        NEW,
        form(
            site="云栖里", problem_type="等候太久", person=f"王丽 · {cast.seller.number}", happened_on="2026-11-02",
            name="林女士", phone="138 0000 0001", told_by="sms", hides_name="on",
        ),
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.site, case.problem_type, case.class_code) == (site, "waiting", "simple")
    assert case.allegations.get().employee == cast.seller
    assert (case.contact_phone, case.told_by, case.hides_name) == ("13800000001", "sms", True)


def test_a_person_not_on_the_list_is_kept_in_the_customers_words(cast):
    browse(cast.handler).post(NEW, form(person="前台那位小伙子"))
    case = Case.objects.get()
    assert case.people_named == "前台那位小伙子" and not case.allegations.exists()


@pytest.mark.parametrize("channel", ["hotline", "online", "box", "visit"])
def test_each_way_that_staff_enter_can_be_chosen(cast, channel):
    browse(cast.handler).post(NEW, form(channel=channel))
    assert Case.objects.get().channel == channel


def test_other_ways_cannot_be_smuggled_in(cast):
    assert browse(cast.handler).post(NEW, form(channel="survey")).status_code == 422
    assert browse(cast.handler).post(NEW, form(kind="report")).status_code == 422
    assert not Case.objects.exists()


def test_whom_a_caller_praises_is_kept_without_accusing_anybody(cast):
    browse(cast.handler).post(NEW, form(kind="praise", person=f"王丽 · {cast.seller.number}"))
    assert Case.objects.get().people_named == "王丽" and not Case.objects.get().allegations.exists()
    other = factories.make_employee(cast.seller.assignments.get().department, "王丽")
    browse(cast.handler).post(NEW, form(kind="suggestion", person=f"王丽 · {other.number}"))
    assert Case.objects.get(kind="suggestion").people_named == f"王丽 {other.number}", "of two, which"


def test_spoken_praise_is_spoken_praise(cast):
    browse(cast.handler).post(NEW, form(kind="praise"))
    assert Praise.objects.get().form == Praise.Form.ORAL


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"text": " "}, "text", "写下客户的话"),
        ({"kind": ""}, "kind", "选投诉、表扬或建议"),
        ({"phone": "12345"}, "phone", "11"),
        ({"email": "x@"}, "email", ""),
        ({"told_by": "sms"}, "phone", ""),
        ({"site": "没有的楼盘"}, "site", "名单里没有"),
        ({"happened_on": "2026-12-01"}, "happened_on", ""),
        ({"happened_on": "昨天"}, "happened_on", "2026-11-04"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_opened(cast, data, field, sentence):
    response = browse(cast.handler).post(NEW, form(**data))
    assert response.status_code in (409, 422)
    assert sentence in response.context["form"].errors[field][0]
    assert not Case.objects.exists()


def test_saving_twice_opens_one_case_and_shows_the_same_code(cast):
    data, client = form(), browse(cast.handler)
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert Case.objects.count() == 1
    assert first.context["code"] == second.context["code"]


def test_nobody_is_told_the_code_of_a_case_that_a_colleague_entered(cast):
    data = form()
    browse(cast.handler).post(NEW, data)
    browse(cast.second_handler).post(NEW, data)
    assert Case.objects.count() == 2


def test_the_screen_shows_who_calls_masked_and_what_they_said_before(cast):
    factories.make_customer(cast.company, name="林女士", phone="13800000001")
    case = cast.receive()
    page = text(browse(cast.handler).post(reverse("case_caller"), {"phone": "138 0000 0001"}))
    assert "林**" in page and "林女士" not in page and "13800000001" not in page
    assert "同一号码以前反映过 1 件" in page and case.number in page


def test_the_number_of_a_caller_stands_in_no_address(cast):
    assert browse(cast.handler).get(f"{reverse('case_caller')}?phone=13800000001").status_code == 405


def test_a_caller_of_another_company_is_unknown_here(cast):
    there = Cast("other", "别的公司")
    factories.make_customer(there.company, name="林女士", phone="13800000001")
    there.receive()
    page = text(browse(cast.handler).post(reverse("case_caller"), {"phone": "13800000001"}))
    assert "客户档案里没有这个号码" in page and "林" not in page


def test_half_a_number_is_no_error_page(cast):
    assert browse(cast.handler).post(reverse("case_caller"), {"phone": "138"}).status_code == 200


def test_half_a_number_is_no_mistake_while_it_is_being_typed(cast):
    client, there = browse(cast.handler), reverse("case_caller")
    assert text(client.post(there, {"phone": "138", "typing": "1"})).strip() == ""
    assert "11" in text(client.post(there, {"phone": "138", "typing": ""}))
    factories.make_customer(cast.company, name="林女士", phone="13800000001")
    assert "林**" in text(client.post(there, {"phone": "13800000001", "typing": "1"}))


def test_the_caller_s_file_opens_for_who_may_open_files(cast):
    customer = factories.make_customer(cast.company, name="林女士", phone="13800000001")
    address, given = reverse("customer", args=[customer.pk]), {"phone": "13800000001"}
    assert address in text(browse(cast.handler).post(reverse("case_caller"), given))
    client = Client()
    client.force_login(factories.user_with(cast.company, "complaints.view", "complaints.handle"))
    page = text(client.post(reverse("case_caller"), given))
    assert customer.number in page and address not in page


def test_what_was_saved_is_named_to_the_page_that_kept_its_words(cast):
    given = form()
    assert f'data-draft-saved="{given["key"]}"' in text(browse(cast.handler).post(NEW, given))
    given = form()
    browse(cast.seller).post(QUICK, given)
    assert f'data-draft-saved="{given["key"]}"' in text(browse(cast.seller).get(MINE))


# the quick screen ---------------------------------------------------------------------------------------------------


def quick(who, **data):
    return browse(who).post(QUICK, {"text": "客户说楼梯太滑", "kind": "complaint"} | data)


def test_any_employee_passes_on_what_they_heard_with_two_answers(cast):
    for who in (cast.seller, cast.head, cast.auditor, cast.reader):
        assert browse(who).get(QUICK).status_code == 200
    response = quick(cast.seller)
    case = Case.objects.get()
    assert response.url == MINE
    assert (case.channel, case.received_by, case.kind) == (Channel.EMPLOYEE, cast.seller.user, Kind.COMPLAINT)


def test_the_project_of_ones_own_assignment_is_chosen_beforehand(cast):
    site = factories.make_site(cast.company)
    cast.seller.assignments.update(site=site)
    assert f'<option value="{site.pk}" selected>' in text(browse(cast.seller).get(QUICK))


def test_a_photo_and_the_customers_number_go_with_it(cast):
    photo = SimpleUploadedFile("x.jpg", samples.jpeg(), "image/jpeg")
    quick(cast.seller, phone="13800000001", files=photo)
    assert Case.objects.get().contact_phone == "13800000001"
    assert CaseFile.objects.count() == 1


def test_a_slip_is_named_beside_the_field(cast):
    for data, field in (({"text": ""}, "text"), ({"kind": ""}, "kind"), ({"phone": "12"}, "phone")):
        response = quick(cast.seller, **data)
        assert response.status_code in (409, 422) and field in response.context["form"].errors
    assert not Case.objects.exists()


def test_it_reaches_service_and_group_at_once_and_passes_no_head(cast):
    quick(cast.seller)
    case = Case.objects.get()
    assert case.number in text(browse(cast.handler).get("/cases/"))
    assert case.number in text(browse(cast.member).get(VOICES))
    assert browse(cast.head).get(VOICES).status_code == 403
    assert browse(cast.head).get(f"/cases/{case.pk}/").status_code == 404


def test_my_entries_show_how_far_they_are_and_nobody_elses(cast):
    quick(cast.seller)
    quick(cast.colleague, text="别人转达的")
    case = Case.objects.get(received_by=cast.seller.user)
    page = text(browse(cast.seller).get(MINE))
    assert "您转达了 1 件，0 件已有首次回应" in page and "别人转达的" not in page
    cast.accept(case)
    assert "1 件已有首次回应" in text(browse(cast.seller).get(MINE))
    assert browse(cast.seller).get(f"/cases/{case.pk}/").status_code == 403


def test_what_i_passed_on_disappears_from_my_list_when_it_names_me(cast):
    quick(cast.seller)
    from complaints.services import people

    people.name_person(
        Case.objects.get(), employee=cast.seller, statement="在场未接待", by=cast.handler.user, at=at()
    )
    assert "您还没有转达过" in text(browse(cast.seller).get(MINE))


# the group's inbox --------------------------------------------------------------------------------------------------


def test_the_inbox_is_for_those_who_supervise(cast):
    for who, status in ((cast.member, 200), (cast.handler, 403), (cast.hr, 403), (cast.seller, 403)):
        assert browse(who).get(VOICES).status_code == status


def test_each_voice_shows_its_time_to_the_first_answer_and_the_median_stands_on_top(cast):
    for hours in (2, 4, 10):
        case = cast.receive(
            channel=Channel.EMPLOYEE, by=cast.seller.user, moment=at(2026, 11, 3, 0), contact=Contact()
        )
        cast.accept(case, at(2026, 11, 3, hours))
    waiting = cast.receive(
        channel=Channel.EMPLOYEE, by=cast.seller.user, moment=at(2026, 11, 4, 9), contact=Contact()
    )
    page = text(browse(cast.member).get(VOICES))
    assert "1 件还没有首次回应" in page
    assert "员工近 28 天转达的，一半在 4 小时内得到首次回应" in page
    assert "已等 3 小时" in page and "10 小时" in page
    assert browse(cast.member).get(VOICES).context["rows"][0].case == waiting


def test_escalated_cases_join_the_inbox_and_web_ones_do_not(cast):
    late = cast.accepted(moment=at(2026, 10, 12))
    calm = cast.receive()
    warn_due(NOON)
    page = text(browse(cast.member).get(VOICES))
    assert late.number in page and "已升级" in page
    assert calm.number not in page


def test_what_is_ended_leaves_the_inbox_but_stays_findable(cast):
    quick(cast.seller)
    case = Case.objects.get()
    handling.decline(case, reason="与公司无关", by=cast.handler.user, at=at())
    assert case.number not in text(browse(cast.member).get(VOICES))
    assert case.number in text(browse(cast.member).get(f"{VOICES}?show=all"))


def test_voices_of_another_company_or_about_oneself_are_not_in_it(cast):
    quick(cast.seller)
    cast.receive(cast.member, channel=Channel.EMPLOYEE, by=cast.seller.user)
    assert len(browse(cast.member).get(VOICES).context["rows"]) == 1
    assert browse(Cast("other", "别的公司").member).get(VOICES).context["rows"] == []


def test_the_inbox_and_my_entries_cost_the_same_however_long_they_are(cast, monkeypatch):
    monkeypatch.setattr("core.context.frame_items", lambda *args: [])
    member, seller = browse(cast.member), browse(cast.seller)
    quick(cast.seller)
    before = [len(queries_of(client, page)) for client, page in ((member, VOICES), (seller, MINE))]
    for _ in range(8):
        quick(cast.seller)
    after = [len(queries_of(client, page)) for client, page in ((member, VOICES), (seller, MINE))]
    assert before == after and max(after) <= 12


def test_what_colleagues_write_is_never_markup(cast):
    quick(cast.seller, text=XSS)
    for who, page in ((cast.seller, MINE), (cast.member, VOICES)):
        assert "<script>alert" not in text(browse(who).get(page))
