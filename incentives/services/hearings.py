"""Nobody is penalised unheard: the employee is told, may state their case or waive, and the days are counted."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.workdays import due_after
from incentives import letters, rules
from incentives.models import Decision, Hearing, HearingFile, Rule
from incentives.policy import clocks
from incentives.services.cases import refuse_concerned
from incentives.services.telling import tell
from jobs import attachments
from organization.scopes import employee_id_of

#: a technical limit; what counts is the statement
MOST_FILES = 6


@transaction.atomic
def call_hearing(decision, *, by, at):
    """Tell the employee what is proposed and until when they may answer; returns the Hearing."""
    refuse_concerned(by, decision.employee, at)
    if decision.direction != Rule.Direction.PENALTY:
        raise Refused(_("Only a penalty needs a hearing."))
    if decision.employee.user is None:
        raise Refused(
            _("%(name)s has no login, so nobody can be told here. Give them one first.")
            % {"name": decision.employee}
        )
    advance(decision, Decision.CALL_HEARING, by=by, at=at)
    due = due_after(at, clocks(decision.company, at.astimezone(SHANGHAI).date()).hearing_days)
    hearing = _create(decision, due, at)
    tell(
        decision.employee,
        kind="incentives.hearing",
        key=f"hearing-{hearing.pk}",
        at=at,
        url=reverse("my_hearing", args=[hearing.pk]),
        text=lambda: letters.hearing(decision, hearing, by),
    )
    return hearing


def _create(decision, due, at):
    try:
        with transaction.atomic():
            return Hearing.objects.create(
                decision=decision,
                told_at=at,
                due_at=due.at,
                counted_days=[day.isoformat() for day in due.counted],
                effects=decision.effects,
            )
    except IntegrityError:
        raise Refused(_("A hearing about this is open already."), code="state") from None


@transaction.atomic
def state_case(hearing, *, statement, by, at, files=()):
    """The employee states their case, once, until the last day, with [(name, content)] as proof. The hearing stays
    open till then."""
    rules.refuse_others(employee_id_of(by), hearing.decision.employee_id)
    rules.refuse_blank(statement, _("Write what you want the group to know."), "statement")
    if at >= hearing.due_at:
        raise Refused(
            _("The hearing has ended; your objection can still be raised as an appeal."), code="late"
        )
    kept = _checked(hearing, files, by, at)
    unanswered = Hearing.objects.open().filter(pk=hearing.pk, stated_at=None)
    if not unanswered.update(statement=statement.strip(), stated_at=at):
        raise Refused(_("Your statement is there already, or the hearing has ended."), code="state")
    hearing.refresh_from_db()
    company_id = hearing.decision.company_id
    HearingFile.objects.bulk_create(HearingFile(hearing=hearing, attachment=one) for one in kept)
    audit.record(
        "incentives.hearing.state_case",
        hearing,
        by=by,
        at=at,
        company_id=company_id,
        data={"files": len(kept)},
    )
    _tell_proposer(hearing, "stated", at)
    return hearing


def _checked(hearing, files, by, at):
    """The attachments, kept before the statement, so that a bad one leaves the hearing as it was."""
    company = hearing.decision.company
    try:
        return attachments.keep_all(company=company, files=list(files), most=MOST_FILES, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal


@transaction.atomic
def waive_hearing(hearing, *, by, at):
    """The employee does not want to (say more); the decision is ready for the vote at once."""
    rules.refuse_others(employee_id_of(by), hearing.decision.employee_id)
    # The decision first, then its hearing, as everywhere: of an earlier hearing there is nothing to waive any more.
    decision = Decision.objects.select_for_update().get(pk=hearing.decision_id)
    if not Hearing.objects.open().filter(pk=hearing.pk).update(waived_at=at, ended_at=at):
        raise Refused(_("This hearing has ended already."), code="state")
    advance(decision, Decision.END_HEARING, by=by, at=at, reason_code="waived")
    hearing.refresh_from_db()
    _tell_proposer(hearing, "ended", at)
    return hearing


def end_due_hearings(at):
    """Tick: hearings whose last day has passed are over. Returns how many ended."""
    return sum(_end(pk, at) for pk in Hearing.objects.overdue(at).values_list("pk", flat=True))


@transaction.atomic
def _end(pk, at):
    # The order of waive_hearing, so that neither waits for the other.
    decision = Decision.objects.select_for_update().get(pk=Hearing.objects.get(pk=pk).decision_id)
    hearing = Hearing.objects.select_for_update().get(pk=pk)
    if hearing.ended_at is not None or decision.state != Decision.State.HEARING:
        return 0
    advance(decision, Decision.END_HEARING, by=None, at=at)
    Hearing.objects.filter(pk=pk).update(ended_at=at)
    _tell_proposer(hearing, "ended", at)
    return 1


def _tell_proposer(hearing, what, at):
    decision = hearing.decision
    proposer = getattr(decision.proposed_by, "employee", None)
    if proposer is not None:
        tell(
            proposer,
            kind=f"incentives.hearing_{what}",
            key=f"hearing-{hearing.pk}-{what}",
            at=at,
            url=decision.get_absolute_url(),
            text=lambda: letters.hearing_news(decision, what),
        )
