"""Reads of this room: what must hold, and how often appeals succeed."""

from collections import Counter
from dataclasses import dataclass

from appeals.barred import voters_on
from appeals.models import Appeal
from incentives.models import Decision
from incentives.services.cases import verifiers_of
from organization.scopes import employee_id_of


def suspended_have_an_appeal():
    """A decision is suspended exactly as long as an appeal on it is open."""
    suspended = set(Decision.objects.filter(state=Decision.State.SUSPENDED).values_list("pk", flat=True))
    open_on = set(
        Appeal.objects.open().filter(subject=Appeal.Subject.DECISION).values_list("object_id", flat=True)
    )
    for pk in sorted(suspended - open_on):
        yield f"decision {pk} is suspended without an open appeal"
    issued = Decision.objects.filter(pk__in=open_on, state=Decision.State.ISSUED)
    late = set(
        Appeal.objects.filter(
            state=Appeal.State.CHAIR, is_late=True, subject=Appeal.Subject.DECISION
        ).values_list("object_id", flat=True)
    )
    for pk in issued.exclude(pk__in=late).values_list("pk", flat=True):
        yield f"decision {pk} is appealed and not suspended"


def nobody_judges_their_own():
    """Who investigated or decided neither appealed, nor proposed, nor (for the investigator) voted."""
    related = ("investigator__employee", "decided_by__employee", "employee")
    for appeal in Appeal.objects.exclude(investigator=None).select_related(*related):
        judges = {employee_id_of(one) for one in (appeal.investigator, appeal.decided_by) if one}
        if appeal.employee_id in judges:
            yield f"appeal {appeal.pk} was judged by the person who filed it"
        if appeal.decided_by_id and appeal.decided_by_id == appeal.investigator_id:
            yield f"appeal {appeal.pk} was decided by who investigated it"
        if appeal.subject == Appeal.Subject.DECISION:
            yield from _involved(appeal, judges)


def _involved(appeal, judges):
    decision = Decision.objects.select_related("proposed_by__employee", "case").get(pk=appeal.object_id)
    if verifiers_of(decision.case) & judges:
        yield f"appeal {appeal.pk} was judged by who verified the facts"
    if decision.proposed_by and employee_id_of(decision.proposed_by) in judges - {None}:
        yield f"appeal {appeal.pk} was judged by who proposed the decision"
    if employee_id_of(appeal.investigator) in voters_on(decision):
        yield f"appeal {appeal.pk} was investigated by who voted on the decision"


@dataclass(frozen=True)
class Rate:
    """Of `n` answered appeals `k` changed something; hidden where so few could be told apart."""

    key: str
    k: int
    n: int
    is_shown: bool

    @property
    def share(self):
        return self.k / self.n if self.n else None


def overturn_rates(company, least_n):
    """(by ground, by department id): how many answered appeals changed what they were about."""
    decided = Appeal.objects.filter(company=company, state__in=Appeal.DECIDED)
    grounds, places = Counter(), Counter()
    won_grounds, won_places = Counter(), Counter()
    for codes, department_id, outcome in decided.values_list("grounds", "department_id", "outcome"):
        is_won = outcome != Appeal.Outcome.UPHELD
        places[department_id] += 1
        won_places[department_id] += is_won
        for code in codes:
            grounds[code] += 1
            won_grounds[code] += is_won
    return (
        published([(code, won_grounds[code], grounds[code]) for code in Appeal.Ground.values], least_n),
        published([(pk, won_places[pk], n) for pk, n in sorted(places.items())], least_n),
    )


def published(rows, least_n):
    """Rates of (key, k, n) rows. Small ones are hidden, and where these together are still too few to be subtracted
    from the total, the smallest of the others with them."""
    hidden = {key for key, _k, n in rows if n < least_n}
    too_few = 0 < sum(n for key, _k, n in rows if key in hidden) < least_n
    others = [(n, key) for key, _k, n in rows if key not in hidden]
    if too_few and others:
        hidden.add(min(others)[1])
    return [Rate(key, k, n, key not in hidden) for key, k, n in rows]
