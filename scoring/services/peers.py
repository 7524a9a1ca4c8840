"""Who is compared with whom in a month: frozen from the assignments of its first day."""

from organization.models import Assignment
from scoring.models import PeerMember


def freeze_peers(company, month, posts):
    """Make the month's peer rows for the posts (codes) the policy ranks; rows that stand are left alone.

    Who left or was transferred within the month stays in the group and is not eligible.
    """
    assignments = Assignment.objects.on(month.first_day).filter(
        post__company=company, post__code__in=posts, employee__company=company
    )
    known = set(
        PeerMember.objects.filter(company=company, month=str(month)).values_list("employee_id", flat=True)
    )
    rows, seen = [], set(known)
    for assignment in assignments.select_related("employee").order_by("employee_id", "-starts_on"):
        if assignment.employee_id not in seen:
            seen.add(assignment.employee_id)
            rows.append(_member(company, month, assignment))
    PeerMember.objects.bulk_create(rows)


def _member(company, month, assignment):
    ends = [day for day in (assignment.ends_on, assignment.employee.left_on) if day is not None]
    return PeerMember(
        company=company,
        month=str(month),
        post_id=assignment.post_id,
        employee_id=assignment.employee_id,
        department_id=assignment.department_id,
        site_id=assignment.site_id,
        is_eligible=all(day >= month.last_day for day in ends),
    )


def last_departments(employee_ids, day):
    """{employee id: department id} where each stood last, up to that day."""
    assignments = Assignment.objects.filter(employee_id__in=employee_ids, starts_on__lte=day)
    return dict(assignments.order_by("starts_on").values_list("employee_id", "department_id"))
