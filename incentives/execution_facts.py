"""Fact 6 after the vote: nobody checks, confirms or lifts what is about themselves."""

from incentives.models import Duty, Mark
from organization.models import Employee


def fact_6_execution():
    """No duty checked by whoever owed it, no condition of the law confirmed by whom it is about."""
    for duty in Duty.objects.exclude(checked_by=None).select_related("checked_by__employee"):
        checker = getattr(duty.checked_by, "employee", None)
        if checker is not None and checker.pk == duty.employee_id:
            yield f"duty {duty.pk} was checked by the person who owed it"
    own_login = dict(Employee.objects.exclude(user=None).values_list("pk", "user_id"))
    for mark in Mark.objects.exclude(checklist=[]):
        if any(one["by"] and one["by"] == own_login.get(mark.employee_id) for one in mark.checklist):
            yield f"a condition of mark {mark.pk} was confirmed by the person it is about"
