"""Who may not look into an appeal or decide it, and why (fact 6): people by employee id."""

from appeals import rules, subjects
from appeals.models import Appeal
from approvals.models import Seat, Vote
from audit.models import AuditRow
from complaints.models import Finding
from core.period import SHANGHAI
from incentives.models import Decision
from incentives.services.cases import verifiers_of
from organization.models import Employee
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
    """{employee id: why}: whoever voted on, heads, proposed or verified what it is about, and the person.

    The weightier ground stands: who voted may decide where nobody else is left, who heads the person may never.
    """
    day = at.astimezone(SHANGHAI).date()
    behind = decisions_behind(appeal)
    found = {pk: rules.VOTER for decision in behind for pk in voters_on(decision)}
    found |= dict.fromkeys(superiors_of(appeal.employee, day), rules.LINE)
    proposers = {employee_id_of(decision.proposed_by) for decision in behind if decision.proposed_by}
    found |= dict.fromkeys(proposers - {None}, rules.PROPOSER)
    verifiers = {pk for decision in behind for pk in verifiers_of(decision.case)}
    found |= dict.fromkeys(verifiers, rules.VERIFIER)
    if appeal.subject == Appeal.Subject.FINDING:
        finding = Finding.objects.select_related("proposed_by__employee", "confirmed_by__employee").get(
            pk=appeal.object_id
        )
        people = (employee_id_of(finding.proposed_by), employee_id_of(finding.confirmed_by))
        found |= dict.fromkeys((pk for pk in people if pk), rules.VERIFIER)
    return found | {appeal.employee_id: rules.SUBJECT}


def from_deciding(appeal, at):
    """The same, and everybody who ever looked into it."""
    return from_investigating(appeal, at) | dict.fromkeys(investigators_of(appeal), rules.INVESTIGATOR)


def investigators_of(appeal):
    """Employee ids of who took it on, at any time: who hands it over has had a part in it all the same."""
    rows = AuditRow.objects.filter(model="appeals.appeal", object_id=appeal.pk)
    users = set(
        rows.filter(to_state=Appeal.State.INVESTIGATING, from_state=Appeal.State.ACCEPTED).values_list(
            "actor", flat=True
        )
    )
    handed = rows.filter(verb="appeals.appeal.hand_over").values_list("data", flat=True)
    users |= {data["to"] for data in handed} | {appeal.investigator_id}
    return set(Employee.objects.filter(user__in=users - {None}).values_list("pk", flat=True))


def others_who_decide(appeal, barred, at):
    """How many colleagues could decide it without having voted on what it is about."""
    day = at.astimezone(SHANGHAI).date()
    entitled = employees_with_verb(appeal.company, "appeals.decide", day)
    return entitled.exclude(pk__in=list(barred)).count()


def decisions_behind(appeal):
    """The decisions that the outcome may undo: the one appealed, or the person's live ones that rest on the thing."""
    related = Decision.objects.select_related("proposed_by__employee", "case")
    if appeal.subject == Appeal.Subject.DECISION:
        return list(related.filter(pk=appeal.object_id))
    live = related.live().filter(employee_id=appeal.employee_id)
    if appeal.subject == Appeal.Subject.FINDING:
        return list(live.filter(case__evidence__finding_id=appeal.object_id))
    thing = subjects.find(appeal.employee, appeal.subject, appeal.object_id)
    months = set(thing.months) if thing else set()
    return [decision for decision in live if months & set(subjects.months_behind(decision))]


def voters_on(decision):
    """Employee ids of the members whose votes were counted, and of those who cast them."""
    votes = Vote.objects.filter(seat__motion__topic="incentives.decision", seat__motion__topic_id=decision.pk)
    pairs = votes.values_list("seat__employee_id", "cast_by__employee__pk")
    return {pk for pair in pairs for pk in pair if pk}


def excluded_from_vote(appeal, at):
    """Employee id -> ground of the seat, for the group's vote on a large appeal."""
    return {pk: SEAT_GROUNDS[why] for pk, why in from_deciding(appeal, at).items()}
