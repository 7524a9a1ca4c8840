"""Inspections in sidebar, inbox and search."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import may
from core.navigation import InboxItem, NavItem, SearchHit
from core.registries import inbox_sources, navigation, searches
from improvements.models import Inspection, InspectionFact, InspectionFinding
from improvements.models.inspection_findings import FOLLOW_UP
from improvements.models.inspections import INSPECT, VIEW
from improvements.selectors.inspections import Structure, day_of, turns
from improvements.services.inspection_findings import ANSWER
from organization.scopes import employee_id_of, reach_of

KIND, OWN = "improvements.inspections", "improvements.measures"
MOST = 50
MOST_HITS = 8
State, Step = Inspection.State, InspectionFinding.State
RELATED = ("inspection__department", "item")


def to_hold(user, company, at):
    """Those one is named for, until they are submitted."""
    own = employee_id_of(user)
    if own is None or not may(user, INSPECT):
        return []
    mine = Inspection.objects.filter(company=company, state__in=Inspection.BEFORE, inspectors__employee=own)
    return [
        InboxItem(
            KIND,
            _("Inspect %(department)s: %(title)s") % {"department": one.department, "title": one.title},
            one.get_absolute_url(),
            detail=one.number,
            action=_("Go on marking") if one.state == State.UNDER_WAY else _("Open the inspection"),
            due_at=one.planned_until,
            icon="clipboard2-check",
        )
        for one in mine.select_related("department").order_by("planned_on", "pk")[:MOST]
    ]


def to_check(user, company, at):
    """Disputes to settle, measures to verify, named faults to confirm: nothing of the user's own line."""
    own = employee_id_of(user)
    if own is None or company.pk not in reach_of(user, INSPECT).company_ids:
        return []
    findings = InspectionFinding.objects.filter(company=company, state__in=(Step.DISPUTED, Step.DONE))
    findings = list(findings.exclude(owner=own).exclude(done_by=user).select_related(*RELATED)[:MOST])
    facts = InspectionFact.objects.filter(company=company, state=InspectionFact.State.WAITING)
    facts = facts.exclude(
        Q(reported_by=user) | Q(employee=own) | Q(finding__inspection__inspectors__employee=own)
    )
    facts = list(facts.select_related("finding__inspection__department", "finding__item")[:MOST])
    if not findings and not facts:
        return []
    structure = Structure(company.pk, day_of(at))
    lines = {pk: structure.line(pk) for pk in {one.department_id for one in findings}}
    lines |= {pk: structure.line(pk) for pk in {one.finding.department_id for one in facts}}
    items = [_finding(one) for one in findings if own not in lines[one.department_id]]
    return items + [_fact(one) for one in facts if own not in lines[one.finding.department_id]]


def _finding(finding):
    is_done = finding.state == Step.DONE
    title = (
        _("%(department)s says it is done: %(finding)s")
        if is_done
        else _("%(department)s disputes: %(finding)s")
    )
    return InboxItem(
        KIND,
        title % {"department": finding.inspection.department, "finding": finding},
        finding.get_absolute_url(),
        detail=finding.inspection.number,
        action=_("Verify it") if is_done else _("Settle it"),
        icon="clipboard2-check",
    )


def _fact(fact):
    return InboxItem(
        KIND,
        _("An inspection of %(department)s names a colleague")
        % {"department": fact.finding.inspection.department},
        fact.finding.get_absolute_url(),
        detail=str(fact.finding.item),
        action=_("Read what shows it"),
        icon="person-check",
    )


def due_departments(user, company, at):
    """One line for all departments that are due, for those who plan."""
    if company.pk not in reach_of(user, INSPECT).company_ids or employee_id_of(user) is None:
        return []
    own, day = employee_id_of(user), day_of(at)
    structure = Structure(company.pk, day)
    due = [one for one in turns(company, day, structure) if one.is_due]
    count = sum(own not in structure.line(one.department.pk) for one in due)
    if not count:
        return []
    title = ngettext("%(count)s inspection is due", "%(count)s inspections are due", count) % {"count": count}
    return [
        InboxItem(
            KIND, title, reverse("inspections_plan_due"), action=_("Plan them"), icon="calendar-plus",
            extra={"count": count},
        )
    ]  # fmt: skip


def to_answer(user, company, at):
    """The head of a department: inspections to answer, measures to set."""
    departments = reach_of(user, ANSWER).department_ids
    if not departments:
        return []
    waiting = Inspection.objects.filter(company=company, state=State.SUBMITTED, department__in=departments)
    items = [
        InboxItem(
            KIND,
            _("Answer the inspection of %(department)s: %(title)s")
            % {"department": one.department, "title": one.title},
            reverse("inspection_answer", args=[one.pk]),
            detail=one.number,
            action=_("Answer it"),
            due_at=one.answer_due_at,
            icon="clipboard2-check",
        )
        for one in waiting.select_related("department")[:MOST]
    ]
    wanted = InspectionFinding.objects.filter(company=company, state=Step.WANTED, department__in=departments)
    return items + [
        InboxItem(
            KIND,
            _("A measure is wanted: %(finding)s") % {"finding": one},
            one.get_absolute_url(),
            detail=one.inspection.number,
            action=_("Set the measure"),
            icon="clipboard2-check",
        )
        for one in wanted.select_related(*RELATED)[:MOST]
    ]


def own_measures(user, company, at):
    """What one has been given to do, overdue or not."""
    own = employee_id_of(user)
    if own is None or not may(user, FOLLOW_UP, ANSWER):
        return []
    mine = InspectionFinding.objects.filter(company=company, state=Step.RUNNING, owner=own)
    return [
        InboxItem(
            OWN,
            _("Measure: %(measure)s") % {"measure": one.measure[:60]},
            one.get_absolute_url(),
            detail=str(one.item),
            action=_("Report it done"),
            due_at=one.due_at,
            icon="tools",
        )
        for one in mine.select_related("item").order_by("due_at", "pk")[:MOST]
    ]


def search(user, company, words):
    """By number or department; measures by their words, for whoever may see them."""
    found = Inspection.objects.visible_to(user).filter(company=company)
    match = Q(number__icontains=words) | Q(department__name__icontains=words)
    return [
        SearchHit(
            f"{one.number} · {one.title}",
            one.get_absolute_url(),
            f"{one.department} · {one.get_state_display()}",
        )
        for one in found.filter(match).select_related("department")[:MOST_HITS]
    ]


search.heading = gettext_lazy("Inspections")


def register():
    navigation.register(
        "improvements.inspections",
        NavItem(
            gettext_lazy("Inspections"), "clipboard2-check", "inspections", (VIEW,), gettext_lazy("Improvement"),
            counts=KIND,
        ),
        order=58,
    )  # fmt: skip
    navigation.register(
        "improvements.measures",
        NavItem(
            gettext_lazy("My measures"),
            "tools",
            "my_measures",
            (FOLLOW_UP,),
            gettext_lazy("Myself"),
            counts=OWN,
        ),
        order=98,
    )
    for source in (to_hold, to_check, due_departments, to_answer, own_measures):
        inbox_sources.register(f"improvements.{source.__name__}", source)
    searches.register("improvements.inspections", search, order=45)
