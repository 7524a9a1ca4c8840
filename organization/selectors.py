"""Reads that many rooms need: who works where, who heads whom, on a day."""

from organization.models import Assignment, Employee, Grant


def assignment_on(employee_id, day):
    """The assignment in force, or None."""
    found = Assignment.objects.on(day).filter(employee_id=employee_id)
    return found.select_related("department", "post", "site").order_by("-starts_on").first()


def head_of(department, day):
    """The employee who heads the department, or the nearest one above; None if nobody does."""
    while department is not None:
        head = Assignment.objects.on(day).filter(department=department, is_head=True).select_related("employee").first()
        if head:
            return head.employee
        department = department.parent
    return None


def superiors_of(employee, day):
    """Ids of the heads above an employee, nearest first (their own line), self left out."""
    assignment = assignment_on(employee.pk, day)
    line, department = [], assignment.department if assignment else None
    while department is not None:
        heads = Assignment.objects.on(day).filter(department=department, is_head=True)
        line += [pk for pk in heads.values_list("employee_id", flat=True) if pk != employee.pk]
        department = department.parent
    return line


def employees_with_verb(company, verb, day):
    """Employees of the company whose login holds the verb on that day."""
    users = [
        grant.user_id
        for grant in Grant.objects.on(day).filter(role__company=company).select_related("role")
        if verb in grant.role.verbs
    ]
    return Employee.objects.filter(company=company, user_id__in=users)
