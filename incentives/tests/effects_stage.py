"""Decisions with any effects, on their way through the verbs: a case of a rule that no ranking sets off."""

from incentives import services
from incentives.models import Case, Decision, Rule
from incentives.tests.build import Stage
from policies.models import Clause, Version
from tests import factories
from tests.factories import at
from tests.replay import replayed

FUND = {"kind": "team_fund", "amount": 200000, "least": 200000, "most": 200000, "days": 20}
BONUS = {"kind": "money", "amount": 50000, "least": 30000, "most": 50000}
CUT = {"kind": "money", "amount": -20000, "least": -20000, "most": -5000}
LOSS = CUT | {"class": "loss_compensation"}
WRITTEN = {"kind": "warning", "level": "written", "months": 6}
ORAL = {"kind": "warning", "level": "oral", "months": 3}
EXPLAIN = {"kind": "written_explanation", "days": 5}
TRAINING = {"kind": "training", "days": 10}
PRIORITY = {"kind": "priority", "months": 12}
DISMISSAL = {"kind": "recommend", "what": "dismissal"}


def points(amount):
    return {"kind": "points", "amount": amount, "least": amount, "most": amount}


def effects_stage(**limits):
    """A company of its own with its stage, replayed."""
    return replayed(
        ("incentives.effects", tuple(sorted(limits.items()))),
        lambda: EffectsStage(factories.make_company(), limits=limits or None),
    )


class EffectsStage(Stage):
    """`limits` is the policy section of that name."""

    def __init__(self, company, limits=None):
        super().__init__(company, rules=())
        if limits is not None:
            content = self.version.content | {"limits": limits}
            Version.objects.filter(pk=self.version.pk).update(content=content)
            self.version.content = content

    def rule(self, *effects, direction=None):
        if direction is None:
            amounts = [effect["amount"] for effect in effects if "amount" in effect]
            direction = "penalty" if any(amount < 0 for amount in amounts) else "reward"
        code = f"T-{Rule.objects.count() + 1}"
        clause = Clause.objects.get(
            version=self.version, code="RE-5.3a" if direction == "penalty" else "RE-5.2a"
        )
        return Rule.objects.create(
            company=self.company,
            version=self.version,
            clause=clause,
            code=code,
            title="核实的事实",
            title_en="A verified fact",
            direction=direction,
            trigger="manual",
            evidence="literal",
            effects=list(effects),
        )

    def case(self, rule, employee, *, month="2026-10", occurrence="fact:1", **fields):
        return Case.objects.create(
            company=self.company,
            rule=rule,
            rule_code=rule.code,
            employee=employee,
            department=self.sales,
            occurrence=occurrence,
            period=month,
            state=Case.State.FOUND,
            **{"evidence": {}, "found_at": at(2026, 11, 1)} | fields,
        )

    def proposed_with(self, *effects, employee=None, month="2026-10", reason="", **options):
        employee = employee or self.best
        case = self.case(self.rule(*effects, **options), employee, month=month)
        return services.propose(case, by=self.hr, at=at(2026, 11, 2), reason=reason)

    def issued_with(self, *effects, **options):
        return self.carry(self.proposed_with(*effects, **options))

    def carry(self, decision):
        """Heard where it has to be, voted, issued."""
        if decision.direction == "penalty":
            hearing = services.call_hearing(decision, by=self.hr, at=at(2026, 11, 2))
            services.waive_hearing(hearing, by=decision.employee.user, at=at(2026, 11, 3))
            decision = Decision.objects.get(pk=decision.pk)
        services.submit_batch([decision], by=self.hr, at=at(2026, 11, 4))
        return self.vote(Decision.objects.get(pk=decision.pk))

    def posted_with(self, *effects, moment=None, **options):
        decision = self.issued_with(*effects, **options)
        services.finalize_due(moment or at(2026, 11, 16))
        return Decision.objects.get(pk=decision.pk)

    def final_with(self, *effects, **options):
        """Final and not posted: what `post` is given."""
        from core.flow import advance

        decision = self.issued_with(*effects, **options)
        moment = at(2026, 11, 16)
        return advance(decision, Decision.FINALIZE, by=None, at=moment, final_at=moment)
