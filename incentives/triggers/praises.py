"""Confirmed praise of customers: written, a pennant (RE-5.2b)."""

from dataclasses import dataclass

from complaints.models import Praise
from complaints.selectors import confirmed_praises
from incentives.triggers.base import Hit, Trigger, check_choice
from incentives.triggers.facts import Places, day_of, fact_evidence, placed, text_of

FORMS = (Praise.Form.WRITTEN.value, Praise.Form.PENNANT.value)


@dataclass(frozen=True)
class PraiseConfirmed(Trigger):
    """Everybody who shares in a confirmed praise of one of these forms; `share_bp` divides the money."""

    forms: tuple = FORMS

    def check(self):
        check_choice(self.forms, "forms", Praise.Form.values)

    def overlaps(self, other):
        return bool(set(self.forms) & set(other.forms))

    def hits_between(self, rule, since, until):
        facts = [
            fact
            for fact in confirmed_praises(rule.company, since=since, until=until)
            if fact.form in self.forms
        ]
        places = Places(rule.company_id, [fact.employee_id for fact in facts]) if facts else None
        return placed(self._hit(rule, fact, places) for fact in facts)

    def _hit(self, rule, fact, places):
        day = fact.happened_on or day_of(fact.received_at)
        return Hit(
            employee_id=fact.employee_id,
            department_id=places.department_of(fact.employee_id, day),
            occurrence=f"praise:{fact.case_id}",
            evidence=fact_evidence(
                "praise_confirmed",
                rule,
                case_id=fact.case_id,
                number=fact.number,
                form=fact.form,
                proof=fact.proof,
                share_bp=fact.share_bp,
                happened_on=text_of(fact.happened_on),
                received_on=text_of(day_of(fact.received_at)),
                verified_on=text_of(day_of(fact.confirmed_at)),
                verified_by=[pk for pk in (fact.proved_by_id, fact.confirmed_by_id) if pk],
            ),
            is_distinguishable=True,
            incident=f"case:{fact.case_id}",
            verified_at=fact.confirmed_at,
        )
