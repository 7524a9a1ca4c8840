"""Before anything is signed: what an outcome does to the finding, to what rests on it, and to later warnings."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import pgettext

from appeals.models import Appeal
from appeals.plan import plan_for
from appeals.services.inquiry import answers_in_reach
from complaints.models import Finding, Verdict
from complaints.policy import rules_of
from complaints.wording import code_name
from core.flow import Refused
from core.period import SHANGHAI


@dataclass
class Trial:
    """`wanted` {verdict, severity} is what the investigator looks at before proposing; {} for nothing chosen yet."""

    appeal: Appeal
    finding: Finding | None
    wanted: dict
    left_out: set
    may_propose: bool
    at: object

    @property
    def outcome(self):
        """The one proposed; before, the farthest there is; '' for who does not look into it."""
        if self.appeal.outcome:
            return self.appeal.outcome
        if not self.may_propose:
            return ""
        if self.finding is not None:
            return "varied" if self.wanted else "overturned"
        return "overturned" if self.appeal.subject == Appeal.Subject.DECISION else ""

    @cached_property
    def plan(self):
        """Its consequences; None once it is decided, and where there is nothing to look at."""
        if self.appeal.is_decided or not (self.left_out or self.outcome):
            return None
        found = answers_in_reach(self.appeal).filter(pk__in=self.left_out) if self.left_out else ()
        about = {"effects": self.appeal.effects, "finding": self.appeal.finding or self.wanted}
        try:
            return plan_for(
                self.appeal, found, outcome=self.outcome, **about, at=self.appeal.proposed_at or self.at
            )
        except Refused:  # no milder finding any more: signing says so in words
            return None

    @cached_property
    def regraded(self):
        """None for what is no finding, or where it keeps what it has."""
        return Regraded.of(self) if self.plan is not None and self.plan.figures is not None else None

    @property
    def steps(self):
        """Later warnings that become milder."""
        return list(self.plan.steps) if self.plan is not None else []

    @property
    def is_chosen(self):
        """Whether somebody has said what becomes of it; else the farthest outcome is only an example."""
        return bool(self.appeal.outcome or self.wanted)

    @property
    def first(self):
        return self.name(figures_of(self.finding))

    @property
    def present(self):
        """After an earlier correction; '' where what was first confirmed still holds."""
        made = self.finding.adjudicated
        return self.name(figures_of(made)) if made else ""

    @property
    def proposed(self):
        """'' unless the finding is to be changed."""
        return self.name(self.appeal.finding) if self.appeal.finding else ""

    @cached_property
    def rules(self):
        """The ComplaintRules of today; None where no book has any."""
        return rules_today(self.appeal.company, self.at)

    def name(self, figures):
        return named_finding(figures, self.rules)


def rules_today(company, at):
    try:
        return rules_of(company, at.astimezone(SHANGHAI).date())
    except Refused:
        return None


def figures_of(row):
    return {"verdict": row.verdict, "severity": row.severity}


def named_finding(figures, rules):
    """'partly substantiated, general'."""
    words = [str(Verdict(figures["verdict"]).label), code_name(rules, "severity", figures["severity"])]
    return pgettext("clause separator", ", ").join(word for word in words if word)


@dataclass(frozen=True)
class Regraded:
    """Finding before and after, and what becomes of each case and decision that rests on it."""

    before: str
    after: str
    standing: list
    withdrawn: list
    dropped: list
    proposed: tuple | None
    gained: list

    @classmethod
    def of(cls, trial):
        found, proposes = trial.plan.regrading, trial.plan.regrading.proposes
        return cls(
            before=trial.name(figures_of(trial.finding.now)),
            after=trial.name(trial.plan.figures),
            standing=list(found.standing),
            withdrawn=found.withdrawn,
            dropped=[hold.case for hold in found.lost if hold.decision is None],
            proposed=proposes and (proposes[0], proposes[2]),
            gained=[(rule, effects) for rule, _hit, effects in found.gained] if proposes is None else [],
        )

    @property
    def is_empty(self):
        return not (self.standing or self.withdrawn or self.dropped or self.gained)
