"""Votes, recusals and stand-ins. A vote is cast once, by the holder of the seat or by who stands for them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals import rules, selectors, telling
from approvals.models import Delegation, Motion, Seat, Vote
from approvals.services import motions
from audit import services as audit
from core.flow import Refused
from core.period import SHANGHAI
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb


@transaction.atomic
def cast_vote(motion, *, choice, by, at, reason="", on_behalf_of=None):
    """One vote per seat, for good. Also after the last day, as long as the motion is open.

    `on_behalf_of`: the member (Employee) for whom `by` votes by a delegation in force; None for one's own seat.
    """
    motion = motions.locked(motion)
    rules.refuse_bad_choice(choice, reason)
    delegation = _delegation(motion, by, on_behalf_of, at) if on_behalf_of else None
    seat = _seat_of_member(motion, on_behalf_of) if delegation else _entitled_seat(motion, by)
    principal = delegation.given_by if delegation else None
    try:
        with transaction.atomic():
            vote = Vote.objects.create(
                seat=seat,
                choice=choice,
                reason=reason.strip(),
                cast_by=by,
                on_behalf_of=principal,
                delegation=delegation,
                cast_at=at,
            )
    except IntegrityError:
        raise Refused(_("This vote is cast already; it cannot be changed."), code="state") from None
    company_id = motion.company_id
    audit.record("approvals.vote.cast", vote, by=by, at=at, on_behalf_of=principal, company_id=company_id)
    motions.close_if_decided(motion, at=at)
    return vote


def _entitled_seat(motion, user):
    employee_id = employee_id_of(user)
    seat = motion.seats.filter(employee_id=employee_id).first() if employee_id else None
    rules.refuse_unless_entitled(
        has_seat=seat is not None,
        is_recused=seat is not None and seat.recused_at is not None,
        is_about_them=str(employee_id) in motion.excluded,
    )
    return seat


def _delegation(motion, user, principal, at):
    """The delegation in force, its row locked: a vote and its end do not pass each other."""
    delegate_id = employee_id_of(user)
    held = _held(at).filter(committee=motion.committee_id, principal=principal, delegate_id=delegate_id)
    found = held.first() if delegate_id else None
    if found is None:
        raise Refused(
            _("You do not stand for %(name)s any more.") % {"name": principal.name}, code="no_delegation"
        )
    rules.refuse_delegate(
        is_excluded=str(delegate_id) in motion.excluded,
        is_recused=motion.seats.filter(employee_id=delegate_id).exclude(recused_at=None).exists(),
    )
    return found


def _held(at):
    return Delegation.objects.select_for_update(of=("self",)).in_force(at.astimezone(SHANGHAI).date())


def _seat_of_member(motion, principal):
    seat = motion.seats.filter(employee=principal, stands_in_for=None).first()
    if seat is None:
        raise Refused(_("%(name)s has no seat in this vote.") % {"name": principal.name}, code="no_seat")
    if seat.recused_at is not None:
        raise Refused(
            _("%(name)s is recused from this vote, and so is who stands for them.")
            % {"name": principal.name},
            code="recused",
        )
    return seat


@transaction.atomic
def recuse(motion, *, note, by, at):
    """A member declares an interest before voting; the quorum is recounted without them.

    Who only stands for a member declares it too: the seat stays in the count and its holder votes.
    """
    motion = motions.locked(motion)
    if not note.strip():
        raise Refused(_("Say in a few words why you withdraw."), field="note")
    if Vote.objects.filter(seat__motion=motion, cast_by=by).exists():
        raise Refused(_("This vote is cast already; it cannot be changed."), code="state")
    note = note.strip()[:500]
    if not selectors.seat_of(motion, by) and selectors.delegated_seats(motion, by, at):
        return _declare(motion, note, by, at)
    seat = _entitled_seat(motion, by)
    stamps = {"recused_at": at, "ground": Seat.Ground.DECLARED, "note": note}
    if not Seat.objects.filter(pk=seat.pk, recused_at=None, vote=None).update(**stamps):
        raise Refused(_("This vote is cast already; it cannot be changed."), code="state")
    company_id = motion.company_id
    audit.record("approvals.seat.recuse", seat, by=by, at=at, company_id=company_id, reason_code="declared")
    motions.close_if_decided(motion, at=at)
    if motion.state == Motion.State.OPEN:
        telling.tell_if_out_of_reach(motion, at)
    seat.refresh_from_db()
    return seat


def _declare(motion, note, by, at):
    """Recorded in the motion, because there is no seat of theirs to record it on."""
    employee_id = str(employee_id_of(by))
    motion.excluded[employee_id] = str(Seat.Ground.DECLARED)
    motion.declared[employee_id] = note
    motion.save(update_fields=["excluded", "declared"])
    audit.record("approvals.motion.declare", motion, by=by, at=at, reason_code="declared")
    return None


@transaction.atomic
def name_stand_in(motion, *, employee, instead_of, by, at):
    """The chair gives a recused member's seat to a colleague; only when the quorum is out of reach otherwise."""
    motion = motions.locked(motion)
    if not selectors.may_name_stand_in(motion, by):
        raise Refused(_("Stand-ins are named by the chair, or by a member when the chair is recused."))
    seat = motion.seats.filter(employee=instead_of).exclude(recused_at=None).first()
    if seat is None or motion.seats.filter(stands_in_for=instead_of).exists():
        raise Refused(_("This seat is not free for a stand-in."), field="instead_of")
    employee = Employee.objects.select_related("user").get(pk=employee.pk)
    rules.refuse_stand_in(
        is_excluded=str(employee.pk) in motion.excluded or employee.company_id != motion.company_id,
        is_seated=motion.seats.filter(employee=employee).exists(),
        may_vote=_may_vote(motion, employee, at),
        is_needed=not selectors.tally(motion).is_quorum_possible,
    )
    stand_in = Seat.objects.create(
        motion=motion, employee=employee, stands_in_for=instead_of, weight=seat.weight
    )
    company_id = motion.company_id
    audit.record("approvals.seat.name_stand_in", stand_in, by=by, at=at, company_id=company_id)
    telling.call_to_vote(motion, [employee], at)
    motions.close_if_decided(motion, at=at)
    return stand_in


def _may_vote(motion, employee, at):
    """A stand-in whose login lacks the verb would hold the seat and count for the quorum without being able to vote."""
    day = at.astimezone(SHANGHAI).date()
    return employees_with_verb(motion.company, "approvals.vote", day).filter(pk=employee.pk).exists()
