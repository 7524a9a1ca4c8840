"""Units with a head of their own, and their scores: what the rules on departments read (PM-6, RE-5.2d, RE-5.3c)."""

from dataclasses import dataclass

from incentives.triggers.base import rule_evidence
from organization.models import Assignment, Department
from scoring.models import Score, SubjectKind
from scoring.rules import OVERALL
from scoring.statistics.intervals import wilson

DIGITS = 6  # floats in frozen evidence are rounded, so that both databases keep the same bytes


@dataclass(frozen=True)
class Unit:
    """A department as it stood when the period was closed; `head_id` is an employee."""

    id: int
    code: str
    name: str
    name_en: str
    head_id: int | None

    @property
    def evidence(self):
        return {"id": self.id, "code": self.code, "name": self.name, "name_en": self.name_en}


def frozen_units(close):
    """[[id, code, name, English name, head]] on the last counted day; kept with the close, for all of it may change."""
    heads = dict(_heads(close))
    departments = Department.objects.filter(company_id=close.company_id).order_by("pk")
    return [
        [pk, code, name, name_en, heads.get(pk)]
        for pk, code, name, name_en in departments.values_list("pk", "code", "name", "name_en")
    ]


def _heads(close):
    present = Assignment.objects.on(close.cutoff_on).filter(
        is_head=True, department__company_id=close.company_id
    )
    return present.order_by("-starts_on").values_list("department_id", "employee_id")


def frozen_members(close):
    """{department id: [employee ids]} of the people who work in the department itself on the last counted day."""
    present = Assignment.objects.on(close.cutoff_on).filter(department__company_id=close.company_id)
    members = {}
    for department_id, employee_id in present.order_by("employee_id").values_list(
        "department_id", "employee_id"
    ):
        members.setdefault(str(department_id), []).append(employee_id)
    return members


def units_of(close, codes=()):
    """The frozen units, those with one of `codes` only if any are given; a unit may be without a head."""
    units = [Unit(*row) for row in close.frozen.get("units", ())]
    return [unit for unit in units if not codes or unit.code in codes]


def scores_of(close, periods):
    """{(department id, period): Score} of overall satisfaction; one query."""
    found = Score.objects.filter(
        company_id=close.company_id,
        subject_kind=SubjectKind.DEPARTMENT,
        measure=OVERALL,
        period__in=[str(period) for period in periods],
    )
    return {(score.subject_id, score.period): score for score in found}


def unit_occurrence(when, unit):
    return f"{when}@{unit.code}"


def unit_evidence(kind, rule, unit, **found):
    return {"kind": kind, "unit": unit.evidence, **found, "rule": rule_evidence(rule)}


def counts_evidence(k, n):
    low, high = wilson(k, n) or (None, None)
    return {"k": k, "n": n, "low": rounded(low), "high": rounded(high)}


def rounded(value):
    return None if value is None else round(value, DIGITS)
