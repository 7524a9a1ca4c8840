"""The cast with the roles of the pack, for praise and internal reports."""

import itertools

from django.test import Client

from complaints.models import Case, Channel, Kind
from complaints.services import intake, praise, reports
from complaints.services.intake import Contact
from jobs import attachments
from jobs.tests import samples
from organization.models import Department, Role
from tests import factories
from tests.factories import at
from tests.replay import replayed, set_up

_numbers = itertools.count(1)
RECEIVED = at(2026, 11, 4, 10)


class Stage:
    """青禾: service looks after praise, HR and the group confirm, 周总 and 郑洁 read internal reports."""

    def __init__(self, code="qinghe"):
        self.__dict__.update(replayed(("praise", code), lambda: self._assemble(code)))

    def _assemble(self, code):
        made = set_up("realestate_rewards", unit=code, name="青禾房产销售", by=None, at=at(2026, 1, 1))
        self.company = made.version.company
        places = {one.code: one for one in Department.objects.filter(company=self.company)}
        self.sales, self.service_place, self.hr_place = places["sales-1"], places["service"], places["hr"]
        self.liuyang = self.person("刘洋", self.service_place, "staff", "service")
        self.gaoyuan = self.person("高远", self.service_place, "staff", "service")
        self.chenjing = self.person("陈静", self.hr_place, "staff", "hr")
        self.sunyue = self.person("孙悦", places["management"], "staff", "group")
        self.liqiang = self.person("李强", self.sales, "staff", "head", is_head=True)
        self.zhou = self.person("周总", places["management"], "staff", "group", "reports_reader")
        self.zhengjie = self.person("郑洁", places["management"], "staff", "auditor", "reports_reader")
        self.xulan = self.person("许岚", self.hr_place, "staff", "reports_reader")
        self.wangli = self.person("王丽", self.sales, "staff", "employee")
        self.zhouting = self.person("周婷", self.sales, "staff", "employee")
        return dict(self.__dict__)

    def person(self, name, department, *roles, is_head=False):
        employee = factories.make_employee(department, name, is_head=is_head)
        user = factories.make_user(employee=employee)
        for code in roles:
            factories.grant(user, Role.objects.get(company=self.company, code=code))
        employee.user = user
        return employee

    def client(self, employee):
        client = Client()
        client.force_login(employee.user)
        return client

    # praise ----------------------------------------------------------------------------------------------------

    def file(self, *, name="锦旗.jpg", by=None, width=None):
        """A photo unlike all others, or the one of this width."""
        content = samples.jpeg(width=width or 100 + next(_numbers))
        return attachments.keep(company=self.company, content=content, name=name, by=by, at=RECEIVED)

    def praise(
        self, *, form="pennant", text="服务周到，谢谢王丽", photo=True, moment=RECEIVED, width=None, **fields
    ):
        return intake.receive(
            company=self.company,
            kind=Kind.PRAISE,
            channel=Channel.VISIT,
            text=text,
            key=f"test:{next(_numbers)}",
            at=moment,
            contact=fields.pop("contact", Contact(name="林小雅", phone="13800001234")),
            files=[self.file(width=width)] if photo else [],
            praise_form=form,
            **fields,
        ).case

    def proved(self, **fields):
        case = self.praise(**fields)
        praise.prove(case, proof="photo", by=self.liuyang.user, at=at(2026, 11, 5, 9))
        return fresh(case)

    def attributed(self, shares=None, **fields):
        case = self.proved(**fields)
        shares = shares or {self.wangli: 6000, self.zhouting: 4000}
        praise.attribute(case, shares=shares, by=self.liuyang.user, at=at(2026, 11, 5, 10))
        return fresh(case)

    def confirmed(self, **fields):
        case = self.attributed(**fields)
        praise.confirm_praise(case, by=self.chenjing.user, at=at(2026, 11, 6, 10))
        return fresh(case)

    # reports ---------------------------------------------------------------------------------------------------

    def report(self, *, text="有人替客户填问卷", by=None, employees=(), moment=RECEIVED, **fields):
        return reports.file_report(
            company=self.company,
            text=text,
            key=f"test:{next(_numbers)}",
            at=moment,
            by=by.user if by else None,
            employees=employees,
            **fields,
        )

    def taken_up(self, *, investigator=None, **fields):
        case = self.report(**{"employees": [self.wangli], **fields}).case
        reports.take_up(
            case, investigator=investigator or self.zhengjie, problem_type="other", severity="general",
            by=self.zhou.user, at=at(2026, 11, 5, 9),
        )  # fmt: skip
        return fresh(case)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def messages_of(employee, kind):
    return list(employee.user.messages.filter(kind=kind, channel="inbox"))


__all__ = ["RECEIVED", "Stage", "fresh", "messages_of"]
