"""A complaint found true, by cause and severity (RE-5.3b, CC-5.3)."""

from dataclasses import dataclass

from complaints.models import Cause, Verdict
from complaints.selectors import confirmed_findings
from incentives.triggers.base import Hit, Trigger, check_choice
from incentives.triggers.facts import Places, day_of, fact_evidence, placed, text_of

AGAINST = (Verdict.SUBSTANTIATED.value, Verdict.PARTLY.value)


@dataclass(frozen=True)
class FindingConfirmed(Trigger):
    """A confirmed finding against a person with one of these causes, severities (none named: any) and verdicts.

    What was found against a department alone touches nobody.
    """

    causes: tuple = (Cause.ATTITUDE.value, Cause.ERROR.value)
    severities: tuple = ()
    verdicts: tuple = AGAINST

    def check(self):
        check_choice(self.causes, "causes", Cause.values)
        check_choice(self.verdicts, "verdicts", AGAINST)

    def overlaps(self, other):
        return all(
            not mine or not theirs or set(mine) & set(theirs)
            for mine, theirs in (
                (self.causes, other.causes),
                (self.severities, other.severities),
                (self.verdicts, other.verdicts),
            )
        )

    def hits_between(self, rule, since, until):
        return self.hits_on(rule, confirmed_findings(rule.company, since=since, until=until))

    def hits_on(self, rule, facts):
        """Hits of these FindingFacts."""
        facts = [fact for fact in facts if fact.employee_id and self._matches(fact)]
        places = Places(rule.company_id, [fact.employee_id for fact in facts]) if facts else None
        return placed(self._hit(rule, fact, places) for fact in facts)

    def _matches(self, fact):
        return (
            fact.verdict in self.verdicts
            and fact.cause in self.causes
            and (not self.severities or fact.severity in self.severities)
        )

    def _hit(self, rule, fact, places):
        day = fact.happened_on or day_of(fact.received_at)
        return Hit(
            employee_id=fact.employee_id,
            department_id=places.department_of(fact.employee_id, day) or fact.department_id,
            occurrence=f"finding:{fact.finding_id}",
            evidence=fact_evidence(
                "finding_confirmed",
                rule,
                finding_id=fact.finding_id,
                case_id=fact.case_id,
                number=fact.number,
                verdict=fact.verdict,
                cause=fact.cause,
                severity=fact.severity,
                happened_on=text_of(fact.happened_on),
                received_on=text_of(day_of(fact.received_at)),
                verified_on=text_of(day_of(fact.confirmed_at)),
                verified_by=_users(fact.proposed_by_id, fact.confirmed_by_id, fact.adjudicated_by_id),
                answer_ids=list(fact.answer_ids),
                **_corrected(fact),
            ),
            is_distinguishable=True,
            incident=f"case:{fact.case_id}",
            verified_at=fact.confirmed_at,
        )


def _corrected(fact):
    """Of an adjudicated finding: what was first confirmed, and what it follows from."""
    if fact.first is None:
        return {}
    first = fact.first | {"verified_by": _users(fact.proposed_by_id, fact.confirmed_by_id)}
    return {"first": first, "adjudication": fact.adjudication}


def as_first_confirmed(evidence):
    """The evidence of a hit as it was before an appeal corrected the finding behind it."""
    kept = {name: value for name, value in evidence.items() if name not in ("first", "adjudication")}
    return kept | evidence.get("first", {})


def _users(*ids):
    return [pk for pk in ids if pk]
