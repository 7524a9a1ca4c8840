"""The course of a case, step by step with dates: timeline, checklist of execution, what comes next."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.manyi import day_name, deadline
from incentives.models import Case, Decision, Rule, Talk

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


def _found(case):
    """A close names the periods of its evidence; a fact has the day on which it was verified."""
    if "verified_on" in case.evidence:
        return _("Found from a verified fact; evidence frozen")
    if "unit" in case.evidence:
        return _("Found at the close of the period; evidence frozen")
    return _("Found at the close of the month; evidence frozen")


def steps_of(case, decision, hearings, motions, talk=None):
    """What happened, in order, every round of hearing and vote included; then what comes next."""
    done = [Step(_found(case), case.found_at)]
    if decision is None:
        return done + _settled(case)
    proposer = decision.proposed_by
    done.append(
        Step(
            _("%(name)s proposed") % {"name": proposer.get_full_name()} if proposer else _("Proposed"),
            decision.proposed_at,
        )
    )
    rounds = [step for hearing in hearings for step in _hearing_steps(decision, hearing)]
    rounds += [step for motion in motions for step in _vote_steps(motion)]
    done += sorted(rounds, key=lambda step: step.at) + _later_steps(decision, talk)
    return done + _next_steps(decision)


def _settled(case):
    if case.state == Case.State.SET_ASIDE:
        return [Step(_("Set aside: %(reason)s") % {"reason": case.reason}, case.settled_at)]
    if case.state == Case.State.HELD:
        return [Step(_("Held back: the evidence is not sufficient"), mark="now")]
    return [Step(_("HR proposes"), mark="now"), Step(_("The group votes"), mark="next")]


def _hearing_steps(decision, hearing):
    name = {"name": decision.employee.name}
    steps = [Step(_("%(name)s is told; the hearing begins") % name, hearing.told_at)]
    if hearing.stated_at:
        steps.append(Step(_("%(name)s states their case") % name, hearing.stated_at))
    if hearing.waived_at:
        steps.append(Step(_("%(name)s waives the hearing") % name, hearing.waived_at))
    elif hearing.ended_at:
        steps.append(Step(_("The hearing ends"), hearing.ended_at))
    return steps


def _vote_steps(motion):
    steps = [Step(_("Sent to the group’s vote"), motion.opened_at)]
    if motion.state == motion.State.WITHDRAWN:
        steps.append(Step(_("Taken back by HR before a decision"), motion.closed_at))
    elif motion.closed_at:
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
def _next_steps(decision):
    hear, vote = _("Hearing of the employee"), _("The group votes")
    tail = [_("Letter and appeal window"), _("Posting to the ledger")]
    is_penalty = decision.direction == Rule.Direction.PENALTY
    ahead = {
        State.PROPOSED: [hear, vote, *tail] if is_penalty else [vote, *tail],
        State.RETURNED: [_("HR works on it and sends it again"), vote, *tail],
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


@dataclass
class Aftermath:
    """What a decision has brought so far: talk, documents by kind, and lists of the rest."""

    talk: Talk | None = None
    notices: dict = field(default_factory=dict)
    warnings: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    duties: list = field(default_factory=list)
    exported_at: dt.datetime | None = None

    def of(self, rows, index):
        """The row that carries out the effect at this place, or None."""
        return next((row for row in rows if row.effect == index), None)


def checklist(decision, after):
    """What must be carried out once the group has approved, each with its date (RE-2.3)."""
    steps = [
        Step(_("Approved by the group"), decision.approved_at),
        Step(_("Letter issued"), decision.issued_at, note=decision.document_number),
        _receipt_step(decision, after.notices.get("letter")),
        _window_step(decision),
    ]
    kinds = {effect["kind"] for effect in decision.effects}
    if kinds & {"points", *PAID}:
        steps.append(Step(_("Posted to the ledger"), decision.posted_at))
    if kinds & PAID:
        steps.append(Step(_("In the payroll file"), after.exported_at))
    for index, effect in enumerate(decision.effects):
        steps += CARRIED_OUT.get(effect["kind"], _nothing_more)(after, index, effect)
    return steps


def _receipt_step(decision, letter):
    """Confirmed online by the employee, or recorded by HR; else until when."""
    if decision.received_at or letter is None:
        return Step(_("Receipt confirmed"), decision.received_at)
    if letter.served_as:
        how = f"{letter.get_served_as_display()} · {day_name(letter.served_on)}"
        return Step(_("Letter served"), letter.served_at, note=how)
    return Step(_("Receipt confirmed"), due_at=letter.receipt_until)


def _window_step(decision):
    """Its clock stands still while an appeal runs."""
    if decision.state == State.SUSPENDED:
        return Step(_("Appeal window closed"), note=_("an appeal is running"))
    return Step(_("Appeal window closed"), decision.final_at, due_at=decision.appeal_until)


def _nothing_more(after, index, effect):
    return []


def _document_step(kind, text):
    def steps(after, index, effect):
        notice = after.notices.get(kind)
        note = notice.number if notice else ""
        return [Step(str(text), notice.published_at if notice else None, note=note)]

    return steps


def _talk_steps(after, index, effect):
    talk = after.talk
    return [
        Step(
            _("Talk held by the head"),
            talk.held_at if talk else None,
            due_at=talk.due_at if talk else None,
        ),
        Step(_("Talk acknowledged by the employee"), talk.acknowledged_at if talk else None),
    ]


def _warning_steps(after, index, effect):
    warning = after.of(after.warnings, index)
    steps = []
    if effect.get("level") == "written":
        steps = _document_step("warning", _("Written warning served"))(after, index, effect)
    given = warning.given_at if warning else None
    note = until(warning.expires_on) if warning else ""
    return [*steps, Step(_("Warning on the record"), given, note=note)]


def _priority_steps(after, index, effect):
    mark = after.of(after.marks, index)
    note = until(mark.ends_on) if mark else ""
    return [Step(_("Priority on the record"), mark.set_at if mark else None, note=note)]


def until(day):
    return _("until %(day)s") % {"day": day_name(day)}


def _recommendation_steps(after, index, effect):
    mark = after.of(after.marks, index)
    if mark is None:
        return [Step(_("Recommendation on the record"))]
    done = [condition["done_at"] for condition in mark.checklist]
    last = dt.datetime.fromisoformat(max(done)) if all(done) else None
    note = f"{sum(map(bool, done))} / {len(done)}"
    return [
        Step(_("Recommendation on the record"), mark.set_at),
        Step(_("The law’s conditions seen to"), last, note=note),
    ]


def _duty_steps(text):
    def steps(after, index, effect):
        duty = after.of(after.duties, index)
        return [
            Step(str(text), duty.done_at if duty else None, due_at=duty.due_at if duty else None),
            Step(_("Checked by HR"), duty.checked_at if duty and duty.state == duty.State.ACCEPTED else None),
        ]

    return steps


#: kinds that are carried out only once the payroll has them
PAID = {"money", "team_fund"}
#: kind -> its steps of execution
CARRIED_OUT = {
    "commendation_notice": _document_step("commendation", gettext_lazy("Commendation notice published")),
    "certificate": _document_step("certificate", gettext_lazy("Certificate issued")),
    "admonishing_talk": _talk_steps,
    "warning": _warning_steps,
    "priority": _priority_steps,
    "recommend": _recommendation_steps,
    "written_explanation": _duty_steps(gettext_lazy("Explanation filed before the group")),
    "training": _duty_steps(gettext_lazy("Training done")),
    "team_fund": _duty_steps(gettext_lazy("Use of the fund accounted for")),
}
