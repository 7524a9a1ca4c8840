"""Inspections in the demo: three of 销售一部 over the year with a measure overdue; one planned, one to be answered."""

import datetime as dt
import io
from dataclasses import dataclass, field

import segno

from core.period import SHANGHAI
from demo.decisions import user_of
from improvements.models import Inspection, InspectionFinding
from improvements.services import inspection_findings as findings
from improvements.services import inspections as services

#: the books hold from here on
FIRST_DAY = dt.date(2026, 1, 5)
HR = "陈静"


@dataclass(frozen=True)
class Visit:
    """One inspection: `days_ago` it was held, `faults` {item: (result, what was seen, measure, who does it)}.

    `disputed` {item: (what the head says, why it is withdrawn)}; `stage` how far it has come.
    """

    department: str
    head: str
    days_ago: int
    summary: str = ""
    faults: dict = field(default_factory=dict)
    disputed: dict = field(default_factory=dict)
    left_out: tuple = ()
    answer: str = ""
    stage: str = "closed"


REGISTER = "抽查 20 通来电，{n} 通没有登记，只在微信群里说过。"
VISITS = (
    Visit(
        "sales-1",
        "李强",
        196,
        "接待有序，投诉登记是短板：口头答应的多，写下来的少。",
        {
            "recorded": (
                "not_met",
                REGISTER.format(n=6),
                "每天下班前由值班顾问核对来电与登记，漏的当天补登。",
                "罗敏",
            ),
            "first_answer": (
                "partly",
                "12 件投诉中 3 件超过一个工作日才首次答复。",
                "前台收到投诉当场登记，负责人每天 10 点看一次未答复清单。",
                "许诺",
            ),
            "causes": (
                "partly",
                "等候太久的意见出现五次，没有分析原因。",
                "每月第一个周一开例会，把重复的意见逐条写出原因。",
                "李强",
            ),
            "known": ("partly", "两位新同事说不清自己的得分从何而来。", "", ""),
        },
        answer="情况属实，登记的习惯要改。",
    ),
    Visit(
        "sales-1",
        "李强",
        103,
        "登记比上次好，首次答复全部按时；重复问题仍只有结论没有措施。",
        {
            "recorded": (
                "partly",
                REGISTER.format(n=2),
                "交接班时当面核对登记，负责人每周抽查一次。",
                "罗敏",
            ),
            "causes": (
                "partly",
                "例会开了，纪要里没有写下谁在哪天前做什么。",
                "例会纪要用统一表格：原因、措施、负责人、期限。",
                "李强",
            ),
        },
        left_out=("talks",),
    ),
    Visit(
        "sales-1",
        "李强",
        24,
        "投诉处理按时，结果告知有记录；签收和公示还要补。",
        {
            "letters": (
                "partly",
                "两份通知送达后没有签收记录。",
                "补齐两份签收，今后当面送达当面签。",
                "李强",
            ),
            "posted": ("not_met", "云栖里接待台换新后，意见二维码没有贴回去。", "", ""),
        },
        answer="二维码当天已贴回。",
        stage="running",
    ),
    Visit(
        "sales-2",
        "赵敏",
        96,
        "登记齐全，答复及时。",
        {
            "result_told": (
                "partly",
                "8 件已办结的投诉中 2 件查不到告知记录。",
                "电话告知后在登记上写明时间，短信告知附截图。",
                "宋岚",
            )
        },
        disputed={
            "result_told": ("两件都有短信记录，当天系统没有同步。", "补查到两条短信记录，时间与登记一致。")
        },
    ),
    Visit(
        "service",
        "刘洋",
        2,
        "案件办理规范，协同部门的回复偏慢。",
        {
            "first_answer": (
                "partly",
                "系统内首次答复均在时限内；电话抽查 5 位客户，1 位说约定的回电晚了一天。",
                "",
                "",
            )
        },
        stage="submitted",
    ),
)
#: department and in how many days it is inspected
PLANNED = (("sales-2", 3),)


class Inspections:
    """`now` is the moment at which the demo is loaded."""

    def __init__(self, company, now):
        self.company, self.now = company, now
        self.hr = user_of(company, HR)

    def tell(self):
        for visit in sorted(VISITS, key=lambda one: -one.days_ago):
            if self.day(visit.days_ago) >= FIRST_DAY:
                self.visit(visit)
        for code, days in PLANNED:
            services.plan_inspection(
                department=self.company.departments.get(code=code),
                checklist="service",
                inspectors=[self.hr.employee],
                planned_on=self.day(-days),
                by=self.hr,
                at=self.now,
            )

    def day(self, days_ago):
        """A day from Monday to Friday, the one before where it would be a weekend; ahead the one after."""
        day = (self.now - dt.timedelta(days=days_ago)).astimezone(SHANGHAI).date()
        step = dt.timedelta(days=1 if days_ago < 0 else -1)
        while day.weekday() > 4:
            day += step
        return day

    def moment(self, visit, days, hour):
        """An hour of the day so many days after the visit, never later than now."""
        day = self.day(visit.days_ago - days)
        return min(dt.datetime.combine(day, dt.time(hour), SHANGHAI), self.now)

    def visit(self, visit):
        inspection = self.hold(visit)
        if visit.stage == "submitted":
            return
        self.answer(visit, inspection)
        for finding in inspection.findings.filter(state="disputed").select_related("item"):
            findings.withdraw_finding(
                finding, reason=visit.disputed[finding.item.code][1], by=self.hr, at=self.moment(visit, 5, 15)
            )
        if visit.stage == "closed":
            for finding in inspection.findings.filter(state="running").select_related("owner__user"):
                self.finish(visit, finding)

    def hold(self, visit):
        morning, evening = self.moment(visit, 0, 10), self.moment(visit, 0, 16)
        inspection = services.plan_inspection(
            department=self.company.departments.get(code=visit.department),
            checklist="service",
            inspectors=[self.hr.employee],
            planned_on=morning.date(),
            by=self.hr,
            at=morning,
        )
        services.begin_inspection(inspection, by=self.hr, at=morning)
        for item in inspection.items.all():
            result, note, *_rest = visit.faults.get(item.code, ("met", ""))
            result = "na" if item.code in visit.left_out else result
            photo = [("现场照片.png", picture(note))] if result in ("partly", "not_met") else []
            services.mark_item(item, result=result, note=note, files=photo, by=self.hr, at=morning)
        services.submit_inspection(inspection, summary=visit.summary, by=self.hr, at=evening)
        return Inspection.objects.select_related("department", "company").get(pk=inspection.pk)

    def answer(self, visit, inspection):
        at = self.moment(visit, 3, 11)
        answers = {}
        for finding in inspection.findings.select_related("item"):
            _result, _note, measure, owner = visit.faults[finding.item.code]
            dispute = visit.disputed.get(finding.item.code)
            answers[finding.pk] = {
                "agrees": dispute is None,
                "comment": dispute[0] if dispute else "",
                "measure": measure,
                "owner": self.company.employees.get(name=owner) if owner else None,
                "due_on": None,
            }
        head = user_of(self.company, visit.head)
        findings.answer_inspection(inspection, comment=visit.answer, answers=answers, by=head, at=at)

    def finish(self, visit, finding):
        findings.finish_measure(
            finding,
            text="已按措施执行，附本周记录。",
            files=[("整改记录.png", picture(finding.measure))],
            by=finding.owner.user,
            at=self.moment(visit, 9, 17),
        )
        finding = InspectionFinding.objects.get(pk=finding.pk)
        findings.verify_measure(
            finding, note="到现场看过，记录齐全。", by=self.hr, at=self.moment(visit, 12, 10)
        )


def picture(text):
    """A small picture in the place of a photo."""
    made = io.BytesIO()
    segno.make(text[:40] or "—").save(made, kind="png", scale=4)
    return made.getvalue()
