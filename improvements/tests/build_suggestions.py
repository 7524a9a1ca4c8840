"""The suggestion box of a real-estate company, with answers before and after a day, brought to a state by the verbs."""

import datetime as dt
import itertools

from complaints.tests.build_b import Cast
from core.period import SHANGHAI
from improvements.models import Suggestion
from improvements.services.suggestion_assessment import adopt_suggestion, decline_suggestion
from improvements.services.suggestion_effect import confirm_effect, measure_effect, record_implementation
from improvements.services.suggestion_intake import submit_suggestion
from scoring.services.unfolding import unfold_pending
from scoring.tests import world
from surveys.models import Answer
from tests.factories import at

SUBMITTED, ASSESSED = at(2026, 6, 1), at(2026, 6, 5)
FIRST_DAY = dt.date(2026, 7, 1)
CARRIED_OUT = at(2026, 7, 1, 9)
MEASURED, CONFIRMED = at(2026, 9, 1), at(2026, 9, 2)
PROBLEM = "周末看房的客户在前台排队，没人知道先接待谁，有人等了四十分钟。"
PROPOSAL = "在前台放扫码取号牌，按号接待，排队超过十五分钟由值班经理接手。"
EXPECTED = "等候时间写在屏幕上，客户心里有数，对接待的评价会提高。"
REASON = "做得到，成本低，客户马上能感觉到。"
_keys = itertools.count(1)


class Box:
    """王丽 suggests, 陈静 and 许岚 of HR assess and confirm, 李强 heads 王丽's team, 赵敏 the other one."""

    def __init__(self):
        self.cast = Cast()
        self.company = self.cast.company
        self.author = self.cast.seller
        self.hr, self.second = self.cast.hr.user, self.cast.second_hr.user
        self.sales = self.cast.sales

    def submit(self, *, by=None, moment=SUBMITTED, **fields):
        given = {"problem": PROBLEM, "proposal": PROPOSAL, "expected": EXPECTED, "about": self.sales}
        given |= {"key": f"test:{next(_keys)}"} | fields
        return submit_suggestion(company=self.company, by=by or self.author.user, at=moment, **given)

    def declined(self, **fields):
        return decline_suggestion(
            self.submit(**fields), reason="去年试过，客户觉得更麻烦，停用了。", by=self.hr, at=ASSESSED
        )

    def adopted(self, **fields):
        return adopt_suggestion(
            self.submit(**fields),
            benefit=4,
            effort=2,
            reason=REASON,
            owner=self.cast.head,
            by=self.hr,
            at=ASSESSED,
        )

    def implemented(self, *, measure="overall", subject=None, days=60, suggestion=None):
        kind, pk = subject or ("department", self.sales.pk)
        return record_implementation(
            suggestion or self.adopted(),
            day=FIRST_DAY,
            measure=measure,
            subject_kind=kind,
            subject_id=pk,
            window_days=days,
            by=self.hr,
            at=CARRIED_OUT,
        )

    def answers(self, satisfied, total, first, *, days=28, employee=None):
        """`satisfied` of `total` answers on the days from `first`, unfolded into ratings."""
        campaign, employee = world.make_campaign(self.company), employee or self.author
        assignment, found = employee.assignments.order_by("starts_on").last(), []
        for number in range(total):
            mark = 5 if number < satisfied else 2
            moment = dt.datetime.combine(
                first + dt.timedelta(days=number % days), dt.time(11, number % 60), SHANGHAI
            )
            values = {"overall": mark, "polite": mark, "patient": mark, "honest": 3}
            found.append(
                world.answer_of(campaign, values, employee=employee, assignment=assignment, at=moment)
            )
        made = Answer.objects.bulk_create(found)
        unfold_pending(self.company, at(2026, 12, 1))
        return made

    def before(self, satisfied, total, **fields):
        return self.answers(satisfied, total, FIRST_DAY - dt.timedelta(days=30), **fields)

    def after(self, satisfied, total, **fields):
        return self.answers(satisfied, total, FIRST_DAY, **fields)

    def measured(self, before=(120, 200), after=(170, 200), by=None, **fields):
        suggestion = self.implemented(suggestion=self.adopted(by=by), **fields)
        self.before(*before)
        self.after(*after)
        return measure_effect(suggestion, by=self.hr, at=MEASURED)

    def confirmed(self, **fields):
        return confirm_effect(self.measured(**fields), by=self.second, at=CONFIRMED)


def again(suggestion):
    """As the next request reads it."""
    return Suggestion.objects.get(pk=suggestion.pk)
