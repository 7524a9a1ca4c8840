"""Who may not look into an appeal or decide it, and why (fact 6): people by employee id."""

from collections import defaultdict
from functools import cached_property

from appeals import rules, subjects
from appeals.models import Appeal
from approvals.models import Seat, Vote
from audit.models import AuditRow
from complaints.models import Finding
from core.period import SHANGHAI, Period
from incentives.models import Decision
from organization.models import Assignment, Employee
from organization.scopes import employee_id_of, parents_in
from organization.selectors import employees_with_verb
from scoring.models import Score, Standing, Unfolding

#: ground of rules -> ground of a seat in the group's vote
SEAT_GROUNDS = {
    rules.SUBJECT: Seat.Ground.SUBJECT,
    rules.LINE: Seat.Ground.LINE,
    rules.PROPOSER: Seat.Ground.PROPOSER,
    rules.VERIFIER: Seat.Ground.VERIFIER,
    rules.VOTER: Seat.Ground.VERIFIER,
    rules.INVESTIGATOR: Seat.Ground.PROPOSER,
}
#: subject -> (model, its id field, its period field)
PERIODS = {
    Appeal.Subject.SCORE: (Score, "pk", "period"),
    Appeal.Subject.STANDING: (Standing, "pk", "period"),
    Appeal.Subject.ANSWER: (Unfolding, "answer_id", "month"),
}


def from_investigating(appeal, at):
    """{employee id: why}: whoever voted on, heads, proposed or verified what it is about, and the person."""
    return Circle([appeal], at).from_investigating(appeal)


def from_deciding(appeal, at):
    """The same, and everybody who ever looked into it."""
    return Circle([appeal], at).from_deciding(appeal)


def excluded_from_vote(appeal, at):
    """Employee id -> ground of the seat, for the group's vote on a large appeal."""
    return {pk: SEAT_GROUNDS[why] for pk, why in from_deciding(appeal, at).items()}


def voters_on(decision):
    """Employee ids of the members whose votes were counted, and of those who cast them."""
    return _voters([decision.pk])[decision.pk]


def _voters(ids):
    found = defaultdict(set)
    votes = Vote.objects.filter(seat__motion__topic="incentives.decision", seat__motion__topic_id__in=ids)
    for pk, *people in votes.values_list(
        "seat__motion__topic_id", "seat__employee_id", "cast_by__employee__pk"
    ):
        found[pk] |= {person for person in people if person}
    return found


class Circle:
    """Everybody with a part in what these appeals are about; the number of statements does not grow with theirs."""

    def __init__(self, appeals, at):
        self.appeals = list(appeals)
        self.day = at.astimezone(SHANGHAI).date()

    def from_investigating(self, appeal):
        """The weightier ground stands: who voted may decide where nobody else is left, who heads the person may
        never."""
        behind = self.decisions[appeal.pk]
        found = {pk: rules.VOTER for decision in behind for pk in self.voters[decision.pk]}
        found |= dict.fromkeys(self.lines[appeal.employee_id], rules.LINE)
        proposers = {employee_id_of(decision.proposed_by) for decision in behind if decision.proposed_by}
        found |= dict.fromkeys(proposers - {None}, rules.PROPOSER)
        verifying = {user for decision in behind for user in _verifying(decision)}
        if appeal.subject == Appeal.Subject.FINDING:
            finding = self.findings[appeal.object_id]
            verifying |= {finding.proposed_by_id, finding.confirmed_by_id}
        people = {self.employees[user] for user in verifying if user in self.employees}
        return found | dict.fromkeys(people, rules.VERIFIER) | {appeal.employee_id: rules.SUBJECT}

    def from_deciding(self, appeal):
        inside = dict.fromkeys(self.investigators[appeal.pk], rules.INVESTIGATOR)
        return self.from_investigating(appeal) | inside

    def others_who_decide(self, appeal, barred):
        """How many colleagues could decide it without having voted on what it is about."""
        return len(self.entitled[appeal.company_id] - set(barred))

    @cached_property
    def decisions(self):
        """{appeal id: the decisions that the outcome may undo}: the one appealed, or the person's live ones that rest
        on the thing."""
        related = Decision.objects.select_related("proposed_by__employee", "case")
        named = [one.object_id for one in self.appeals if one.subject == Appeal.Subject.DECISION]
        appealed = related.in_bulk(named) if named else {}
        others = {one.employee_id for one in self.appeals if one.subject != Appeal.Subject.DECISION}
        live = defaultdict(list)
        for decision in related.live().filter(employee_id__in=others).order_by("pk") if others else ():
            live[decision.employee_id].append(decision)
        return {one.pk: self._behind(one, appealed, live[one.employee_id]) for one in self.appeals}

    def _behind(self, appeal, appealed, live):
        if appeal.subject == Appeal.Subject.DECISION:
            return [appealed[appeal.object_id]]
        if appeal.subject == Appeal.Subject.FINDING:
            return [one for one in live if one.case.evidence.get("finding_id") == appeal.object_id]
        months = self.months[appeal.subject, appeal.object_id]
        return [one for one in live if months & set(subjects.months_behind(one))]

    @cached_property
    def months(self):
        """{(subject, id): months whose answers stand behind a score, a place or an answer}."""
        found = defaultdict(set)
        for subject, (model, key, period) in PERIODS.items():
            ids = [one.object_id for one in self.appeals if one.subject == subject]
            rows = model.objects.filter(**{f"{key}__in": ids}).values_list(key, period) if ids else ()
            for pk, name in rows:
                if Period.parse(name).kind == "month":
                    found[subject, pk].add(name)
        return found

    @cached_property
    def voters(self):
        return _voters([decision.pk for behind in self.decisions.values() for decision in behind])

    @cached_property
    def findings(self):
        ids = [one.object_id for one in self.appeals if one.subject == Appeal.Subject.FINDING]
        return Finding.objects.in_bulk(ids) if ids else {}

    @cached_property
    def employees(self):
        """{user id: employee id} of everybody who verified something."""
        behind = (decision for found in self.decisions.values() for decision in found)
        users = {user for decision in behind for user in _verifying(decision)}
        for finding in self.findings.values():
            users |= {finding.proposed_by_id, finding.confirmed_by_id}
        return _employees_of(users)

    @cached_property
    def lines(self):
        """{employee id: ids of the heads above them on the day, themselves left out}."""
        placed = Assignment.objects.on(self.day).filter(
            employee_id__in={one.employee_id for one in self.appeals}
        )
        places = placed.order_by("starts_on").values_list(
            "employee_id", "department_id", "department__company_id"
        )
        at_home = {employee_id: department_id for employee_id, department_id, _company_id in places}
        parents = _above(set(at_home.values()), {company_id for *_ids, company_id in places})
        heads = defaultdict(set)
        heading = Assignment.objects.on(self.day).filter(is_head=True, department_id__in=parents)
        for department_id, employee_id in heading.values_list("department_id", "employee_id"):
            heads[department_id].add(employee_id)
        found = defaultdict(set)
        for employee_id, department_id in at_home.items():
            while department_id is not None:
                found[employee_id] |= heads[department_id] - {employee_id}
                department_id = parents[department_id]
        return found

    @cached_property
    def investigators(self):
        """{appeal id: who took it on, at any time}: who hands it over has had a part in it all the same."""
        users = {one.pk: {one.investigator_id} for one in self.appeals}
        rows = AuditRow.objects.filter(model="appeals.appeal", object_id__in=list(users))
        taken_on = rows.filter(to_state=Appeal.State.INVESTIGATING, from_state=Appeal.State.ACCEPTED)
        for pk, user in taken_on.values_list("object_id", "actor"):
            users[pk].add(user)
        handed = rows.filter(verb="appeals.appeal.hand_over")
        for pk, data in handed.values_list("object_id", "data"):
            users[pk].add(data["to"])
        employees = _employees_of({user for found in users.values() for user in found})
        return {pk: {employees[user] for user in found if user in employees} for pk, found in users.items()}

    @cached_property
    def entitled(self):
        """{company id: employee ids of those who decide appeals}."""
        companies = {one.company_id: one.company for one in self.appeals}
        return {
            pk: set(employees_with_verb(company, "appeals.decide", self.day).values_list("pk", flat=True))
            for pk, company in companies.items()
        }


def _verifying(decision):
    """Ids of the users who stood behind the fact."""
    return decision.case.evidence.get("verified_by", ())


def _employees_of(users):
    users = users - {None}
    found = Employee.objects.filter(user_id__in=users).values_list("user_id", "pk") if users else ()
    return dict(found)


def _above(departments, company_ids):
    """{department id: its parent's or None} of these departments and all above them; one statement a company."""
    parents, known = {}, {}
    for company_id in company_ids:
        parents |= parents_in(company_id)
    for department_id in departments:
        while department_id is not None and department_id not in known:
            known[department_id] = parents[department_id]
            department_id = parents[department_id]
    return known
