"""HR's queue of one month: a row per case with the newest decision made from it."""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case as When_
from django.db.models import Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.flow import Refused
from core.period import SHANGHAI
from core.workdays import due_after
from incentives import evidence_words, wording
from incentives.effects import is_harsher
from incentives.evidence import read
from incentives.grading import load_warned, specs_of
from incentives.models import Case, Decision, Hearing, Rule
from incentives.policy import Limits, limits_on
from incentives.rules import batch_key, is_small
from policies.selectors import section

State = Decision.State
#: tab -> (label, states of the newest decision, states of a case without one)
STAGES = {
    "to_propose": (_("To propose"), (State.PROPOSED, State.RETURNED), (Case.State.FOUND,)),
    "hearing": (_("Being heard"), (State.HEARING, State.READY), ()),
    "voting": (_("Being voted on"), (State.VOTING,), ()),
    "decided": (
        _("Decided"),
        (
            State.APPROVED,
            State.ISSUED,
            State.SUSPENDED,
            State.FINAL,
            State.POSTED,
            State.EXPORTED,
            State.REJECTED,
            State.REVERSED,
        ),
        (),
    ),
    "held": (_("Held back"), (), (Case.State.HELD,)),
    "set_aside": (_("Set aside"), (State.SET_ASIDE,), (Case.State.SET_ASIDE,)),
}
OPEN_STAGES = ("to_propose", "hearing", "voting")
#: states in which a decision lies with HR or waits for the end of a hearing
WITH_HR = (State.PROPOSED, State.RETURNED, State.HEARING, State.READY)
SENDABLE = (State.PROPOSED, State.READY, State.RETURNED)


@dataclass
class Row:
    """One line of the queue, and everything its page asks first."""

    case: Case
    decision: Decision | None = None
    hearing: Hearing | None = None
    due_at: dt.datetime | None = None
    late: bool = False
    #: the policy's limits, where a penalty might be sent with others; see put_limits
    limits: Limits | None = None

    @property
    def pk(self):
        return self.case.pk

    @property
    def employee(self):
        return self.case.employee

    @property
    def rule_title(self):
        return wording.in_language(self.case.rule, "title")

    @cached_property
    def evidence(self):
        return read(self.case.evidence)

    @cached_property
    def lead(self):
        return evidence_words.lead_of(self.case)

    @property
    def state(self):
        return self.decision.state if self.decision else self.case.state

    @property
    def state_display(self):
        return (self.decision or self.case).get_state_display()

    @cached_property
    def effects(self):
        return self.decision.effects if self.decision else specs_of(self.case)

    @property
    def title(self):
        period = self.decision.counts_for if self.decision else self.case.period
        return wording.title_of(self.employee.name, self.effects, period)

    @property
    def ranks_text(self):
        return pgettext("list separator", ", ").join(str(rank) for rank in self.evidence.ranks)

    @property
    def main_effect(self):
        return wording.effects_pair(self.effects)[0]

    @property
    def other_effects(self):
        return wording.effects_pair(self.effects)[1]

    @property
    def is_penalty(self):
        return self.case.rule.direction == Rule.Direction.PENALTY

    @property
    def is_being_heard(self):
        return self.state in (State.HEARING, State.READY)

    @property
    def is_held(self):
        return self.decision is None and self.case.state == Case.State.HELD

    @property
    def thing(self):
        """What is sent to the vote: the decision, or the case that will become one."""
        return self.decision or self.case

    @property
    def may_be_sent(self):
        """Rewards not yet sent; a penalty only once it has been heard, and straight back when the group returned it."""
        if self.decision is None:
            return self.case.state == Case.State.FOUND and not self.is_penalty
        if self.is_penalty and self.decision.state == State.RETURNED:
            return self.is_heard_about_this
        return self.decision.state in ((State.READY,) if self.is_penalty else SENDABLE)

    @property
    def is_heard_about_this(self):
        """The last hearing is over, and the penalty is no harsher than what was told there."""
        heard = self.hearing
        return bool(heard and heard.ended_at) and not is_harsher(self.decision.effects, heard.effects)

    @property
    def is_batchable(self):
        """Rewards, and penalties small enough for the policy: heard, and answered by HR where a statement was made."""
        if not self.may_be_sent or not self.is_penalty:
            return self.may_be_sent
        is_answered = bool(self.decision.opinion) or not (self.hearing and self.hearing.stated_at)
        return is_answered and self.limits is not None and self.is_small

    @property
    def is_small(self):
        limits = self.limits
        return is_small(self.effects, most_points=limits.batch_points, most_fen=limits.batch_fen)

    @property
    def batch_key(self):
        """What the line shares with those it may be sent with."""
        return batch_key(self.case.rule.direction, self.case.rule_code, self.effects)

    @property
    def sums(self):
        """(points, fen) of the effects, for the sum of a batch."""
        amounts = [(effect["kind"], effect.get("amount", 0)) for effect in self.effects]
        return tuple(sum(amount for kind, amount in amounts if kind == name) for name in ("points", "money"))

    @property
    def fingerprint(self):
        """Of what the review showed of this line: state, effects and evidence, whatever the reader's language."""
        shown = [self.pk, self.state, self.effects, self.case.evidence]
        text = json.dumps(shown, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def shown(self):
        """The line as the review sends it back: case and fingerprint."""
        return f"{self.pk}-{self.fingerprint}"

    def is_due(self, at):
        """To be done today or earlier."""
        return _is_by(self.due_at, _tonight(at))

    def is_late(self, at):
        return self.due_at is not None and self.due_at <= at


def _tonight(at):
    day = at.astimezone(SHANGHAI).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def with_stage(cases):
    """Annotate each case with the tab it stands under."""
    newest = Decision.objects.filter(case=OuterRef("pk")).order_by("-pk").values("state")[:1]
    branches = [
        When(Q(newest__in=decision_states) | Q(newest=None, state__in=case_states), then=Value(stage))
        for stage, (label, decision_states, case_states) in STAGES.items()
    ]
    return cases.annotate(newest=Subquery(newest)).annotate(stage=When_(*branches, default=Value("decided")))


def in_order(cases):
    """Open ones first, those with the nearest end of hearing or vote on top, then as they were found."""
    hearings = Hearing.objects.filter(decision__case=OuterRef("pk"), ended_at=None).values("due_at")[:1]
    motions = Decision.objects.filter(case=OuterRef("pk"), state=State.VOTING).values("motion__due_at")[:1]
    order = [
        When(stage=stage, then=Value(place))
        for place, stage in enumerate(("hearing", "to_propose", "voting", "held"))
    ]
    return cases.annotate(
        nearest=Coalesce(Subquery(hearings), Subquery(motions)), place=When_(*order, default=Value(9))
    ).order_by("place", F("nearest").asc(nulls_last=True), "found_at", "pk")


def stage_counts(cases):
    """{(stage, direction): count} over annotated cases, in one query."""
    pairs = cases.order_by().values_list("stage", "rule__direction")
    return Counter(pairs)


def due_count(cases, company, at, clock):
    """How many of the annotated cases HR has to deal with today, in one query however many there are."""
    newest = Hearing.objects.filter(decision__case=OuterRef("pk")).order_by("-pk").values("due_at")[:1]
    waiting = cases.order_by().filter(stage__in=("to_propose", "hearing")).annotate(heard_by=Subquery(newest))
    found = Counter(waiting.values_list("stage", "found_at", "heard_by"))
    tonight = _tonight(at)
    return sum(
        number
        for (stage, found_at, heard_by), number in found.items()
        if _is_by(heard_by if stage == "hearing" else clock.due_of(company, found_at), tonight)
    )


def _is_by(due_at, moment):
    return due_at is not None and due_at <= moment


def left_over(cases, month):
    """[(period, count)] of earlier months in which HR still has something to propose, hear or send; the newest first.

    `cases` are those the reader may see.
    """
    waiting = Q(state=Case.State.FOUND) | Q(decisions__state__in=WITH_HR)
    earlier = cases.order_by().filter(waiting, period__lt=str(month))
    counted = earlier.values_list("period").annotate(number=Count("pk", distinct=True))
    return sorted(counted, reverse=True)


def rows_of(cases, clock=None):
    """Rows for a page of cases: three more queries, whatever their number, and one where rules have a ladder.

    `clock` remembers what it was asked.
    """
    cases = list(cases)
    load_warned(cases)
    decisions = {}
    found = (
        Decision.objects.filter(case__in=[case.pk for case in cases]).select_related("motion").order_by("pk")
    )
    for decision in found:
        decisions[decision.case_id] = decision
    live = [decision.pk for decision in decisions.values()]
    hearings = {
        hearing.decision_id: hearing for hearing in Hearing.objects.filter(decision__in=live).order_by("pk")
    }
    rows = []
    for case in cases:
        decision = decisions.get(case.pk)
        rows.append(Row(case, decision, hearings.get(decision.pk) if decision else None))
    _put_deadlines(rows, clock or ProposeClock())
    return rows


def put_limits(rows, company, at):
    """What tells whether penalties may be sent together; asked only where one could be sent."""
    waiting = [row for row in rows if row.is_penalty and row.may_be_sent]
    if waiting:
        limits = limits_on(company, at.astimezone(SHANGHAI).date())
        for row in waiting:
            row.limits = limits


def _put_deadlines(rows, clock):
    for row in rows:
        if row.state in (State.HEARING, State.READY) and row.hearing:
            row.due_at = row.hearing.due_at
        elif row.state == State.VOTING and row.decision.motion:
            row.due_at = row.decision.motion.due_at
        elif row.state in (Case.State.FOUND, State.PROPOSED, State.RETURNED):
            row.due_at = clock.due_at(row.case)


class ProposeClock:
    """Until when HR proposes a case: the policy's working days after it was found; asked once per day."""

    def __init__(self):
        self._days, self._dues = {}, {}

    def due_at(self, case):
        return self.due_of(case.company, case.found_at)

    def due_of(self, company, found_at):
        day = found_at.astimezone(SHANGHAI).date()
        key = (company.pk, day)
        if key not in self._dues:
            days = self._propose_days(company, day)
            self._dues[key] = due_after(day, days).at if days else None
        return self._dues[key]

    def _propose_days(self, company, day):
        if company.pk not in self._days:
            try:
                self._days[company.pk] = section(company, "clocks", day).propose_days
            except Refused:
                self._days[company.pk] = None
        return self._days[company.pk]


def cases_for(user, company):
    """Cases this user may see in the company, with what a row shows."""
    return with_surroundings(Case.objects.visible_to(user).filter(company=company))


def with_surroundings(cases):
    """Staged cases with the related rows every page of theirs needs."""
    related = ("company", "employee", "department", "rule__clause", "rule__version__document")
    return with_stage(cases.select_related(*related).defer("rule__version__content"))
