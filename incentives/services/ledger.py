"""The ledger: lines are written when a decision is final, never changed, corrected only by reversal (fact 5)."""

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import Motion
from core.events import publish
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from incentives import letters, rules
from incentives.effects import effect_kinds
from incentives.models import Decision, LedgerLine
from incentives.services.telling import tell
from organization.scopes import employee_id_of


@transaction.atomic
def post(decision, *, at):
    """Carry out every effect of a final decision: ledger lines, notice, talk."""
    if decision.motion is None or decision.motion.state != Motion.State.CARRIED:
        raise Refused(_("The group has not carried this; nothing is posted."), code="not_carried")
    counts_for = rules.month_to_count_in(decision.counts_for, exported_months(decision.company_id))
    advance(decision, Decision.POST, by=None, at=at, posted_at=at, counts_for=counts_for)
    for index, effect in enumerate(decision.effects):
        effect_kinds[effect["kind"]].carry_out(decision, index, effect, at)
    publish("incentives.decision_posted", decision)
    tell(
        decision.employee,
        kind="incentives.posted",
        key=f"decision-{decision.pk}-posted",
        at=at,
        url=decision.get_own_url(),
        text=lambda: letters.posted(decision),
    )
    return decision


def exported_months(company_id):
    """Months whose payroll file has been made; nothing more is added to them."""
    exported = Decision.objects.filter(company_id=company_id, state=Decision.State.EXPORTED)
    return set(exported.values_list("counts_for", flat=True))


def add_points(decision, index, effect, at):
    """Effect `points`: one line. The unique key (decision, effect) makes a second one impossible."""
    return LedgerLine.objects.create(
        company_id=decision.company_id,
        number=_number(decision.company_id, at),
        employee_id=decision.employee_id,
        department_id=decision.department_id,
        decision=decision,
        effect=index,
        unit=LedgerLine.Unit.POINTS,
        amount=effect["amount"],
        counts_for=decision.counts_for,
        posted_at=at,
    )


def _number(company_id, at):
    return numbered("ZM", company_id, at.astimezone(SHANGHAI).date(), width=4)


@transaction.atomic
def reverse(decision, *, reason, by, at):
    """Undo a decision for good: a reversing line for each line it posted, its talk called off, the person told."""
    rules.refuse_own(employee_id_of(by), decision.employee_id)
    rules.refuse_own(employee_id_of(by), employee_id_of(decision.proposed_by))
    rules.refuse_blank(reason, _("Say why the decision is reversed."))
    exported = exported_months(decision.company_id)
    advance(decision, Decision.REVERSE, by=by, at=at, reversed_at=at, reverse_reason=reason.strip()[:1000])
    for line in decision.ledger_lines.filter(reverses=None, reversed_by=None).order_by("pk"):
        _reverse_line(line, exported, at)
    for effect in decision.effects:
        effect_kinds[effect["kind"]].undo(decision, at)
    publish("incentives.decision_reversed", decision)
    tell(
        decision.employee,
        kind="incentives.reversed",
        key=f"decision-{decision.pk}-reversed",
        at=at,
        url=decision.get_own_url(),
        text=lambda: letters.reversed_(decision),
    )
    return decision


def _reverse_line(line, exported, at):
    return LedgerLine.objects.create(
        company_id=line.company_id,
        number=_number(line.company_id, at),
        employee_id=line.employee_id,
        department_id=line.department_id,
        decision_id=line.decision_id,
        effect=line.effect,
        reverses=line,
        unit=line.unit,
        money_class=line.money_class,
        amount=-line.amount,
        counts_for=rules.month_to_count_in(line.counts_for, exported),
        posted_at=at,
    )
