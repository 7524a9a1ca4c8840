"""One case with everything around it, as HR's page, the ballot and the employee's page show it."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals import selectors as approvals
from approvals.models import Motion, Seat
from core.flow import Refused
from incentives import evidence_words, legal, policy, wording
from incentives.course import steps_of
from incentives.grading import needs_proven_loss
from incentives.hands import awaits_opinion
from incentives.models import Case, Decision, Notice, Rule, Talk, Warning
from incentives.queue import Row, rows_of
from incentives.services.decisions import TOPIC, committee_for, excluded_from
from organization.models import Employee
from organization.scopes import today

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
        found = found.prefetch_related("receipts__attachment")
        return list(found) if self.decision else []

    @cached_property
    def talk(self):
        found = Talk.objects.filter(decision=self.decision).select_related("head", "employee")
        return found.first() if self.decision else None

    @cached_property
    def hearings(self):
        """All of them, the first one first; the last is `hearing`."""
        if self.decision is None:
            return []
        found = self.decision.hearings.order_by("told_at", "pk")
        return list(found.prefetch_related("files__attachment"))

    @property
    def statement_files(self):
        """What was handed in with the present statement."""
        return next((one.kept_files for one in self.hearings if one == self.hearing), [])

    @property
    def earlier_statements(self):
        """Hearings before the present one in which a statement was made; the group reads those too."""
        return [one for one in self.hearings if one.stated_at and one != self.hearing]

    @cached_property
    def awaits_opinion(self):
        return self.is_before_vote and awaits_opinion(self.decision, self.hearing)

    @cached_property
    def motions(self):
        """Every round before the group, the first one first."""
        if self.decision is None:
            return []
        return list(Motion.objects.filter(topic=TOPIC, topic_id=self.decision.pk).order_by("round"))

    @cached_property
    def sent_back(self):
        """[(name, reason)] of those who returned it in the last round; None when it was not returned by them."""
        motion = self.motions[-1] if self.motions else None
        if self.state != State.RETURNED or motion is None or motion.state == Motion.State.WITHDRAWN:
            return None
        votes = approvals.visible_votes(motion, None)
        return [(line.employee.name, line.reason) for line in votes if line.choice == "return"]

    def may_be_taken_back(self, user):
        return self.state == State.VOTING and approvals.may_withdraw(self.decision.motion, user)

    @cached_property
    def steps(self):
        return steps_of(self.case, self.decision, self.hearings, self.motions, self.talk)

    @property
    def is_line_kept_out(self):
        return policy.clocks(self.case.company, today()).recuse_line

    @cached_property
    def _excluded(self):
        """{employee id: ground} as the vote has it, or would have it today."""
        motion = self.motions[-1] if self.motions else None
        if motion is not None and not self.is_before_vote:
            return {int(pk): ground for pk, ground in motion.excluded.items()}
        return excluded_from(self.decision, timezone.now())

    @cached_property
    def prospect(self):
        """Before the vote: what quorum and majority would be once those concerned are out; None later on."""
        if not self.is_before_vote:
            return None
        try:
            committee = committee_for(self.decision, timezone.now())
        except Refused:
            return None
        return approvals.prospect(committee, self._excluded, today())

    @cached_property
    def recusals(self):
        """Sentences: who takes no part in the vote, and why."""
        words = {
            Seat.Ground.SUBJECT: _("%(name)s is concerned and has no vote."),
            Seat.Ground.PROPOSER: _("%(name)s proposed it and does not vote."),
            Seat.Ground.VERIFIER: _("%(name)s verified the facts and does not vote."),
            Seat.Ground.LINE: _("%(name)s is a direct superior and stands aside."),
            Seat.Ground.DECLARED: _("%(name)s declared an interest and stands aside."),
        }
        names = dict(Employee.objects.filter(pk__in=self._excluded).values_list("pk", "name"))
        order = list(words)
        people = sorted(self._excluded.items(), key=lambda pair: (order.index(pair[1]), pair[0]))
        return [words[ground] % {"name": names[pk]} for pk, ground in people]

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
        if any(one.stated_at for one in self.hearings):
            return (True, _("Heard"), _("the employee made a statement, HR checked it"))
        if self.hearing and self.hearing.waived_at:
            return (True, _("Heard"), _("the employee waived the hearing"))
        return (True, _("Heard"), _("the employee was told and made no statement"))
