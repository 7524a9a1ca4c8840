"""Visitors for page tests: who holds which verbs, logged in."""

from django.test import Client
from django.utils.text import slugify

from incentives.tests.build import Stage
from organization.models import Role
from tests import factories
from tests.factories import at

HR_VERBS = ("incentives.view", "incentives.propose", "policies.view")
NOON = at(2026, 11, 3, 12)


class PageStage(Stage):
    """The cast with the verbs their pages need, and three closed months."""

    def __init__(self, company, **books):
        super().__init__(company, **books)
        self.allow(self.hr, *HR_VERBS)
        self.allow(self.head, "policies.view")
        for member in self.members:
            self.allow(member, "incentives.view")
        for employee in self.team:
            self.allow(employee.user, "incentives.view_own", reach=Role.Reach.SELF)
            self.allow(employee.user, "policies.view")

    def allow(self, user, *verbs, reach=Role.Reach.COMPANY):
        code = slugify("-".join((user.username, reach, *verbs)).replace(".", "-"))[:40]
        factories.grant(user, factories.make_role(self.company, code, verbs, reach))

    def stranger_company_hr(self):
        """HR of another company: entitled there, outside here."""
        other = factories.make_company("other", "别的公司")
        return factories.user_with(other, *HR_VERBS, "approvals.vote", "approvals.manage")

    def auditor(self):
        return factories.user_with(self.company, "approvals.audit", "incentives.view")


def browse(user=None):
    """A client, logged in as `user` if given."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
