"""What the pages of inspections show and which steps they offer; the verbs ask the same questions."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Count, Prefetch, Q

from accounts.models import User
from core.access import may
from core.workdays import due_after
from improvements.forms import inspections as forms
from improvements.inspections import rules
from improvements.inspections.policy import inspection_policy
from improvements.models import Inspection, InspectionFact, InspectionFinding, InspectionItem, Inspector
from improvements.models.inspections import INSPECT, VIEW
from improvements.selectors.inspections import Structure, day_of, fact_lines, facts_since, last_before
from improvements.services.inspection_facts import hindrance_to_confirm
from improvements.services.inspection_findings import answers_for, hindrance_to_verify
from organization.models import Employee
from organization.scopes import employee_id_of, reach_of
from policies.wording_inspections import AREAS

State, Step = Inspection.State, InspectionFinding.State
RELATED = ("company", "department", "submitted_by", "answered_by", "planned_by")
#: look and icon of the pills
LOOKS = {
    State.PLANNED: ("", "calendar"),
    State.UNDER_WAY: ("wait", "clipboard2-check"),
    State.SUBMITTED: ("look", "chat-left-text"),
    State.ANSWERED: ("wait", "tools"),
    State.CLOSED: ("done", "check2-all"),
    State.CANCELLED: ("done", "x-lg"),
}
FINDING_LOOKS = {
    Step.OPEN: ("look", "chat-left-text"),
    Step.DISPUTED: ("look", "chat-left-dots"),
    Step.WANTED: ("look", "tools"),
    Step.RUNNING: ("wait", "tools"),
    Step.DONE: ("look", "eye"),
    Step.VERIFIED: ("done", "check2-all"),
    Step.NOTED: ("done", "check2"),
    Step.WITHDRAWN: ("done", "x-lg"),
}
RESULT_LOOKS = {
    InspectionItem.Result.MET: ("done", "check2"),
    InspectionItem.Result.PARTLY: ("look", "circle-half"),
    InspectionItem.Result.NOT_MET: ("look", "exclamation-triangle-fill"),
    InspectionItem.Result.NOT_APPLICABLE: ("", "dash"),
}


def rows_for(found):
    """The list's rows with what each counts, in two statements."""
    open_ones = Q(findings__state__in=set(Step) - set(InspectionFinding.SETTLED))
    return (
        found.select_related("department")
        .prefetch_related(
            Prefetch("inspectors", Inspector.objects.select_related("employee"), to_attr="team")
        )
        .annotate(
            found=Count("findings", distinct=True),
            unsettled=Count("findings", filter=open_ones, distinct=True),
        )
    )


def with_overdue(found, at):
    late = Q(findings__state=Step.RUNNING, findings__due_at__lte=at)
    return found.annotate(overdue=Count("findings", filter=late, distinct=True))


def area_name(code):
    return str(AREAS.get(code, code))


@dataclass
class Desk:
    """One inspection for one reader."""

    inspection: Inspection
    user: User
    at: object

    @cached_property
    def structure(self):
        return Structure(self.inspection.company_id, day_of(self.at))

    @cached_property
    def line(self):
        return self.structure.line(self.inspection.department_id)

    @cached_property
    def team(self):
        return [one.employee for one in self.inspection.inspectors.select_related("employee")]

    @property
    def own(self):
        return employee_id_of(self.user)

    @property
    def is_inspector(self):
        return self.own is not None and any(one.pk == self.own for one in self.team)

    @cached_property
    def hindrance(self):
        return rules.hindrance_to_inspect(self.own, self.line)

    @property
    def may_inspect(self):
        return may(self.user, INSPECT)

    @property
    def may_begin(self):
        return self.inspection.state == State.PLANNED and self.is_inspector and not self.hindrance

    @property
    def may_mark(self):
        return self.inspection.state == State.UNDER_WAY and self.is_inspector and not self.hindrance

    @property
    def may_cancel(self):
        return self.inspection.is_ahead and self.may_inspect and not self.hindrance

    @property
    def may_answer(self):
        return self.inspection.state == State.SUBMITTED and answers_for(
            self.user, self.inspection.department_id
        )

    @property
    def may_go_on(self):
        return (
            self.inspection.state == State.SUBMITTED
            and self.inspection.is_late(self.at)
            and self.may_inspect
            and self.own not in self.line
        )

    @cached_property
    def sees_items(self):
        """What is marked is told with the result; before, only those who mark it read it."""
        return self.inspection.is_told or self.is_inspector

    @cached_property
    def items(self):
        found = self.inspection.items.select_related(
            "employee", "finding__fact", "finding__owner", "finding__repeats__inspection"
        )
        return list(found.prefetch_related("files__attachment"))

    @cached_property
    def people(self):
        """Who may be named or given a measure: everybody who works in the department now."""
        return list(
            Employee.objects.filter(pk__in=self.structure.people(self.inspection.department_id)).order_by(
                "name"
            )
        )

    @cached_property
    def facts(self):
        """The figures: as they stand while it is under way, as they were once it is submitted."""
        if self.inspection.state == State.UNDER_WAY and self.is_inspector:
            rows = facts_since(self.inspection, self.at, self.structure)
        else:
            rows = self.inspection.facts
        return fact_lines(rows, self.inspection.department, self.user)

    @cached_property
    def before(self):
        return last_before(self.inspection)

    @cached_property
    def areas(self):
        """[Area] in the order of the checklist, each with its figures and items."""
        return [
            Area(code, list(items), [line for line in self.facts if line.area == code])
            for code, items in groupby(self.items, key=lambda item: item.area)
        ]

    @cached_property
    def other_facts(self):
        """Figures of areas that the checklist does not have."""
        known = {item.area for item in self.items}
        return [line for line in self.facts if line.area not in known]

    @property
    def marked(self):
        return sum(bool(item.result) for item in self.items)

    @property
    def left(self):
        return len(self.items) - self.marked

    @property
    def progress(self):
        return {"marked": self.marked, "total": len(self.items), "left": self.left}

    @cached_property
    def findings(self):
        found = self.inspection.findings.select_related("item", "owner", "repeats__inspection", "inspection")
        return list(found.order_by("item__place"))

    @property
    def open_findings(self):
        return [one for one in self.findings if one.state not in InspectionFinding.SETTLED]

    @property
    def latest_day(self):
        return latest_day(self.inspection.company, self.at)

    def item_form(self, item, data=None, files=None):
        people = self.people if item.fact else ()
        return forms.ItemForm(data, files, item=item, people=people)


@dataclass(frozen=True)
class Area:
    code: str
    items: list
    facts: list

    @property
    def name(self):
        return area_name(self.code)


def latest_day(company, at):
    return due_after(at, inspection_policy(company, day_of(at)).follow_up_days).day


@dataclass
class FindingDesk:
    """One finding for one reader."""

    finding: InspectionFinding
    user: User
    at: object

    @property
    def inspection(self):
        return self.finding.inspection

    @property
    def own(self):
        return employee_id_of(self.user)

    @cached_property
    def structure(self):
        return Structure(self.finding.company_id, day_of(self.at))

    @cached_property
    def line(self):
        return self.structure.line(self.finding.department_id)

    @cached_property
    def is_head(self):
        return answers_for(self.user, self.finding.department_id)

    @cached_property
    def is_judge(self):
        """From elsewhere, with the verb in this company."""
        return (
            self.finding.company_id in reach_of(self.user, INSPECT).company_ids and self.own not in self.line
        )

    @property
    def sees_inspection(self):
        reach = reach_of(self.user, VIEW)
        return (
            self.finding.company_id in reach.company_ids or self.finding.department_id in reach.department_ids
        )

    @property
    def may_set(self):
        is_ready = self.finding.state == Step.WANTED and self.inspection.state == State.ANSWERED
        return is_ready and (self.is_head or self.is_judge)

    @property
    def may_finish(self):
        is_owner = self.own is not None and self.own == self.finding.owner_id
        return self.finding.state == Step.RUNNING and (is_owner or self.is_head)

    @property
    def may_settle(self):
        return self.finding.state == Step.DISPUTED and self.is_judge

    @cached_property
    def hindrance_to_check(self):
        if self.finding.state != Step.DONE or not may(self.user, INSPECT):
            return ""
        return hindrance_to_verify(self.finding, self.user, self.at, self.line)

    @property
    def may_check(self):
        has_verb = self.finding.company_id in reach_of(self.user, INSPECT).company_ids
        return self.finding.state == Step.DONE and has_verb and not self.hindrance_to_check

    @cached_property
    def fact(self):
        """The named fault, for those who see the inspection; never for whom it names, nor for who has the measure."""
        found = InspectionFact.objects.filter(finding=self.finding)
        found = found.select_related("employee", "reported_by", "settled_by", "finding__inspection").first()
        if found is None or not self.sees_inspection or found.employee_id == self.own:
            return None
        return found

    @cached_property
    def hindrance_to_confirm(self):
        return hindrance_to_confirm(self.fact, self.user, self.at) if self.fact else ""

    @property
    def may_confirm(self):
        is_waiting = self.fact is not None and self.fact.state == InspectionFact.State.WAITING
        return is_waiting and may(self.user, INSPECT) and not self.hindrance_to_confirm

    @cached_property
    def people(self):
        return Employee.objects.filter(pk__in=self.structure.people(self.finding.department_id)).order_by(
            "name"
        )

    @cached_property
    def item_files(self):
        return list(self.finding.item.files.select_related("attachment"))

    @cached_property
    def proof(self):
        return list(self.finding.files.select_related("attachment"))
