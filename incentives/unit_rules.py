"""Rules of a unit's own book touch only its people and those below it (PM-6.5)."""

from dataclasses import dataclass

from incentives.triggers import build
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

    def _inside(self, hits):
        return [hit for hit in hits if hit.department_id in self.department_ids]
