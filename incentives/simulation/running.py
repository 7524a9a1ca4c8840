"""Each rule run at each stored close, oldest first, as the close itself would have run it (fact 3)."""

from collections import defaultdict
from dataclasses import dataclass, field

from core.flow import Refused
from core.period import Period
from incentives import rules
from incentives.caps import WHOLE
from incentives.grading import divided
from incentives.models import Case, Rule
from incentives.simulation.fragility import Fragility
from incentives.simulation.limiting import laid, limits_by_month
from incentives.simulation.reranking import Reranked
from incentives.triggers import Hit, close_inputs
from incentives.unit_rules import trigger_of
from scoring.models import Close
from scoring.statistics.gate import outcome

#: how far back a simulation goes: the last twelve closed months
MONTHS = 12
NOT_YET = (Close.State.OPEN, Close.State.SCORED)


@dataclass(frozen=True)
class Found:
    """One hit: in which month it counts, whether it would have proposed itself, whether it hangs by one answer."""

    rule: Rule
    hit: Hit
    period: str
    is_proposed: bool
    is_fragile: bool
    #: {employee id: share in basis points} of all whom the same fact touches, where it is divided among several
    shares: dict = field(default_factory=dict)
    #: what the ledger would post of it (limiting.Part), and what lapses by unit; see limiting.laid
    parts: tuple = ()
    lapsed: dict = field(default_factory=dict)

    @property
    def is_headless(self):
        """On a unit that nobody headed: nobody answers for it until a head is entered."""
        return self.hit.employee_id is None

    def posted(self, unit):
        return sum(part.amount for part in self.parts if part.unit == unit)

    def carried(self, unit):
        """Of that, what counts in later months."""
        return sum(part.amount for part in self.parts if part.unit == unit and part.month != self.period)

    @property
    def effects(self):
        specs = rules.effects_for(self.rule.effects, self.hit.role) if self.is_proposed else []
        return divided(specs, self.shares, self.hit.employee_id) if self.shares else specs

    @property
    def key(self):
        return self.rule.code, self.hit.employee_id, self.hit.occurrence


@dataclass(frozen=True)
class Skipped:
    """A rule that could not be run, and why."""

    code: str
    sentence: str


def closed_months(company):
    """The last closed months, oldest first."""
    ranked = Close.objects.filter(company=company, kind="month").exclude(state__in=NOT_YET)
    return sorted(ranked.order_by("-period").values_list("period", flat=True)[:MONTHS])


def closes_for(company, months):
    """Every close that falls into these months, in the order in which they were made."""
    if not months:
        return []
    found = Close.objects.filter(company=company).exclude(state__in=NOT_YET)
    inside = [
        close for close in found.select_related("company", "policy_version") if _last_month(close) in months
    ]
    return sorted(inside, key=lambda close: (_last_month(close), len(Period.parse(close.period).months())))


def _last_month(close):
    return str(Period.parse(close.period).months()[-1])


def rules_of(version):
    """The active rules that this version's content would make, as rows that are never saved."""
    clauses = {clause.code: clause for clause in version.clauses.all()}
    rows = [row for row in version.content.get("rules", []) if row.get("active", True)]
    return [unsaved(row, version, clauses[row["clause"]]) for row in rows]


def unsaved(row, version, clause):
    return Rule(
        company=version.company,
        version=version,
        clause=clause,
        code=row["code"],
        title=row["title"],
        title_en=row.get("title_en", ""),
        direction=row["direction"],
        trigger=row["trigger"],
        params=row.get("params", {}),
        effects=row["effects"],
        evidence=row["evidence"],
        is_active=row.get("active", True),
    )


def run(version, closes, months, step=lambda: None, pulse=lambda: None):
    """([Found], [Skipped]) of the version's rules; `step()` is called after each rule, `pulse()` after each close."""
    found, skipped, reranked = [], [], Reranked(version)
    for rule in rules_of(version):
        try:
            found += _run_rule(rule, closes, months, pulse, reranked)
        except Refused as refusal:
            skipped.append(Skipped(rule.code, str(refusal.message)))
        except ValueError as wrong:
            skipped.append(Skipped(rule.code, str(wrong)))
        step()
    return laid(found, limits_by_month(version)), skipped


def _run_rule(rule, closes, months, pulse, reranked=None):
    trigger, past = trigger_of(rule), Past(rule, months)
    if not trigger.close_kind:
        since, until = Period.parse(months[0]).starts_at, Period.parse(months[-1]).ends_at
        hits = _touching(rule, trigger.hits_between(rule, since, until))
        shares = _shares(hits)
        for hit in hits:
            past.keep(hit, str(Period.month_of(hit.verified_at)), shares.get(hit.occurrence))
        return past.found
    for close in closes:
        if close.kind == trigger.close_kind:
            _add_inputs(close, trigger)
            hits = trigger.hits(rule, close, past.used, **_counted_with(rule, close, reranked))
            for hit in _touching(rule, hits):
                past.add(hit, _last_month(close))
            past.use_up()
            pulse()
    return past.found


def _touching(rule, hits):
    """Without those on the missing head of a unit for whom the rule has nothing."""
    return [hit for hit in hits if hit.employee_id or rules.effects_for(rule.effects, hit.role)]


def _counted_with(rule, close, reranked):
    """The draft's own ranking of the months, for the rules that read ranks."""
    if rule.trigger != "rank_streak" or reranked is None:
        return {}
    figures = reranked.figures(close)
    return {} if figures is None else {"figures": figures}


def _shares(hits):
    """{occurrence: {employee id: share}} of the facts that several people share."""
    found = defaultdict(dict)
    for hit in hits:
        if hit.evidence.get("share_bp", WHOLE) != WHOLE:
            found[hit.occurrence][hit.employee_id] = hit.evidence["share_bp"]
    return found


def _add_inputs(close, trigger):
    """What this trigger reads and the close has not stored, computed for the run alone."""
    missing = set(trigger.inputs) - set(close.frozen)
    if missing:
        close.frozen = close.frozen | {name: close_inputs[name](close) for name in sorted(missing)}


class Past:
    """The hits of one rule so far, and the windows they have used up: every proposal is taken to have been carried."""

    def __init__(self, rule, months):
        self.rule, self.months = rule, set(months)
        self.used, self.found, self.seen = {}, [], set()
        self.waiting = defaultdict(int)
        self.fragility = Fragility()

    def keep(self, hit, period, shares=None):
        """A hit, once."""
        if (hit.employee_id, hit.occurrence) in self.seen or period not in self.months:
            return
        self.seen.add((hit.employee_id, hit.occurrence))
        is_proposed = bool(hit.employee_id) and (
            outcome(hit.is_distinguishable, self.rule.evidence) != "case_only"
        )
        fragile = not hit.is_distinguishable or self.fragility.one_answer_decides(hit)
        self.found.append(Found(self.rule, hit, period, is_proposed, fragile, shares or {}))

    def add(self, hit, period):
        """A hit of a close; the window of a proposal is used up from the next close on."""
        self.keep(hit, period)
        months = rules.months_of(hit.occurrence)
        if (
            months
            and hit.employee_id
            and rules.CASE_STATES[outcome(hit.is_distinguishable, self.rule.evidence)] != Case.State.HELD
        ):
            owner = rules.owner_of(hit.employee_id, hit.occurrence)
            self.waiting[owner] = max(max(months), self.waiting[owner])

    def use_up(self):
        for owner, last in self.waiting.items():
            self.used[owner] = max(last, self.used.get(owner, 0))
        self.waiting.clear()
