"""A company with books, a group that votes, HR, a head, and months of rankings."""

import datetime as dt
from types import SimpleNamespace

from approvals import services as approvals
from approvals.loading import load_committees
from approvals.models import Committee
from core.events import deliver_all
from core.period import Period
from incentives import services
from incentives.loading import load_rules
from incentives.models import Case, Decision
from organization.models import Post, Role
from policies.models import Clause
from policies.selectors import section_of
from scoring.models import Close, Ranking, Standing
from scoring.services.ranks import rank_group
from scoring.tests import world
from tests import factories
from tests.factories import at

CLOCKS = {"hearing_days": 2, "receipt_days": 3, "appeal_days": 5, "talk_days": 10, "propose_days": 5}
COMMITTEE = {
    "code": "group",
    "name": "客户满意度管理小组",
    "quorum_bp": 6667,
    "approve_bp": 5000,
    "one_reject_ends": False,
    "one_return_ends": True,
    "is_blind": True,
    "voting_days": 3,
}
REWARD = {
    "code": "RE-5.2a",
    "clause": "RE-5.2a",
    "title": "连续三个月名列前茅",
    "title_en": "Near the top three months running",
    "direction": "reward",
    "trigger": "rank_streak",
    "params": {"place": "top"},
    "evidence": "warn",
    "effects": [{"kind": "points", "amount": 5, "least": 3, "most": 5}, {"kind": "commendation_notice"}],
}
PENALTY = {
    "code": "RE-5.3a",
    "clause": "RE-5.3a",
    "title": "连续三个月排名靠后",
    "title_en": "Near the bottom three months running",
    "direction": "penalty",
    "trigger": "rank_streak",
    "params": {"place": "bottom"},
    "evidence": "required",
    "effects": [{"kind": "points", "amount": -3, "least": -3, "most": -1}, {"kind": "admonishing_talk"}],
}
LETTERS = {"decision": "青禾满奖惩〔{year}〕{n} 号", "commendation": "青禾满表扬〔{year}〕{n} 号"}
MONTHS = ("2026-08", "2026-09", "2026-10")
NAMES = ("王丽", "方磊", "沈佳", "周婷", "许诺", "罗敏", "高鹏", "林涛")
#: satisfied of 100 in each month: 王丽 best by far, 方磊 worst by far
CLEAR = (99, 60, 90, 90, 89, 89, 88, 88)


def make_books(company, *, ranking=None, rules=(REWARD, PENALTY)):
    """A published version with clauses, rules and the group; returns it."""
    version = world.make_policy(company, ranking=ranking or {}, clocks=CLOCKS, letters=LETTERS, money={})
    numbers = {"RE-5.2a": "第 5.2 条（一）", "RE-5.3a": "第 5.3 条（一）"}
    Clause.objects.bulk_create(
        Clause(version=version, code=code, number=number, text=f"{code} 条款原文", order=order)
        for order, (code, number) in enumerate(numbers.items())
    )
    pack = {"committees": [COMMITTEE], "rules": list(rules)}
    load_committees(pack, version, company, at(2026, 1, 1))
    load_rules(pack, version, company, at(2026, 1, 1))
    return version


class Stage:
    """The cast: HR 陈静, head 李强, consultants with logins, members 周总, 孙悦, 何军."""

    def __init__(self, company, **books):
        self.company = company
        self.version = make_books(company, **books)
        self.office = factories.make_department(company, "office", "总经办")
        self.sales = factories.make_department(company, "sales-1", "销售一部")
        manager = factories.make_post(company, "manager", "负责人", is_ranked=False)
        self.hr = self._login(
            factories.make_employee(self.office, "陈静", post=manager),
            "incentives.propose",
            "incentives.view",
        )
        self.head = self._login(
            factories.make_employee(self.sales, "李强", post=manager, is_head=True),
            "incentives.hold_talk",
            reach=Role.Reach.DEPARTMENT,
        )
        self.team = [factories.make_employee(self.sales, name) for name in NAMES]
        for employee in self.team:
            self._login(employee, "incentives.view_own", reach=Role.Reach.SELF)
        self.group = Committee.objects.get(company=company, code="group")
        self.members = [
            self._member(name, manager, place == 0) for place, name in enumerate(("周总", "孙悦", "何军"))
        ]
        self.best, self.worst = self.team[0], self.team[1]

    def _login(self, employee, *verbs, reach=Role.Reach.COMPANY):
        return factories.user_with(self.company, *verbs, reach=reach, employee=employee)

    def _member(self, name, post, is_chair):
        user = self._login(
            factories.make_employee(self.office, name, post=post), "approvals.vote", "incentives.view"
        )
        approvals.start_membership(
            self.group,
            employee=user.employee,
            starts_on=dt.date(2026, 1, 1),
            is_chair=is_chair,
            by=user,
            at=at(2026, 1, 1),
        )
        return user

    def month(self, period, satisfied=CLEAR, total=100, missing=()):
        """Close a month with these counts, ranked as the product ranks; `missing` have too few answers."""
        close, _made = Close.objects.get_or_create(
            company=self.company,
            period=period,
            defaults={
                "kind": "month",
                "cutoff_on": Period.parse(period).last_day,
                "state": Close.State.RANKED,
                "policy_version": self.version,
            },
        )
        members = [
            SimpleNamespace(employee_id=one.pk, department_id=self.sales.pk, is_eligible=True)
            for one in self.team
        ]
        counts = {one.pk: (k, total) for one, k in zip(self.team, satisfied, strict=True)}
        counts |= {one.pk: (2, 3) for one in missing}
        policy = section_of(self.version, "ranking")
        fields, standings = rank_group(members, counts, policy)
        ranking = Ranking.objects.create(
            close=close,
            company=self.company,
            period=period,
            post=Post.objects.get(company=self.company, code="consultant"),
            modes=["web"],
            **fields,
        )
        Standing.objects.bulk_create(
            Standing(
                ranking=ranking,
                company=self.company,
                period=period,
                employee=one,
                department=self.sales,
                **standings[one.pk],
            )
            for one in self.team
        )
        return close

    def three_months(self, satisfied=CLEAR, total=100):
        """Closes of August to October; cases are found in October."""
        closes = [self.month(period, satisfied, total) for period in MONTHS]
        services.find_cases(closes[-1], at(2026, 11, 1, 3))
        return closes

    def case_of(self, employee):
        return Case.objects.get(employee=employee)

    def proposed(self, employee, **options):
        return services.propose(self.case_of(employee), by=self.hr, at=at(2026, 11, 2), **options)

    def heard(self, employee):
        """A penalty, heard without a word, ready for the vote."""
        decision = self.proposed(employee)
        hearing = services.call_hearing(decision, by=self.hr, at=at(2026, 11, 2))
        services.waive_hearing(hearing, by=employee.user, at=at(2026, 11, 3))
        return Decision.objects.get(pk=decision.pk)

    def voting(self, employee):
        decision = self.proposed(employee) if employee == self.best else self.heard(employee)
        services.submit_batch([decision], by=self.hr, at=at(2026, 11, 4))
        return Decision.objects.get(pk=decision.pk)

    def vote(self, decision, choice="approve", moment=None):
        for user in self.members[:2]:
            if decision.motion.state == "open":
                approvals.cast_vote(
                    decision.motion,
                    choice=choice,
                    reason="" if choice == "approve" else "依据不足",
                    by=user,
                    at=moment or at(2026, 11, 5),
                )
            decision.motion.refresh_from_db()
        deliver_all()
        return Decision.objects.get(pk=decision.pk)

    def issued(self, employee):
        return self.vote(self.voting(employee))

    def posted(self, employee):
        decision = self.issued(employee)
        services.finalize_due(at(2026, 11, 16))
        return Decision.objects.get(pk=decision.pk)


def second_head(stage):
    """Another head of the company who holds talks."""
    employee = factories.make_employee(
        factories.make_department(stage.company, "sales-2", "销售二部"), "赵敏", is_head=True
    )
    stage._login(employee, "incentives.hold_talk", reach=Role.Reach.DEPARTMENT)
    return employee
