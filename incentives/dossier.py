"""One case with everything around it, as HR's page, the ballot and the employee's page show it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.flow import Refused
from core.period import SHANGHAI
from incentives import evidence_words, legal, policy, wording
from incentives.course import steps_of
from incentives.grading import needs_proven_loss
from incentives.models import Case, Decision, Notice, Rule, Talk, Warning
from incentives.queue import Row, rows_of
from organization.models import Employee
from organization.scopes import today
from organization.selectors import superiors_of

State = Decision.State


@dataclass
class Dossier:
    row: Row

    @classmethod
    def of(cls, case):
        return cls(rows_of([case])[0])

    @property
    def case(self):
        return self.row.case

    @property
    def decision(self):
        return self.row.decision

    @property
    def hearing(self):
        return self.row.hearing

    @property
    def evidence(self):
        return self.row.evidence

    @property
    def employee(self):
        return self.row.employee

    @property
    def title(self):
        return self.row.title

    @property
    def lead(self):
        return self.row.lead or self.row.rule_title

    @cached_property
    def shown(self):
        """Evidence that is no streak of ranks, in words; None for a streak."""
        return evidence_words.shown_of(self.case)

    @property
    def note(self):
        """What the gate found, and in which months alone nobody differed."""
        return wording.sentences(wording.bound_note(self.evidence), *self.weak_notes)

    @property
    def counted_days(self):
        """Working days the hearing counts, '11/23, 11/24'."""
        days = [dt.date.fromisoformat(day) for day in self.hearing.counted_days]
        return pgettext("list separator", ", ").join(f"{day.month}/{day.day}" for day in days)

    @property
    def weak_notes(self):
        return [wording.weak_month_note(month) for month in self.evidence.weak_months]

    @property
    def state(self):
        return self.row.state

    @property
    def is_penalty(self):
        return self.row.is_penalty

    @property
    def is_held(self):
        return self.row.is_held

    @property
    def is_settled(self):
        """Set aside, as a case or as a decision."""
        return self.state == Case.State.SET_ASIDE

    @property
    def is_gradable(self):
        if self.decision is None:
            return self.case.state in (Case.State.FOUND, Case.State.HELD)
        return self.decision.state in (State.PROPOSED, State.RETURNED)

    @property
    def is_before_vote(self):
        return self.decision is not None and self.decision.state in (
            State.PROPOSED,
            State.HEARING,
            State.READY,
            State.RETURNED,
        )

    @property
    def may_be_set_aside(self):
        return self.is_before_vote or (self.decision is None and self.is_gradable)

    @property
    def may_be_heard(self):
        return (
            self.is_penalty and self.decision is not None and self.state in (State.PROPOSED, State.RETURNED)
        )

    @property
    def may_be_sent(self):
        return self.row.may_be_sent

    def live_decision(self):
        if self.decision is None:
            raise Refused(_("This case has not been proposed yet."), code="state")
        return self.decision

    @property
    def needs_proven_loss(self):
        return needs_proven_loss(self.row.effects)

    @cached_property
    def legal_notes(self):
        """(heading, sentence) of what the law says about such an effect."""
        money = policy.money_of(self.case.rule.version)
        return legal.notes(self.row.effects, money=money, is_penalty=self.is_penalty)

    @cached_property
    def warnings_in_force(self):
        """Those that count against the person today; the next step of the ladder depends on them."""
        return list(Warning.objects.filter(employee=self.employee).in_force(today()))

    @cached_property
    def documents(self):
        """Numbered documents that were served or published."""
        found = Notice.objects.filter(decision=self.decision).order_by("published_at", "pk")
        return list(found) if self.decision else []

    @cached_property
    def talk(self):
        found = Talk.objects.filter(decision=self.decision).select_related("head", "employee")
        return found.first() if self.decision else None

    @cached_property
    def steps(self):
        return steps_of(self.case, self.decision, self.hearing, self.talk)

    @cached_property
    def recusals(self):
        """Sentences: who takes no part in the vote, and why."""
        found = [_("%(name)s is concerned and has no vote.") % {"name": self.employee.name}]
        proposer = self.decision.proposed_by if self.decision else None
        if proposer:
            found.append(_("%(name)s proposed it and does not vote.") % {"name": proposer.get_full_name()})
        day = self.case.found_at.astimezone(SHANGHAI).date()
        if policy.clocks(self.case.company, day).recuse_line:
            line = Employee.objects.filter(pk__in=superiors_of(self.employee, day)).order_by("pk")
            found += [
                _("%(name)s is a direct superior and stands aside.") % {"name": head.name} for head in line
            ]
        return found

    @property
    def checks(self):
        """Four things a member of the group looks at first: (good?, heading, sentence)."""
        found = []
        if self.evidence:
            found.append(self._evidence_check())
            found.append((True, _("Like with like"), _("same post, same kind of survey, same months")))
        elif self.shown:
            found.append((self.case.is_distinguishable, _("Evidence"), self.shown.note))
        found.append(self._hearing_check())
        if self.evidence and self.evidence.weak_months:
            found.append((False, _("Note"), self.weak_notes[-1]))
        elif self.decision and self.decision.reason:
            found.append((False, _("Note"), self.decision.reason))
        return found

    def _evidence_check(self):
        peers = {
            "bound": f"{(self.evidence.bound or 0) * 100:.1f}%",
            "peers": f"{self.evidence.peers_share * 100:.1f}%",
        }
        if not self.evidence.is_distinguishable:
            return (False, _("Not distinguishable"), _("the difference from the peers may be chance"))
        if self.evidence.is_bottom:
            return (
                True,
                _("Evidence sufficient"),
                _("at most %(bound)s, still below the peers’ %(peers)s") % peers,
            )
        return (
            True,
            _("Evidence sufficient"),
            _("at least %(bound)s, still above the peers’ %(peers)s") % peers,
        )

    def _hearing_check(self):
        if self.case.rule.direction == Rule.Direction.REWARD:
            return (True, _("Hearing"), _("not needed for a reward"))
        if self.hearing and self.hearing.stated_at:
            return (True, _("Heard"), _("the employee made a statement, HR checked it"))
        if self.hearing and self.hearing.waived_at:
            return (True, _("Heard"), _("the employee waived the hearing"))
        return (True, _("Heard"), _("the employee was told and made no statement"))
