"""The course of a case, step by step with dates: timeline, checklist of execution, what comes next."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.templatetags.manyi import deadline
from incentives.models import Case, Decision, Rule

State = Decision.State
AFTER_VOTE = (State.APPROVED, State.ISSUED, State.SUSPENDED, State.FINAL, State.POSTED, State.EXPORTED)
CLOSED_WITHOUT = (State.REJECTED, State.SET_ASIDE, State.REVERSED)


@dataclass(frozen=True)
class Step:
    """`at` is None for what has not happened; `due_at` when there is a clock; `mark` is '', 'now' or 'next'."""

    text: str
    at: dt.datetime | None = None
    mark: str = ""
    due_at: dt.datetime | None = None
    note: str = ""

    @property
    def is_done(self):
        return self.at is not None

    def is_late(self, at):
        return self.at is None and self.due_at is not None and self.due_at <= at


def steps_of(case, decision, hearing, talk=None):
    """What happened, in order, then what comes next."""
    done = [Step(_("Found at the close of the month; evidence frozen"), case.found_at)]
    if decision is None:
        return done + _settled(case)
    proposer = decision.proposed_by
    done.append(
        Step(
            _("%(name)s proposed") % {"name": proposer.get_full_name()} if proposer else _("Proposed"),
            decision.proposed_at,
        )
    )
    done += _hearing_steps(decision, hearing) + _vote_steps(decision) + _later_steps(decision, talk)
    return done + _next_steps(decision, hearing)


def _settled(case):
    if case.state == Case.State.SET_ASIDE:
        return [Step(_("Set aside: %(reason)s") % {"reason": case.reason}, case.settled_at)]
    if case.state == Case.State.HELD:
        return [Step(_("Held back: the evidence is not sufficient"), mark="now")]
    return [Step(_("HR proposes"), mark="now"), Step(_("The group votes"), mark="next")]


def _hearing_steps(decision, hearing):
    if hearing is None:
        return []
    name = {"name": decision.employee.name}
    steps = [Step(_("%(name)s is told; the hearing begins") % name, hearing.told_at)]
    if hearing.stated_at:
        steps.append(Step(_("%(name)s states their case") % name, hearing.stated_at))
    if hearing.waived_at:
        steps.append(Step(_("%(name)s waives the hearing") % name, hearing.waived_at))
    elif hearing.ended_at:
        steps.append(Step(_("The hearing ends"), hearing.ended_at))
    return steps


def _vote_steps(decision):
    motion = decision.motion
    if motion is None:
        return []
    steps = [Step(_("Sent to the group’s vote"), motion.opened_at)]
    if motion.closed_at:
        outcome = _("The group’s vote: %(outcome)s") % {"outcome": motion.get_state_display()}
        steps.append(Step(outcome, motion.closed_at))
    return steps


def _later_steps(decision, talk):
    steps = []
    if decision.issued_at:
        steps.append(
            Step(_("Issued, no. %(number)s") % {"number": decision.document_number}, decision.issued_at)
        )
    if decision.received_at:
        steps.append(
            Step(_("%(name)s confirmed receipt") % {"name": decision.employee.name}, decision.received_at)
        )
    if decision.final_at:
        steps.append(Step(_("Final: the appeal window has passed"), decision.final_at))
    if decision.posted_at:
        steps.append(Step(_("Posted to the ledger"), decision.posted_at))
    if talk and talk.held_at:
        steps.append(Step(_("Talk held by %(name)s") % {"name": talk.head.name}, talk.held_at))
    if talk and talk.acknowledged_at:
        steps.append(
            Step(_("%(name)s acknowledged the talk") % {"name": talk.employee.name}, talk.acknowledged_at)
        )
    if decision.reversed_at:
        steps.append(
            Step(_("Reversed: %(reason)s") % {"reason": decision.reverse_reason}, decision.reversed_at)
        )
    return steps


#: state -> the steps still to come, the first one being now
def _next_steps(decision, hearing):
    hear, vote = _("Hearing of the employee"), _("The group votes")
    tail = [_("Letter and appeal window"), _("Posting to the ledger")]
    is_penalty = decision.direction == Rule.Direction.PENALTY
    ahead = {
        State.PROPOSED: [hear, vote, *tail] if is_penalty else [vote, *tail],
        State.RETURNED: [_("HR works on what the group returned"), vote, *tail],
        State.HEARING: [hear, vote, *tail],
        State.READY: [_("HR checks the statement and sends it to the vote"), *tail],
        State.VOTING: [vote, *tail],
        State.APPROVED: tail,
        State.ISSUED: [_("Appeal window, until %(until)s") % {"until": _until(decision)}, tail[1]],
        State.SUSPENDED: [_("Suspended by an appeal"), tail[1]],
        State.FINAL: [tail[1]],
    }.get(decision.state, [])
    return [Step(text, mark="now" if place == 0 else "next") for place, text in enumerate(ahead)]


def _until(decision):
    return deadline(decision.appeal_until) if decision.appeal_until else "…"


def checklist(decision, talk=None, notice=None):
    """What must be carried out once the group has approved, each with its date (RE-2.3)."""
    kinds = {effect["kind"] for effect in decision.effects}
    steps = [
        Step(_("Approved by the group"), decision.approved_at),
        Step(_("Letter issued"), decision.issued_at, note=decision.document_number),
        Step(_("Receipt confirmed"), decision.received_at),
        Step(_("Appeal window closed"), decision.final_at, due_at=decision.appeal_until),
    ]
    if "points" in kinds or "money" in kinds:
        steps.append(Step(_("Posted to the ledger"), decision.posted_at))
    if "commendation_notice" in kinds:
        steps.append(Step(_("Commendation notice published"), notice.published_at if notice else None))
    if "admonishing_talk" in kinds:
        due = talk.due_at if talk else None
        steps.append(Step(_("Talk held by the head"), talk.held_at if talk else None, due_at=due))
        steps.append(Step(_("Talk acknowledged by the employee"), talk.acknowledged_at if talk else None))
    return steps
