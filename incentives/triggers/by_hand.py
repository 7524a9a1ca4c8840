"""A verified fact with evidence, from whatever room keeps it: suggestion, tampering, late task, wrong data, …"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.selectors import case_of_answer
from core.facts import facts_between
from incentives.triggers.base import Hit, Trigger, check_choice, setting
from incentives.triggers.departments import counts_evidence, rounded
from incentives.triggers.facts import Places, day_of, fact_evidence, text_of
from scoring.statistics.change import compare

TO = ("employee", "head")


@dataclass(frozen=True)
class ByHand(Trigger):
    """Facts of this `kind`. `to` says who is touched: the person it is about, or the head of the department that day.

    With `needs_effect` it counts only where the satisfied among those asked afterwards are more than before; whether
    chance explains the rise is for the gate. With `per_item` each item of an answer is its own incident (PM-6.2).
    """

    kind: str
    to: str = "employee"
    needs_effect: bool = False
    per_item: bool = False

    @property
    def roles(self):
        return (self.to,)

    def check(self):
        if not isinstance(self.kind, str) or not self.kind.strip():
            raise ValueError(_("by_hand needs the kind of fact"))
        check_choice(self.to, "to", TO)

    def overlaps(self, other):
        return self.kind == other.kind and self.to == other.to

    def hits_between(self, rule, since, until):
        facts = facts_between(rule.company, kind=self.kind, since=since, until=until)
        if not facts:
            return []
        places = Places(rule.company_id, [fact.employee_id for fact in facts if fact.employee_id])
        alpha = setting(rule.version, "ranking", day_of(until)).alpha if self.needs_effect else None
        found = [self._hit(rule, fact, places, alpha) for fact in facts]
        return [hit for hit in found if hit is not None]

    def _hit(self, rule, fact, places, alpha):
        employee_id = fact.employee_id
        if self.to == "head":
            employee_id = places.head_of(fact.department_id, fact.happened_on)
        effect = effect_of(fact.figures, alpha) if self.needs_effect else {}
        if effect is None or employee_id is None and self.to != "head":
            return None
        return Hit(
            employee_id=employee_id,
            department_id=fact.department_id,
            occurrence=fact.key,
            evidence=fact_evidence(
                "by_hand",
                rule,
                fact=self.kind,
                key=fact.key,
                number=fact.number,
                text=fact.text,
                happened_on=text_of(fact.happened_on),
                verified_on=text_of(day_of(fact.verified_at)),
                verified_by=list(fact.verified_by),
                answer_ids=[fact.answer_id] if fact.answer_id else [],
                **self._item(fact),
                **self._item_in_words(fact),
                **effect,
            ),
            is_distinguishable=effect["gate"]["distinguishable"] if effect else True,
            role=self.to,
            incident=incident_of(fact, **self._item(fact)),
            verified_at=fact.verified_at,
            head_on=fact.happened_on if self.to == "head" else None,
        )

    def _item(self, fact):
        return {"item": fact.figures["item"]} if self.per_item and fact.figures.get("item") else {}

    def _item_in_words(self, fact):
        return {"item_text": fact.figures["item_text"]} if self._item(fact) else {}


def incident_of(fact, item=""):
    """The case about the same answer where there is one: a low score and its complaint are one incident."""
    if not fact.answer_id:
        return fact.key[:60]
    if item:
        return f"answer:{fact.answer_id}/{item}"[:60]
    case = case_of_answer(fact.answer_id)
    return f"case:{case.pk}" if case else f"answer:{fact.answer_id}"


def effect_of(figures, alpha):
    """Counts before and after with the test of the rise; None without counts on both sides or without a rise."""
    try:
        (before_k, before_n), (after_k, after_n) = (
            (figures[when]["k"], figures[when]["n"]) for when in ("before", "after")
        )
    except (KeyError, TypeError):
        return None
    change = compare(after_k, after_n, before_k, before_n, level=1 - alpha)
    if change is None or change.difference <= 0:
        return None
    return {
        "before": counts_evidence(before_k, before_n),
        "after": counts_evidence(after_k, after_n),
        "gate": {
            "distinguishable": change.low > 0,
            "p": rounded(change.p),
            "alpha": rounded(alpha),
            "low": rounded(change.low),
            "high": rounded(change.high),
        },
    }
