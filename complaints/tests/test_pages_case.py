"""The page of one case: what each reader sees of words, people, name and number, files; what it costs."""

import pytest
import time_machine
from django.urls import reverse

from audit.models import AuditRow
from complaints.models import CaseFile, Kind
from complaints.services import handling, people, relations
from complaints.services.intake import Contact
from complaints.tests.build_d import NOON, XSS, Cast, also, browse, queries_of, text
from jobs import attachments
from jobs.tests import samples
from tests import factories
from tests.factories import at


@pytest.fixture
def cast(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def page_of(employee, case, status=200):
    response = browse(employee).get(reverse("case", args=[case.pk]))
    assert response.status_code == status
    return text(response)


def step(who, verb, case, *more, **data):
    return browse(who).post(reverse(f"case_{verb}", args=[case.pk, *more]), data)


# who sees what ------------------------------------------------------------------------------------------------


def test_the_page_is_404_outside_and_403_without_the_right(cast):
    case = cast.receive(cast.seller)
    assert browse().get(reverse("case", args=[case.pk])).status_code == 302
    page_of(cast.colleague, case, 403)
    page_of(cast.other_head, case, 404)
    page_of(Cast("other", "别的公司").handler, case, 404)


def test_who_is_named_does_not_find_the_case_whatever_they_may_do(cast):
    page_of(cast.hr, cast.receive(cast.hr), 404)


def test_internal_reports_have_no_page_here(cast):
    case = cast.receive(kind=Kind.REPORT, contact=Contact())
    for who in (cast.handler, also(cast.second_handler, "reports_reader")):
        page_of(who, case, 404)
        assert step(who, "decline", case, reason="不受理").status_code == 404


def test_who_handles_reads_the_words_and_a_masked_contact(cast):
    page = page_of(
        cast.handler, cast.receive(cast.seller, contact=Contact("林女士", "13800000001", "lin@a.cn"))
    )
    assert "等了四十分钟没人接待" in page
    assert "138****0001" in page and "林**" in page and "l***@a.cn" in page
    assert "13800000001" not in page and "林女士" not in page


def test_an_answered_case_says_whether_somebody_must_still_tell_the_customer(cast):
    by_hotline = {"channel": "hotline", "by": cast.handler.user}
    case = cast.answered(**by_hotline)
    assert "请电话告知客户" in page_of(cast.handler, case)
    step(cast.handler, "asked", case, note="电话告知，客户认可")
    assert "请电话告知客户" not in page_of(cast.handler, case)
    assert "请电话告知客户" not in page_of(cast.handler, cast.answered())
    nobody = cast.answered(contact=Contact(), is_anonymous=True, **by_hotline)
    assert "没有渠道自动征求这位客户的意见" in page_of(cast.handler, nobody)


def test_the_group_reads_the_words_of_a_customer(cast):
    page = page_of(cast.member, cast.receive(cast.seller))
    assert "等了四十分钟没人接待" in page
    assert "一位客户" in page and "1380000" not in page and "138*" not in page


@pytest.mark.parametrize("who", ["head", "auditor"])
def test_heads_and_auditors_read_statement_and_deadline_only(cast, who):
    case = cast.investigating()
    handling.write_entry(case, kind="note", text="内部记录", by=cast.hr.user, at=at())
    page = page_of(getattr(cast, who), case)
    assert "王丽" in page and "最终答复" in page
    for secret in ("等了四十分钟", "林**", "138****", "内部记录", "一位客户", "查看姓名和电话"):
        assert secret not in page, secret


def test_a_head_sees_no_people_of_other_departments_and_no_unconfirmed_finding(cast):
    stranger = cast.hire(cast.other, "韩梅")
    case = cast.proposed(cast.seller, stranger)
    page = page_of(cast.head, case)
    assert "韩梅" not in page and "监控与两位同事" not in page and "态度" in page
    case = cast.confirm(case)
    assert "属实" in page_of(cast.head, case) and "监控与两位同事" not in page_of(cast.head, case)


def test_the_title_says_what_it_is_and_what_comes_next(cast):
    site = factories.make_site(cast.company)
    assert "<h1>云栖里 · 服务态度：待受理</h1>" in page_of(cast.handler, cast.receive(site=site))
    assert "<h1>服务态度：结论待复核</h1>" in page_of(cast.handler, cast.proposed())


def test_the_days_it_counted_are_shown(cast):
    page = page_of(cast.handler, cast.receive())
    assert "计入的 7 个工作日" in page and "<b>11/5</b>1" in page and "<b>11/13</b>7" in page
    assert "计入 11/5" in page


def test_exceptions_stand_on_top(cast):
    first = cast.accepted(cast.seller, moment=at(2026, 10, 12))
    case = cast.accepted(cast.seller, moment=at(2026, 10, 13))
    handling.hold(case, reason="客户已起诉", by=cast.hr.user, at=at())
    page = page_of(cast.handler, case)
    assert "重复投诉" in page and first.number in page
    assert "依法保全中" in page and "已逾期，期限是" in page


def test_internal_notes_are_set_apart_from_what_the_customer_sees(cast):
    case = cast.investigating()
    handling.write_entry(case, kind="note", text="仅供内部", by=cast.hr.user, at=at())
    handling.write_entry(case, kind="progress", text="正在核对录音", by=cast.hr.user, at=at())
    steps = {
        step.body: step.side for step in browse(cast.hr).get(f"/cases/{case.pk}/").context["desk"].course
    }
    assert steps["仅供内部"] == "internal" and steps["正在核对录音"] == "public"


def test_merged_cases_bring_words_files_and_links(cast):
    leading, other = cast.accepted(cast.seller), cast.receive(text="另一位客户也这样说")
    relations.merge(other, into=leading, reason="同一件事", by=cast.handler.user, at=at())
    page = page_of(cast.handler, leading)
    assert "另一位客户也这样说" in page and other.number in page
    other = page_of(cast.handler, other)
    assert "已并案，在另一件里继续办理" in other and leading.number in other


def test_what_people_write_is_never_markup(cast):
    case = cast.receive(
        cast.seller, text=XSS, people_named=XSS[:100], contact=Contact("<b>x</b>", "13800000001")
    )
    cast.accept(case, message=XSS)
    people.name_person(case, employee=cast.colleague, statement=XSS, by=cast.hr.user, at=at())
    handling.write_entry(case, kind="note", text=XSS, by=cast.hr.user, at=at())
    handling.hold(case, reason=XSS[:90], by=cast.hr.user, at=at())
    for who in (cast.handler, cast.hr, cast.head):
        page = page_of(who, case)
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>x" not in page


def test_the_page_costs_the_same_with_a_long_course(cast, monkeypatch):
    monkeypatch.setattr("core.context.frame_items", lambda *args: [])
    case = cast.investigating()
    client, address = browse(cast.hr), f"/cases/{case.pk}/"
    handling.write_entry(case, kind="note", text="一", by=cast.hr.user, at=at())
    before = len(queries_of(client, address))
    for number in range(12):
        handling.write_entry(case, kind="note", text=f"第 {number} 条", by=cast.hr.user, at=at())
    assert len(queries_of(client, address)) == before


# name and number ------------------------------------------------------------------------------------------------


def test_name_and_number_are_shown_once_and_the_look_is_kept(cast):
    case = cast.receive()
    response = step(cast.handler, "unmask", case, reason="回电核实")
    assert "13800000001" in text(response) and "林女士" in text(response)
    assert response["Cache-Control"] == "no-store"
    assert AuditRow.objects.filter(verb="complaints.case.unmasked", object_id=case.pk).count() == 1
    assert "13800000001" not in page_of(cast.handler, case)


def test_a_look_without_a_reason_shows_nothing_and_keeps_nothing(cast):
    case = cast.receive()
    for reason, status in (("", 422), ("x", 409)):
        response = step(cast.handler, "unmask", case, reason=reason)
        assert response.status_code == status
        assert "请用几个字写明为什么需要姓名和电话" in text(response) and "13800000001" not in text(response)
    assert not AuditRow.objects.filter(verb="complaints.case.unmasked").exists()


def test_who_may_not_unmask_is_refused(cast):
    assert step(cast.member, "unmask", cast.receive(), reason="想看看").status_code == 403
    assert step(cast.second_hr, "unmask", cast.receive(cast.hr), reason="核实情况").status_code == 200


# files ------------------------------------------------------------------------------------------------------------


def file_of(cast, case):
    kept = attachments.keep(
        company=cast.company, content=samples.jpeg(), name="现场.jpg", by=cast.handler.user, at=at()
    )
    return CaseFile.objects.create(case=case, attachment=kept, is_from_customer=True)


def test_a_file_opens_for_those_who_read_the_words(cast):
    case = cast.receive(cast.seller)
    file = file_of(cast, case)
    address = reverse("case_file", args=[case.pk, file.pk])
    assert address in page_of(cast.handler, case)
    for who, status in (
        (cast.handler, 200),
        (cast.hr, 200),
        (cast.member, 200),
        (cast.head, 404),
        (cast.auditor, 404),
        (cast.other_head, 404),
        (cast.seller, 403),
        (Cast("other", "别的公司").handler, 404),
    ):
        assert browse(who).get(address).status_code == status, who
    assert browse(cast.handler).get(address)["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_case_is_not_found_by_this_address(cast):
    file = file_of(cast, cast.receive(cast.seller))
    assert (
        browse(cast.handler).get(reverse("case_file", args=[cast.receive().pk, file.pk])).status_code == 404
    )
