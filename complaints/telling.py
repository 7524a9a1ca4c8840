"""Tell colleagues of a case: its number and what to do, nothing of what was said or who said it."""

from django.urls import reverse
from django.utils import translation

from complaints.recusal import day_of, named_in, verb_needed
from notifications.services import notify
from organization.models import Employee
from organization.selectors import employees_with_verb, head_of


def tell(case, employees, *, kind, key, at, text, url="", is_own=False):
    """`text()` gives (subject, body) in the reader's language.

    Nobody whom the case names is told, unless it is their own matter (`is_own`). Messages of internal reports have
    kinds of their own: not even that there is one shows elsewhere.
    """
    if case.is_report:
        kind = "report_" + kind.removeprefix("case_").removeprefix("report_").removeprefix("complaints.")
    told = set() if is_own else named_in(case)
    for employee in employees:
        if employee is None or employee.user is None or employee.pk in told:
            continue
        told.add(employee.pk)
        with translation.override(employee.user.language):
            subject, body = text()
        notify(
            user=employee.user, company=case.company, kind=kind, key=key, subject=subject, body=body,
            url=url or url_of(case), at=at,
        )  # fmt: skip


def url_of(case):
    return reverse("internal_report" if case.is_report else "case", args=[case.pk])


def own_url(allegation):
    """Where the person concerned reads what is said of them."""
    return reverse("my_allegation", args=[allegation.pk])


def holders(case, verb, at):
    """Employees who may do this with the case; of an internal report its readers."""
    found = employees_with_verb(case.company, verb_needed(case, verb), day_of(at))
    return list(found.select_related("user"))


def responsible(case, at):
    """Who has to act now: the handler, or whoever may take the case while it has none."""
    handler = Employee.objects.select_related("user").filter(pk=case.handler_id).first()
    return [handler] if handler else holders(case, "complaints.handle", at)


def above(case, at):
    """Who hears that a case is late: the head of the department it is with, and the supervisors."""
    supervisors = holders(case, "complaints.supervise", at)
    if case.is_report or case.department is None:
        return supervisors
    return [head_of(case.department, day_of(at)), *supervisors]
