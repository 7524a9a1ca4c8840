"""What the rules on single facts share: who works where on a day, and evidence that is no sample."""

import datetime as dt
from collections import defaultdict

from core.period import SHANGHAI
from incentives.triggers.base import rule_evidence
from organization.models import Assignment, Department


class Places:
    """The departments of some people, and the heads of all units, by day; three queries whatever their number."""

    def __init__(self, company_id, employee_ids):
        rows = Assignment.objects.filter(employee__in=set(employee_ids)).order_by("starts_on")
        self._own = defaultdict(list)
        for row in rows:
            self._own[row.employee_id].append(row)
        self._heads = defaultdict(list)
        for row in Assignment.objects.filter(department__company_id=company_id, is_head=True):
            self._heads[row.department_id].append(row)
        self._parents = dict(Department.objects.filter(company_id=company_id).values_list("pk", "parent_id"))

    def department_of(self, employee_id, day):
        """Where the person worked on that day, else last before it, else first of all; None without any place."""
        rows = self._own.get(employee_id, [])
        begun = [row for row in rows if row.starts_on <= day]
        found = begun[-1:] or rows[:1]
        return found[0].department_id if found else None

    def head_of(self, department_id, day, within=None):
        """Employee id of the head on that day, or of the nearest one above; None if nobody was.

        `within` are the ids of the departments in which a head is looked for, None for all.
        """
        while department_id is not None and (within is None or department_id in within):
            if (head_id := self.own_head_of(department_id, day)) is not None:
                return head_id
            department_id = self._parents.get(department_id)
        return None

    def own_head_of(self, department_id, day):
        """The same of the department alone."""
        for row in self._heads.get(department_id, []):
            if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day):
                return row.employee_id
        return None


def placed(hits):
    """Those whose department is known: somebody who never had a place in the company is touched by no rule."""
    return [hit for hit in hits if hit.department_id is not None]


def day_of(moment):
    return moment.astimezone(SHANGHAI).date()


def fact_evidence(kind, rule, **found):
    return {"kind": kind, **found, "rule": rule_evidence(rule)}


def text_of(day):
    return day.isoformat() if isinstance(day, dt.date) else ""
