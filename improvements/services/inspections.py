"""An inspection until its result is out: planned, begun, marked item by item, submitted, or cancelled (RE-5.1a)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import services as audit
from core.flow import Refused, advance
from core.numbering import numbered
from core.workdays import due_after
from improvements.inspections import rules
from improvements.inspections.policy import checklist_in_force, inspection_policy
from improvements.inspections.telling import heads_of, inspectors_of, second_persons, tell
from improvements.models import (
    Inspection,
    InspectionFact,
    InspectionFile,
    InspectionFinding,
    InspectionItem,
    Inspector,
)
from improvements.selectors.inspections import (
    Structure,
    day_of,
    facts_since,
    inspectors_for,
    repeated_items,
    turns,
)
from jobs import attachments
from organization.models import Assignment
from organization.scopes import employee_id_of
from surveys.entry import clean_text

MOST_TEXT = 4000
MOST_REASON = 1000
Result = InspectionItem.Result


@transaction.atomic
def plan_inspection(*, department, checklist, inspectors, planned_on, by, at, structure=None):
    """Plan the inspection of one department. `checklist` is a code in force, `inspectors` are employees. Returns it."""
    company, today = department.company, day_of(at)
    if planned_on is None or planned_on < today:
        raise Refused(_("Choose today or a later day."), field="planned_on")
    structure = structure or Structure(company.pk, today)
    found = checklist_in_force(company, checklist, today)
    if department.pk not in {one.pk for one in structure.inspected(found.departments)}:
        raise Refused(
            _("This checklist is not for %(department)s, or nobody heads it.") % {"department": department},
            field="department",
        )
    _refuse_line(rules.hindrance_to_inspect(employee_id_of(by), structure.line(department.pk)), "department")
    _refuse_unfit(company, found, department, inspectors, planned_on, structure)
    inspection = _create(department, found, planned_on, by, at)
    Inspector.objects.bulk_create(
        Inspector(inspection=inspection, employee=one)
        for one in sorted(set(inspectors), key=lambda one: one.pk)
    )
    _copy_items(inspection, found)
    audit.record(
        "improvements.inspection.plan", inspection, by=by, at=at, to_state=inspection.state,
        data={"checklist": found.code, "department": department.code},
    )  # fmt: skip
    people = inspectors_of(inspection)
    tell(people, "assigned", inspection, at, by=by)
    if inspection.is_announced:
        tell(heads_of(inspection, at), "planned", inspection, at, by=by)
    return inspection


def _refuse_line(sentence, field):
    if sentence:
        raise Refused(sentence, code="own_line", field=field)


def _refuse_unfit(company, checklist, department, inspectors, day, structure):
    if not inspectors:
        raise Refused(_("Choose who inspects."), field="inspectors")
    able = set(inspectors_for(company, checklist, day).values_list("pk", flat=True))
    line = structure.line(department.pk)
    for one in inspectors:
        if one.pk not in able:
            raise Refused(
                _("%(name)s may not hold this inspection on that day.") % {"name": one.name},
                field="inspectors",
            )
        if one.pk in line:
            raise Refused(
                _("%(name)s works in %(department)s or stands above it; somebody else has to inspect it.")
                % {"name": one.name, "department": department},
                code="own_line",
                field="inspectors",
            )


def _create(department, checklist, planned_on, by, at):
    company = department.company
    try:
        with transaction.atomic():
            return Inspection.objects.create(
                company=company,
                number=numbered("XC", company.pk, day_of(at), width=3),
                department=department,
                checklist_code=checklist.code,
                checklist=checklist.frozen(),
                is_announced=inspection_policy(company, day_of(at)).is_announced,
                planned_on=planned_on,
                planned_by=by,
                planned_at=at,
            )
    except IntegrityError:
        raise Refused(
            _("%(department)s has an inspection with this checklist ahead already.")
            % {"department": department},
            code="state",
            field="department",
        ) from None


def _copy_items(inspection, checklist):
    InspectionItem.objects.bulk_create(
        InspectionItem(
            inspection=inspection,
            place=place,
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            area=item.area,
            points=item.points,
            severity=item.severity,
            needs_follow_up=item.follow_up,
            fact=item.fact,
        )
        for place, item in enumerate(checklist.items, start=1)
    )


@transaction.atomic
def plan_due(*, company, keys, inspectors, planned_on, by, at):
    """Plan all the chosen departments that are due, `keys` as `Turn.key`, each by those of `inspectors` who may.

    All or none: a department that none of them may inspect is named in the refusal. Returns the inspections.
    """
    today = day_of(at)
    structure = Structure(company.pk, today)
    chosen = [turn for turn in turns(company, today, structure) if turn.is_due and turn.key in set(keys)]
    if not chosen:
        raise Refused(_("Choose at least one department that is due."), field="departments")
    made = []
    for turn in chosen:
        line = structure.line(turn.department.pk)
        able = inspectors_for(company, turn.checklist, planned_on or today).values_list("pk", flat=True)
        fit = [one for one in inspectors if one.pk in set(able) and one.pk not in line]
        if inspectors and not fit:
            raise Refused(
                _("None of those chosen may inspect %(department)s (%(checklist)s).")
                % {"department": turn.department, "checklist": turn.checklist},
                field="inspectors",
            )
        made.append(
            plan_inspection(
                department=turn.department,
                checklist=turn.checklist.code,
                inspectors=fit,
                planned_on=planned_on,
                by=by,
                at=at,
                structure=structure,
            )
        )
    return made


def is_inspector(inspection, user):
    employee_id = employee_id_of(user)
    return employee_id is not None and inspection.inspectors.filter(employee_id=employee_id).exists()


def _as_inspector(inspection, by, at):
    """Those named hold it, and only while they stand outside of the department's line."""
    if not is_inspector(inspection, by):
        raise Refused(_("Only those who inspect it write here."), code="not_inspector")
    line = Structure(inspection.company_id, day_of(at)).line(inspection.department_id)
    _refuse_line(rules.hindrance_to_inspect(employee_id_of(by), line), None)


@transaction.atomic
def begin_inspection(inspection, *, by, at):
    """On the spot: from now on the items are marked."""
    _as_inspector(inspection, by, at)
    return advance(inspection, Inspection.BEGIN, by=by, at=at, held_on=day_of(at))


@transaction.atomic
def mark_item(item, *, result, note, by, at, files=(), employee=None):
    """One item as it was seen; may be marked again until the inspection is submitted. `files` are [(name, bytes)].

    `result` is '' as long as only a note is written.
    """
    inspection = _under_way(item.inspection_id)
    _as_inspector(inspection, by, at)
    if result and result not in Result.values:
        raise Refused(_("Choose what you saw."), field="result")
    note = clean_text(note or "")[:MOST_TEXT]
    if employee is not None:
        _refuse_named(item, inspection, employee, result)
    stamps = {"result": result, "note": note, "employee": employee, "marked_by": by, "marked_at": at}
    InspectionItem.objects.filter(pk=item.pk).update(**stamps)
    room = inspection_policy(inspection.company, day_of(at)).most_files - item.files.count()
    keep_files(inspection, files, most=max(room, 0), by=by, at=at, item=item)
    audit.record(
        "improvements.inspectionitem.mark", item, by=by, at=at, data={"result": result, "files": len(files)}
    )
    item.refresh_from_db()
    return item


def _under_way(pk):
    inspection = (
        Inspection.objects.select_for_update(of=("self",)).select_related("company", "department").get(pk=pk)
    )
    if inspection.state != Inspection.State.UNDER_WAY:
        raise Refused(
            _("This inspection is “%(state)s”; its items cannot be changed any more.")
            % {"state": inspection.get_state_display()},
            code="state",
        )
    return inspection


def _refuse_named(item, inspection, employee, result):
    if not item.fact:
        raise Refused(_("This item names nobody."), field="employee")
    if result not in InspectionItem.FAILED:
        raise Refused(_("Somebody is named only where the item is not met."), field="employee")
    if _place_of(inspection, employee) is None:
        raise Refused(
            _("%(name)s does not work in this department.") % {"name": employee.name}, field="employee"
        )


def _place_of(inspection, employee):
    """The assignment of the employee within the department on the day it was held, or None."""
    places = Structure(inspection.company_id, inspection.held_on).below(inspection.department_id)
    found = Assignment.objects.on(inspection.held_on).filter(employee=employee, department__in=places)
    return found.first()


def keep_files(inspection, files, *, most, by, at, item=None, finding=None):
    try:
        kept = attachments.keep_all(company=inspection.company, files=list(files), most=most, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal
    InspectionFile.objects.bulk_create(
        InspectionFile(inspection=inspection, item=item, finding=finding, attachment=one) for one in kept
    )
    return kept


@transaction.atomic
def submit_inspection(inspection, *, summary, by, at):
    """All items are marked: the score is counted, the figures are frozen, each fault becomes a finding."""
    inspection = _under_way(inspection.pk)
    _as_inspector(inspection, by, at)
    items = list(inspection.items.select_related("employee"))
    _refuse_unfinished(items)
    points, possible = rules.reached(
        [(item.points, item.result) for item in items], inspection.checklist["partly_bp"]
    )
    score = rules.score_bp(points, possible)
    structure = Structure(inspection.company_id, day_of(at))
    due = due_after(at, inspection_policy(inspection.company, day_of(at)).answer_days)
    advance(
        inspection,
        Inspection.SUBMIT,
        by=by,
        at=at,
        submitted_by=by,
        submitted_at=at,
        summary=clean_text(summary or "")[:MOST_TEXT],
        points=points,
        possible=possible,
        score_bp=score,
        submitted_bp=score,
        facts=facts_since(inspection, at, structure),
        answer_due_at=due.at,
    )
    facts = _find(inspection, items, by, at)
    tell(heads_of(inspection, at), "submitted", inspection, at, by=by)
    if facts:
        named = [fact.employee_id for fact in facts]
        line = structure.line(inspection.department_id)
        tell(second_persons(inspection, at, besides=[*named, *line]), "fact", inspection, at, by=by)
    return inspection


def _refuse_unfinished(items):
    missing = rules.unmarked([item.result for item in items])
    if missing:
        raise Refused(
            ngettext("%(count)s item is not marked yet.", "%(count)s items are not marked yet.", missing)
            % {"count": missing},
            code="unfinished",
        )
    for item in items:
        if item.is_failed and not item.note.strip():
            raise Refused(
                _("Write what you saw at “%(item)s”; the department has to know it.") % {"item": item},
                code="unfinished",
            )


def _find(inspection, items, by, at):
    """A finding for each fault, marked as repeated where the inspection before had it too. Returns the facts."""
    repeated, facts = repeated_items(inspection), []
    for item in (item for item in items if item.is_failed):
        finding = InspectionFinding.objects.create(
            company_id=inspection.company_id,
            inspection=inspection,
            department_id=inspection.department_id,
            item=item,
            repeats=repeated.get(item.code),
            found_at=at,
        )
        if item.fact and item.employee_id:
            facts.append(
                InspectionFact.objects.create(
                    company_id=inspection.company_id,
                    finding=finding,
                    kind=item.fact,
                    employee=item.employee,
                    department_id=_department_of(inspection, item),
                    reported_by=by,
                )
            )
    return facts


def _department_of(inspection, item):
    place = _place_of(inspection, item.employee)
    return place.department_id if place else inspection.department_id


@transaction.atomic
def cancel_inspection(inspection, *, reason, by, at):
    """It is not held, or not to its end; why is kept, and whoever knew of it is told."""
    line = Structure(inspection.company_id, day_of(at)).line(inspection.department_id)
    _refuse_line(rules.hindrance_to_inspect(employee_id_of(by), line), None)
    reason = clean_text(reason or "")[:MOST_REASON]
    if not reason:
        raise Refused(_("Write why it is cancelled."), field="reason")
    advance(inspection, Inspection.CANCEL, by=by, at=at, reason=reason)
    tell(inspectors_of(inspection), "cancelled", inspection, at, by=by)
    if inspection.is_announced:
        tell(heads_of(inspection, at), "cancelled", inspection, at, by=by)
    return inspection
