"""What a corrected finding does to the cases and decisions that rest on it (RE-5.3b). Called by the room of appeals.

What a rule still names stands. What it names no longer is withdrawn; the rule that names the milder finding has its
case, and where a decision had stood on the harsher one, the milder goes to the group as a proposal of its own: no line
without a carried vote (fact 5).
"""

from dataclasses import dataclass

from django.db import transaction

from audit import services as audit
from complaints.selectors import fact_if, fact_of
from core.flow import advance
from incentives import effects as effect_rules
from incentives.grading import specs_of
from incentives.models import Case, Decision
from incentives.services.appealed import drop_case, undo
from incentives.services.cases import keep_hits, other_penalty
from incentives.services.decisions import _create
from incentives.services.facts import fact_rules, month_of_fact, since_the_rule
from incentives.services.ledger import exported_months
from incentives.unit_rules import trigger_of
from scoring.services.books import hold_books

TRIGGER = "finding_confirmed"


@dataclass(frozen=True)
class Hold:
    """A case that rests on the finding, and its live decision, if there is one."""

    case: Case
    decision: Decision | None


@dataclass(frozen=True)
class Regrading:
    """`standing` and `lost` are Holds of the person whom the finding is about; `gained` are (Rule, Hit, effects): what
    the milder finding brings, and as what it would be proposed."""

    standing: tuple
    lost: tuple
    gained: tuple

    @property
    def withdrawn(self):
        return [hold.decision for hold in self.lost if hold.decision is not None]

    @property
    def proposes(self):
        """The one (Rule, Hit, effects) that takes the place of what is withdrawn; of several HR chooses."""
        if not self.withdrawn or len(self.gained) != 1 or any(hold.decision for hold in self.standing):
            return None
        return self.gained[0]


def regraded(finding, figures, at):
    """The Regrading of a confirmed finding with these {verdict, cause, severity}; nothing is written."""
    holds = _holds(finding)
    hits = _hits(finding, fact_if(finding, figures), at)
    named = {rule.code for rule, _hit in hits}
    known = {hold.case.rule_code for hold in holds}
    lost = tuple(hold for hold in holds if hold.case.rule_code not in named)
    gained = tuple(
        (rule, hit, effect_rules.default_choice(specs_of(_case_of(rule, hit, lost, at))))
        for rule, hit in hits
        if rule.code not in known
    )
    return Regrading(tuple(hold for hold in holds if hold.case.rule_code in named), lost, gained)


def _holds(finding):
    cases = Case.objects.filter(
        company_id=finding.company_id,
        evidence__finding_id=finding.pk,
        employee_id=finding.allegation.employee_id,
    )
    cases = list(cases.select_related("rule__clause", "rule__version", "employee", "company").order_by("pk"))
    live = {
        one.case_id: one
        for one in Decision.objects.live()
        .filter(case__in=cases)
        .select_related("employee", "rule__clause", "case")
    }
    return [
        Hold(case, live.get(case.pk))
        for case in cases
        if case.pk in live or case.state != Case.State.SET_ASIDE
    ]


def _hits(finding, fact, at):
    """[(rule, hit)] of the active rules in force on the day on which the finding was confirmed."""
    found = []
    for rule, since, until in fact_rules(finding.company, at, whole=True):
        if rule.trigger == TRIGGER and since <= finding.confirmed_at < until:
            hits = since_the_rule(rule, trigger_of(rule).hits_on(rule, [fact]))
            found += [(rule, hit) for hit in hits]
    return found


def _case_of(rule, hit, lost, at):
    """The case that the hit would be, unsaved; it is graded as of the day on which the first case was found."""
    first = lost[0].case if lost else None
    return Case(
        company_id=rule.company_id,
        rule=rule,
        rule_code=rule.code,
        employee_id=hit.employee_id,
        role=hit.role,
        evidence=hit.evidence,
        found_at=first.found_at if first else at,
    )


@transaction.atomic
def carry_out(found, finding, *, reason, by, at):
    """Withdraw what no longer follows and bring what follows instead; the finding is adjudicated already.

    Returns [(case, decision or None)] of what is gained, in the order of `found.gained`. Books are held.
    """
    for hold in found.lost:
        if hold.decision is not None:
            undo(hold.decision, reason=reason, by=by, at=at)
        drop_case(hold.case, reason=reason, by=by, at=at)
    hits = {rule.code: hit for rule, hit in _hits(finding, fact_of(finding), at)}
    return [_bring(one, hits[one[0].code], found, reason, by, at) for one in found.gained]


def _bring(gained, hit, found, reason, by, at):
    rule, _before, effects = gained
    hold_books(rule.company)
    keep_hits(rule, [(hit, month_of_fact(hit, exported_months(rule.company_id)))], at)
    case = Case.objects.select_related("rule", "employee", "company").get(
        company_id=rule.company_id,
        rule_code=rule.code,
        employee_id=hit.employee_id,
        occurrence=hit.occurrence,
    )
    if found.lost:
        Case.objects.filter(pk=case.pk).update(found_at=found.lost[0].case.found_at)
        case.refresh_from_db()
    if found.proposes != gained or case.state not in Case.PROPOSE.sources or other_penalty(case):
        return case, None
    advance(case, Case.PROPOSE, by=by, at=at, settled_by=by, settled_at=at, reason=reason[:1000])
    decision = _create(case, effects, reason, by, at)
    audit.record("incentives.decision.propose", decision, by=by, at=at, to_state=decision.state)
    return case, decision
