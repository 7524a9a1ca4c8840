"""Clocks of inspections: the head's answer and each measure, warned of once before the last day, reminded once."""

import datetime as dt

from django.db import transaction

from core.flow import Refused
from core.workdays import working_days_left
from improvements.inspections.policy import inspection_policy
from improvements.inspections.telling import heads_of, inspectors_of, tell
from improvements.models import Inspection, InspectionFinding
from improvements.selectors.inspections import day_of

#: no warning is looked for further ahead than this
LONGEST_WARNING = dt.timedelta(days=21)


def watch_inspections(at):
    """Tick: returns how many were warned or reminded. Cheap when nothing is due; twice is harmless."""
    answers = Inspection.objects.filter(state=Inspection.State.SUBMITTED)
    measures = InspectionFinding.objects.filter(state=InspectionFinding.State.RUNNING)
    due = [
        *_due(answers, "answer_due_at", _say_of_answer, at),
        *_due(measures, "due_at", _say_of_measure, at),
    ]
    return sum(say(pk, when, at) for say, pk, when in due)


def _due(rows, field, say, at):
    """[(verb, pk, 'late' or 'soon')], looked up before anything is said."""
    late = rows.filter(**{f"{field}__lte": at, "reminded_at": None})
    soon = rows.filter(
        **{f"{field}__gt": at, f"{field}__lte": at + LONGEST_WARNING, "warned_at": None}
    ).select_related("company")
    found = [(say, pk, "late") for pk in late.values_list("pk", flat=True)]
    return found + [(say, row.pk, "soon") for row in soon if _is_soon(row.company, getattr(row, field), at)]


def _is_soon(company, due_at, at):
    try:
        days = inspection_policy(company, day_of(at)).warn_days
    except Refused:  # the book no longer asks for inspections: what runs is still reminded when it is late
        return False
    return working_days_left(at, day_of(due_at - dt.timedelta(seconds=1))) <= days


@transaction.atomic
def _say_of_answer(pk, when, at):
    stamp = {"late": "reminded_at", "soon": "warned_at"}[when]
    unsaid = Inspection.objects.filter(pk=pk, state=Inspection.State.SUBMITTED, **{stamp: None})
    if not unsaid.update(**{stamp: at}):
        return 0
    inspection = Inspection.objects.select_related("company", "department").get(pk=pk)
    people = heads_of(inspection, at) + (inspectors_of(inspection) if when == "late" else [])
    tell(people, f"answer_{when}", inspection, at)
    return 1


@transaction.atomic
def _say_of_measure(pk, when, at):
    stamp = {"late": "reminded_at", "soon": "warned_at"}[when]
    unsaid = InspectionFinding.objects.filter(pk=pk, state=InspectionFinding.State.RUNNING, **{stamp: None})
    if not unsaid.update(**{stamp: at}):
        return 0
    related = ("inspection__company", "inspection__department", "item", "owner__user")
    finding = InspectionFinding.objects.select_related(*related).get(pk=pk)
    people = {finding.owner_id: finding.owner}
    if when == "late":
        others = [*heads_of(finding.inspection, at), *inspectors_of(finding.inspection)]
        people |= {one.pk: one for one in others}
    tell(people.values(), f"measure_{when}", finding.inspection, at, finding=finding)
    return 1
