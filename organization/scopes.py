"""Over whom a user holds a verb: companies, departments with everything below, or only themselves."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from core.period import SHANGHAI
from core.remembering import remembered
from organization.models import Assignment, Department, Grant, Role


@dataclass
class Reach:
    """The union of what all roles that hold the verb reach."""

    company_ids: set = field(default_factory=set)
    department_ids: set = field(default_factory=set)
    employee_id: int | None = None

    @property
    def is_empty(self):
        return not (self.company_ids or self.department_ids or self.employee_id)

    def q(self, *, company="company_id", department="department_id", employee="employee_id"):
        """Q over a model with these columns; a column named None is not reachable that way."""
        match = Q(pk__in=[])
        if self.company_ids:
            match |= Q(**{f"{company}__in": self.company_ids})
        if self.department_ids and department:
            match |= Q(**{f"{department}__in": self.department_ids})
        if self.employee_id and employee:
            match |= Q(**{employee: self.employee_id})
        return match


def today():
    return timezone.now().astimezone(SHANGHAI).date()


def grants_of(user, day=None):
    """Grants in force, roles included; cached on the user object for the request."""
    if day is None and hasattr(user, "_grants_today"):
        return user._grants_today
    grants = list(Grant.objects.on(day or today()).filter(user=user).select_related("role"))
    if day is None:
        user._grants_today = grants
    return grants


def grants_at_work(user):
    """Those of the company the user works in now (`user.works_in`, set for every page); without one, all.

    A page asks for a verb and looks for its object by what is visible: were both asked over all companies, a verb
    held in one would act on what may only be read in another.
    """
    company_id = getattr(user, "works_in", None)
    return [grant for grant in grants_of(user) if company_id in (None, grant.role.company_id)]


def verbs_of(user):
    if not hasattr(user, "_verbs"):
        user._verbs = {verb for grant in grants_at_work(user) for verb in grant.role.verbs}
    return user._verbs


def reach_of(user, *verbs):
    """Reach of the given verbs (any of them)."""
    key = frozenset(verbs)
    cache = user.__dict__.setdefault("_reaches", {})
    if key not in cache:
        cache[key] = _reach(user, key)
    return cache[key]


def _reach(user, verbs):
    reach = Reach()
    for grant in grants_at_work(user):
        if not verbs & set(grant.role.verbs):
            continue
        if grant.role.reach == Role.Reach.COMPANY:
            reach.company_ids.add(grant.role.company_id)
        elif grant.role.reach == Role.Reach.DEPARTMENT:
            roots = {grant.department_id} if grant.department_id else headed_by(user)
            reach.department_ids |= with_descendants(roots, grant.role.company_id)
        elif employee_id_of(user):
            reach.employee_id = employee_id_of(user)
    return reach


def employee_id_of(user):
    employee = getattr(user, "employee", None)
    return employee.pk if employee else None


def headed_by(user, day=None):
    """Ids of departments this user heads on that day."""
    employee_id = employee_id_of(user)
    if not employee_id:
        return set()
    day = day or today()
    return set(remembered(("organization.headed", employee_id, day), lambda: _headed(employee_id, day)))


def _headed(employee_id, day):
    heads = Assignment.objects.on(day).filter(is_head=True, employee_id=employee_id)
    return list(heads.values_list("department_id", flat=True))


def with_descendants(roots, company_id):
    """The departments and all below them; one query whatever the depth."""
    parents = parents_in(company_id)
    found, frontier = set(roots), set(roots)
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier} - found
        found |= frontier
    return found


def parents_in(company_id):
    """{department id: its parent's or None} of the whole company."""
    departments = Department.objects.filter(company_id=company_id)
    return remembered(
        ("organization.parents", company_id), lambda: dict(departments.values_list("id", "parent_id"))
    )


def companies_of(user):
    """Companies in which the user holds any role, in order of code."""
    return sorted({grant.role.company_id for grant in grants_of(user)})


def holds_role(user, company_id, code, day):
    """Does the user hold the role with this code in the company on that day?"""
    return any(
        grant.role.code == code and grant.role.company_id == company_id for grant in grants_of(user, day)
    )
