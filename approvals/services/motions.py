"""A motion from being put to being closed."""

import dataclasses

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals import rules, selectors, telling
from approvals.models import Motion, Seat
from audit import services as audit
from core.events import publish
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.workdays import due_after
from organization.scopes import employee_id_of

CLOSING = {rules.CARRIED: Motion.CARRY, rules.REJECTED: Motion.REJECT, rules.RETURNED: Motion.RETURN}


@transaction.atomic
def open_motion(*, committee, topic, topic_id, proposed_by, at, excluded=None):
    """Put a question to the committee; seats, weights, thresholds and who is excluded are frozen now.

    `excluded` maps employee ids to Seat.Ground. Refused when the question is open or carried already.
    """
    excluded = dict(excluded or {})
    if proposer := employee_id_of(proposed_by):
        excluded.setdefault(proposer, Seat.Ground.PROPOSER)
    members = list(committee.memberships.on(at.astimezone(SHANGHAI).date()).select_related("employee__user"))
    if not members:
        raise Refused(
            _("Nobody sits in “%(committee)s” today; enter its members first.") % {"committee": committee}
        )
    motion = _new_motion(committee, topic, topic_id, proposed_by, excluded, at)
    Seat.objects.bulk_create(_seat(motion, member, excluded, at) for member in members)
    audit.record("approvals.motion.open", motion, by=proposed_by, at=at)
    telling.call_to_vote(motion, [one.employee for one in members if one.employee_id not in excluded], at)
    telling.tell_if_out_of_reach(motion, at)
    return motion


def _new_motion(committee, topic, topic_id, proposed_by, excluded, at):
    terms = selectors.terms_of(committee)
    try:
        with transaction.atomic():
            return Motion.objects.create(
                company_id=committee.company_id,
                committee=committee,
                topic=topic,
                topic_id=topic_id,
                round=Motion.objects.filter(topic=topic, topic_id=topic_id).count() + 1,
                proposed_by=proposed_by,
                opened_at=at,
                due_at=due_after(at, committee.voting_days).at,
                terms=dataclasses.asdict(terms),
                excluded={str(employee_id): str(ground) for employee_id, ground in excluded.items()},
            )
    except IntegrityError:
        raise Refused(_("This is being voted on already, or has been carried."), code="state") from None


def _seat(motion, member, excluded, at):
    ground = excluded.get(member.employee_id, "")
    return Seat(
        motion=motion,
        employee=member.employee,
        is_chair=member.is_chair,
        weight=member.weight if motion.terms["is_weighted"] else 1,
        ground=ground,
        recused_at=at if ground else None,
    )


def locked(motion):
    """The motion with its row locked: votes that come at once are counted one after the other."""
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    if motion.state != Motion.State.OPEN:
        raise Refused(
            _("This vote is closed: “%(state)s”.") % {"state": motion.get_state_display()}, code="state"
        )
    return motion


def close_if_decided(motion, *, at):
    """Within the caller's transaction: close the motion when the count decides it, and say so upwards."""
    outcome = selectors.tally(motion).outcome
    if outcome != rules.OPEN:
        advance(motion, CLOSING[outcome], by=None, at=at, closed_at=at)
        publish(f"approvals.motion_{outcome}", motion, topic=motion.topic, topic_id=motion.topic_id)
    return motion


@transaction.atomic
def withdraw(motion, *, by, at):
    """Whoever put the question may take it back while it is open; how anybody voted then stays hidden.

    When their login is closed, whom the room above lets through does it: a question never stays stuck with who left.
    """
    if not selectors.may_withdraw(motion, by):
        raise Refused(_("Only who put the motion may withdraw it."))
    advance(motion, Motion.WITHDRAW, by=by, at=at, closed_at=at)
    publish("approvals.motion_withdrawn", motion, topic=motion.topic, topic_id=motion.topic_id)
    return motion
