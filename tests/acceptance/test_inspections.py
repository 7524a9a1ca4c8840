"""Inspections as people do them: RE-5.1a, CC-5.1, AU-5, and what CC-5.3 makes of wrong data found there."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from approvals.models import Committee, Membership
from complaints.tests.build_public import photo
from core.events import deliver_all
from core.registries import verifications
from improvements.models import Inspection, InspectionFinding
from incentives.models import Case
from organization.models import Company, Role
from tests import factories
from tests.factories import at

MORNING = at(2026, 11, 4, 9)
PEOPLE = {
    "陈静": ("hr", "hr", False),
    "许岚": ("hr", "hr", False),
    "周总": ("management", "group", True),
    "孙悦": ("management", "group", False),
    "李强": ("sales-1", "head", True),
    "赵敏": ("sales-2", "head", True),
    "王丽": ("sales-1", "employee", False),
    "方磊": ("sales-1", "employee", False),
    "郑洁": ("management", "auditor", False),
}


class Cast:
    """A company set up from the shipped books, with a login for each role."""

    def __init__(self, *packs):
        for pack in packs:
            call_command("load_policy", pack, unit="qinghe", name="青禾", verbosity=0)
        self.company = Company.objects.get(code="qinghe")
        self.users = {name: self._person(name, *where) for name, where in PEOPLE.items()}

    def _person(self, name, department, role, is_head):
        place = self.company.departments.get(code=department)
        user = factories.make_user(employee=factories.make_employee(place, name, is_head=is_head))
        factories.grant(user, Role.objects.get(company=self.company, code=role))
        return user

    def seat(self, committee, *names):
        for name in names:
            Membership.objects.create(
                committee=Committee.objects.get(company=self.company, code=committee),
                employee=self.users[name].employee,
                starts_on=dt.date(2026, 1, 1),
            )

    def browser(self, name):
        client = Client()
        client.force_login(self.users[name])
        return client

    def get(self, name, page, pk=None):
        answer = self.browser(name).get(reverse(page, args=[pk] if pk else []))
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def post(self, name, page, *pks, **data):
        return self.browser(name).post(reverse(page, args=pks), data)

    def employee(self, name):
        return self.users[name].employee

    def plan(self, name, checklist, department="sales-1"):
        answer = self.post(
            name, "inspection_new", checklist=checklist, planned_on="2026-11-04",
            department=self.company.departments.get(code=department).pk, inspectors=[self.employee(name).pk],
        )  # fmt: skip
        return Inspection.objects.get() if answer.status_code == 302 else answer

    def mark(self, name, inspection, code, result, note="", **more):
        item = inspection.items.get(code=code)
        fields = {"result": result, "note": note, **more}
        data = {f"i{item.pk}-{key}": value for key, value in fields.items()}
        answer = self.post(name, "inspection_mark", inspection.pk, item.pk, **data)
        assert answer.status_code == 302, answer.content.decode()

    def hold(self, name, inspection, faults):
        """Begin, mark everything (`faults` {code: fields}), submit."""
        self.post(name, "inspection_begin", inspection.pk)
        for item in inspection.items.all():
            self.mark(name, inspection, item.code, **faults.get(item.code, {"result": "met"}))
        answer = self.post(name, "inspection_submit", inspection.pk, summary="现场有序")
        assert answer.status_code == 302


@pytest.fixture
def clock(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.mark.clause("RE-5.1a")
def test_hr_inspects_a_department_and_follows_it_up_to_the_verified_measure(clock):
    cast = Cast("realestate_rewards")
    listed = cast.get("陈静", "inspections")
    assert "从未巡查" in listed and "销售一部" in listed
    inspection = cast.plan("陈静", "service")
    cast.hold(
        "陈静",
        inspection,
        {
            "recorded": {"result": "not_met", "note": "抽查 20 通来电，3 通没有登记", "files": [photo()]},
            "known": {"result": "partly", "note": "两人说不清得分来源"},
            "posted": {"result": "na"},
        },
    )
    shown = cast.get("李强", "inspection", inspection.pk)
    assert "销售一部：81.6%，合格" in shown and "抽查 20 通来电" in shown and "投诉处理" in shown
    finding = InspectionFinding.objects.get(item__code="recorded")
    noted = InspectionFinding.objects.get(item__code="known")
    answers = {
        f"{finding.pk}-agrees": "yes",
        f"{finding.pk}-measure": "每天下班前核对来电与登记",
        f"{finding.pk}-owner": cast.employee("王丽").pk,
        f"{finding.pk}-due_on": "2026-11-10",
        f"{noted.pk}-agrees": "yes",
    }
    assert cast.post("李强", "inspection_answer", inspection.pk, **answers).status_code == 302
    clock.move_to(at(2026, 11, 12, 9))
    assert "整改逾期" in cast.get("陈静", "inspection", inspection.pk)
    assert "每天下班前核对来电与登记" in cast.get("王丽", "my_measures")
    assert cast.post("王丽", "inspection_done", finding.pk, text="已补登", files=[photo()]).status_code == 302
    assert cast.post("李强", "inspection_check", finding.pk).status_code == 403
    assert cast.post("陈静", "inspection_check", finding.pk, note="看过登记簿").status_code == 302
    assert "已了结" in cast.get("郑洁", "inspection", inspection.pk)
    assert [text for name, check in verifications.items() if "inspection" in name for text in check()] == []


@pytest.mark.clause("RE-5.1a")
def test_departments_are_due_again_by_the_months_of_the_book_and_planned_at_once(clock):
    cast = Cast("realestate_rewards")
    cast.hold("陈静", cast.plan("陈静", "service"), {})
    clock.move_to(at(2027, 2, 8, 9))
    board = cast.get("陈静", "inspection_departments")
    assert "2 月 4 日 已到期" in board and "100.0%" in board
    keys = [f"service:{cast.company.departments.get(code=code).pk}" for code in ("sales-1", "sales-2")]
    answer = cast.post(
        "陈静", "inspections_plan_due", departments=keys, planned_on="2027-02-09",
        inspectors=[cast.employee("陈静").pk, cast.employee("许岚").pk],
    )  # fmt: skip
    assert answer.status_code == 302 and Inspection.objects.filter(state="planned").count() == 2


@pytest.mark.clause("CC-5.1")
def test_the_leading_group_inspects_data_activities_and_feedback(clock):
    cast = Cast("realestate_rewards", "realestate_care")
    cast.seat("care-group", "周总", "孙悦")
    refused = cast.plan("陈静", "care")
    assert refused.status_code == 409 and "陈静那天不能做这项巡查" in refused.content.decode()
    inspection = cast.plan("周总", "care")
    assert {"data", "activities", "feedback"} == set(inspection.items.values_list("area", flat=True))
    cast.hold("周总", inspection, {"activities_held": {"result": "partly", "note": "十月少办一场"}})
    shown = cast.get("郑洁", "inspection", inspection.pk)
    assert all(words in shown for words in ("客户资料", "关怀活动", "反馈处理", "92.5%"))


@pytest.mark.clause("CC-5.3")
def test_wrong_data_found_by_an_inspection_opens_the_case_once_a_second_person_confirms_it(clock):
    cast = Cast("realestate_rewards", "realestate_care")
    cast.seat("care-group", "周总", "孙悦")
    inspection = cast.plan("周总", "care")
    wrong = {"result": "not_met", "note": "合同电话与档案不符，5 份中 3 份", "employee": "方磊"}
    cast.hold("周总", inspection, {"files_correct": wrong})
    finding = InspectionFinding.objects.get()
    assert cast.post("周总", "inspection_fact", finding.pk, step="confirm").status_code == 409
    deliver_all()
    assert not Case.objects.exists()
    assert "方磊" in cast.get("陈静", "inspection_finding", finding.pk)
    assert cast.post("陈静", "inspection_fact", finding.pk, step="confirm").status_code == 302
    assert cast.post("许岚", "inspection_fact", finding.pk, step="confirm").status_code == 409
    deliver_all()
    deliver_all()
    case = Case.objects.get()
    assert (case.rule.code, case.employee.name) == ("CC-5.3b", "方磊")
    assert case.occurrence == f"inspection_finding:{finding.pk}"


@pytest.mark.clause("CC-5.3")
def test_a_fault_that_does_not_stand_takes_its_case_with_it(clock):
    cast = Cast("realestate_rewards", "realestate_care")
    cast.seat("care-group", "周总", "孙悦")
    inspection = cast.plan("周总", "care")
    wrong = {"result": "not_met", "note": "电话不符", "employee": "方磊"}
    cast.hold("周总", inspection, {"files_correct": wrong})
    finding = InspectionFinding.objects.get()
    cast.post("陈静", "inspection_fact", finding.pk, step="confirm")
    deliver_all()
    says = {f"{finding.pk}-agrees": "no", f"{finding.pk}-comment": "客户本人换了号码"}
    assert cast.post("李强", "inspection_answer", inspection.pk, **says).status_code == 302
    done = cast.post("许岚", "inspection_settle", finding.pk, step="withdraw", reason="客户确认换号")
    assert done.status_code == 302
    deliver_all()
    assert Case.objects.get().state == "set_aside" and "所依据的事实已撤回" in Case.objects.get().reason
    assert Inspection.objects.get().score_bp == 10_000


@pytest.mark.clause("AU-5")
def test_the_group_supervises_the_departments_of_a_car_dealer(clock):
    cast = Cast("car_sales")
    cast.seat("group", "周总", "孙悦")
    assert cast.plan("陈静", "supervision").status_code == 409
    inspection = cast.plan("周总", "supervision")
    cast.hold("周总", inspection, {})
    assert "：100.0%，合格" in cast.get("孙悦", "inspection", inspection.pk)
