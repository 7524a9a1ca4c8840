"""Plain functions that make things with readable defaults. To reach a state, go through the verbs."""

import datetime as dt
import itertools

from accounts.models import User
from core.period import SHANGHAI
from customers.models import Customer, Encounter
from organization.models import Assignment, Company, Department, Employee, Grant, Post, Role, Site

LONG_AGO = dt.date(2024, 1, 1)
_numbers = itertools.count(1)


def at(year=2026, month=11, day=4, hour=12, minute=0):
    """An aware moment in Shanghai."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def make_company(code="qinghe", name="青禾房产销售"):
    return Company.objects.create(code=code, name=name, name_en="Qinghe Sales", opened_on=LONG_AGO)


def make_department(company, code="sales-1", name="销售一部", parent=None):
    return Department.objects.create(company=company, code=code, name=name, parent=parent)


def make_site(company, code="yunqi", name="云栖里"):
    return Site.objects.create(company=company, code=code, name=name)


def make_post(company, code="consultant", name="置业顾问", is_ranked=True):
    post, _ = Post.objects.get_or_create(
        company=company, code=code, defaults={"name": name, "is_ranked": is_ranked}
    )
    return post


def make_employee(department, name="王丽", *, post=None, is_head=False, site=None, since=LONG_AGO, user=None):
    """An employee with one assignment that is still open."""
    employee = Employee.objects.create(
        company=department.company, number=f"E{next(_numbers):05d}", name=name, joined_on=since, user=user
    )
    Assignment.objects.create(
        employee=employee,
        department=department,
        post=post or make_post(department.company),
        site=site,
        is_head=is_head,
        starts_on=since,
    )
    return employee


def make_user(username=None, *, name="", employee=None, password=None):
    user = User(
        username=username or f"user{next(_numbers)}", name=name or (employee.name if employee else "")
    )
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    if employee is not None:
        employee.user = user
        employee.save()
    return user


def make_role(company, code, verbs, reach=Role.Reach.COMPANY):
    return Role.objects.create(
        company=company, code=code, name=code, reach=reach, verbs=sorted({"core.home", *verbs})
    )


def grant(user, role, department=None):
    return Grant.objects.create(user=user, role=role, department=department, starts_on=LONG_AGO)


def user_with(company, *verbs, reach=Role.Reach.COMPANY, employee=None):
    """A user who holds just these verbs in the company."""
    user = make_user(employee=employee)
    grant(user, make_role(company, f"role{next(_numbers)}", verbs, reach))
    return user


def make_customer(company, name="林女士", phone="13800000001", **fields):
    number = f"C{next(_numbers):06d}"
    return Customer.objects.create(
        company=company, number=number, name=name, phone=phone, created_at=at(2024, 1, 1), **fields
    )


def make_encounter(employee, customer=None, *, day=dt.date(2026, 10, 12), kind="viewing", site=None):
    """A service encounter with this employee, in the department where they then worked."""
    assignment = employee.assignments.on(day).get()
    return Encounter.objects.create(
        company=employee.company,
        customer=customer or make_customer(employee.company),
        employee=employee,
        department=assignment.department,
        site=site or assignment.site,
        kind=kind,
        day=day,
        reference=f"SRV{next(_numbers):06d}",
    )
