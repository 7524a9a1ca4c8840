"""The books of a company: which policy and which open period something belongs to, and the lock that writers take."""

from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import Period
from organization.models import Company
from scoring import rules
from scoring.models import Close
from scoring.policy import policy_of, version_for


def hold_books(company):
    """Queue behind other writers of this company's cells and closes until the transaction ends.

    One lock for unfolding and closing, so that an answer is wholly before or wholly after a close. It lets
    readers and foreign keys to the company pass.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


class Books:
    """Policies and periods of one company, each looked up once while a batch or a step runs."""

    def __init__(self, company):
        self.company = company
        self._versions = {}
        self._closes = {}

    @classmethod
    def of_close(cls, close):
        """As they were when this period was scored: with the policy version that the close names."""
        books = cls(close.company)
        if close.policy_version_id:
            books._versions[Period.parse(close.period).first_day] = close.policy_version
        return books

    def version(self, period):
        """The policy version that holds for a period: that of its first day; None without any policy."""
        day = period.first_day
        if day not in self._versions:
            self._versions[day] = version_for(self.company, day)
        return self._versions[day]

    def policy(self, name, period):
        version = self.version(period)
        if version is None:
            raise Refused(
                _("%(company)s has no policy yet. Load one first.") % {"company": self.company.name}
            )
        return policy_of(version, name)

    def cut_off(self, period):
        return self.policy("closing", period).of(period.kind)

    def cutoff_on(self, period):
        return rules.cutoff_on(period, self.cut_off(period).cutoff_day)

    def begins_on(self, period):
        return rules.begins_on(period, self.cut_off(period).cutoff_day)

    def period_of(self, kind, day):
        """The period of this kind in which an answer of `day` belongs by the cut-off."""
        period = Period.of(kind, day)
        return period.next() if day > self.cutoff_on(period) else period

    def open_period(self, kind, day):
        """(period, is_late): where an answer of `day` counts now; late ones in the next open period."""
        period = own = self.period_of(kind, day)
        while self.close(period).state != Close.State.OPEN:
            period = period.next()
        return period, period != own

    def last_ended(self, kind, today):
        """The latest period of this kind whose cut-off has passed."""
        period = Period.of(kind, today)
        return period if today > self.cutoff_on(period) else period.previous()

    def close(self, period):
        """The Close row of a period, made if new."""
        if period not in self._closes:
            self._closes[period], _made = Close.objects.get_or_create(
                company=self.company,
                period=str(period),
                defaults={"kind": period.kind, "cutoff_on": self.cutoff_on(period)},
            )
        return self._closes[period]
