"""Rules of a unit's own book touch only its people and those below it (PM-6.5)."""

from dataclasses import dataclass

from incentives.models import Case
from incentives.triggers import build
from organization.models import Assignment, Department
from organization.scopes import with_descendants


def trigger_of(rule):
    """The rule's trigger; that of a unit's own rule finds nobody outside the unit."""
    trigger = build(rule.trigger, rule.params)
    unit_id = rule.version.document.department_id
    if unit_id is None:
        return trigger
    return WithinUnit(trigger, frozenset(with_descendants({unit_id}, rule.company_id)))


@dataclass(frozen=True)
class WithinUnit:
    """A trigger whose hits are those in these departments."""

    trigger: object
    department_ids: frozenset

    def __getattr__(self, name):
        return getattr(self.trigger, name)

    def hits(self, rule, close, used, **options):
        return self._inside(self.trigger.hits(rule, close, used, **options))

    def hits_between(self, rule, since, until):
        return self._inside(self.trigger.hits_between(rule, since, until))

    def hits_on(self, rule, facts):
        return self._inside(self.trigger.hits_on(rule, facts))

    def _inside(self, hits):
        inside = [hit for hit in hits if hit.department_id in self.department_ids]
        if all(hit.role != Case.Role.HEAD or hit.verified_at is None for hit in inside):
            return inside
        rows = list(Assignment.objects.filter(is_head=True, department_id__in=self.department_ids))
        return [hit if _is_own(hit, rows) else hit._replace(employee_id=None) for hit in inside]


def units_in_line(department):
    """Ids of the department, of all above it and of all below it: whose rules can touch the same people."""
    found = set(with_descendants({department.pk}, department.company_id))
    parents = dict(Department.objects.filter(company_id=department.company_id).values_list("pk", "parent_id"))
    above = department.parent_id
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found


def _is_own(hit, rows):
    """A unit without a head has its facts put down to the head above it; that one is not the unit's to judge."""
    if hit.role != Case.Role.HEAD or hit.employee_id is None or hit.verified_at is None:
        return True
    return any(
        row.employee_id == hit.employee_id
        and row.starts_on <= hit.head_on
        and (row.ends_on is None or row.ends_on >= hit.head_on)
        for row in rows
    )
