"""What `verify` asks of inspections: nobody judges their own department, and each score is what its items give."""

from itertools import groupby

from improvements.inspections import rules
from improvements.models import Inspection, InspectionFact, InspectionFinding
from improvements.selectors.inspections import Structure, day_of

State = InspectionFinding.State


class _Structures:
    """One Structure a company and day, read when it is first asked for."""

    def __init__(self):
        self._known = {}

    def on(self, company_id, day):
        if (company_id, day) not in self._known:
            self._known[company_id, day] = Structure(company_id, day)
        return self._known[company_id, day]


def nobody_inspects_their_own():
    """Fact 6: neither inspectors nor whoever verified stood in the department's line on that day."""
    structures = _Structures()
    held = (
        Inspection.objects.exclude(held_on=None)
        .prefetch_related("inspectors")
        .order_by("company_id", "held_on")
    )
    for inspection in held.iterator(chunk_size=500):
        line = structures.on(inspection.company_id, inspection.held_on).line(inspection.department_id)
        if any(one.employee_id in line for one in inspection.inspectors.all()):
            yield f"inspection {inspection.pk}: an inspector is of the department's line"
    checked = InspectionFinding.objects.exclude(verified_by=None).select_related("verified_by__employee")
    for finding in checked.order_by("company_id", "verified_at").iterator(chunk_size=500):
        employee = getattr(finding.verified_by, "employee", None)
        day = day_of(finding.verified_at)
        if employee is not None and (
            employee.pk == finding.owner_id
            or employee.pk in structures.on(finding.company_id, day).line(finding.department_id)
        ):
            yield f"inspection finding {finding.pk}: verified by the department itself"


def facts_have_second_persons():
    """Fact 6: a confirmed fault rests on two people, of whom neither is named, and on a finding that stands."""
    found = InspectionFact.objects.filter(state=InspectionFact.State.CONFIRMED)
    related = ("finding", "reported_by__employee", "settled_by__employee")
    for fact in found.select_related(*related).iterator(chunk_size=500):
        people = [fact.reported_by, fact.settled_by]
        named = [getattr(one, "employee", None) for one in people if one is not None]
        if None in people or any(one is not None and one.pk == fact.employee_id for one in named):
            yield f"inspection fact {fact.pk}: not confirmed by two people other than the one named"
        if fact.finding.state == State.WITHDRAWN:
            yield f"inspection fact {fact.pk}: its finding was withdrawn"


def scores_follow_from_items():
    """The score as submitted and as it stands, recounted from the items; each fault has its finding."""
    told = Inspection.objects.told().order_by("pk")
    rows = told.values_list(
        "pk",
        "checklist",
        "score_bp",
        "submitted_bp",
        "items__points",
        "items__result",
        "items__finding__state",
    )
    for _pk, group in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[0]):
        yield from _miscounted(list(group))


def _miscounted(rows):
    pk, checklist, score, submitted = rows[0][:4]
    items = [(points, result) for *_rest, points, result, _state in rows if points is not None]
    now = [
        (points, rules.MET if state == State.WITHDRAWN else result)
        for *_rest, points, result, state in rows
        if points is not None
    ]
    for name, stored, found in (("as submitted", submitted, items), ("as it stands", score, now)):
        if rules.score_bp(*rules.reached(found, checklist["partly_bp"])) != stored:
            yield f"inspection {pk}: the score {name} is not what its items give"
    if any(
        (result in (rules.PARTLY, rules.NOT_MET)) != (state is not None) for *_rest, result, state in rows
    ):
        yield f"inspection {pk}: faults and findings do not match"
