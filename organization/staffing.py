"""Verbs on people: take on, transfer from a day, let go, give a login and roles."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from audit import services as audit
from core.events import publish
from core.period import SHANGHAI
from organization.models import Assignment, Employee, Grant

ONE_DAY = dt.timedelta(days=1)
HEAD = "head"


def same_place(assignment, place):
    """`place` is (department, post, site, is_head)."""
    department, post, site, is_head = place
    now = (assignment.department_id, assignment.post_id, assignment.site_id, assignment.is_head)
    return now == (
        getattr(department, "pk", None),
        getattr(post, "pk", None),
        getattr(site, "pk", None),
        is_head,
    )


@transaction.atomic
def record_employee(*, company, employee, latest, facts, place, effective_on, username="", roles=(), by, at):
    """Bring one person to what the staff list says; 'created', 'changed' or 'unchanged'.

    `latest` is their newest assignment or None; a different `place` starts a new one on `effective_on`.
    Old assignments stay as they were, so answers and encounters of before stay where they belong.
    """
    is_new = employee is None
    if is_new:
        employee = Employee.objects.create(company=company, **facts)
        audit.record("organization.employee.taken_on", employee, by=by, at=at)
    steps = [
        not is_new and _update(employee, facts, by=by, at=at),
        _place(employee, latest, place, effective_on, by=by, at=at),
        _give_login(employee, username, by=by, at=at),
        _grant(employee, roles, effective_on, at=at),
        _let_go(employee, at=at),
    ]
    if is_new:
        return "created"
    return "changed" if any(steps) else "unchanged"


def _update(employee, facts, *, by, at):
    changed = [name for name, value in facts.items() if getattr(employee, name) != value]
    for name in changed:
        setattr(employee, name, facts[name])
    if changed:
        employee.save(update_fields=changed)
        audit.record(
            "organization.employee.updated", employee, by=by, at=at, data={"fields": sorted(changed)}
        )
        User.objects.filter(pk=employee.user_id).update(name=employee.name, email=employee.email)
    return bool(changed)


def _place(employee, latest, place, effective_on, *, by, at):
    """End and begin assignments; True when anything moved."""
    if latest is None:
        _assign(employee, place, effective_on)
        return True
    if employee.left_on is not None:
        return _end_assignment(latest, employee.left_on)
    if same_place(latest, place) and latest.ends_on is None:
        return False
    if latest.starts_on == effective_on:
        latest.department, latest.post, latest.site, latest.is_head = place
        latest.ends_on = None
        latest.save()
    else:
        if latest.ends_on is None:
            _end_assignment(latest, effective_on - ONE_DAY)
        _assign(employee, place, effective_on)
    audit.record(
        "organization.employee.transferred", employee, by=by, at=at, data={"from": str(effective_on)}
    )
    return True


def _assign(employee, place, starts_on):
    department, post, site, is_head = place
    return Assignment.objects.create(
        employee=employee,
        department=department,
        post=post,
        site=site,
        is_head=is_head,
        starts_on=starts_on,
        ends_on=employee.left_on,
    )


def _end_assignment(assignment, day):
    if assignment.ends_on == day:
        return False
    assignment.ends_on = day
    assignment.save(update_fields=["ends_on"])
    return True


def _give_login(employee, username, *, by, at):
    """A login without a password; its owner chooses one through a link by e-mail."""
    if not username or employee.user_id:
        return False
    user = User(username=username, name=employee.name, email=employee.email)
    user.set_unusable_password()
    user.save()
    employee.user = user
    employee.save(update_fields=["user"])
    audit.record("organization.employee.login_given", employee, by=by, at=at)
    publish("organization.login_given", employee)
    return True


def _grant(employee, roles, starts_on, *, at):
    """Give the roles named; roles not named stay, but for the head's when somebody heads nothing any more."""
    if not employee.user_id or employee.left_on is not None:
        return False
    held = {grant.role_id for grant in Grant.objects.filter(user=employee.user_id, ends_on=None)}
    missing = [role for role in roles if role.pk not in held]
    for role in missing:
        Grant.objects.update_or_create(
            user_id=employee.user_id, role=role, starts_on=starts_on, defaults={"ends_on": None}
        )
    ended = False
    if not any(role.code == HEAD for role in roles):
        heads = Grant.objects.filter(
            user=employee.user_id, role__code=HEAD, ends_on=None, role__company=employee.company
        )
        ended = _end_grants(heads, starts_on - ONE_DAY)
    return bool(missing) or ended


def _end_grants(grants, day):
    """The last day of the grants is `day`; those that would end before they began are taken back."""
    taken_back, names = grants.filter(starts_on__gt=day).delete()
    return bool(grants.update(ends_on=day) + taken_back)


def _let_go(employee, *, at):
    """After the last day nothing of the login holds any more."""
    if employee.left_on is None or not employee.user_id:
        return False
    ended = _end_grants(Grant.objects.filter(user=employee.user_id, ends_on=None), employee.left_on)
    if employee.left_on < at.astimezone(SHANGHAI).date():
        ended = (
            bool(User.objects.filter(pk=employee.user_id, is_active=True).update(is_active=False)) or ended
        )
    return ended
