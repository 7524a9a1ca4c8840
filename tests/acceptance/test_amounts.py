"""A book that gives no amount (AU): its rules wait until the company enters one in the browser, and then run."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from incentives.models import Case, Decision, Rule
from incentives.tests.build_office import Office
from policies.models import Version
from tests import factories
from tests.acceptance.test_rules import browse, may_report, propose, report, text, verify, violations
from tests.factories import at
from tests.replay import set_up

NOVEMBER, DECEMBER = at(2026, 11, 10), at(2026, 12, 8, 10)
FIGURES = {"happened_on": "2026-12-03", "before_k": 150, "before_n": 200, "after_k": 170, "after_n": 200}


class Dealer:
    """The car company as its book sets it up: two people of HR and a consultant, 王丽."""

    def __init__(self):
        self.version = set_up("car_sales", unit="au", name="青禾汽车", by=None, at=at(2026, 1, 1)).version
        self.company = self.version.company
        self._without_box()
        hr, sales = (self.company.departments.get(code=code) for code in ("hr", "sales"))
        self.seller = factories.make_employee(sales, "王丽")
        self.hr, self.second = (self._hr(hr, name) for name in ("陈静", "田静"))

    def _without_box(self):
        """Suggestions are reported by hand where a book sets up no box for them; with one: test_suggestions.py."""
        self.version.content.pop("suggestions")
        Version.objects.filter(pk=self.version.pk).update(content=self.version.content)

    def _hr(self, department, name):
        user = factories.make_user(employee=factories.make_employee(department, name))
        factories.grant(user, self.company.roles.get(code="hr"))
        return may_report(user, self.company)


@pytest.mark.clause("AU-4")
def test_a_rule_without_amount_runs_once_the_company_has_entered_one(db):
    dealer = Dealer()
    office = Office(dealer.version, dealer.hr)
    with time_machine.travel(NOVEMBER, tick=False):
        assert not Rule.objects.filter(company=dealer.company, is_active=True).exists()
        page = text(browse(dealer.hr).get(reverse("hand_report_new")))
        assert "建议被采纳并见效" not in page
        draft = office.draft(label="1.1")
        shown = office.save(draft, "AU-4c", active="on", **{"e0-amount": ""})
        assert shown.status_code == 422
        assert office.save(draft, "AU-4c", active="on", **{"e0-amount": "800"}).status_code == 302
        publish = browse(dealer.hr).post(reverse("policy_publish", args=[draft.pk]))
        assert publish.status_code == 302, text(publish)
    assert Version.objects.get(pk=draft.pk).effective_from == dt.date(2026, 12, 1)
    with time_machine.travel(DECEMBER, tick=False):
        verify(dealer.second, report(dealer.hr, "suggestion", employee="王丽", **FIGURES))
        case = Case.objects.get()
        assert (case.employee, case.rule_code, case.rule.version) == (dealer.seller, "AU-4c", draft)
        page, response = propose(dealer.hr, case)
        assert response.status_code == 302 and "170 / 200" in page
        assert Decision.objects.get().effects[0]["amount"] == 80_000
    assert violations() == []
