"""The ladder of warnings after an appeal: a written one that was written only because of one now lifted is oral again.

The group carried the harsher; the milder one of the same rule takes its place from the same day on, as a decision that
an appeal changes before it is posted. Called by the room of appeals.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from audit import services as audit
from core.period import SHANGHAI, months_after
from incentives import letters, rules
from incentives.models import Decision, Notice, Rule, Warning
from incentives.rules import effects_for
from incentives.services.appealed import take_from_vote
from incentives.services.issuing import add_notice
from incentives.services.telling import tell
from organization.scopes import employee_id_of
from scoring.services.books import hold_books


@dataclass(frozen=True)
class Step:
    """A decision and the effects that it has once an earlier warning no longer counts."""

    decision: Decision
    effects: list


@dataclass
class Given:
    """A warning as it would count: from when, until the end of which day."""

    decision_id: int
    effect: int
    given_at: dt.datetime
    expires_on: dt.date


def steps_without(employee_id, withdrawn):
    """[Step] of a person's later decisions that change once the warnings of the `withdrawn` ones are lifted.

    In the order in which the cases were found: each milder warning counts on for those after it, as long as it lasts.
    """
    gone = {decision.pk for decision in withdrawn}
    counting = Warning.objects.filter(employee=employee_id, lifted_at=None)
    given = [Given(*row) for row in counting.values_list("decision_id", "effect", "given_at", "expires_on")]
    if not any(one.decision_id in gone for one in given):
        return []
    given = [one for one in given if one.decision_id not in gone]
    later = Decision.objects.live().filter(employee=employee_id, direction=Rule.Direction.PENALTY)
    related = ("case", "rule__clause", "employee__user", "company")
    steps = []
    for decision in later.exclude(pk__in=gone).select_related(*related).order_by("case__found_at", "pk"):
        effects = _without_step(decision) if not _counts(given, decision.case) else decision.effects
        if effects != decision.effects:
            steps.append(Step(decision, effects))
            _shorten(given, decision.pk, effects)
    return steps


def _counts(given, case):
    day = case.found_at.astimezone(SHANGHAI).date()
    return any(one.given_at < case.found_at and day <= one.expires_on for one in given)


def _without_step(decision):
    """Its effects with the warning as the rule gives it, where it had become a written one by the ladder."""
    specs = effects_for(decision.rule.effects, decision.case.role)
    first = next((spec for spec in specs if spec["kind"] == "warning" and "next_months" in spec), None)
    if first is None:
        return decision.effects
    oral = {name: value for name, value in first.items() if name != "next_months"}
    return [
        oral if effect["kind"] == "warning" and effect.get("level") == "written" else effect
        for effect in decision.effects
    ]


def _shorten(given, decision_id, effects):
    for one in given:
        if one.decision_id == decision_id:
            day = one.given_at.astimezone(SHANGHAI).date()
            one.expires_on = months_after(day, effects[one.effect]["months"])


@transaction.atomic
def grade_anew(step, *, reason, by, at):
    """Put the milder effects in the place of those decided, wherever the decision stands. Returns it.

    A vote that runs is taken back; who was told is told again; what was served gets a numbered correction beside it.
    """
    hold_books(step.decision.company)
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("case", "rule__clause", "rule__version", "employee__user", "company", "department")
        .get(pk=step.decision.pk)
    )
    rules.refuse_own(employee_id_of(by), decision.employee_id)
    if decision.state in Decision.DEAD or decision.effects == step.effects:
        return decision
    if decision.state == Decision.State.VOTING:
        take_from_vote(decision, by, at)
    before, decision.effects = decision.effects, step.effects
    Decision.objects.filter(pk=decision.pk).update(effects=step.effects)
    audit.record(
        "incentives.decision.grade_anew",
        decision,
        by=by,
        at=at,
        data={"before": before, "after": step.effects, "reason": reason[:300]},
    )
    for warning in decision.warnings.filter(lifted_at=None):
        effect = step.effects[warning.effect]
        warning.level, given_on = effect["level"], warning.given_at.astimezone(SHANGHAI).date()
        warning.expires_on = months_after(given_on, effect["months"])
        warning.save(update_fields=["level", "expires_on"])
    if decision.issued_at:
        add_notice(decision, Notice.Kind.CORRECTION, lambda one: letters.graded_anew(one, before), at)
    if decision.issued_at or decision.hearings.exists():
        tell(
            decision.employee,
            kind="incentives.graded_anew",
            key=f"decision-{decision.pk}-graded-anew",
            at=at,
            url=decision.get_own_url(),
            text=lambda: letters.graded_anew(decision, before),
        )
    return decision
