"""What the employee sees of an appeal: their own figures, the clock, the answer; never names of others."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appeals import subjects
from appeals.clock import days_of
from appeals.models import Appeal, Consequence
from appeals.policy import appeal_policy
from appeals.trial import named_finding, rules_today
from core.period import SHANGHAI, Period
from core.templatetags.manyi import month_short
from core.workdays import due_after, working_days_left
from incentives.course import Step
from incentives.wording import effects_text
from scoring.policy import policy_of, version_for

State = Appeal.State


@dataclass(frozen=True)
class Filing:
    """What the page of filing shows beside the form."""

    thing: subjects.Thing
    policy: object
    due: object
    days: list
    is_late: bool
    days_left: int
    answers: list


def filing_of(employee, kind, pk, at):
    """None when the employee has no such thing."""
    thing = subjects.find(employee, kind, pk)
    if thing is None:
        return None
    today = at.astimezone(SHANGHAI).date()
    policy = appeal_policy(employee.company, today)
    due = due_after(today, policy.answer_days)
    is_late = not thing.is_open(at) or (
        kind == Appeal.Subject.DECISION and thing.object.state in subjects.LATE_DECISIONS
    )
    answers = [] if kind == Appeal.Subject.ANSWER else subjects.disputable(employee, thing.months)
    left = working_days_left(at, last_day(thing.until)) if thing.until else 0
    return Filing(thing, policy, due, days_of(today, due.counted), is_late, left, answers)


def last_day(until):
    """The day that a deadline at midnight ends."""
    return (until - dt.timedelta(seconds=1)).astimezone(SHANGHAI).date()


def disputed_names(appeal):
    """What the employee calls the answers in dispute."""
    marks = appeal.answers.filter(is_disputed=True).select_related("answer__unfolding")
    return list(subjects.called(appeal.employee, [one.answer for one in marks]).values())


def steps_of(appeal):
    """What happened, in order, and what comes next."""
    steps = [Step(_("Filed"), appeal.filed_at)] if appeal.filed_at else []
    if appeal.declined_at:
        steps.append(Step(_("Not admitted"), appeal.declined_at))
    if appeal.contested_at:
        steps.append(Step(_("Brought before the chair"), appeal.contested_at))
    if appeal.accepted_at:
        steps.append(Step(_("Admitted"), appeal.accepted_at))
    if appeal.proposed_at and appeal.outcome:
        steps.append(Step(_("Outcome proposed, to be decided by others"), appeal.proposed_at))
    if appeal.answered_at:
        steps.append(Step(_("Decided and answered"), appeal.answered_at))
    if appeal.acknowledged_at:
        steps.append(Step(_("Answer acknowledged"), appeal.acknowledged_at))
    return steps + [
        Step(text, mark="now" if place == 0 else "next") for place, text in enumerate(_ahead(appeal))
    ]


def _ahead(appeal):
    look, decide, correct = _("Investigated"), _("Decided by others"), _("Everything it touches is corrected")
    looking, deciding = _("Being investigated"), _("Being decided by others")
    return {
        State.DRAFT: [_("Not filed yet")],
        State.FILED: [_("HR admits it or says why not"), look, decide, correct],
        State.CHAIR: [_("The chair decides whether it is admitted"), look, decide, correct],
        State.ACCEPTED: [_("Somebody who had no part in it takes it on"), decide, correct],
        State.INVESTIGATING: [looking, decide, correct],
        State.PROPOSED: [deciding, correct],
        State.VOTING: [_("The group votes"), correct],
    }.get(appeal.state, [])


def changes_for(appeal):
    """What the outcome changed, in sentences that name nobody but the reader."""
    lines, others = [], set()
    for one in appeal.consequences.all():
        if one.employee_id not in (None, appeal.employee_id):
            others.add(one.employee_id)
        elif text := _sentence(appeal, one):
            lines.append(text)
    left_out = sum(one.kind == Consequence.Kind.EXCLUSION for one in appeal.consequences.all())
    if left_out:
        lines.insert(0, _("Answers that no longer count: %(count)s.") % {"count": left_out})
    if others:
        lines.append(_("Colleagues whose place or case is touched: %(count)s.") % {"count": len(others)})
    return lines


def _sentence(appeal, one):
    kinds = Consequence.Kind
    if one.kind == kinds.STANDING:
        return _standing_sentence(appeal, one)
    if one.kind == kinds.FINDING:
        rules = rules_today(appeal.company, appeal.answered_at)
        names = {name: named_finding(getattr(one, name), rules) for name in ("before", "after")}
        return _("The finding: %(before)s becomes %(after)s. The first one stays beside it.") % names
    if one.kind == kinds.REGRADED:
        return _regraded_sentence(one)
    if one.kind == kinds.CASE:
        return _("A milder case is with HR. You are heard before anything is voted on.")
    decided = effects_text(one.before.get("effects", []))
    if one.kind == kinds.REVERSED:
        return _("Withdrawn: %(effects)s.") % {"effects": decided}
    if one.kind == kinds.VARIED:
        now = effects_text(one.after.get("effects", []))
        return _("Changed: %(before)s becomes %(after)s.") % {"before": decided, "after": now}
    if one.kind == kinds.UPHELD:
        return _("Stands unchanged: %(effects)s.") % {"effects": decided}
    return ""


def _regraded_sentence(one):
    words = {name: effects_text(getattr(one, name).get("effects", [])) for name in ("before", "after")}
    if "decision" in one.after:
        text = _(
            "Withdrawn: %(before)s. Proposed in its place: %(after)s; nothing is decided before the vote."
        )
    else:
        text = _("A later warning becomes milder: %(before)s becomes %(after)s.")
    return text % words


def _standing_sentence(appeal, one):
    """Counts and rank before and after; where too few answers are left, only that the month was corrected."""
    month = month_short(one.period)
    version = version_for(appeal.company, Period.parse(one.period).first_day)
    least = policy_of(version, "scoring").low_n if version else 0
    if min(one.before["n"], one.after["n"]) < least:
        return _("%(month)s is corrected; too few answers are left to show a figure.") % {"month": month}
    text = _("%(month)s: %(k1)s / %(n1)s becomes %(k2)s / %(n2)s") % {
        "month": month,
        "k1": one.before["k"],
        "n1": one.before["n"],
        "k2": one.after["k"],
        "n2": one.after["n"],
    }
    if one.before["rank"] != one.after["rank"]:
        text += _(", place %(before)s becomes %(after)s") % {
            "before": one.before["rank"] or "—",
            "after": one.after["rank"] or "—",
        }
    return text
