"""What stands on a person's record. Demotion and dismissal are recommended here and never done."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from core.period import SHANGHAI, months_after
from incentives import legal, rules
from incentives.models import Mark
from organization.scopes import employee_id_of


def set_priority(decision, index, effect, at):
    """Effect `priority` (RE-5.2b): priority in promotion and pay, for so many months."""
    ends_on = months_after(at.astimezone(SHANGHAI).date(), effect["months"])
    _set(decision, index, Mark.Kind.PRIORITY, at, ends_on=ends_on)


def recommend(decision, index, effect, at):
    """Effect `recommend` (RE-5.3b): a recommendation with what the law asks of whoever would act on it."""
    conditions = [{"code": code, "done_at": None, "by": None} for code in legal.CONDITIONS[effect["what"]]]
    _set(decision, index, effect["what"], at, checklist=conditions)


def _set(decision, index, kind, at, **fields):
    Mark.objects.get_or_create(
        decision=decision,
        effect=index,
        defaults={
            "company_id": decision.company_id,
            "employee_id": decision.employee_id,
            "department_id": decision.department_id,
            "kind": kind,
            "set_at": at,
            **fields,
        },
    )


def lift_marks(decision, at):
    """Undo of both effects."""
    decision.marks.filter(lifted_at=None).update(lifted_at=at)


@transaction.atomic
def confirm_condition(mark, *, code, by, at):
    """HR has seen to one condition of the law; who and when stand beside it."""
    rules.refuse_own(employee_id_of(by), mark.employee_id)
    mark = Mark.objects.select_for_update().get(pk=mark.pk)
    condition = next((one for one in mark.checklist if one["code"] == code), None)
    if condition is None or condition["done_at"] or mark.lifted_at:
        raise Refused(_("There is nothing to confirm here, or it is confirmed already."), code="state")
    condition |= {"done_at": at.isoformat(), "by": by.pk}
    Mark.objects.filter(pk=mark.pk).update(checklist=mark.checklist)
    audit.record("incentives.mark.confirm_condition", mark, by=by, at=at, data={"code": code})
    return mark
