"""Policies as controlled documents (VK-1) and a company set up from its rule book (RE-1)."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from approvals.models import Committee, Motion
from approvals.services import start_membership
from audit.models import AuditRow
from core.events import deliver_all
from core.registries import policy_sections
from incentives.models import Rule
from incentives.tests.pages import PageStage
from incentives.triggers import Hit
from incentives.unit_rules import trigger_of
from organization.models import Company, Department, Post, Role
from policies.models import Version
from policies.selectors import clause_in_force, section, version_in_force
from policies.services import load_pack, set_up, sign, submit
from surveys.models import QuestionnaireVersion
from tests.factories import at, grant, make_employee, make_user

STEPS = [
    ("drafter", "编制"),
    ("department-head", "部门负责人"),
    ("responsible-leader", "分管领导"),
    ("iso-group", "ISO 工作组"),
    ("management-representative", "管理者代表"),
]


@pytest.fixture
def procedure(db):
    """The developer's procedure as loaded by the server's administrator on 1 June 2026."""
    return set_up("developer_iso", unit="yuanqing", name="远晴地产", by=None, at=at(2026, 6, 1)).version


def person(company, code):
    user = make_user(name=code)
    grant(user, Role.objects.get(company=company, code=code))
    return user


def page(client, user, url):
    client.force_login(user)
    return client.get(url).content.decode()


@pytest.mark.clause("VK-1")
def test_the_procedure_is_not_in_force_until_five_people_have_signed_in_the_browser(client, procedure):
    company, today = procedure.company, dt.date(2026, 7, 10)
    keeper = person(company, "document-control")
    people = [(person(company, role), step) for role, step in STEPS]
    url, sign = procedure.get_absolute_url(), reverse("policy_sign", args=[procedure.pk])

    with time_machine.travel(at(2026, 7, 9), tick=False):
        assert reverse("policy_submit", args=[procedure.pk]) in page(client, keeper, url)
        assert client.post(reverse("policy_submit", args=[procedure.pk])).status_code == 302

    with time_machine.travel(at(2026, 7, 10), tick=False):
        for place, (user, step) in enumerate(people):
            assert version_in_force(company, today) is None
            for later, _step in people[place + 1 :]:
                client.force_login(later)
                assert client.post(sign).status_code == 409
            shown = page(client, user, url)
            assert f"以“{step}”签署" in shown
            assert client.post(sign).status_code == 302

    assert version_in_force(company, today) == procedure
    signed = AuditRow.objects.filter(verb="policies.signoff.sign").order_by("pk")
    assert [row.actor for row in signed] == [user for user, _step in people]
    shown = page(client, keeper, url)
    for user, step in people:
        assert re.search(f"{step}.{{1,3}}{user.name}", shown)


@pytest.mark.clause("VK-1")
def test_number_version_day_and_revision_note_stand_on_the_document(client, procedure):
    shown = page(client, person(procedure.company, "document-control"), procedure.get_absolute_url())
    for fact in ("MY-CX-07", "A/1", "2026年7月1日", "首次发布"):
        assert fact in shown


@pytest.mark.clause("VK-1")
def test_a_decision_cites_the_clause_in_force_on_its_day(db):
    company = set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version.company
    first = version_in_force(company, dt.date(2026, 9, 30))
    revised = first.content | {
        "document": first.content["document"] | {"version": "2.2", "effective_from": "2026-10-01"},
        "clauses": [
            clause | {"text": "改后的条文"} if clause["code"] == "RE-5.3a" else clause
            for clause in first.content["clauses"]
        ],
    }
    second = load_pack(revised, company=company, by=None, at=at(2026, 9, 1)).version
    before = clause_in_force(company, "RE-5.3a", dt.date(2026, 9, 30))
    after = clause_in_force(company, "RE-5.3a", dt.date(2026, 10, 1))
    assert (before.version, after.version) == (first, second)
    assert "扣当月绩效 3 分" in before.text
    assert after.text == "改后的条文"
    assert clause_in_force(company, "RE-5.3a", dt.date(2025, 12, 31)) is None


@pytest.mark.clause("VK-1")
def test_a_revision_is_drafted_in_the_browser_and_signed_like_the_first_version(client, procedure):
    company = procedure.company
    keeper = person(company, "document-control")
    people = [person(company, role) for role, _step in STEPS]
    publish(procedure, people, at(2026, 7, 1))
    client.force_login(keeper)
    with time_machine.travel(at(2026, 9, 1), tick=False):
        facts = {"label": "A/2", "effective_from": "2026-10-01", "revision_note": "按五档口径修订"}
        assert client.post(reverse("policy_draft", args=[procedure.pk]), facts).status_code == 302
        draft = Version.objects.get(label="A/2")
        text = {"seen": draft.checksum, "number": "第 3.1 条", "text": "改后的条文"}
        assert client.post(reverse("policy_clause", args=[draft.pk, "VK-3.1"]), text).status_code == 302
        shown = page(client, keeper, reverse("policy_compare", args=[draft.pk]))
        assert "改后的条文" in shown
        assert "第 3.2 条" not in shown
        assert client.post(reverse("policy_submit", args=[draft.pk])).status_code == 302
        for user in people:
            client.force_login(user)
            assert client.post(reverse("policy_sign", args=[draft.pk])).status_code == 302
    assert "改后的条文" not in clause_in_force(company, "VK-3.1", dt.date(2026, 9, 30)).text
    assert clause_in_force(company, "VK-3.1", dt.date(2026, 10, 1)).text == "改后的条文"


@pytest.mark.clause("VK-1")
def test_a_decision_keeps_citing_the_clause_of_its_day_on_its_page(client, company):
    stage = PageStage(company)
    stage.three_months()
    decision = stage.posted(stage.worst)
    revised = {
        "document": {
            "code": "rewards",
            "number": "ZD-1",
            "title": "奖惩办法",
            "version": "2",
            "effective_from": "2026-12-01",
        },
        "clauses": [{"code": "RE-5.3a", "number": "第 5.3 条（一）", "text": "改后的条文"}],
    }
    load_pack(revised, company=company, by=None, at=at(2026, 11, 20))
    assert clause_in_force(company, "RE-5.3a", dt.date(2026, 12, 1)).text == "改后的条文"
    with time_machine.travel(at(2026, 12, 5), tick=False):
        shown = page(client, stage.hr, reverse("incentives_case", args=[decision.case_id]))
    assert "RE-5.3a 条款原文" in shown
    assert "改后的条文" not in shown


def publish(version, people, moment):
    submit(version, by=None, at=moment)
    for user in people:
        sign(version, by=user, at=moment)


class Property:
    """The property company: the head of 牡丹处, and the chairman who is the whole committee."""

    def __init__(self):
        self.company = set_up("property_quarterly", unit="jiayue", by=None, at=at(2026, 1, 1)).version.company
        self.unit = self.company.departments.get(code="mudan")
        office = self.company.departments.get(code="management")
        self.worker = make_employee(self.unit, "王丽")
        self.outsider = make_employee(self.company.departments.get(code="meigui"), "方磊")
        self.head = self._login(make_employee(self.unit, "李强", is_head=True), "head")
        self.chair = self._login(make_employee(office, "周总"), "chair")
        start_membership(
            Committee.objects.get(company=self.company, code="chair"),
            employee=self.chair.employee,
            starts_on=dt.date(2026, 1, 1),
            is_chair=True,
            by=self.chair,
            at=at(2026, 1, 1),
        )

    def _login(self, employee, role):
        user = make_user(employee=employee)
        grant(user, Role.objects.get(company=self.company, code=role))
        return user

    def draft(self, client):
        """The head's own rules with one reward, drafted page by page."""
        client.force_login(self.head)
        sent = {
            "department": self.unit.pk,
            "title": "牡丹处服务细则",
            "number": "MD-01",
            "code": "mudan-own",
            "label": "1.0",
            "effective_from": "2026-11-10",
            "revision_note": "首版",
            "text": "本处员工受到业主书面表扬的，另加绩效分。",
        }
        assert client.post(reverse("policy_new_unit"), sent).status_code == 302
        draft = Version.objects.get(document__code="mudan-own")
        rule = {
            "seen": draft.checksum,
            "code": "MD-1",
            "title": "业主书面表扬",
            "clause": "mudan-own-1",
            "direction": "reward",
            "trigger": "praise_confirmed",
        }
        assert client.post(reverse("draft_rule_new", args=[draft.pk]), rule).status_code == 302
        draft.refresh_from_db()
        effects = {"kinds": "points", "e0-amount": "1", "p-forms": ["written"], "active": "on", "go": "save"}
        frame = {
            "title": "业主书面表扬",
            "clause": "mudan-own-1",
            "evidence": "literal",
            "seen": draft.checksum,
        }
        saved = client.post(reverse("draft_rule", args=[draft.pk, "MD-1"]), frame | effects)
        assert saved.status_code == 302
        return draft

    def vote(self, client, choice, reason=""):
        client.force_login(self.chair)
        motion = Motion.objects.get(topic="policies.version", state="open")
        shown = client.get(motion.get_absolute_url()).content.decode()
        assert "牡丹处服务细则" in shown
        assert "+1" in shown
        sent = {"choice": choice, "reason": reason}
        assert client.post(reverse("vote_cast", args=[motion.pk]), sent).status_code == 302
        deliver_all()


@pytest.fixture
def property_company(db):
    with time_machine.travel(at(2026, 11, 10), tick=False):
        yield Property()


@pytest.mark.clause("PM-6.5")
def test_a_units_own_rules_hold_for_its_people_once_the_chairman_has_agreed(client, property_company):
    mine = property_company
    draft = mine.draft(client)
    assert client.post(reverse("policy_publish", args=[draft.pk])).status_code == 403
    assert client.post(reverse("draft_file", args=[draft.pk])).status_code == 302
    draft.refresh_from_db()
    assert draft.state == Version.State.SIGNING
    mine.vote(client, "approve")
    draft.refresh_from_db()
    assert (draft.state, draft.effective_from) == (Version.State.PUBLISHED, dt.date(2026, 11, 10))
    rule = Rule.objects.get(version=draft)
    assert touched_by(rule, [mine.worker, mine.outsider]) == [mine.worker.pk]


def touched_by(rule, people):
    """Who of these people, praised alike, the rule would touch."""
    hits = [
        Hit(one.pk, one.assignments.get().department_id, f"praise:{one.pk}", {}, is_distinguishable=True)
        for one in people
    ]
    return [hit.employee_id for hit in trigger_of(rule)._inside(hits)]


@pytest.mark.clause("PM-6.5")
def test_what_the_chairman_returns_is_a_draft_again_with_his_reason(client, property_company):
    mine = property_company
    draft = mine.draft(client)
    client.post(reverse("draft_file", args=[draft.pk]))
    mine.vote(client, "return", "请写明由谁核实")
    draft.refresh_from_db()
    assert draft.state == Version.State.DRAFT
    shown = page(client, mine.head, reverse("policy_edit", args=[draft.pk]))
    assert "请写明由谁核实" in shown
    assert client.post(reverse("draft_file", args=[draft.pk])).status_code == 302


@pytest.mark.clause("PM-6.5")
def test_a_units_rules_never_replace_those_of_the_company(client, property_company):
    mine = property_company
    draft = mine.draft(client)
    draft.refresh_from_db()
    taken = {
        "seen": draft.checksum,
        "code": "PM-6.3",
        "title": "改写公司规则",
        "clause": "mudan-own-1",
        "direction": "penalty",
        "trigger": "unit_rate_below",
    }
    refused = client.post(reverse("draft_rule_new", args=[draft.pk]), taken)
    assert refused.status_code == 422
    assert "PM-6.3" in refused.content.decode()
    assert not any(row["code"] == "PM-6.3" for row in Version.objects.get(pk=draft.pk).content["rules"])


@pytest.mark.clause("RE-1")
def test_one_command_sets_up_the_company(db):
    call_command(
        "load_policy", "realestate_rewards", "--unit", "qinghe", "--name", "青禾房产销售", verbosity=0
    )
    company, day = Company.objects.get(code="qinghe"), dt.date(2026, 11, 1)
    assert {"sales-1", "service", "research", "hr"} <= set(company.departments.values_list("code", flat=True))
    assert company.posts.get(code="consultant").is_ranked
    assert {"hr", "group", "head", "employee", "service", "research", "auditor", "hr_appeals"} <= set(
        company.roles.values_list("code", flat=True)
    )
    assert Committee.objects.get(company=company, code="group").quorum_bp > 0
    assert [one.code for one in section(company, "dimensions", day)] == [
        "attitude",
        "accuracy",
        "ease",
        "aftersales",
    ]
    frozen = QuestionnaireVersion.objects.filter(company=company, state=QuestionnaireVersion.State.PUBLISHED)
    assert set(frozen.values_list("questionnaire__code", flat=True)) == {"quarterly", "encounter"}
    active = Rule.objects.filter(company=company, is_active=True).values_list("code", "clause__code")
    assert {("RE-5.2a", "RE-5.2a"), ("RE-5.3a", "RE-5.3a")} <= set(active)


@pytest.mark.clause("RE-1")
def test_survey_sales_and_teamwork_are_weighted_parts_of_the_composite(db):
    company = set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version.company
    parts = section(company, "composite", dt.date(2026, 11, 1)).parts
    assert [part.code for part in parts] == ["survey", "sales", "teamwork"]
    assert sum(part.weight_bp for part in parts) == 10_000


@pytest.mark.clause("RE-1")
def test_the_same_command_again_changes_nothing(db):
    counted = (Company, Department, Post, Role, Version, Committee, QuestionnaireVersion, Rule, AuditRow)
    call_command("load_policy", "realestate_rewards", "--unit", "qinghe", verbosity=0)
    before = [model.objects.count() for model in counted]
    call_command("load_policy", "realestate_rewards", "--unit", "qinghe", verbosity=0)
    assert [model.objects.count() for model in counted] == before


@pytest.mark.clause("RE-1")
def test_every_setting_of_the_book_is_read_by_a_room(db):
    version = set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version
    settings = {name for name, table in version.content.items() if isinstance(table, dict)} - {
        "document",
        "sources",
    }
    assert settings - set(dict(policy_sections.items())) == set()
