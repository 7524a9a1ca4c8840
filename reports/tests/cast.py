"""The company of the tests: two sales departments with heads, eight consultants, customer service, the group."""

from approvals.models import Committee
from approvals.services import cast_vote, start_membership
from audit.services import seal
from core.events import deliver_all
from core.period import Period
from incentives import services as incentives
from incentives.models import Case, Decision
from incentives.tests.build import make_books
from organization.models import Role
from scoring.services import close_period, unfold_pending
from scoring.tests import world
from surveys.models import Answer, AnswerText
from tests import factories
from tests.factories import at
from tests.replay import replayed

NAMES = ("王丽", "方磊", "沈佳", "周婷", "许诺", "罗敏", "高鹏", "林涛")
#: satisfied of TOTAL answers a month: 王丽 best, 方磊 worst
TOTAL = 12
SATISFIED = (12, 4, 10, 10, 10, 11, 10, 10)
PRAISE, COMPLAINT = "王丽讲得很细，我的电话 138 0000 0001。", "等了四十分钟才有人接待。"


def new_cast():
    """The cast in a company of its own, replayed."""
    return replayed("reports.cast", lambda: Cast(factories.make_company()))


def cast_after_october():
    """The same with October's answers, closed; replayed."""

    def made():
        cast = Cast(factories.make_company())
        cast.close()
        return cast

    return replayed("reports.october", made)


class Cast:
    """王丽, 方磊, 沈佳, 周婷, 许诺 under 李强 in 销售一部; 罗敏, 高鹏, 林涛 under 赵敏 in 销售二部."""

    def __init__(self, company):
        self.company = company
        self.version = make_books(company)
        self.campaign = world.make_campaign(company)
        self.first = factories.make_department(company, "sales-1", "销售一部")
        self.second = factories.make_department(company, "sales-2", "销售二部")
        office = factories.make_department(company, "service", "客户服务部")
        manager = factories.make_post(company, "manager", "负责人", is_ranked=False)
        site = factories.make_site(company)
        self.team = [
            factories.make_employee(self.first if place < 5 else self.second, name, site=site)
            for place, name in enumerate(NAMES)
        ]
        head_verbs = "reports.dashboard", "scoring.view", "incentives.hold_talk"
        self.head = self._user(self.first, "李强", manager, head_verbs, Role.Reach.DEPARTMENT, is_head=True)
        self.other_head = self._user(
            self.second, "赵敏", manager, head_verbs, Role.Reach.DEPARTMENT, is_head=True
        )
        self.writer = self._user(office, "刘洋", manager, ("reports.write", "reports.view"))
        self.chair = self._user(
            office, "周总", manager, ("reports.review", "reports.view", "incentives.view", "scoring.view")
        )
        self.reader = self._user(office, "孙悦", manager, ("reports.view",))
        self.hr = self._user(
            office, "陈静", manager, ("reports.dashboard", "scoring.view", "incentives.view")
        )
        own = "reports.my", "scoring.view_own", "incentives.view_own"
        for employee in self.team:
            user = factories.user_with(company, *own, reach=Role.Reach.SELF, employee=employee)
            factories.grant(user, factories.make_role(company, f"staff{user.pk}", ["reports.view"]))
        self.best, self.worst = self.team[0], self.team[1]

    def _user(self, department, name, post, verbs, reach=Role.Reach.COMPANY, **employee):
        person = factories.make_employee(department, name, post=post, **employee)
        return factories.user_with(self.company, *verbs, reach=reach, employee=person)

    def answer(self, month, satisfied=SATISFIED, total=TOTAL):
        """A month of answers about everybody; the first one about 王丽 praises, the last one about 方磊 complains."""
        for employee, k in zip(self.team, satisfied, strict=True):
            answers = world.give_answers(self.campaign, employee, k, total, month=month)
            words = {"王丽": (answers[1], PRAISE), "方磊": (answers[-3], COMPLAINT)}.get(employee.name)
            if words:
                AnswerText.objects.create(answer=words[0], question="words", text=words[1])
        unfold_pending(self.company, self.morning_after(month))

    def close(self, month="2026-10", **answers):
        """A month of answers, closed on the first of the next one, through the steps of all rooms."""
        self.answer(month, **answers)
        return close_period(company=self.company, period=Period.parse(month), at=self.morning_after(month))

    def close_three(self):
        return [self.close(month) for month in ("2026-08", "2026-09", "2026-10")]

    def penalty(self):
        """方磊's penalty after three months near the bottom: found by the close, heard, voted, posted."""
        self.close_three()
        proposer = factories.user_with(self.company, "incentives.propose")
        group = Committee.objects.get(company=self.company, code="group")
        start = at(2026, 1, 1)
        for user in (self.chair, self.reader, self.hr):
            start_membership(
                group,
                employee=user.employee,
                starts_on=start.date(),
                is_chair=user == self.chair,
                by=user,
                at=start,
            )
        case = Case.objects.get(employee=self.worst)
        decision = incentives.propose(case, by=proposer, at=at(2026, 11, 2))
        hearing = incentives.call_hearing(decision, by=proposer, at=at(2026, 11, 2))
        incentives.waive_hearing(hearing, by=self.worst.user, at=at(2026, 11, 3))
        incentives.submit_batch([Decision.objects.get(pk=decision.pk)], by=proposer, at=at(2026, 11, 4))
        deliver_all()
        motion = Decision.objects.get(pk=decision.pk).motion
        cast_vote(motion, choice="approve", reason="连续三个月都很清楚。", by=self.chair, at=at(2026, 11, 5))
        cast_vote(motion, choice="approve", reason="", by=self.reader, at=at(2026, 11, 5))
        deliver_all()
        incentives.finalize_due(at(2026, 11, 20))
        deliver_all()
        seal(at(2026, 11, 20))
        return Decision.objects.get(pk=decision.pk)

    @staticmethod
    def morning_after(month):
        first = Period.parse(month).next().first_day
        return at(first.year, first.month, 1, 3)

    def counted(self, month="2026-10"):
        return Answer.objects.filter(unfolding__month=month, unfolding__is_counted=True)
