"""Who may not look into an appeal or decide it, and why (fact 6): people by employee id."""

from appeals import rules
from appeals.models import Appeal
from approvals.models import Seat, Vote
from complaints.models import Finding
from core.period import SHANGHAI
from incentives.models import Decision
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb, superiors_of

#: ground of rules -> ground of a seat in the group's vote
SEAT_GROUNDS = {
    rules.SUBJECT: Seat.Ground.SUBJECT,
    rules.LINE: Seat.Ground.LINE,
    rules.PROPOSER: Seat.Ground.PROPOSER,
    rules.VERIFIER: Seat.Ground.VERIFIER,
    rules.VOTER: Seat.Ground.VERIFIER,
    rules.INVESTIGATOR: Seat.Ground.PROPOSER,
}


def from_investigating(appeal, at):
    """{employee id: why}: the person, their line, and whoever proposed, verified or voted on what it is about."""
    day = at.astimezone(SHANGHAI).date()
    found = dict.fromkeys(superiors_of(appeal.employee, day), rules.LINE)
    for decision in decisions_behind(appeal):
        found |= dict.fromkeys(voters_on(decision), rules.VOTER)
        proposer = employee_id_of(decision.proposed_by) if decision.proposed_by else None
        found |= {proposer: rules.PROPOSER} if proposer else {}
    if appeal.subject == Appeal.Subject.FINDING:
        finding = Finding.objects.select_related("proposed_by__employee", "confirmed_by__employee").get(
            pk=appeal.object_id
        )
        people = (employee_id_of(finding.proposed_by), employee_id_of(finding.confirmed_by))
        found |= dict.fromkeys((pk for pk in people if pk), rules.VERIFIER)
    return found | {appeal.employee_id: rules.SUBJECT}


def from_deciding(appeal, at):
    """The same, and who investigated it."""
    found = from_investigating(appeal, at)
    investigator = employee_id_of(appeal.investigator) if appeal.investigator else None
    return found | ({investigator: rules.INVESTIGATOR} if investigator else {})


def others_who_decide(appeal, barred, at):
    """How many colleagues could decide it without having voted on what it is about."""
    day = at.astimezone(SHANGHAI).date()
    entitled = employees_with_verb(appeal.company, "appeals.decide", day)
    return entitled.exclude(pk__in=list(barred)).count()


def decisions_behind(appeal):
    if appeal.subject != Appeal.Subject.DECISION:
        return []
    return list(Decision.objects.filter(pk=appeal.object_id).select_related("proposed_by__employee"))


def voters_on(decision):
    votes = Vote.objects.filter(seat__motion__topic="incentives.decision", seat__motion__topic_id=decision.pk)
    return list(votes.values_list("seat__employee_id", flat=True))


def excluded_from_vote(appeal, at):
    """Employee id -> ground of the seat, for the group's vote on a large appeal."""
    return {pk: SEAT_GROUNDS[why] for pk, why in from_deciding(appeal, at).items()}
