"""Departments, posts, sites and roles as a pack sets them up; grants; the read-only API."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import AuditRow
from core.flow import Refused
from organization import rules, services
from organization.loading import load_structure
from organization.models import Department, Post, Role, Site
from organization.scopes import holds_role, verbs_of
from tests.factories import at, make_company, make_department, make_employee, make_role, make_user, user_with

DAY = dt.date(2026, 11, 4)
PACK = {
    "departments": [
        {"code": "sales-1", "name": "销售一部", "parent": "sales"},
        {"code": "sales", "name": "销售部"},
    ],
    "posts": [{"code": "consultant", "name": "置业顾问", "is_ranked": True}],
    "sites": [{"code": "yunqi", "name": "云栖里"}],
    "roles": [
        {"code": "hr", "name": "行政人事部", "reach": "company", "verbs": ["core.home", "policies.view"]}
    ],
}


class Unsigned:
    """As much of a policy version as the loader looks at."""

    published_by = None


def load(company, pack=PACK):
    load_structure(pack, Unsigned, company, at())


def test_parents_come_first_whatever_the_order():
    found = rules.parse_departments(PACK["departments"])
    assert [row.code for row in found] == ["sales", "sales-1"]


@pytest.mark.parametrize(
    ("parse", "rows"),
    [
        (rules.parse_departments, [{"code": "a", "name": "甲", "parent": "b"}]),
        (rules.parse_departments, [{"code": "a", "name": "甲", "parent": "a"}]),
        (rules.parse_departments, [{"code": "a", "name": "甲"}, {"code": "a", "name": "乙"}]),
        (rules.parse_posts, {"code": "a"}),
        (rules.parse_posts, [{"code": "a"}]),
        (rules.parse_sites, ["yunqi"]),
        (rules.parse_roles, [{"code": "a", "name": "甲", "reach": "world", "verbs": []}]),
        (rules.parse_roles, [{"code": "a", "name": "甲", "reach": "self", "verbs": "core.home"}]),
        (rules.parse_roles, [{"code": "a", "name": "甲", "reach": "self", "verbs": ["everything"]}]),
    ],
)
def test_what_does_not_hold_together_is_refused_with_a_sentence(parse, rows):
    with pytest.raises(ValueError, match=r"\w"):
        parse(rows)


def test_the_structure_is_there_and_a_second_time_changes_nothing(company):
    load(company)
    rows = AuditRow.objects.count()
    load(company)
    assert Department.objects.get(code="sales-1").parent.code == "sales"
    assert Post.objects.get(code="consultant").is_ranked
    assert Site.objects.get().name == "云栖里"
    assert Role.objects.get(code="hr").verbs == ["core.home", "policies.view"]
    assert AuditRow.objects.count() == rows == 5


def test_a_changed_pack_changes_what_it_names_and_leaves_the_rest(company):
    make_department(company, "own", "自设部门")
    load(company)
    load(company, PACK | {"roles": [PACK["roles"][0] | {"verbs": ["core.home"]}]})
    assert Role.objects.get(code="hr").verbs == ["core.home"]
    assert Department.objects.filter(code="own").exists()
    assert AuditRow.objects.filter(verb="organization.role.change").get().data == {"fields": ["verbs"]}


def test_a_company_is_opened_once(db):
    first, made = services.open_company(code="qinghe", name="青禾", opened_on=DAY, by=None, at=at())
    again, made_again = services.open_company(code="qinghe", name="别名", opened_on=DAY, by=None, at=at())
    assert (made, made_again) == (True, False)
    assert (again, again.name) == (first, "青禾")


def test_a_granted_role_is_held_from_its_day_to_its_last(company):
    user, role = make_user(), make_role(company, "hr", ["policies.view"])
    given = services.grant_role(user=user, role=role, starts_on=DAY, by=None, at=at())
    assert services.grant_role(user=user, role=role, starts_on=DAY, by=None, at=at()) == given
    assert not holds_role(user, company.pk, "hr", DAY - dt.timedelta(days=1))
    assert holds_role(user, company.pk, "hr", DAY)
    services.end_grant(given, last_day=DAY, by=None, at=at())
    assert holds_role(user, company.pk, "hr", DAY)
    assert not holds_role(user, company.pk, "hr", DAY + dt.timedelta(days=1))
    with pytest.raises(Refused):
        services.end_grant(given, last_day=DAY, by=None, at=at())


def test_a_role_is_not_granted_over_another_company(company):
    elsewhere = make_department(make_company("other", "别家"))
    with pytest.raises(Refused):
        services.grant_role(
            user=make_user(),
            role=make_role(company, "head", []),
            department=elsewhere,
            starts_on=DAY,
            by=None,
            at=at(),
        )


def test_granted_verbs_are_those_of_the_pack(company):
    load(company)
    user = make_user()
    services.grant_role(
        user=user, role=Role.objects.get(code="hr"), starts_on=dt.date(2026, 1, 1), by=None, at=at()
    )
    assert verbs_of(user) == {"core.home", "policies.view"}


@pytest.mark.parametrize("name", ["department", "employee"])
def test_the_api_shows_ones_own_company_only(client, company, name):
    make_employee(make_department(company))
    url = reverse(f"api:{name}-list")
    client.force_login(user_with(company, "scoring.view"))
    assert client.get(url).status_code == 403
    client.force_login(user_with(make_company("other", "别家"), "organization.view"))
    assert client.get(url).json()["count"] == 0
    client.force_login(user_with(company, "organization.view"))
    shown = client.get(url).json()
    assert shown["count"] == 1
    assert "phone" not in shown["results"][0]


def test_a_head_sees_the_employees_below_them_in_the_api(client, company):
    mine, other = make_department(company), make_department(company, "sales-2", "销售二部")
    head = make_employee(mine, "李强", is_head=True)
    make_employee(mine, "王丽")
    make_employee(other, "赵敏")
    client.force_login(user_with(company, "organization.view", reach="department", employee=head))
    found = client.get(reverse("api:employee-list")).json()["results"]
    assert {row["name"] for row in found} == {"李强", "王丽"}
