"""Three months closed from real answers: 方磊 last by far, then 沈佳, so that leaving answers out shifts places."""

from appeals.tests.build import AppealStage
from core.events import deliver_all
from core.period import Period
from incentives.tests.build import MONTHS
from scoring.services.closing import close_period
from scoring.tests import world
from surveys.models import Answer
from tests.factories import at

#: satisfied of 40 in each month, in the order of incentives.tests.build.NAMES
SATISFIED = (39, 16, 30, 36, 36, 37, 37, 38)


class AnsweredStage(AppealStage):
    def close_months(self):
        """Through the verbs: unfolding, scoring, ranking, rules."""
        for month in MONTHS:
            self.close_one(month)
        deliver_all()

    def close_one(self, month, satisfied=SATISFIED):
        campaign, period = world.make_campaign(self.company), Period.parse(month)
        for employee, count in zip(self.team, satisfied, strict=True):
            world.give_answers(campaign, employee, count, 40, month=month)
        first = period.next().first_day
        close_period(company=self.company, period=period, at=at(first.year, first.month, 1, 3))

    def dissatisfied(self, employee, month, count):
        """Ids of so many answers of the month that said no."""
        found = Answer.objects.filter(
            employee=employee, unfolding__month=month, ratings__measure="satisfied", ratings__value=0
        )
        return list(found.order_by("pk").values_list("pk", flat=True)[:count])
