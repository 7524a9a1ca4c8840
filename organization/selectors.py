"""Reads that many rooms need: who works where, who heads whom, on a day."""

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.navigation import SearchHit
from organization.models import Assignment, Employee, Grant
from organization.scopes import reach_of, today

MOST_HITS = 8


def assignment_on(employee_id, day):
    """The assignment in force, or None."""
    found = Assignment.objects.on(day).filter(employee_id=employee_id)
    return found.select_related("department", "post", "site").order_by("-starts_on").first()


def head_of(department, day):
    """The employee who heads the department, or the nearest one above; None if nobody does."""
    while department is not None:
        head = (
            Assignment.objects.on(day)
            .filter(department=department, is_head=True)
            .select_related("employee")
            .first()
        )
        if head:
            return head.employee
        department = department.parent
    return None


def superiors_of(employee, day):
    """Ids of the heads above an employee, nearest first (their own line), self left out."""
    return [pk for heads in _heads_above(employee, day) for pk in heads]


def direct_superiors_of(employee, day):
    """Ids of the nearest heads above an employee: all of the first department upwards that has any, self left out."""
    return next((heads for heads in _heads_above(employee, day) if heads), [])


def _heads_above(employee, day):
    assignment = assignment_on(employee.pk, day)
    department = assignment.department if assignment else None
    while department is not None:
        heads = Assignment.objects.on(day).filter(department=department, is_head=True)
        yield [pk for pk in heads.values_list("employee_id", flat=True) if pk != employee.pk]
        department = department.parent


def employees_with_verb(company, verb, day):
    """Employees of the company whose login holds the verb on that day."""
    users = [
        grant.user_id
        for grant in Grant.objects.on(day).filter(role__company=company).select_related("role")
        if verb in grant.role.verbs
    ]
    return Employee.objects.filter(company=company, user_id__in=users)


def visible_employees(user):
    """Employees within the user's reach of organization.view, each with `now`: the list of present assignments."""
    reach = reach_of(user, "organization.view")
    match = reach.q(department="assignments__department_id", employee="pk")
    present = Assignment.objects.on(today()).select_related("department", "post", "site")
    return (
        Employee.objects.filter(match)
        .distinct()
        .prefetch_related(Prefetch("assignments", present, to_attr="now"))
    )


def search(user, company, words):
    """Colleagues by name or number, for the search page."""
    found = (
        visible_employees(user)
        .filter(company=company)
        .filter(Q(name__icontains=words) | Q(number__iexact=words))
    )
    return [
        SearchHit(
            title=employee.name,
            url=reverse("employee", args=[employee.pk]),
            detail=" · ".join([employee.number, *(f"{one.department} {one.post}" for one in employee.now)]),
        )
        for employee in found[:MOST_HITS]
    ]


search.heading = _("People")
