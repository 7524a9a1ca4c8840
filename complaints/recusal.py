"""Whom a case names and who stands directly above them: they keep out of it (fact 6)."""

from complaints import rules
from complaints.models import Kind
from core.period import SHANGHAI
from organization.models import Assignment


def day_of(moment):
    return moment.astimezone(SHANGHAI).date()


def happened_on(case):
    """The day it happened, as far as anybody said; else the day it was received."""
    return case.happened_on or day_of(case.received_at)


def named_in(case):
    """Ids of the employees it names; what a merged case named was taken over by the one it went into."""
    named = case.allegations.exclude(employee=None)
    return set(named.values_list("employee_id", flat=True))


def excluded_from(case, at):
    """{employee id: rules.NAMED or rules.SUPERIOR} of everybody who may not judge the case at that moment.

    Superiors are those of the day it happened and those of today; a department that is itself named has its head.
    """
    named = named_in(case)
    days = {happened_on(case), day_of(at)}
    superiors = {head for day in days for head in _direct_superiors(case, named, day)}
    return rules.excluded_people(named, superiors)


def _direct_superiors(case, named, day):
    work = Assignment.objects.on(day).filter(employee_id__in=named).select_related("department")
    places = [(assignment.department, {assignment.employee_id}) for assignment in work]
    alone = case.allegations.filter(employee=None).select_related("department")
    places += [(allegation.department, set()) for allegation in alone]
    for department, below in places:
        yield from _nearest_heads(department, below, day)


def _nearest_heads(department, below, day):
    """Heads of the department, or of the nearest one above that has any besides the person concerned."""
    while department is not None:
        heads = Assignment.objects.on(day).filter(department=department, is_head=True)
        found = set(heads.values_list("employee_id", flat=True)) - below
        if found:
            return found
        department = department.parent
    return set()


def verb_needed(case, verb):
    """Internal reports are for their readers alone; all other cases for who holds the verb."""
    return "complaints.read_reports" if case.kind == Kind.REPORT else verb
