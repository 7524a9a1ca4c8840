"""A company with the whole rule book, the usual cast with its roles, and cases brought to a state by the verbs."""

import itertools

from complaints.models import Case, Channel, Kind, Verdict
from complaints.services import findings, handling, people
from complaints.services.closing import answer
from complaints.services.intake import Contact, receive
from organization.models import Role
from tests import factories
from tests.factories import at
from tests.replay import replayed, set_up

_keys = itertools.count(1)
FAULT = {
    "verdict": Verdict.SUBSTANTIATED,
    "cause": "attitude",
    "severity": "general",
    "reasons": "监控与两位同事的说法一致",
}
CLASSES = {"problem_type": "attitude", "severity": "general", "class_code": "general"}


class Cast:
    """Wang Li sells under Li Qiang, Zhao Min heads the other team; service handles, HR investigates."""

    def __init__(self, code="qinghe", name="青禾房产销售"):
        self.__dict__.update(replayed(("cast", code, name), lambda: self._assemble(code, name)))

    def _assemble(self, code, name):
        loaded = set_up("realestate_rewards", unit=code, name=name, by=None, at=at(2026, 1, 1))
        self.company = loaded.version.company
        department = self.company.departments.get
        self.sales, self.other = department(code="sales-1"), department(code="sales-2")
        self.service, self.office = department(code="service"), department(code="hr")
        self.seller = self.hire(self.sales, "王丽", "employee")
        self.colleague = self.hire(self.sales, "许诺", "employee")
        self.head = self.hire(self.sales, "李强", "head", "employee", is_head=True)
        self.other_head = self.hire(self.other, "赵敏", "head", "employee", is_head=True)
        self.handler = self.hire(self.service, "刘洋", "service")
        self.second_handler = self.hire(self.service, "吴倩", "service")
        self.hr = self.hire(self.office, "陈静", "hr")
        self.second_hr = self.hire(self.office, "许岚", "hr")
        self.member = self.hire(self.office, "孙悦", "group")
        self.auditor = self.hire(self.office, "郑洁", "auditor")
        self.reader = self.hire(self.office, "何军", "reports_reader")
        return dict(self.__dict__)

    def hire(self, department, name, *roles, is_head=False):
        employee = factories.make_employee(department, name, is_head=is_head)
        factories.make_user(employee=employee)
        for code in ("staff", *roles):
            factories.grant(employee.user, Role.objects.get(company=self.company, code=code))
        return employee

    def receive(self, *employees, kind=Kind.COMPLAINT, moment=None, text="等了四十分钟没人接待", **fields):
        fields.setdefault("contact", Contact(name="林女士", phone="13800000001"))
        fields.setdefault("problem_type", "attitude" if kind == Kind.COMPLAINT else "")
        return receive(
            company=self.company,
            kind=kind,
            channel=fields.pop("channel", Channel.WEB),
            text=text,
            key=f"test:{next(_keys)}",
            at=moment or at(),
            employees=employees,
            **fields,
        ).case

    def accept(self, case, moment=None, **fields):
        chosen = CLASSES | {"department": self.sales, "handler": self.handler} | fields
        return handling.accept(case, by=self.handler.user, at=moment or at(), **chosen)

    def accepted(self, *employees, moment=None, fields=None, **received):
        return self.accept(self.receive(*employees, moment=moment, **received), moment, **(fields or {}))

    def investigate(self, case, moment=None, investigator=None):
        return handling.investigate(
            case, investigator=investigator or self.hr, by=self.handler.user, at=moment or at()
        )

    def investigating(self, *employees, **fields):
        return self.investigate(self.accepted(*(employees or [self.seller]), **fields), fields.get("moment"))

    def drafts(self, case, **changes):
        return [findings.Draft(one, **(FAULT | changes)) for one in case.allegations.all()]

    def propose(self, case, moment=None, by=None, **changes):
        findings.propose(case, drafts=self.drafts(case, **changes), by=by or self.hr.user, at=moment or at())
        return Case.objects.get(pk=case.pk)

    def proposed(self, *employees, **fields):
        return self.propose(self.investigating(*employees, **fields), fields.get("moment"))

    def confirm(self, case, moment=None, by=None):
        findings.confirm(case, by=by or self.member.user, at=moment or at())
        return Case.objects.get(pk=case.pk)

    def confirmed(self, *employees, **fields):
        return self.confirm(self.proposed(*employees, **fields), fields.get("moment"))

    def answered(self, *employees, **fields):
        case = self.confirmed(*employees, **fields)
        return answer(
            case, text="已与员工谈话，向您致歉", by=self.handler.user, at=fields.get("moment") or at()
        )

    def told(self, case, moment=None):
        allegation = case.allegations.exclude(employee=None).first()
        return people.tell_person(allegation, by=self.hr.user, at=moment or at())
