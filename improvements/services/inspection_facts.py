"""The fault of a named colleague: a second person confirms or declines it; only then may a rule rest on it (CC-5.3)."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import publish
from core.flow import Refused, advance
from improvements.inspections import rules
from improvements.models import InspectionFact
from improvements.selectors.inspections import Structure, day_of
from organization.scopes import employee_id_of
from surveys.entry import clean_text

VERIFIED, WITHDRAWN = "improvements.fact_verified", "improvements.fact_withdrawn"
MOST_REASON = 1000


def hindrance_to_confirm(fact, user, at):
    """The sentence that keeps this user from confirming or declining, or ''."""
    inspection = fact.finding.inspection
    return rules.hindrance_to_confirm(
        user_id=user.pk,
        employee_id=employee_id_of(user),
        line=Structure(fact.company_id, day_of(at)).line(inspection.department_id),
        reported_by_id=fact.reported_by_id,
        inspector_ids=set(inspection.inspectors.values_list("employee_id", flat=True)),
        named_id=fact.employee_id,
    )


def _refuse_unfit(fact, by, at):
    if sentence := hindrance_to_confirm(fact, by, at):
        raise Refused(sentence, code="four_eyes")


@transaction.atomic
def confirm_fact(fact, *, by, at):
    """The second person agrees: from now on it is a fact, supplied through core.facts."""
    _refuse_unfit(fact, by, at)
    advance(fact, InspectionFact.CONFIRM, by=by, at=at, settled_by=by, settled_at=at)
    publish(VERIFIED, fact, key=fact.key, moment=at.isoformat())
    return fact


@transaction.atomic
def decline_fact(fact, *, reason, by, at):
    """The second person is not convinced; the finding on the department stays."""
    _refuse_unfit(fact, by, at)
    reason = clean_text(reason or "")[:MOST_REASON]
    if not reason:
        raise Refused(_("Write why it cannot be confirmed."), field="reason")
    return advance(
        fact, InspectionFact.DECLINE, by=by, at=at, settled_by=by, settled_at=at, settle_reason=reason
    )


def withdraw_fact(finding, *, by, at):
    """Part of withdraw_finding, in its transaction: what no longer holds is no fact, and rooms above hear of it."""
    fact = InspectionFact.objects.select_for_update().filter(finding=finding).first()
    if fact is None or fact.state not in InspectionFact.WITHDRAW.sources:
        return
    was_confirmed = fact.state == InspectionFact.State.CONFIRMED
    advance(fact, InspectionFact.WITHDRAW, by=by, at=at)
    if was_confirmed:
        publish(WITHDRAWN, fact, key=fact.key, at=at.isoformat())
