"""The ledger: lines are written when a decision is final, never changed, corrected only by reversal (fact 5)."""

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from approvals.models import Motion
from audit import services as audit
from core.events import publish
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from incentives import fingerprints, letters, policy, rules
from incentives.caps import laid_over_months
from incentives.effects import effect_kinds
from incentives.models import Decision, LedgerLine, PayrollBatch
from incentives.services.telling import tell
from organization.models import Employee
from organization.scopes import employee_id_of
from scoring.services.books import hold_books


@transaction.atomic
def post(decision, *, at):
    """Carry out every effect of a final decision: ledger lines, notices, talk, duties, marks.

    The books are held before the decision: postings, reversals and payroll files of a company queue there.
    """
    if decision.motion is None or decision.motion.state != Motion.State.CARRIED:
        raise Refused(_("The group has not carried this; nothing is posted."), code="not_carried")
    hold_books(decision.company)
    Employee.objects.select_for_update(no_key=True).get(pk=decision.employee_id)
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
    return set(PayrollBatch.objects.filter(company_id=company_id).values_list("month", flat=True))


def add_points(decision, index, effect, at):
    """Effect `points`."""
    _add(decision, index, effect["amount"], at, unit=LedgerLine.Unit.POINTS)


def add_money(decision, index, effect, at):
    """Effect `money`, and the paying of a team's fund."""
    money_class = policy.money_class(decision, effect)
    _add(decision, index, effect["amount"], at, unit=LedgerLine.Unit.FEN, money_class=money_class)


def _add(decision, index, amount, at, *, unit, money_class=""):
    """One line, or one for each month over which the month's cap spreads it. A second call adds nothing.

    What finds no room in the months that the policy allows lapses, and the log says how much.
    """
    if decision.ledger_lines.filter(effect=index).exists():
        return
    limits = policy.limits(decision.company, decision.counts_for)
    bound = None if money_class == "team_fund" else limits.of(unit, amount)
    parts, lapsed = laid_over_months(
        amount,
        decision.counts_for,
        bound=bound,
        sums={} if bound is None else sums_by_month(decision.employee_id, unit),
        closed=exported_months(decision.company_id),
        carry=limits.carry_months,
    )
    for part, (month, share) in enumerate(parts):
        line = LedgerLine.objects.create(
            company_id=decision.company_id,
            number=_number(decision.company_id, at),
            employee_id=decision.employee_id,
            department_id=decision.department_id,
            decision=decision,
            effect=index,
            part=part,
            unit=unit,
            money_class=money_class,
            amount=share,
            counts_for=month,
            posted_at=at,
        )
        fingerprints.keep(line, by=None, at=at)
    if lapsed:
        audit.record(
            "incentives.decision.lapse", decision, by=None, at=at, data={"effect": index, "amount": lapsed}
        )


def sums_by_month(employee_id, unit):
    """{month: sum} of a person's lines; a team's fund is no income of theirs."""
    lines = LedgerLine.objects.filter(employee_id=employee_id, unit=unit).exclude(money_class="team_fund")
    return dict(lines.order_by().values_list("counts_for").annotate(sum=Sum("amount")))


def _number(company_id, at):
    return numbered("ZM", company_id, at.astimezone(SHANGHAI).date(), width=4)


@transaction.atomic
def reverse(decision, *, reason, by, at):
    """Undo a decision for good: each of its lines reversed, what else it brought taken back, the person told."""
    rules.refuse_own(employee_id_of(by), decision.employee_id)
    rules.refuse_own(employee_id_of(by), employee_id_of(decision.proposed_by))
    rules.refuse_blank(reason, _("Say why the decision is reversed."))
    hold_books(decision.company)
    exported = exported_months(decision.company_id)
    advance(decision, Decision.REVERSE, by=by, at=at, reversed_at=at, reverse_reason=reason.strip()[:1000])
    for line in decision.ledger_lines.filter(reverses=None, reversed_by=None).order_by("pk"):
        fingerprints.keep(_reverse_line(line, exported, at), by=by, at=at)
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
    """The opposite in the same month, or in the next one that is open. Caps do not hold back a correction."""
    return LedgerLine.objects.create(
        company_id=line.company_id,
        number=_number(line.company_id, at),
        employee_id=line.employee_id,
        department_id=line.department_id,
        decision_id=line.decision_id,
        effect=line.effect,
        part=line.part,
        reverses=line,
        unit=line.unit,
        money_class=line.money_class,
        amount=-line.amount,
        counts_for=rules.month_to_count_in(line.counts_for, exported),
        posted_at=at,
    )
