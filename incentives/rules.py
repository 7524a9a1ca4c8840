"""Who may do what to a decision, and what its dates mean: plain values in, refusals in words out."""

import datetime as dt
import hashlib
import json
from collections import Counter

from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import SHANGHAI, Period

MOST_IN_A_BATCH = 100
#: outcome of the evidence gate (scoring.statistics.gate.outcome) -> state of the case
CASE_STATES = {"propose": "found", "propose_with_warning": "found", "case_only": "held"}
#: whom an effect is `to` -> role of the cases that have it (Case.Role)
ROLES = {"employee": "employee", "members": "member", "head": "head"}


def refuse_own(actor_id, subject_id):
    """Nobody keys in anything about themselves (fact 6)."""
    if actor_id is not None and actor_id == subject_id:
        raise Refused(_("This is about you; a colleague has to do it."), code="own")


def refuse_own_line(is_superior):
    """Where the policy keeps superiors out of the vote, they propose and settle nothing about their people either."""
    if is_superior:
        raise Refused(
            _("You are the direct superior; a colleague outside the line has to do it."), code="own_line"
        )


def refuse_others(actor_id, owner_id):
    """Only the person concerned answers for themselves."""
    if actor_id is None or actor_id != owner_id:
        raise Refused(_("Only the person concerned can do this."), code="not_yours")


def refuse_blank(text, sentence, field="reason"):
    if not (text or "").strip():
        raise Refused(sentence, field=field)


def refuse_unreasoned(*, is_held, is_changed, reason):
    """What the evidence or the book's usual grade does not carry needs HR's words."""
    if is_held:
        refuse_blank(reason, _("The evidence held this case back; say why you propose it all the same."))
    if is_changed:
        refuse_blank(reason, _("You changed the grade; say why."))


def parts_of(occurrence):
    """('2026Q2..2026Q3', 'sales-1') of '2026Q2..2026Q3@sales-1': when, and for which unit; '' when it is a person's."""
    when, _at, unit = occurrence.partition("@")
    return when, unit.partition("/")[0]


def periods_of(occurrence):
    """The periods of '2026-08..2026-10', ends included; empty for an occurrence that is not a window of periods."""
    first, _dots, last = parts_of(occurrence)[0].partition("..")
    try:
        start, end = Period.parse(first), Period.parse(last)
    except ValueError:
        return []
    return [Period(start.kind, number) for number in range(start.number, end.number + 1)]


def refuse_own_unit(works_there):
    """Who works in a unit does not settle what touches its head (fact 6)."""
    if works_there:
        raise Refused(_("You work in this unit; a colleague outside it has to do this."), code="own_unit")


def months_of(occurrence):
    """The same as numbers: months of a ranking, quarters of a target."""
    return frozenset(period.number for period in periods_of(occurrence))


def owner_of(employee_id, occurrence):
    """Whose streak it is: the unit's code, else the person's id. A unit's stays its own when the head changes."""
    return parts_of(occurrence)[1] or employee_id


def refuse_overlap(occurrence, others):
    """One month counts for one effect of a rule: windows do not overlap."""
    own, unit = months_of(occurrence), parts_of(occurrence)[1]
    if any(own & months_of(other) for other in others if parts_of(other)[1] == unit):
        raise Refused(
            _(
                "Some of these months already stand behind another decision under this rule; a month counts once."
            ),
            code="overlap",
        )


def refuse_punished_twice(number):
    """One incident is punished once; `number` is the decision that does so already, or None."""
    if number is not None:
        raise Refused(
            _("Decision %(number)s already punishes the same incident; one incident is punished once.")
            % {"number": number},
            code="double",
        )


def refuse_batch(size):
    if size == 0:
        raise Refused(_("Pick at least one line."))
    if size > MOST_IN_A_BATCH:
        raise Refused(_("At most %(most)s lines go to the vote at once.") % {"most": MOST_IN_A_BATCH})


def batch_key(direction, rule_code, effects):
    """'' for rewards, which all go together; of a penalty what it shares with those it may go with."""
    if direction == "reward":
        return ""
    text = json.dumps([rule_code, effects], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_mixed_batch(keys):
    """`keys` as batch_key gives them: penalties go together only when they are the same."""
    if len(set(keys)) > 1:
        raise Refused(
            _(
                "Rewards go to the vote together; a penalty only with penalties of the same rule and the same effects."
            ),
            code="mixed",
        )


def is_small(effects, *, most_points, most_fen):
    """Whether they take points and money alone, and of both together no more than these; None allows nothing."""
    most = {"points": most_points or 0, "money": most_fen or 0}
    sums = Counter()
    for effect in effects:
        sums[effect["kind"]] += abs(effect.get("amount", 0))
    return bool(sums) and all(amount <= most.get(kind, -1) for kind, amount in sums.items())


def refuse_large_batch(effects, limits):
    """`effects` of the penalties of a batch, which are the same; `limits` is the policy's section."""
    if not is_small(effects, most_points=limits.batch_points, most_fen=limits.batch_fen):
        raise Refused(
            _(
                "These penalties go to the vote one by one: the rule book lets only smaller ones, of points and money "
                "alone, go together."
            ),
            code="large",
        )


def refuse_unheard(*, is_penalty, was_heard, is_harsher_than_told, awaits_opinion):
    """A penalty is voted on only after the employee was heard about just this penalty, and HR has answered them."""
    if not is_penalty:
        return
    if not was_heard:
        raise Refused(_("The employee has to be heard first."), code="unheard")
    if is_harsher_than_told:
        raise Refused(
            _("The penalty is now harsher than what the employee was told; hear them again."), code="unheard"
        )
    if awaits_opinion:
        raise Refused(_("The employee has made a statement; write your view of it first."), field="opinion")


def refuse_bad_day(held_on, at):
    if held_on > at.astimezone(SHANGHAI).date():
        raise Refused(_("The talk cannot have been held in the future."), field="held_on")


def refuse_bad_service(served_on, published_at, at):
    """A letter arrives neither before it was issued nor tomorrow."""
    if not published_at.astimezone(SHANGHAI).date() <= served_on <= at.astimezone(SHANGHAI).date():
        raise Refused(_("The day lies between the issue of the letter and today."), field="served_on")


def month_to_count_in(period, exported):
    """The month whose close produced it; when that month is in a payroll file already, the next one that is not."""
    month = Period.parse(period)
    while str(month) in exported:
        month = month.next()
    return str(month)


def delivered_at(closed_at, published_at, now, patience=dt.timedelta(minutes=5)):
    """When a carried motion is acted on: its closing, later by the delay when the message came late.

    The appeal window then never shrinks because a worker was down.
    """
    delay = now - published_at
    return closed_at + delay if delay > patience else closed_at


def effects_for(specs, role):
    """Of a rule's effects, those for somebody touched in this role (Case.Role), in the rule's order.

    `to` of an effect is 'employee', 'members' or 'head'. Without it an effect is for whomever the rule touches: a rule
    that touches people in several roles says `to` of each effect (triggers.check_roles).
    """
    return [spec for spec in specs if "to" not in spec or ROLES.get(spec["to"]) == role]
