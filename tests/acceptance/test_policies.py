"""Policies as controlled documents (VK-1) and a company set up from its rule book (RE-1)."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from approvals.models import Committee
from audit.models import AuditRow
from core.registries import policy_sections
from incentives.models import Rule
from organization.models import Company, Department, Post, Role
from policies.models import Version
from policies.selectors import clause_in_force, section, version_in_force
from policies.services import load_pack, set_up
from surveys.models import QuestionnaireVersion
from tests.factories import at, grant, make_user

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
    active = Rule.objects.filter(company=company, is_active=True)
    assert set(active.values_list("code", "clause__code")) == {("RE-5.2a", "RE-5.2a"), ("RE-5.3a", "RE-5.3a")}


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
