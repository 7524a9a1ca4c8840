"""Set-up of the demo company: the shipped pack, the staff file, logins, the group, the continuous survey."""

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from accounts.models import User
from approvals.models import Committee, Membership
from demo.cast import PASSWORD, PEOPLE
from organization.models import Company, Grant, Role, Site
from surveys.models import Campaign, Mode, Questionnaire

CODE, NAME = "qinghe", "青禾房产销售"
SITES = (("yunqi", "云栖里", "Cloud Rest"), ("donghu", "东湖印象", "East Lake"))
JOINED = dt.date(2024, 3, 1)
STAFF_HEADER = ("工号", "姓名", "部门", "岗位", "项目", "是否负责人", "入职日期", "登录名", "角色")


def load_policy():
    set_up("realestate_rewards", CODE, NAME, "Qinghe Property Sales", SITES)


def set_up(pack, code, name, name_en, sites):
    """A company by its rule book, as the command line does it, with its projects (code, name, English name)."""
    call_command("load_policy", pack, unit=code, name=name, stdout=io.StringIO())
    company = Company.objects.get(code=code)
    Company.objects.filter(pk=company.pk).update(name_en=name_en)
    for site, site_name, site_name_en in sites:
        Site.objects.get_or_create(
            company=company, code=site, defaults={"name": site_name, "name_en": site_name_en}
        )


def bring_in_people(company, people=PEOPLE):
    """The staff file, through the same import a company uses; one password for all demo logins."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "staff.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(STAFF_HEADER)
            writer.writerows(staff_row(company, person) for person in people)
        call_command("import_staff", str(path), unit=company.code, stdout=io.StringIO())
    User.objects.filter(employee__company=company).update(password=make_password(PASSWORD))


def staff_row(company, person):
    department = company.departments.get(code=person.department)
    post = company.posts.get(code=person.post)
    roles = [role.name for role in Role.objects.filter(company=company, code__in=person.roles)]
    site = company.sites.get(code=person.site).name if person.site else ""
    head = "是" if person.is_head else ""
    return (
        person.number,
        person.name,
        department.name,
        post.name,
        site,
        head,
        JOINED,
        person.login,
        "、".join(roles),
    )


def form_group(company):
    """Terms of the management group from the day the policy took effect."""
    committee = Committee.objects.get(company=company, code="group")
    members = Grant.objects.filter(role__company=company, role__code="group").select_related("user__employee")
    for grant in members:
        employee = grant.user.employee
        Membership.objects.get_or_create(
            committee=committee,
            employee=employee,
            starts_on=dt.date(2026, 1, 1),
            defaults={"is_chair": employee.name == "周总"},
        )
    return committee


def continuous_survey(company, opened_at):
    questionnaire = Questionnaire.objects.get(company=company, code="encounter")
    version = questionnaire.versions.get(state="published")
    campaign, _made = Campaign.objects.get_or_create(
        company=company,
        code="continuous",
        defaults={
            "title": "每次接待后的回访问卷",
            "title_en": "After each encounter",
            "kind": Campaign.Kind.CONTINUOUS,
            "version": version,
            "state": Campaign.State.OPEN,
            "mode": Mode.WEB,
            "opens_on": opened_at.date(),
            "opened_at": opened_at,
        },
    )
    return campaign
