"""Reads of this room: what waits for whom, and the facts that must hold (4, 5, 6)."""

import datetime as dt
import hashlib
from collections import defaultdict

from django.db.models import F
from django.utils import timezone

from approvals.models import Motion, Vote
from audit.models import AuditRow
from incentives import payroll_rows, rules
from incentives.models import Case, Decision, LedgerLine, PayrollBatch, Rule, UnitHit
from incentives.services.cases import last_months, month_of_close, rules_at
from incentives.services.decisions import TOPIC
from incentives.services.facts import fact_key, fact_rules, hits_of
from incentives.services.late_heads import heads_found
from incentives.services.unit_hits import headless, is_known, known_occurrences
from incentives.triggers import triggers
from incentives.triggers.findings import as_first_confirmed
from incentives.triggers.rank_streak import month_evidence
from incentives.unit_rules import trigger_of
from organization.models import Assignment, Company
from organization.scopes import employee_id_of
from scoring.models import Close, Standing
from scoring.services import adjudication

CLOSED = (Close.State.PROPOSED, Close.State.REPORTED, Close.State.LOCKED)
#: how long a verified fact may wait for the tick before it is missed
GRACE = dt.timedelta(days=1)


def stored_cases(close):
    """The cases of a close as they stand, for its checksum (fact 3): nothing that may rightly change later.

    Those that rest on a single fact belong to no close.
    """
    names = [name for name, kind in triggers.items() if kind.close_kind == close.kind]
    cases = Case.objects.filter(
        company_id=close.company_id, period=month_of_close(close), rule__trigger__in=names
    ).exclude(evidence__has_key="cause")  # found later, after an appeal
    cases = cases.exclude(unit_hits__occurrence=F("occurrence"))  # found then, but nobody headed the unit
    columns = ("employee_id", "rule_code", "occurrence", "is_distinguishable", "evidence")
    return sorted(([*row] for row in cases.values_list(*columns)), key=lambda row: row[:3])


def recomputed_cases(close):
    """The same from the frozen standings, scores and inputs. A hit without a case is right only where an earlier
    decision, alive or dead by now, had used up its months when the period was closed."""
    if close.state not in CLOSED:
        return []
    return _rows(close, found_again(close))


def _rows(close, again):
    rows = [
        [hit.employee_id, rule.code, hit.occurrence, hit.is_distinguishable, hit.evidence]
        for rule, hit in again
        if hit.employee_id
    ]
    return sorted(rows, key=lambda row: row[:3])


def found_again(close):
    """[(rule, hit)] that the close should have kept, a unit's without a head with them."""
    stored = {tuple(row[:3]) for row in stored_cases(close)}
    earlier = Decision.objects.filter(company_id=close.company_id, case__period__lt=month_of_close(close))
    found, reads, used = [], {}, last_months(earlier)
    for rule, trigger in rules_at(close):
        hits = trigger.hits(rule, close, {}, reads=reads)
        for hit in [*(hit for hit in hits if hit.employee_id), *headless(rule, hits)]:
            is_stored = (hit.employee_id, rule.code, hit.occurrence) in stored
            if is_stored or not _was_used_up(hit, used[rule.code]):
                found.append((rule, hit))
    return found


def _was_used_up(hit, used):
    months = rules.months_of(hit.occurrence)
    return bool(months) and used.get(rules.owner_of(hit.employee_id, hit.occurrence), 0) >= min(months)


def fact_4():
    """Frozen evidence is what standings, scores and facts say, and every literal hit is a case."""
    for case in Case.objects.filter(evidence__kind="rank_streak").iterator(chunk_size=500):
        yield from _case_violations(case)
    for close in Close.objects.filter(state__in=CLOSED).select_related("company", "policy_version"):
        kept = {tuple(row[:3]): row[4] for row in stored_cases(close)}
        again = found_again(close)
        yield from _unit_hit_violations(close.company, close.period, again)
        for employee_id, code, occurrence, _clear, evidence in _rows(close, again):
            found = kept.get((employee_id, code, occurrence))
            if found is None:
                yield f"{close.period}: employee {employee_id} meets rule {code} ({occurrence}), but there is no case"
            elif close.kind != "month" and found != evidence:
                yield f"{close.period}: the case of rule {code} ({occurrence}) does not say what the scores say"
    yield from _fact_violations(timezone.now() - GRACE)


def _unit_hit_violations(company, when, found):
    """What touches the head of a unit that nobody headed stands there to be seen, and says what the scores say."""
    found = [(rule, hit) for rule, hit in found if hit.employee_id is None]
    if not found:
        return
    rows = UnitHit.objects.filter(company=company, rule_code__in={rule.code for rule, _hit in found})
    kept = {(row.rule_code, row.occurrence): row.evidence for row in rows}
    for rule, hit in found:
        evidence = kept.get((rule.code, hit.occurrence))
        if evidence is None:
            yield f"{when}: rule {rule.code} hit a unit without a head ({hit.occurrence}), but nothing shows it"
        elif _lasting(evidence) != _lasting(hit.evidence):
            yield f"{when}: the hit of rule {rule.code} ({hit.occurrence}) does not say what the scores say"


def fact_4_unit_hits():
    """What became a case is that case, in the words in which it was kept; no head known for long is left waiting."""
    settled = UnitHit.objects.filter(state=UnitHit.State.RESOLVED, case__occurrence=F("occurrence"))
    for row in settled.select_related("case"):
        if (row.case.rule_code, row.case.evidence) != (row.rule_code, row.evidence):
            yield f"unit hit {row.pk}: case {row.case_id} rests on something else"
    for company in Company.objects.filter(pk__in=UnitHit.objects.open().values("company_id")):
        for row, head_id in heads_found(company):
            entered = Assignment.history.filter(employee_id=head_id).order_by("-history_date").first()
            if entered is not None and entered.history_date < timezone.now() - GRACE:
                yield f"unit hit {row.pk}: employee {head_id} headed the unit, but has no case"


def _fact_violations(at):
    """Facts verified until `at` that a rule names and no case shows, or shows otherwise."""
    for company in Company.objects.filter(pk__in=Rule.objects.values("company_id")):
        for rule, since, until in fact_rules(company, at, whole=True):
            trigger = trigger_of(rule)
            same = Case.objects.filter(company_id=company.pk, rule_code=rule.code)
            kept = {fact_key(trigger, case.employee_id, case.occurrence): case.evidence for case in same}
            found_hits = hits_of(rule, since, until)
            yield from _unit_hit_violations(
                company, company.code, [(rule, hit) for hit in headless(rule, found_hits)]
            )
            waiting = known_occurrences(rule)
            for hit in found_hits:
                if hit.employee_id is None or is_known(hit, waiting):
                    continue
                found = kept.get(fact_key(trigger, hit.employee_id, hit.occurrence))
                if found is None:
                    yield f"{company.code}: {hit.occurrence} meets rule {rule.code}, but there is no case"
                elif _lasting(found) not in _lasting_of(hit.evidence):
                    yield f"{company.code}: the case of rule {rule.code} ({hit.occurrence}) is not what the fact says"


def _lasting_of(evidence):
    """What a case may say of the fact: as it is, and as it was when the case was found before an appeal."""
    return [_lasting(evidence), _lasting(as_first_confirmed(evidence))]


def _lasting(evidence):
    """Without the answers linked to an incident: another complaint may be merged into it later."""
    return {name: value for name, value in evidence.items() if name != "answer_ids"}


def _case_violations(case):
    months = case.evidence["months"]
    rows = Standing.objects.filter(pk__in=[month["standing_id"] for month in months]).select_related(
        "ranking"
    )
    if until := case.evidence.get("adjudicated_until"):
        rows = adjudication.overlaid(
            rows, adjudication.of_company(case.company_id, dt.datetime.fromisoformat(until))
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
    """One month stands behind at most one live decision of a rule and person, or of a rule and unit."""
    seen = defaultdict(dict)
    live = Decision.objects.live().values_list("pk", "company_id", "rule_code", "employee_id", "occurrence")
    for pk, *key, employee_id, occurrence in live:
        owner = rules.owner_of(employee_id, occurrence)
        for period in rules.periods_of(occurrence):
            other = seen[*key, owner].setdefault(period, pk)
            if other != pk:
                yield f"decisions {other} and {pk} both rest on {period}"


def fact_5():
    """No line without a carried motion or a posted reversal; a decision's lines sum to its effects, or to nothing.

    Less than decided is right only by just as much as the log says has lapsed over a month's cap.
    """
    posted = (Decision.State.POSTED, Decision.State.EXPORTED)
    sums = defaultdict(int)
    lines = LedgerLine.objects.select_related("decision__motion", "reverses").order_by("pk")
    for line in lines.iterator(chunk_size=1000):
        sums[line.decision_id, line.effect] += line.amount
        yield from _line_violations(line)
    lapsed = _lapsed()
    for decision in Decision.objects.filter(state__in=(*posted, Decision.State.REVERSED)):
        for index, effect in enumerate(decision.effects):
            is_posted = decision.state in posted
            want = effect.get("amount", 0) - lapsed[decision.pk, index] if is_posted else 0
            have = sums[decision.pk, index]
            if have != want:
                yield f"decision {decision.pk}: effect {index} says {want}, the ledger {have}"


def _lapsed():
    """{(decision id, place of the effect): what found no room in the months allowed}."""
    found = defaultdict(int)
    rows = AuditRow.objects.filter(verb="incentives.decision.lapse")
    for decision_id, data in rows.values_list("object_id", "data"):
        found[decision_id, data["effect"]] += data["amount"]
    return found


def fact_5_payroll():
    """A payroll file holds what the ledger says of its month: same lines, same sums, bytes as they were made."""
    for batch in PayrollBatch.objects.select_related("company").order_by("pk").iterator(chunk_size=10):
        lines = LedgerLine.objects.filter(payroll_line__batch=batch)
        stored = (batch.lines, batch.total_points, batch.total_fen)
        if (lines.count(), *payroll_rows.sums_of(lines)) != stored:
            yield f"payroll file {batch.number} says {stored}, its lines another sum"
        for content, checksum in ((batch.csv, batch.csv_checksum), (batch.xlsx, batch.xlsx_checksum)):
            if hashlib.sha256(bytes(content)).hexdigest() != checksum:
                yield f"payroll file {batch.number} is not what was made"
        if payroll_rows.sums_in(bytes(batch.csv)) != stored:
            yield f"the rows of payroll file {batch.number} do not add up to its totals"
        yield from _added_after(batch)


def _added_after(batch):
    month = LedgerLine.objects.filter(company=batch.company, counts_for=batch.month)
    for pk in month.filter(posted_at__gt=batch.made_at).values_list("pk", flat=True):
        yield f"ledger line {pk} was added to {batch.month} after its payroll file was made"


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
