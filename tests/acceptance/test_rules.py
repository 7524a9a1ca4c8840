"""What sets the rules of the books off, with the packs as they are loaded: facts, quarters, half-years."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.services import praise
from complaints.tests.build_b import Cast
from complaints.tests.build_praise import Stage as PraiseStage
from core.events import deliver_all
from core.period import Period
from core.registries import verifications
from customers.models import Purchase
from incentives.models import Case, Decision, HandReport
from jobs.tests import samples
from organization.models import Department, Post, Role
from policies.models import Version
from scoring.services.closing import close_period
from scoring.tests import world
from surveys.models import Answer, Invitation, Mode
from tests import factories
from tests.acceptance.test_voices import carried_to_confirmation
from tests.factories import at
from tests.replay import set_up

FACTS = ("4 cases", "4 one live decision")
DAY = at(2026, 11, 6, 10)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def violations():
    return [sentence for name in FACTS for sentence in verifications[name]()]


def may_report(user, company):
    """The pack gives this to HR and service; said here so that any pack will do."""
    code = f"facts{user.pk}"
    factories.grant(user, factories.make_role(company, code, ["incentives.report_fact", "incentives.view"]))
    return user


def report(user, kind, **fields):
    data = {"kind": kind, "happened_on": "2026-11-03", "text": "经过和依据见附件。"}
    files = {"files": SimpleUploadedFile("附件.jpg", samples.jpeg())}
    response = browse(user).post(reverse("hand_report_new"), data | fields | files, follow=True)
    assert response.status_code == 200, text(response)
    return HandReport.objects.order_by("pk").last()


def verify(user, found):
    assert browse(user).post(reverse("hand_report_verify", args=[found.pk])).status_code == 302
    deliver_all()


def propose(user, case):
    """As HR does it on the case's page; the usual grade."""
    page = text(browse(user).get(reverse("incentives_case", args=[case.pk])))
    response = browse(user).post(reverse("incentives_propose", args=[case.pk]), {"reason": ""})
    assert response.status_code in (302, 409), text(response)
    return page, response


# ---- single facts


@pytest.mark.clause("RE-5.3b")
def test_a_complaint_found_true_proposes_by_its_severity_and_is_punished_once(db):
    cast = Cast()
    with time_machine.travel(at(2026, 11, 4, 10), tick=False):
        voice = cast.receive()
        carried_to_confirmation(cast, voice)
        deliver_all()
        case = Case.objects.get()
        assert (case.employee, case.rule_code, case.state) == (cast.seller, "RE-5.3b", "found")
        page, response = propose(cast.hr.user, case)
        assert voice.number in page and "林女士" not in page
        assert response.status_code == 302
        decision = Decision.objects.get()
        assert decision.effects[0]["kind"] == "warning"
        twin = Case.objects.create(
            company=cast.company,
            rule=case.rule,
            rule_code="RE-5.3b-2",
            employee=cast.seller,
            department=case.department,
            occurrence=case.occurrence,
            incident=case.incident,
            period=case.period,
            state="found",
            evidence=case.evidence,
            is_distinguishable=True,
            found_at=at(),
        )
        _page, refused = propose(cast.hr.user, twin)
        assert refused.status_code == 409 and decision.number in text(refused)
        twin.delete()
    assert violations() == []


@pytest.mark.clause("RE-5.2b")
def test_a_pennant_confirmed_in_shares_is_proposed_as_parts_of_five_hundred_yuan(db):
    stage = PraiseStage()
    with time_machine.travel(DAY, tick=False):
        voice = stage.attributed({stage.wangli: 7000, stage.zhouting: 3000})
        praise.confirm_praise(voice, by=stage.chenjing.user, at=DAY)
        deliver_all()
        cases = {case.employee: case for case in Case.objects.all()}
        assert set(cases) == {stage.wangli, stage.zhouting}
        for employee, fen in ((stage.wangli, 35000), (stage.zhouting, 15000)):
            _page, response = propose(stage.chenjing.user, cases[employee])
            assert response.status_code == 302
            kinds = {one["kind"]: one for one in Decision.objects.get(employee=employee).effects}
            assert kinds["money"]["amount"] == fen and "priority" in kinds
    assert violations() == []


@pytest.mark.clause("RE-5.2c")
def test_a_suggestion_adopted_with_effect_is_a_thousand_yuan(db):
    """By hand, in a company whose book sets up no suggestion box; with one: test_suggestions.py."""
    cast = Cast()
    version = Version.objects.get(company=cast.company)
    content = {name: table for name, table in version.content.items() if name != "suggestions"}
    Version.objects.filter(pk=version.pk).update(content=content)
    hr, second = may_report(cast.hr.user, cast.company), may_report(cast.second_hr.user, cast.company)
    with time_machine.travel(DAY, tick=False):
        figures = {"before_k": 150, "before_n": 200, "after_k": 170, "after_n": 200}
        found = report(hr, "suggestion", employee="王丽", **figures)
        verify(second, found)
        case = Case.objects.get()
        assert (case.employee, case.state, case.is_distinguishable) == (cast.seller, "found", True)
        page, _response = propose(hr, case)
        assert "170 / 200" in page
        assert Decision.objects.get().effects[0]["amount"] == 100_000
    assert violations() == []


@pytest.mark.clause("CC-5.3")
def test_small_breaches_of_care_come_in_by_hand_and_serious_ones_as_a_finding(db):
    cast = Cast()
    set_up("realestate_care", unit=cast.company.code, name="", by=None, at=at(2026, 1, 2))
    hr, second = may_report(cast.hr.user, cast.company), may_report(cast.second_hr.user, cast.company)
    with time_machine.travel(DAY, tick=False):
        for kind in ("care_late", "data_error"):
            verify(second, report(hr, kind, employee="王丽"))
        small = Case.objects.filter(rule_code__startswith="CC-5.3")
        assert {case.employee for case in small} == {cast.seller} and small.count() == 2
        for case in small:
            assert propose(hr, case)[1].status_code == 302
        assert {one.effects[0]["level"] for one in Decision.objects.all()} == {"oral"}
    assert violations() == []


# ---- at a close


class Property:
    """A property company set up by its book: 永馨园 and 牡丹处 with heads, stewards, homes and paper forms."""

    def __init__(self):
        self.company = set_up(
            "property_quarterly", unit="pm", name="青禾物业", by=None, at=at(2026, 1, 1)
        ).version.company
        self.units = {code: self._unit(code) for code in ("mudan", "yongxin")}
        office = Department.objects.get(company=self.company, code="hr")
        hr_role = Role.objects.get(company=self.company, code="hr")
        self.hr, self.second = (
            may_report(self._login(office, name, hr_role), self.company) for name in ("陈静", "田静")
        )
        self.campaign = world.make_campaign(self.company, mode=Mode.PAPER)

    def _login(self, department, name, role):
        user = factories.make_user(employee=factories.make_employee(department, name))
        factories.grant(user, role)
        return user

    def _unit(self, code):
        unit = Department.objects.get(company=self.company, code=code)
        unit.site = factories.make_site(self.company, code, unit.name)
        manager = Post.objects.get(company=self.company, code="manager")
        unit.head = factories.make_employee(
            unit, f"{unit.name}主任", post=manager, is_head=True, site=unit.site
        )
        return unit

    def forms(self, code, homes, marks, *, day=dt.date(2026, 9, 10)):
        """`homes` households, of which one after the other hands in a form with one of these marks."""
        unit = self.units[code]
        for number in range(homes):
            customer = factories.make_customer(self.company, f"住户{number}", phone="")
            Purchase.objects.create(
                company=self.company,
                customer=customer,
                site=unit.site,
                unit=f"{day}-{number}",
                signed_on=dt.date(2020, 1, 1),
            )
            if number < len(marks):
                self._answer(unit, customer, marks[number], day)

    def _answer(self, unit, customer, mark, day):
        moment = at(day.year, day.month, day.day)
        invitation = Invitation.objects.create(
            company=self.company,
            campaign=self.campaign,
            customer=customer,
            token_hash=f"{unit.code}{customer.pk}",
            made_at=moment,
        )
        answer = world.answer_of(self.campaign, {"overall": mark}, department=unit, site=unit.site, at=moment)
        answer.invitation = invitation
        Answer.objects.bulk_create([answer])

    def form(self, code, **values):
        """One form about the unit, with a mark for each item."""
        unit = self.units[code]
        one = world.answer_of(self.campaign, values, department=unit, site=unit.site, at=at(2026, 11, 2))
        return Answer.objects.bulk_create([one])[0]

    def close(self, period="2026Q3"):
        return close_period(company=self.company, period=Period.parse(period), at=at(2026, 9, 30))


def cases_of(code):
    found = Case.objects.filter(rule_code=code).order_by("employee__name")
    return [(case.employee.name, case.period) for case in found]


@pytest.mark.clause("PM-5b")
@pytest.mark.clause("PM-6.3")
def test_the_quarter_is_run_with_the_forms_until_the_28th_and_counts_in_that_month(db):
    company = Property()
    company.forms("mudan", 40, [4] * 19 + [3] * 18 + [1] * 3)
    company.forms("yongxin", 40, [4] * 39 + [1])
    company.forms("yongxin", 20, [1] * 20, day=dt.date(2026, 9, 29))
    company.close()
    assert cases_of("PM-6.3") == [("牡丹处主任", "2026-09")]
    case = Case.objects.get(rule_code="PM-6.3")
    assert (case.evidence["pooled"]["k"], case.evidence["pooled"]["n"]) == (37, 40)
    page, response = propose(company.hr, case)
    assert "37" in page and "92.5%" in page and response.status_code == 302
    decision = Decision.objects.get()
    assert (decision.counts_for, decision.effects[0]["amount"]) == ("2026-09", -3)
    assert violations() == []


@pytest.mark.clause("PM-6.1")
def test_too_few_households_cost_the_head_a_point_each_unit_by_its_own_share(db):
    company = Property()
    company.forms("mudan", 40, [5] * 4)
    company.forms("yongxin", 40, [5] * 11)
    company.close()
    assert cases_of("PM-6.1") == [("永馨园主任", "2026-09")]
    page, response = propose(company.hr, Case.objects.get())
    assert "11 / 40" in page and response.status_code == 302
    assert Decision.objects.get().effects[0]["amount"] == -1
    assert violations() == []


@pytest.mark.clause("PM-6.2")
@pytest.mark.clause("PM-6.4")
def test_each_item_that_was_our_fault_and_each_proven_tampering_touches_the_head(db):
    company = Property()
    unit = company.units["mudan"]
    with time_machine.travel(DAY, tick=False):
        form = company.form("mudan", overall=1, polite=2, patient=5)
        for item in ("overall", "polite"):
            about = {"department": unit.pk, "answer": form.number, "item": item}
            verify(company.second, report(company.hr, "dissatisfied_item", **about))
        verify(company.second, report(company.hr, "tampering", department=unit.pk))
        assert cases_of("PM-6.2") == [(unit.head.name, "2026-11")] * 2
        assert cases_of("PM-6.4") == [(unit.head.name, "2026-11")]
        for case in Case.objects.all():
            assert propose(company.hr, case)[1].status_code == 302
    amounts = sorted(
        (one["kind"], one["amount"]) for decision in Decision.objects.all() for one in decision.effects
    )
    assert amounts == [("money", -10000), ("points", -5), ("points", -1), ("points", -1)]
    assert violations() == []


class Sales:
    """The real-estate company with two teams, a head each, and answers in as many months as a test wants."""

    def __init__(self):
        self.company = set_up(
            "realestate_rewards", unit="qinghe", name="青禾房产销售", by=None, at=at(2026, 1, 1)
        ).version.company
        self.campaign = world.make_campaign(self.company)
        self.teams = {code: self._team(code) for code in ("sales-1", "sales-2")}
        office = Department.objects.get(company=self.company, code="hr")
        self.hr = factories.make_user(employee=factories.make_employee(office, "陈静"))
        factories.grant(self.hr, Role.objects.get(company=self.company, code="hr"))

    def _team(self, code):
        team = Department.objects.get(company=self.company, code=code)
        manager = Post.objects.get(company=self.company, code="manager")
        team.head = factories.make_employee(team, f"{code} 负责人", post=manager, is_head=True)
        team.people = [factories.make_employee(team, f"{code} {number}") for number in (1, 2)]
        return team

    def answers(self, month, **satisfied):
        """Each of a team's two people has `satisfied` of 50 in the month; sales_1=40."""
        for code, count in satisfied.items():
            for employee in self.teams[code.replace("_", "-")].people:
                world.give_answers(self.campaign, employee, count, 50, month=month)

    def close(self, period, moment):
        return close_period(company=self.company, period=Period.parse(period), at=moment)


@pytest.mark.clause("RE-5.3c")
def test_two_quarters_below_the_target_ask_the_head_for_a_written_explanation(db):
    company = Sales()
    for month in ("2026-05", "2026-08"):
        company.answers(month, sales_1=38, sales_2=50)
    company.close("2026Q2", at(2026, 7, 1))
    assert not Case.objects.exists()
    company.close("2026Q3", at(2026, 10, 1))
    head = company.teams["sales-1"].head
    case = Case.objects.get(rule_code="RE-5.3c")
    assert (case.employee, case.occurrence, case.period) == (head, "2026Q2..2026Q3@sales-1", "2026-09")
    page, response = propose(company.hr, case)
    assert "152 / 200" in page and response.status_code == 302
    assert [one["kind"] for one in Decision.objects.get().effects] == ["written_explanation"]
    assert violations() == []


@pytest.mark.clause("RE-5.2d")
def test_the_best_team_of_the_half_year_gives_every_member_points_once_and_the_head_money(db):
    company = Sales()
    company.answers("2026-05", sales_1=48, sales_2=40)
    company.close("2026H1", at(2026, 7, 1))
    team = company.teams["sales-1"]
    cases = list(Case.objects.filter(rule_code="RE-5.2d").order_by("pk"))
    assert [case.role for case in cases] == ["member"] * 3 + ["head"]
    assert {case.employee for case in cases} == {team.head, *team.people}
    for case in cases:
        assert propose(company.hr, case)[1].status_code == 302
    got = {
        (one.employee.name, effect["kind"], effect.get("amount"))
        for one in Decision.objects.all()
        for effect in one.effects
    }
    points = {(one.name, "points", 3) for one in (team.head, *team.people)}
    assert got == points | {(team.head.name, "money", 100_000), (team.head.name, "certificate", None)}
    assert violations() == []
