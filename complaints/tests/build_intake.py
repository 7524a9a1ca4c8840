"""A company with the whole rule book, the people who work on cases, and cases brought to a state by the verbs."""

import itertools

from complaints.models import Case
from complaints.services import closing, findings, handling
from complaints.services.intake import Contact, receive
from organization.models import Department
from organization.services import open_company
from policies import rules
from policies.reading import read_pack
from policies.services import load_pack
from tests import factories
from tests.factories import at
from tests.replay import replayed

_keys = itertools.count(1)
LIN = Contact(name="林女士", phone="13800000001", email="lin@example.com")


def company_with_rules(code="qinghe", **complaints):
    """The real-estate pack, with these settings of [complaints] instead; in force from the first of January 2026.

    Replayed for the usual company.
    """
    return replayed(
        ("complaints.rules", code, repr(sorted(complaints.items()))), lambda: _with_rules(code, complaints)
    )


def _with_rules(code, complaints):
    pack = rules.plain(read_pack("realestate_rewards"))
    pack["complaints"] |= complaints
    company, _made = open_company(
        code=code, name="青禾房产销售", opened_on=factories.LONG_AGO, by=None, at=at(2026, 1, 1)
    )
    load_pack(pack, company=company, by=None, at=at(2026, 1, 1))
    return company


def classes(**changes):
    """The pack's classes, each with these changes."""
    return [entry | changes for entry in read_pack("realestate_rewards")["complaints"]["classes"]]


class Desk:
    """刘洋 handles, 陈静 investigates, 孙悦 confirms and supervises; 王丽 works under 李强 in 销售一部."""

    def __init__(self, company=None):
        if company is None:
            self.__dict__.update(replayed("complaints.desk", lambda: self._assemble(company_with_rules())))
        else:
            self._assemble(company)

    def _assemble(self, company):
        self.company = company
        service, hr = self._department("service"), self._department("hr")
        self.first = self._department("sales-1")
        view = "complaints.view"
        self.handler = self._colleague(service, "刘洋", view, "complaints.handle")
        self.investigator = self._colleague(hr, "陈静", view, "complaints.investigate", "complaints.confirm")
        self.supervisor = self._colleague(hr, "孙悦", view, "complaints.confirm", "complaints.supervise")
        self.reader = self._colleague(hr, "郑洁", "complaints.read_reports")
        self.head = factories.make_employee(self.first, "李强", is_head=True)
        self.consultant = factories.make_employee(self.first, "王丽")
        return dict(self.__dict__)

    def _department(self, code):
        return Department.objects.get(company=self.company, code=code)

    def _colleague(self, department, name, *verbs):
        return factories.user_with(
            self.company, *verbs, employee=factories.make_employee(department, name)
        ).employee

    def receive(self, **fields):
        """Receipt of a complaint on the web form."""
        values = {
            "company": self.company,
            "kind": "complaint",
            "channel": "web",
            "text": "等了很久没人接待。",
            "key": f"key-{next(_keys)}",
            "at": at(),
        }
        return receive(**(values | fields))

    def accepted(self, **fields):
        case = self.receive(**fields).case
        return handling.accept(
            case, by=self.handler.user, at=at(hour=13), problem_type="waiting", severity="minor"
        )

    def investigating(self, **fields):
        case = self.accepted(**({"employees": [self.consultant]} | fields))
        return handling.investigate(
            case, investigator=self.investigator, by=self.handler.user, at=at(hour=14)
        )

    def confirmed(self, **fields):
        case = self.investigating(**fields)
        drafts = [
            findings.Draft(one, "substantiated", "监控可见无人接待", "attitude", "minor")
            for one in case.allegations.all()
        ]
        findings.propose(case, drafts=drafts, by=self.investigator.user, at=at(day=5))
        findings.confirm(Case.objects.get(pk=case.pk), by=self.supervisor.user, at=at(day=5, hour=15))
        return Case.objects.get(pk=case.pk)

    def answered(self, *, moment=None, **fields):
        """Answered on Friday 6 November; the seven working days of grace end with Tuesday 17 November."""
        return self.answer(self.confirmed(**fields), moment=moment)

    def answer(self, case, *, moment=None):
        return closing.answer(
            case, text="已加派接待人员，向您致歉。", by=self.handler.user, at=moment or at(day=6)
        )
