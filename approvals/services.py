"""The verbs of committees: terms, motions, votes. A vote is cast once; silence never approves."""

import dataclasses
import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from approvals import rules, selectors
from approvals.models import Committee, Membership, Motion, Seat, Vote
from audit import services as audit
from core.events import publish
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.workdays import due_after
from notifications.services import notify
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb

CLOSING = {rules.CARRIED: Motion.CARRY, rules.REJECTED: Motion.REJECT, rules.RETURNED: Motion.RETURN}


@transaction.atomic
def start_membership(committee, *, employee, starts_on, by, at, is_chair=False, ends_on=None):
    """Begin a term of office (RE-2.1); a committee has one chair at a time."""
    committee = Committee.objects.select_for_update().get(pk=committee.pk)
    if employee.company_id != committee.company_id:
        raise Refused(_("Members come from the same company."), field="employee")
    terms = list(committee.memberships.filter(employee=employee).values_list("starts_on", "ends_on"))
    rules.refuse_overlapping_terms(starts_on, ends_on, terms)
    if is_chair and committee.memberships.on(starts_on).filter(is_chair=True).exists():
        raise Refused(_("The committee has a chair on that day; end that term first."), field="is_chair")
    membership = Membership.objects.create(
        committee=committee, employee=employee, is_chair=is_chair, starts_on=starts_on, ends_on=ends_on
    )
    company_id = committee.company_id
    audit.record("approvals.membership.start", membership, by=by, at=at, company_id=company_id)
    return membership


@transaction.atomic
def end_membership(membership, *, ends_on, by, at):
    """End a term; motions already open keep their seats."""
    if ends_on < membership.starts_on:
        raise Refused(_("The term ends before it starts."), field="ends_on")
    if not Membership.objects.filter(pk=membership.pk, ends_on=None).update(ends_on=ends_on):
        raise Refused(_("This term has ended already."))
    membership.ends_on = ends_on
    company_id = membership.committee.company_id
    audit.record("approvals.membership.end", membership, by=by, at=at, company_id=company_id)
    return membership


@transaction.atomic
def open_motion(*, committee, topic, topic_id, proposed_by, at, excluded=None):
    """Put a question to the committee; seats, thresholds and who is excluded are frozen now.

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
    for member in members:
        if member.employee_id not in excluded:
            _call_to_vote(motion, member.employee, at)
    return motion


def _new_motion(committee, topic, topic_id, proposed_by, excluded, at):
    terms = rules.Terms(
        **{field.name: getattr(committee, field.name) for field in dataclasses.fields(rules.Terms)}
    )
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
        ground=ground,
        recused_at=at if ground else None,
    )


def _call_to_vote(motion, employee, at):
    """One message per member for all motions opened at the same moment."""
    if employee.user is None:
        return
    with translation.override(employee.user.language):
        notify(
            user=employee.user,
            company=motion.company,
            kind="approvals.vote",
            key=f"votes-{motion.committee_id}-{at.timestamp():.0f}",
            subject=_("A vote of “%(committee)s” is waiting for you") % {"committee": motion.committee},
            body=_("It closes only when enough members have voted. Not voting is not approving."),
            url=motion.get_absolute_url(),
            at=at,
        )


def _locked(motion):
    """The motion with its row locked: votes that come at once are counted one after the other."""
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    if motion.state != Motion.State.OPEN:
        raise Refused(
            _("This vote is closed: “%(state)s”.") % {"state": motion.get_state_display()}, code="state"
        )
    return motion


@transaction.atomic
def cast_vote(motion, *, choice, by, at, reason=""):
    """One vote per seat, for good. Also after the last day, as long as the motion is open."""
    motion = _locked(motion)
    rules.refuse_bad_choice(choice, reason)
    seat = _entitled_seat(motion, by)
    try:
        with transaction.atomic():
            vote = Vote.objects.create(
                seat=seat, choice=choice, reason=reason.strip(), cast_by=by, cast_at=at
            )
    except IntegrityError:
        raise Refused(_("Your vote is cast already; it cannot be changed."), code="state") from None
    audit.record("approvals.vote.cast", vote, by=by, at=at, company_id=motion.company_id)
    close_if_decided(motion, at=at)
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


def close_if_decided(motion, *, at):
    """Within the caller's transaction: close the motion when the count decides it, and say so upwards."""
    outcome = selectors.tally(motion).outcome
    if outcome != rules.OPEN:
        advance(motion, CLOSING[outcome], by=None, at=at, closed_at=at)
        publish(f"approvals.motion_{outcome}", motion, topic=motion.topic, topic_id=motion.topic_id)
    return motion


@transaction.atomic
def recuse(motion, *, note, by, at):
    """A member declares an interest before voting; the quorum is recounted without them."""
    motion = _locked(motion)
    seat = _entitled_seat(motion, by)
    if not note.strip():
        raise Refused(_("Say in a few words why you withdraw."), field="note")
    stamps = {"recused_at": at, "ground": Seat.Ground.DECLARED, "note": note.strip()[:500]}
    if not Seat.objects.filter(pk=seat.pk, recused_at=None, vote=None).update(**stamps):
        raise Refused(_("Your vote is cast already; it cannot be changed."), code="state")
    audit.record(
        "approvals.seat.recuse", seat, by=by, at=at, company_id=motion.company_id, reason_code="declared"
    )
    close_if_decided(motion, at=at)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def name_stand_in(motion, *, employee, instead_of, by, at):
    """The chair gives a recused member's seat to a colleague; only when the quorum is out of reach otherwise."""
    motion = _locked(motion)
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
    stand_in = Seat.objects.create(motion=motion, employee=employee, stands_in_for=instead_of)
    audit.record("approvals.seat.name_stand_in", stand_in, by=by, at=at, company_id=motion.company_id)
    _call_to_vote(motion, employee, at)
    close_if_decided(motion, at=at)
    return stand_in


def _may_vote(motion, employee, at):
    """A stand-in whose login lacks the verb would hold the seat and count for the quorum without being able to vote."""
    day = at.astimezone(SHANGHAI).date()
    return employees_with_verb(motion.company, "approvals.vote", day).filter(pk=employee.pk).exists()


@transaction.atomic
def withdraw(motion, *, by, at):
    """Whoever put the question may take it back while it is open."""
    if by.pk != motion.proposed_by_id:
        raise Refused(_("Only who put the motion may withdraw it."))
    advance(motion, Motion.WITHDRAW, by=by, at=at, closed_at=at)
    publish("approvals.motion_withdrawn", motion, topic=motion.topic, topic_id=motion.topic_id)
    return motion


def remind(at):
    """Tick: once a day, who has not voted on a motion that is due tomorrow, today, or overdue."""
    today = at.astimezone(SHANGHAI).date()
    soon = at + dt.timedelta(days=2)
    not_today = Q(reminded_on=None) | Q(reminded_on__lt=today)
    for motion in (
        Motion.objects.open().filter(not_today, due_at__lte=soon).select_related("company", "committee")
    ):
        _remind(motion, today, not_today, at)


@transaction.atomic
def _remind(motion, today, not_today, at):
    if not Motion.objects.open().filter(not_today, pk=motion.pk).update(reminded_on=today):
        return
    silent = motion.seats.filter(recused_at=None, vote=None).select_related("employee__user")
    for seat in silent:
        if seat.employee.user is not None:
            _remind_member(motion, seat.employee.user, today, at)


def _remind_member(motion, user, today, at):
    with translation.override(user.language):
        late = motion.due_at <= at
        notify(
            user=user,
            company=motion.company,
            kind="approvals.reminder",
            key=f"vote-due-{motion.pk}-{today}",
            subject=_("A vote is overdue and stays open") if late else _("A vote closes soon"),
            body=_("Your vote is still missing. Not voting is not approving; the decision waits."),
            url=motion.get_absolute_url(),
            at=at,
        )
