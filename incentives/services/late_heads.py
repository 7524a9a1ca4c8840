"""A head entered afterwards: what a rule hit while the unit seemed to have none becomes that person's case."""

from django.db import transaction

from core.flow import advance
from incentives.models import Case, UnitHit
from incentives.services.cases import keep_hits, tell_hr
from incentives.triggers import Hit
from incentives.triggers.facts import Places
from incentives.unit_rules import trigger_of
from organization.models import Company
from organization.scopes import with_descendants
from scoring.services.books import hold_books


def resolve_unit_hits(at):
    """Tick: every open hit whose unit has a head on that day by now becomes a case. Returns the number."""
    waiting = UnitHit.objects.open().order_by().values("company_id")
    return sum(_resolve_company(company, at) for company in Company.objects.filter(pk__in=waiting))


def _resolve_company(company, at):
    headed = heads_found(company)
    return len(make_cases(company, headed, at)) if headed else 0


def heads_found(company):
    """[(open UnitHit, employee id)] of those whose head is known by now; a handful of queries."""
    found = UnitHit.objects.open().filter(company=company).order_by("pk")
    places = Places(company.pk, [])
    pairs = [
        (one, head_of(one, places)) for one in found.select_related("rule__version__document", "company")
    ]
    return [(unit_hit, head_id) for unit_hit, head_id in pairs if head_id is not None]


def head_of(unit_hit, places):
    """Employee id: of a close the unit's own head; of a fact the nearest one above too, inside the rule's unit."""
    rule = unit_hit.rule
    if trigger_of(rule).close_kind:
        return places.own_head_of(unit_hit.department_id, unit_hit.head_on)
    unit_id = rule.version.document.department_id
    within = None if unit_id is None else with_descendants({unit_id}, rule.company_id)
    return places.head_of(unit_hit.department_id, unit_hit.head_on, within)


@transaction.atomic
def make_cases(company, headed, at):
    """`headed` are (UnitHit, employee id). Safe to repeat and to run twice at once; returns the new cases."""
    hold_books(company)
    new = []
    still_open = set(
        UnitHit.objects.select_for_update()
        .open()
        .filter(pk__in=[unit_hit.pk for unit_hit, _head in headed])
        .values_list("pk", flat=True)
    )
    for unit_hit, head_id in headed:
        if unit_hit.pk in still_open:
            new += _make_case(unit_hit, head_id, at)
    if new:
        tell_hr(company, new, at)
    return new


def _make_case(unit_hit, head_id, at):
    """The head's case; where they have it already (a team's head counts once), that one."""
    case, made = _case_of(unit_hit, head_id), []
    if case is None:
        made = keep_hits(unit_hit.rule, [(_hit(unit_hit, head_id), unit_hit.period)], at)
        case = made[0]
    advance(unit_hit, UnitHit.RESOLVE, by=None, at=at, case=case, settled_at=at)
    return made


def _case_of(unit_hit, head_id):
    same = Case.objects.filter(
        company_id=unit_hit.company_id, rule_code=unit_hit.rule_code, employee_id=head_id, role=Case.Role.HEAD
    )
    if unit_hit.evidence["kind"] == "best_team":
        return same.filter(occurrence__startswith=f"{unit_hit.evidence['period']}@").first()
    return same.filter(occurrence=unit_hit.occurrence).first()


def _hit(unit_hit, head_id):
    return Hit(
        employee_id=head_id,
        department_id=unit_hit.department_id,
        occurrence=unit_hit.occurrence,
        evidence=unit_hit.evidence,
        is_distinguishable=unit_hit.is_distinguishable,
        role=Case.Role.HEAD,
        incident=unit_hit.incident,
        head_on=unit_hit.head_on,
    )
