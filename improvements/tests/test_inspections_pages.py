"""Pages of inspections: who sees what, what stands beside the field, how many statements a page takes."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Allegation, Case, Kind
from complaints.tests.build_public import photo
from core import access
from core.registries import inbox_sources
from improvements.models import Inspection, InspectionFact, InspectionFile, InspectionFinding
from improvements.selectors.inspections import Structure, facts_since
from improvements.services import inspections as services
from improvements.tests.build_inspections import HEAD, MORNING, new_office
from organization.models import Role
from tests import factories
from tests.factories import at


@pytest.fixture(autouse=True)
def today(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def office(db):
    return new_office()


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def get(user, name, *args, **query):
    return browse(user).get(reverse(name, args=args), query)


def field(item, name):
    return f"i{item.pk}-{name}"


def test_an_item_is_kept_as_it_is_tapped_and_the_part_that_comes_back_leaves_the_words_alone(office):
    inspection = office.begun()
    item = inspection.items.get(code="recorded")
    answer = browse(office.hr).post(
        reverse("inspection_mark", args=[inspection.pk, item.pk]),
        {
            field(item, "result"): "partly",
            field(item, "note"): "两通没有登记",
            field(item, "files"): [photo()],
        },
        headers={"hx-request": "true"},
    )
    item.refresh_from_db()
    words = answer.content.decode()
    assert (answer.status_code, item.result, item.files.count()) == (200, "partly", 1)
    assert "已检查 1 / 3 项" in words and "<textarea" not in words and 'type="radio"' not in words


def test_a_file_of_another_kind_is_refused_beside_the_item_and_nothing_is_kept(office):
    inspection = office.begun()
    item = inspection.items.get(code="recorded")
    bad = photo("假.png")
    bad.file.seek(0)
    bad.file.write(b"not a picture at all")
    bad.file.seek(0)
    answer = browse(office.hr).post(
        reverse("inspection_mark", args=[inspection.pk, item.pk]),
        {field(item, "result"): "met", field(item, "files"): [bad]},
    )
    item.refresh_from_db()
    assert answer.status_code == 409 and "假.png" in answer.content.decode() and item.result == ""


def test_the_head_does_not_read_what_is_marked_before_it_is_submitted(office):
    inspection = office.begun()
    item = inspection.items.get(code="recorded")
    services.mark_item(item, result="not_met", note="抽查时看到", by=office.hr, at=MORNING)
    assert "抽查时看到" not in get(office.head, "inspection", inspection.pk).content.decode()
    assert "抽查时看到" in get(office.hr, "inspection", inspection.pk).content.decode()


def test_an_inspection_that_is_not_announced_does_not_exist_for_the_department_before_it_is_told(office):
    inspection = office.planned()
    Inspection.objects.update(is_announced=False)
    assert get(office.head, "inspection", inspection.pk).status_code == 404
    Inspection.objects.update(
        state="submitted", submitted_at=MORNING, held_on=MORNING.date(), answer_due_at=MORNING
    )
    assert get(office.head, "inspection", inspection.pk).status_code == 200


def test_another_department_s_inspection_does_not_exist_for_a_head(office):
    inspection = office.submitted({"recorded": "not_met"})
    assert get(office.other_head, "inspection", inspection.pk).status_code == 404
    assert get(office.other_head, "inspection_finding", inspection.findings.get().pk).status_code == 404
    assert get(office.other_head, "inspection_department", office.first.pk).status_code == 404


def test_who_has_a_measure_sees_it_and_nothing_else_of_the_inspection(office):
    inspection = office.answered({"recorded": "not_met", "answered": "partly"})
    first, second = inspection.findings.all()
    InspectionFinding.objects.filter(pk=second.pk).update(owner=office.fang)
    assert get(office.wang.user, "inspection_finding", first.pk).status_code == 200
    assert get(office.wang.user, "inspection_finding", second.pk).status_code == 404
    assert get(office.wang.user, "inspection", inspection.pk).status_code == 403


def test_whoever_is_named_never_reads_that_they_are(office):
    inspection = office.answered({"files": "not_met"}, checklist="care", named=office.wang)
    finding = inspection.findings.get()
    assert "王丽" in get(office.hr, "inspection_finding", finding.pk).content.decode()
    role = factories.make_role(
        office.company, "see", ["improvements.inspect", "improvements.view_inspections"]
    )
    factories.grant(office.wang.user, role)
    shown = get(office.wang.user, "inspection_finding", finding.pk).content.decode()
    assert "客户资料有误：王丽" not in shown
    answer = browse(office.wang.user).post(reverse("inspection_fact", args=[finding.pk]), {"step": "confirm"})
    assert answer.status_code == 404 and InspectionFact.objects.get().state == "waiting"


def test_files_open_for_those_who_see_the_finding_and_for_nobody_else(office):
    inspection = office.begun()
    item = inspection.items.get(code="recorded")
    file = ("一.png", photo().read())
    services.mark_item(item, result="not_met", note="缺登记", files=[file], by=office.hr, at=MORNING)
    pk = InspectionFile.objects.get().pk
    assert get(office.hr, "inspection_file", pk).status_code == 200
    assert get(office.head, "inspection_file", pk).status_code == 404
    for item in inspection.items.exclude(code="recorded"):
        services.mark_item(item, result="met", note="", by=office.hr, at=MORNING)
    services.submit_inspection(inspection, summary="", by=office.hr, at=MORNING)
    assert get(office.head, "inspection_file", pk).status_code == 200
    assert get(office.other_head, "inspection_file", pk).status_code == 404
    assert get(office.wang.user, "inspection_file", pk).status_code == 404


def test_what_is_missing_in_the_answer_stands_beside_its_field(office):
    inspection = office.submitted({"recorded": "not_met"})
    finding = inspection.findings.get()
    answer = browse(office.head).post(
        reverse("inspection_answer", args=[inspection.pk]), {f"{finding.pk}-agrees": "yes"}
    )
    assert answer.status_code == 409 and "请写明将怎样整改。" in answer.content.decode()
    assert Inspection.objects.get().state == "submitted"


def test_the_list_is_filtered_and_exported_as_it_stands(office):
    office.submitted({"recorded": "not_met"})
    office.planned(department=office.second)
    listed = get(office.hr, "inspections", department=office.first.pk).content.decode()
    assert "XC-2611-001" in listed and "XC-2611-002" not in listed
    rows = b"".join(get(office.hr, "inspections_export", stage="", within="销售一部", format="csv")).decode()
    assert "XC-2611-001" in rows and "70.00" in rows and "XC-2611-002" not in rows
    assert get(office.hr, "inspections_export").content[:2] == b"PK"


def test_an_export_of_a_department_holds_nothing_of_another(office):
    office.submitted()
    rows = b"".join(get(office.other_head, "inspections_export", stage="all", format="csv")).decode()
    assert "XC-" not in rows


def test_each_finds_in_the_inbox_what_they_are_to_do(office):
    office.answered({"recorded": "not_met", "answered": "partly"}, disputed=("answered",))
    titles = {name: [item.title for item in inbox_of(office, user)] for name, user in people(office).items()}
    assert any("2026" not in title and "有异议" in title for title in titles["hr"])
    assert any("到期" in title for title in titles["hr"])
    assert titles["head"] == [] and "整改：每天下班前核对登记" in titles["wang"]


def people(office):
    return {"hr": office.hr, "head": office.head, "wang": office.wang.user}


def inbox_of(office, user):
    user = type(user).objects.get(pk=user.pk)
    return [
        item
        for name, source in inbox_sources.items()
        if name.startswith("improvements.")
        for item in source(user, office.company, MORNING)
    ]


def statements(user, name, *args):
    client = browse(user)
    client.get(reverse(name, args=args))
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(caught)


@pytest.mark.parametrize("name", ["inspections", "inspection_departments"])
def test_a_list_takes_as_many_statements_for_many_as_for_one(office, name):
    office.answered({"recorded": "not_met"})
    few = statements(office.hr, name)
    for place in range(4):
        department = factories.make_department(
            office.company, f"sales-{place + 5}", f"销售{place}部", parent=office.sales
        )
        head = factories.make_employee(department, f"负责人{place}", is_head=True)
        factories.user_with(office.company, *HEAD, reach=Role.Reach.DEPARTMENT, employee=head)
        office.submitted({"recorded": "not_met", "answered": "partly"}, department=department)
    assert statements(office.hr, name) <= few <= 30


def test_one_inspection_takes_as_many_statements_for_many_items_as_for_few(office):
    few = office.submitted({"recorded": "not_met"})
    many = office.submitted(
        {"recorded": "not_met", "answered": "partly", "known": "partly"}, department=office.second
    )
    assert statements(office.hr, "inspection", many.pk) <= statements(office.hr, "inspection", few.pk)


def test_figures_of_complaints_leave_out_what_names_the_head(office):
    inspection = office.begun()
    for place in range(3):
        case = Case.objects.create(
            company=office.company, number=f"TS-{place}", key=str(place), kind=Kind.COMPLAINT, channel="web",
            text="等了很久", received_at=at(2026, 10, 5), department=office.first, state="accepted",
            due_at=at(2026, 10, 20),
        )  # fmt: skip
    Allegation.objects.create(case=case, employee=office.head.employee, statement="态度", added_at=at())
    Case.objects.create(
        company=office.company, number="NB-1", key="report", kind=Kind.REPORT, channel="web", text="举报",
        received_at=at(2026, 10, 5), department=office.first,
    )  # fmt: skip
    rows = facts_since(inspection, MORNING, Structure(office.company.pk, MORNING.date()))
    found = {row["code"]: (row["count"], row["of"]) for row in rows if row["source"] == "complaints"}
    assert (found["received"], found["open"], found["overdue"]) == ((2, None), (2, None), (2, 2))


def test_figures_are_frozen_with_the_inspection(office):
    inspection = office.submitted()
    assert {row["source"] for row in inspection.facts} == {"execution", "complaints"}
    role = factories.make_role(office.company, "all", access.verbs)
    factories.grant(office.chair, role)
    shown = get(office.chair, "inspection", inspection.pk).content.decode()
    assert f"/cases/?department={office.first.pk}" in shown


def test_a_department_page_without_any_score_says_when_one_comes(office):
    assert "还没有得分" in get(office.hr, "inspection_department", office.first.pk).content.decode()
    office.submitted({"recorded": "not_met"})
    shown = get(office.hr, "inspection_department", office.first.pk).content.decode()
    assert "n = 1 次巡查" in shown and "70.0%" in shown


def test_without_a_book_that_asks_for_inspections_the_pages_say_so(db):
    other = factories.make_company("plain", "没有制度")
    user = factories.user_with(
        other, *access.verbs, employee=factories.make_employee(factories.make_department(other))
    )
    for name in ("inspections", "inspection_new", "inspections_plan_due", "inspection_departments"):
        assert get(user, name).status_code == 200
    assert "现行制度没有要求巡查" in get(user, "inspections").content.decode()
