"""Who is in a department's line, which departments are due, who may inspect, and the figures beside the checklist."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max, Q

from approvals.models import Membership
from core.access import may
from core.facts import Fact
from core.period import SHANGHAI
from improvements.inspections import rules
from improvements.inspections.policy import books_on
from improvements.models import Inspection, InspectionFact, InspectionFinding
from improvements.models.inspections import INSPECT
from improvements.registries import inspection_facts
from organization.models import Assignment, Department
from organization.selectors import employees_with_verb

FIRST_LOOK_BACK = dt.timedelta(days=365)


class Structure:
    """The company's departments and who works where on a day: two statements, whatever is asked of it afterwards."""

    def __init__(self, company_id, day):
        self.day = day
        self.departments = {one.pk: one for one in Department.objects.filter(company_id=company_id)}
        self.places, self.heads = defaultdict(set), defaultdict(list)
        rows = Assignment.objects.on(day).filter(department__company_id=company_id)
        for employee_id, department_id, is_head in rows.values_list(
            "employee_id", "department_id", "is_head"
        ):
            self.places[department_id].add(employee_id)
            if is_head:
                self.heads[department_id].append(employee_id)

    def below(self, department_id):
        """Ids of the department and everything below it."""
        found, frontier = {department_id}, {department_id}
        while frontier:
            frontier = {pk for pk, one in self.departments.items() if one.parent_id in frontier} - found
            found |= frontier
        return found

    def above(self, department_id):
        """Ids of what stands above it, the nearest first."""
        found, here = [], self.departments[department_id].parent_id
        while here is not None:
            found.append(here)
            here = self.departments[here].parent_id
        return found

    def people(self, department_id):
        """Ids of everybody who works in it or below it."""
        return {pk for place in self.below(department_id) for pk in self.places.get(place, ())}

    def line(self, department_id):
        """Its people and the heads above: none of them inspects it, nor verifies what it did."""
        above = {pk for place in self.above(department_id) for pk in self.heads.get(place, ())}
        return self.people(department_id) | above

    def inspected(self, codes):
        """Departments with a head of their own among those named and what is below them; all when none is named."""
        by_code = {one.code: one.pk for one in self.departments.values()}
        named = {pk for code in codes if code in by_code for pk in self.below(by_code[code])}
        return [
            one
            for pk, one in self.departments.items()
            if self.heads.get(pk)
            and (one.closed_on is None or one.closed_on > self.day)
            and (pk in named or not codes)
        ]


def line_of(department, day):
    return Structure(department.company_id, day).line(department.pk)


def inspectors_for(company, checklist, day):
    """Colleagues who may hold it on that day: with the verb, and of the committee where the checklist names one."""
    found = employees_with_verb(company, INSPECT, day)
    committee = checklist.committee if checklist else ""
    if committee:
        seats = Membership.objects.on(day).filter(committee__company=company, committee__code=committee)
        found = found.filter(pk__in=seats.values("employee_id"))
    return found.filter(Q(left_on=None) | Q(left_on__gt=day)).order_by("name", "number")


@dataclass(frozen=True)
class Turn:
    """A department and one checklist: when it was last inspected, when it is due, what is planned."""

    department: Department
    checklist: object
    last_on: dt.date | None
    due_on: dt.date
    planned: Inspection | None
    today: dt.date
    soon_on: dt.date

    @property
    def is_overdue(self):
        """Due before today and nothing planned."""
        return self.planned is None and (self.last_on is None or self.due_on < self.today)

    @property
    def is_due(self):
        """To be planned now: overdue, or due within the days that the policy calls soon."""
        return self.planned is None and self.due_on <= self.soon_on

    @property
    def key(self):
        return f"{self.checklist.code}:{self.department.pk}"


def turns(company, day, structure=None):
    """[Turn] of all departments and checklists in force, the longest due first; empty where no book asks for any."""
    clocks, checklists = books_on(company, day)
    if clocks is None or not checklists:
        return []
    soon_on = day + dt.timedelta(days=clocks.soon_days)
    structure = structure or Structure(company.pk, day)
    found = Inspection.objects.filter(company=company)
    groups = found.order_by().values("department_id", "checklist_code")
    known = {
        (row["department_id"], row["checklist_code"]): row
        for row in groups.annotate(
            last=Max("held_on", filter=Q(state__in=Inspection.TOLD)),
            ahead=Max("pk", filter=Q(state__in=Inspection.BEFORE)),
        )
    }
    ahead = found.in_bulk([row["ahead"] for row in known.values() if row["ahead"]])
    rows = []
    for code, checklist in checklists.items():
        for department in structure.inspected(checklist.departments):
            row = known.get((department.pk, code), {"last": None, "ahead": None})
            rows.append(
                Turn(
                    department=department,
                    checklist=checklist,
                    last_on=row["last"],
                    due_on=rules.due_on(row["last"], checklist.every_months, day),
                    planned=ahead.get(row["ahead"]),
                    today=day,
                    soon_on=soon_on,
                )
            )
    return sorted(
        rows, key=lambda turn: (turn.last_on or dt.date.min, turn.checklist.code, turn.department.code)
    )


def last_before(inspection):
    """The inspection of the same department with the same checklist before this one, or None."""
    known = Inspection.objects.told().filter(
        department_id=inspection.department_id, checklist_code=inspection.checklist_code
    )
    known = known.exclude(pk=inspection.pk)
    if inspection.submitted_at is not None:
        known = known.filter(submitted_at__lt=inspection.submitted_at)
    return known.order_by("-submitted_at", "-pk").first()


def repeated_items(inspection):
    """{item code: finding} of the inspection before, without what was withdrawn."""
    before = last_before(inspection)
    if before is None:
        return {}
    found = InspectionFinding.objects.filter(inspection=before).exclude(
        state=InspectionFinding.State.WITHDRAWN
    )
    return {finding.item.code: finding for finding in found.select_related("item")}


def facts_since(inspection, at, structure):
    """[{"source", "code", "count", "of"}] of the department since its last inspection, of whatever room has figures.

    Those who read them, the inspectors and the head, are named to each source: what is about them stays out.
    """
    before = last_before(inspection)
    since = before.held_on if before else structure.day - FIRST_LOOK_BACK
    readers = set(inspection.inspectors.values_list("employee_id", flat=True))
    readers |= set(structure.heads.get(inspection.department_id, ()))
    departments = structure.below(inspection.department_id)
    return [
        {"source": name, "code": code, "count": count, "of": of, "since": since.isoformat()}
        for name, source in inspection_facts.items()
        for code, (count, of) in source.compute(
            company=inspection.company, department_ids=departments, since=since, at=at, left_out=readers
        ).items()
    ]


@dataclass(frozen=True)
class FactLine:
    area: str
    label: str
    count: int
    of: int | None
    url: str = ""


def fact_lines(rows, department, user):
    """The figures in the reader's language, each with its list where the reader may open it."""
    lines = []
    for row in rows:
        source = inspection_facts.get(row["source"])
        if source is None or row["code"] not in source.labels:
            continue
        url = source.link(row["code"], department) if may(user, *source.verbs) else ""
        lines.append(FactLine(source.area, str(source.labels[row["code"]]), row["count"], row["of"], url))
    return lines


def confirmed_facts(company, kind, since, until):
    """Source of core.facts: faults of named colleagues that a second person confirmed in [since, until)."""
    found = InspectionFact.objects.filter(
        company=company,
        kind=kind,
        state=InspectionFact.State.CONFIRMED,
        settled_at__gte=since,
        settled_at__lt=until,
    )
    return [
        Fact(
            kind=fact.kind,
            key=fact.key,
            number=fact.finding.inspection.number,
            employee_id=fact.employee_id,
            department_id=fact.department_id,
            happened_on=fact.finding.inspection.held_on,
            verified_at=fact.settled_at,
            verified_by=(fact.reported_by_id, fact.settled_by_id),
            text=f"{fact.finding.item.name}：{fact.finding.item.note}",
        )
        for fact in found.select_related("finding__inspection", "finding__item")
    ]


def day_of(at):
    return at.astimezone(SHANGHAI).date()
