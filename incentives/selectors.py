"""Reads of this room: what waits for whom, and the facts that must hold (4, 5, 6)."""

from collections import defaultdict

from approvals.models import Motion, Vote
from core.period import Period
from incentives import rules
from incentives.models import Case, Decision, LedgerLine, Rule
from incentives.services.cases import last_months, rules_in_force
from incentives.services.decisions import TOPIC
from incentives.triggers import build
from incentives.triggers.rank_streak import month_evidence
from organization.scopes import employee_id_of
from scoring.models import Close, Standing

CLOSED = (Close.State.PROPOSED, Close.State.REPORTED, Close.State.LOCKED)


def stored_cases(close):
    """The cases of a close as they stand, for its checksum (fact 3): nothing that may rightly change later."""
    cases = Case.objects.filter(company_id=close.company_id, period=close.period)
    columns = ("employee_id", "rule_code", "occurrence", "is_distinguishable", "evidence")
    return sorted(([*row] for row in cases.values_list(*columns)), key=lambda row: row[:3])


def recomputed_cases(close):
    """The same from the frozen standings. A hit without a case is right only where an earlier decision, alive or
    dead by now, had used up its months when the month was closed."""
    if close.kind != "month" or close.state not in CLOSED:
        return []
    stored = {tuple(row[:3]) for row in stored_cases(close)}
    rows = []
    for rule in rules_in_force(close):
        earlier = Decision.objects.filter(
            company_id=close.company_id, rule_code=rule.code, case__period__lt=close.period
        )
        used = last_months(earlier)
        for hit in build(rule.trigger, rule.params).hits(rule, close, {}):
            is_stored = (hit.employee_id, rule.code, hit.occurrence) in stored
            if is_stored or used.get(hit.employee_id, 0) < min(rules.months_of(hit.occurrence)):
                rows.append(
                    [hit.employee_id, rule.code, hit.occurrence, hit.is_distinguishable, hit.evidence]
                )
    return sorted(rows, key=lambda row: row[:3])


def fact_4():
    """Frozen evidence is what the standings say, and every literal hit of a closed month is a case."""
    for case in Case.objects.filter(evidence__kind="rank_streak").iterator(chunk_size=500):
        yield from _case_violations(case)
    for close in Close.objects.filter(kind="month", state__in=CLOSED).select_related("company"):
        kept = {tuple(row[:3]) for row in stored_cases(close)}
        for employee_id, code, occurrence, *_rest in recomputed_cases(close):
            if (employee_id, code, occurrence) not in kept:
                yield f"{close.period}: employee {employee_id} meets rule {code} ({occurrence}), but there is no case"


def _case_violations(case):
    months = case.evidence["months"]
    rows = Standing.objects.filter(pk__in=[month["standing_id"] for month in months]).select_related(
        "ranking"
    )
    by_id = {row.pk: row for row in rows if row.employee_id == case.employee_id}
    for frozen in months:
        row = by_id.get(frozen["standing_id"])
        if row is None or month_evidence(row) != frozen:
            yield f"case {case.pk}: the evidence of {frozen['period']} is not what the standing says"
    pooled = case.evidence["pooled"]
    if (pooled["k"], pooled["n"]) != (
        sum(month["k"] for month in months),
        sum(month["n"] for month in months),
    ):
        yield f"case {case.pk}: the pooled counts are not the sum of its months"


def fact_4_overlaps():
    """One month stands behind at most one live decision of a rule and person."""
    seen = defaultdict(dict)
    live = Decision.objects.live().values_list("pk", "company_id", "rule_code", "employee_id", "occurrence")
    for pk, *key, occurrence in live:
        for month in sorted(rules.months_of(occurrence)):
            other = seen[tuple(key)].setdefault(month, pk)
            if other != pk:
                yield f"decisions {other} and {pk} both rest on {Period('month', month)}"


def fact_5():
    """No line without a carried motion or a posted reversal; a decision's lines sum to its effects, or to nothing."""
    posted = (Decision.State.POSTED, Decision.State.EXPORTED)
    sums = defaultdict(int)
    lines = LedgerLine.objects.select_related("decision__motion", "reverses").order_by("pk")
    for line in lines.iterator(chunk_size=1000):
        sums[line.decision_id, line.effect] += line.amount
        yield from _line_violations(line)
    for decision in Decision.objects.filter(state__in=(*posted, Decision.State.REVERSED)):
        for index, effect in enumerate(decision.effects):
            want = effect.get("amount", 0) if decision.state in posted else 0
            if sums[decision.pk, index] != want:
                yield f"decision {decision.pk}: effect {index} says {want}, the ledger {sums[decision.pk, index]}"


def _line_violations(line):
    decision, motion = line.decision, line.decision.motion
    if line.employee_id != decision.employee_id:
        yield f"ledger line {line.pk} is about somebody else than its decision"
    if line.reverses is not None:
        if decision.state != Decision.State.REVERSED or line.amount != -line.reverses.amount:
            yield f"ledger line {line.pk} reverses without a reversed decision, or by another amount"
    elif motion is None or motion.state != Motion.State.CARRIED or motion.topic_id != decision.pk:
        yield f"ledger line {line.pk} has no carried motion"


def fact_6():
    """Nobody proposes, settles or votes on what is about themselves; no penalty unheard."""
    for decision in Decision.objects.select_related("proposed_by__employee", "case__settled_by__employee"):
        for actor in (decision.proposed_by, decision.case.settled_by):
            if actor is not None and employee_id_of(actor) == decision.employee_id:
                yield f"decision {decision.pk} was proposed by the person it is about"
    about = dict(Decision.objects.exclude(motion=None).values_list("pk", "employee_id"))
    votes = Vote.objects.filter(seat__motion__topic=TOPIC).values_list(
        "pk", "seat__employee_id", "seat__motion__topic_id"
    )
    for pk, employee_id, decision_id in votes:
        if about.get(decision_id) == employee_id:
            yield f"vote {pk} was cast by the person whom decision {decision_id} is about"
    sent = Decision.objects.filter(direction=Rule.Direction.PENALTY).exclude(motion=None)
    for decision in sent.filter(hearings=None):
        yield f"decision {decision.pk} is a penalty put to the vote without a hearing"
