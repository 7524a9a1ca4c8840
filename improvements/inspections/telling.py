"""Messages about inspections, each in the reader's own language."""

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.period import SHANGHAI
from core.templatetags.manyi import day_name, deadline
from improvements.models.inspections import INSPECT
from notifications.services import notify
from organization.models import Employee
from organization.selectors import employees_with_verb, head_of


def inspectors_of(inspection):
    found = Employee.objects.filter(pk__in=inspection.inspectors.values("employee_id"))
    return list(found.select_related("user").order_by("pk"))


def heads_of(inspection, at):
    """The head of the department on that day, or the nearest one above; nobody where nobody heads it."""
    head = head_of(inspection.department, at.astimezone(SHANGHAI).date())
    return [head] if head else []


def second_persons(inspection, at, *, besides=()):
    """Colleagues who may confirm what an inspection says of somebody: with the verb, and not its inspectors."""
    day = at.astimezone(SHANGHAI).date()
    left_out = [*inspection.inspectors.values_list("employee_id", flat=True), *besides]
    found = employees_with_verb(inspection.company, INSPECT, day).exclude(pk__in=left_out)
    return list(found.select_related("user").order_by("pk"))


def tell(people, what, inspection, at, *, finding=None, by=None):
    """Everybody once per happening; whoever did it and whoever has no login hear nothing."""
    thing = finding or inspection
    for employee in people:
        user = employee.user
        if user is None or (by is not None and user.pk == by.pk):
            continue
        with translation.override(user.language):
            subject, body = letter(what, inspection, finding)
        notify(
            user=user,
            company=inspection.company,
            kind=f"improvements.inspection_{what}",
            key=f"inspection-{thing._meta.model_name}-{thing.pk}-{what}-{at.timestamp():.0f}",
            subject=subject,
            body=body,
            url=thing.get_absolute_url(),
            at=at,
        )


def letter(what, inspection, finding=None):
    """(subject, body) in the language now active."""
    values = {
        "number": inspection.number,
        "title": inspection.title,
        "department": str(inspection.department),
    }
    if finding is not None:
        values["finding"] = str(finding)
    return _SUBJECTS[what]() % values, _BODIES[what](inspection, finding)


_SUBJECTS = {
    "planned": lambda: _("%(title)s of %(department)s is planned"),
    "assigned": lambda: _("You inspect %(department)s: %(title)s"),
    "cancelled": lambda: _("Inspection %(number)s of %(department)s is cancelled"),
    "submitted": lambda: _("Inspection %(number)s of %(department)s is to be answered"),
    "answer_soon": lambda: _("Inspection %(number)s of %(department)s must be answered soon"),
    "answer_late": lambda: _("The answer to inspection %(number)s of %(department)s is overdue"),
    "answered": lambda: _("%(department)s has answered inspection %(number)s"),
    "went_on": lambda: _("Inspection %(number)s of %(department)s goes on without an answer"),
    "measure": lambda: _("A measure for you: %(finding)s"),
    "measure_soon": lambda: _("A measure is due soon: %(finding)s"),
    "measure_late": lambda: _("A measure is overdue: %(finding)s"),
    "done": lambda: _("To be verified: %(finding)s"),
    "verified": lambda: _("Verified: %(finding)s"),
    "sent_back": lambda: _("Not accepted yet: %(finding)s"),
    "upheld": lambda: _("The finding stands: %(finding)s"),
    "withdrawn": lambda: _("The finding is withdrawn: %(finding)s"),
    "fact": lambda: _("Inspection %(number)s names a colleague; a second person confirms it"),
    "closed": lambda: _("Inspection %(number)s of %(department)s is closed"),
}


def _planned(inspection, finding):
    return _("On %(day)s, by %(who)s.") % {
        "day": day_name(inspection.planned_on),
        "who": _names(inspectors_of(inspection)),
    }


def _answer_until(inspection, finding):
    return _("Say of each finding whether it is so, and what follows, until %(until)s.") % {
        "until": deadline(inspection.answer_due_at)
    }


def _measure(inspection, finding):
    return _("%(measure)s Until %(until)s.") % {"measure": finding.measure, "until": deadline(finding.due_at)}


def _reason(inspection, finding):
    return inspection.reason


_BODIES = {
    "planned": _planned,
    "assigned": _planned,
    "cancelled": _reason,
    "submitted": _answer_until,
    "answer_soon": _answer_until,
    "answer_late": lambda inspection, finding: _("Silence settles nothing: the findings stay open."),
    "answered": lambda inspection, finding: _("Read what the department says, and settle what it disputes."),
    "went_on": _reason,
    "measure": _measure,
    "measure_soon": _measure,
    "measure_late": _measure,
    "done": lambda inspection, finding: finding.done_text,
    "verified": lambda inspection, finding: finding.check_note,
    "sent_back": lambda inspection, finding: finding.check_note,
    "upheld": lambda inspection, finding: finding.settle_reason,
    "withdrawn": lambda inspection, finding: finding.settle_reason,
    "fact": lambda inspection, finding: _(
        "Open what shows it. Nothing follows before a second person confirms it."
    ),
    "closed": lambda inspection, finding: _("Everything it found is settled."),
}


def _names(people):
    return (", " if get_language() == "en" else "、").join(person.name for person in people) or "—"
