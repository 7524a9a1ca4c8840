"""A company whose books ask for inspections: HR and the group inspect, two sales teams and service are inspected."""

import datetime as dt

from approvals.models import Committee, Membership
from complaints.tests.build_public import png
from improvements.models import Inspection, InspectionFinding
from improvements.services import inspection_findings as findings
from improvements.services import inspections as services
from organization.models import Role
from policies.models import Clause
from scoring.tests import world
from tests import factories
from tests.factories import at
from tests.replay import replayed


def item(code, name, name_en, area, points, **more):
    return {"code": code, "name": name, "name_en": name_en, "area": area, "points": points, **more}


CLOCKS = {
    "answer_days": 5,
    "follow_up_days": 10,
    "warn_days": 2,
    "soon_days": 14,
    "most_files": 2,
    "is_announced": True,
}
SERVICE = {
    "code": "service",
    "name": "奖惩与投诉检查",
    "name_en": "Rules and complaints",
    "clause": "RE-5.1a",
    "every_months": 3,
    "pass_bp": 8000,
    "partly_bp": 5000,
    "departments": ["sales"],
    "items": [
        item("known", "成员知道本制度", "The rules are known", "rules", 20, follow_up=False),
        item("recorded", "客户意见全部登记", "All is recorded", "complaints", 30),
        item("answered", "投诉按时答复", "Answers in time", "complaints", 50),
    ],
}
CARE = {
    "code": "care",
    "name": "客户关怀检查",
    "name_en": "Customer care",
    "clause": "CC-5.1",
    "every_months": 6,
    "pass_bp": 8000,
    "partly_bp": 5000,
    "departments": ["sales"],
    "committee": "care-group",
    "items": [
        item("files", "客户资料正确", "Files are correct", "data", 40, fact="data_error"),
        item("held", "活动按计划开展", "Activities are held", "activities", 30),
        item("feedback", "反馈按时处理", "Feedback is handled", "feedback", 30),
    ],
}
PHOTO = ("现场.png", png())
INSPECT = ("improvements.view_inspections", "improvements.inspect")
HEAD = ("improvements.view_inspections", "improvements.answer_inspections")
MORNING = at(2026, 11, 4, 9)


def new_office():
    """The office in a company of its own, replayed."""
    return replayed("improvements.office", lambda: Office(factories.make_company()))


class Office:
    """陈静 and 许岚 of HR, 周总 and 孙悦 of the care group, 李强 heads sales-1 with 王丽 and 方磊, 赵敏 sales-2."""

    def __init__(self, company, checklists=(SERVICE, CARE)):
        self.company = company
        self.version = world.make_policy(company, inspections=CLOCKS, checklists=list(checklists))
        Clause.objects.bulk_create(
            Clause(version=self.version, code=code, number=number, text=f"{code} 条款原文", order=order)
            for order, (code, number) in enumerate(
                {"RE-5.1a": "第 5.1 条（一）", "CC-5.1": "第 5.1 条"}.items()
            )
        )
        self.office = factories.make_department(company, "management", "总经办")
        self.personnel = factories.make_department(company, "hr", "行政人事部")
        self.sales = factories.make_department(company, "sales", "销售部")
        self.first = factories.make_department(company, "sales-1", "销售一部", parent=self.sales)
        self.second = factories.make_department(company, "sales-2", "销售二部", parent=self.sales)
        self.hr = self.login(factories.make_employee(self.personnel, "陈静"), *INSPECT)
        self.other_hr = self.login(factories.make_employee(self.personnel, "许岚"), *INSPECT)
        self.chair = self.login(factories.make_employee(self.office, "周总", is_head=True), *INSPECT)
        self.member = self.login(factories.make_employee(self.office, "孙悦"), *INSPECT)
        self.head = self.login(
            factories.make_employee(self.first, "李强", is_head=True), *HEAD, reach=Role.Reach.DEPARTMENT
        )
        self.other_head = self.login(
            factories.make_employee(self.second, "赵敏", is_head=True), *HEAD, reach=Role.Reach.DEPARTMENT
        )
        self.wang = factories.make_employee(self.first, "王丽")
        self.fang = factories.make_employee(self.first, "方磊")
        for one in (self.wang, self.fang):
            self.login(one, "improvements.follow_up", reach=Role.Reach.SELF)
        committee = Committee.objects.create(
            company=company, code="care-group", name="客户关怀领导小组", quorum_bp=6667, approve_bp=5000,
            voting_days=3, starts_on=dt.date(2026, 1, 1),
        )  # fmt: skip
        for user in (self.chair, self.member):
            Membership.objects.create(
                committee=committee,
                employee=user.employee,
                starts_on=dt.date(2026, 1, 1),
                is_chair=user == self.chair,
            )

    def login(self, employee, *verbs, reach=Role.Reach.COMPANY):
        return factories.user_with(self.company, *verbs, reach=reach, employee=employee)

    def planned(self, department=None, checklist="service", by=None, moment=MORNING):
        by = by or (self.chair if checklist == "care" else self.hr)
        return services.plan_inspection(
            department=department or self.first,
            checklist=checklist,
            inspectors=[by.employee],
            planned_on=moment.date(),
            by=by,
            at=moment,
        )

    def begun(self, **options):
        moment = options.get("moment", MORNING)
        inspection = self.planned(**options)
        return services.begin_inspection(inspection, by=inspection.planned_by, at=moment)

    def marked(self, results=None, *, named=None, **options):
        """All items marked: met, unless `results` {code: result} says otherwise."""
        inspection = self.begun(**options)
        for item in inspection.items.all():
            result = (results or {}).get(item.code, "met")
            note = "抽查时看到" if result in ("partly", "not_met") else ""
            employee = named if item.fact and note else None
            services.mark_item(
                item, result=result, note=note, employee=employee, by=inspection.planned_by,
                at=options.get("moment", MORNING),
            )  # fmt: skip
        return inspection

    def submitted(self, results=None, **options):
        inspection = self.marked(results, **options)
        services.submit_inspection(
            inspection, summary="总体有序", by=inspection.planned_by, at=options.get("moment", MORNING)
        )
        return Inspection.objects.get(pk=inspection.pk)

    def answered(self, results=None, *, disputed=(), moment=MORNING, **options):
        """The head agrees to everything but the `disputed` codes; 王丽 does what follows."""
        inspection = self.submitted(results, moment=moment, **options)
        answers = {
            finding.pk: {
                "agrees": finding.item.code not in disputed,
                "comment": "当天系统停机" if finding.item.code in disputed else "",
                "measure": "每天下班前核对登记",
                "owner": self.wang,
            }
            for finding in inspection.findings.select_related("item")
        }
        findings.answer_inspection(inspection, comment="", answers=answers, by=self.head, at=moment)
        return Inspection.objects.get(pk=inspection.pk)

    def done(self, results=None, **options):
        """The measure of the first finding reported done, with a photo. Returns the finding."""
        inspection = self.answered(results or {"recorded": "not_met"}, **options)
        finding = inspection.findings.get(state="running")
        findings.finish_measure(
            finding, text="已补登 6 条", files=[PHOTO], by=self.wang.user, at=options.get("moment", MORNING)
        )
        return InspectionFinding.objects.get(pk=finding.pk)
