"""Reads: the count, who sees which vote, what waits for whom, who may do what."""

import dataclasses
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals import rules
from approvals.models import Motion, Seat
from core.period import SHANGHAI
from core.templatetags.manyi import long_date
from organization.scopes import employee_id_of, reach_of, today

COUNTED = ("motion_id", "recused_at", "stands_in_for", "vote__choice", "weight")


def tally(motion):
    """The count as it stands now, whoever asks; pages show it blind through `visible_votes`."""
    return tallies([motion])[motion.pk]


def tallies(motions):
    """{motion pk: Tally} for many motions in one query."""
    ballots = defaultdict(list)
    seats = Seat.objects.filter(motion__in=[motion.pk for motion in motions]).values_list(*COUNTED)
    for motion_id, recused, instead, choice, weight in seats:
        ballots[motion_id].append(
            rules.Ballot(recused is not None, instead is not None, choice or "", weight)
        )
    return {motion.pk: rules.count(ballots[motion.pk], rules.Terms(**motion.terms)) for motion in motions}


def terms_of(committee):
    """Its rules as they stand now."""
    return rules.Terms(
        **{field.name: getattr(committee, field.name) for field in dataclasses.fields(rules.Terms)}
    )


def prospect(committee, excluded, day):
    """The count as it would begin if a question were put on that day and these employees had no vote."""
    terms = terms_of(committee)
    members = committee.memberships.on(day).values_list("employee_id", "weight")
    seats = [
        rules.Ballot(is_recused=pk in excluded, weight=weight if terms.is_weighted else 1)
        for pk, weight in members
    ]
    return rules.count(seats, terms)


@dataclass(frozen=True)
class SeatView:
    """One seat as a reader may see it; `choice` and `reason` are empty while they are hidden."""

    seat: Seat
    is_own: bool
    has_voted: bool
    is_hidden: bool
    choice: str = ""
    choice_label: str = ""
    reason: str = ""
    cast_at: object = None
    cast_by: str = ""

    @property
    def employee(self):
        return self.seat.employee

    @property
    def is_recused(self):
        return self.seat.recused_at is not None


def visible_votes(motion, user):
    """[SeatView]: who has voted is open, how they voted is hidden from others until the motion is closed.

    One's own is the vote of one's seat, and one that oneself has cast for a member.
    """
    seats = motion.seats.select_related(
        "employee", "stands_in_for", "vote__cast_by__employee", "vote__delegation"
    )
    return [_seat_view(motion, seat, user) for seat in seats]


def _seat_view(motion, seat, user):
    is_own = seat.employee_id == employee_id_of(user)
    vote = getattr(seat, "vote", None)
    if vote is None:
        return SeatView(seat, is_own, has_voted=False, is_hidden=False)
    cast_by = vote.cast_by.get_full_name() if vote.delegation_id else ""
    if hides_directions(motion) and not is_own and (user is None or vote.cast_by_id != user.pk):
        return SeatView(seat, is_own, True, True, cast_at=vote.cast_at, cast_by=cast_by)
    label = vote.get_choice_display()
    return SeatView(seat, is_own, True, False, vote.choice, label, vote.reason, vote.cast_at, cast_by)


def hides_directions(motion):
    """A blind committee keeps directions to itself until the motion is decided.

    Of a withdrawn one they stay hidden: else whoever puts motions could look how the members think, and put it again.
    """
    return motion.state in (Motion.State.OPEN, Motion.State.WITHDRAWN) and motion.terms["is_blind"]


def dissent_of(lines, outcome):
    """The lines (SeatView) of the minority: who voted otherwise than was decided."""
    return [line for line in lines if line.choice and rules.dissents(outcome, line.choice)]


def seat_of(motion, user):
    """The user's own seat, or None."""
    employee_id = employee_id_of(user)
    return motion.seats.filter(employee_id=employee_id).first() if employee_id else None


def delegated_seats(motion, user, at=None):
    """Seats of this motion whose holders the user stands for."""
    employee_id = employee_id_of(user)
    if employee_id is None:
        return []
    day = at.astimezone(SHANGHAI).date() if at else today()
    return list(motion.seats.delegated_to(employee_id, day).select_related("employee"))


def votable_seats(motion, user):
    """Seats on which the user may vote now: their own first, then those of members they stand for."""
    employee_id = employee_id_of(user)
    if employee_id is None:
        return []
    seats = list(motion.seats.awaiting(employee_id, today()).select_related("employee"))
    return sorted(seats, key=lambda seat: seat.employee_id != employee_id)


def may_vote(motion, user):
    """The predicate behind the ballot on the page."""
    return any(seat.employee_id == employee_id_of(user) for seat in votable_seats(motion, user))


def may_name_stand_in(motion, user):
    """The chair; when the chair is recused (or there is none), any member who is not."""
    return employee_id_of(user) in {seat.employee_id for seat in those_who_name(motion)}


def those_who_name(motion):
    """Seats of those who name stand-ins and hear of delays, none of them recused or excluded."""
    seats = motion.seats.filter(recused_at=None).select_related("employee__user")
    free = [seat for seat in seats if str(seat.employee_id) not in motion.excluded]
    return [seat for seat in free if seat.is_chair] or free


def may_withdraw(motion, user):
    """Who put the question; when their login is closed, whom the room above lets through."""
    return user.pk == motion.proposed_by_id or not motion.proposed_by.is_active


def seats_to_fill(motion):
    """Recused members without a stand-in, when the quorum cannot be reached without one."""
    if tally(motion).is_quorum_possible:
        return Seat.objects.none()
    filled = motion.seats.exclude(stands_in_for=None).values("stands_in_for")
    return motion.seats.exclude(recused_at=None).exclude(employee__in=filled).select_related("employee")


def out_of_reach(committee):
    """Open motions of the committee whose quorum recusals have made impossible."""
    motions = list(committee.motions.open())
    counted = tallies(motions)
    return [motion for motion in motions if not counted[motion.pk].is_quorum_possible]


def may_assemble(committee, user):
    """Members of the day draw up minutes, and who keeps the committee."""
    employee_id = employee_id_of(user)
    sits = employee_id and committee.memberships.on(today()).filter(employee_id=employee_id).exists()
    return bool(sits) or committee.company_id in reach_of(user, "approvals.manage").company_ids


def office_of(committee, user, day):
    """The facts of rules.refuse_signing."""
    terms = list(committee.memberships.on(day).values_list("employee_id", "is_chair"))
    own = employee_id_of(user)
    return {
        "is_chair": any(employee_id == own and is_chair for employee_id, is_chair in terms),
        "has_chair": any(is_chair for employee_id, is_chair in terms),
        "is_member": any(employee_id == own for employee_id, is_chair in terms),
    }


def may_sign(committee, user):
    facts = office_of(committee, user, today())
    return facts["is_chair"] or (facts["is_member"] and not facts["has_chair"])


def unrecorded(committee, user):
    """Closed motions that stand in no minutes yet, as far as the user may see them."""
    seen = Motion.objects.visible_to(user).filter(committee=committee)
    return seen.exclude(closed_at=None).filter(minutes_item=None).order_by("closed_at", "pk")


def dates_of(delegation):
    """'2026年11月4日 – 11月20日' in the reader's words."""
    return _("From %(start)s to %(end)s") % {
        "start": long_date(delegation.starts_on),
        "end": long_date(delegation.ends_on),
    }


def sides_in_words(sides, is_weighted):
    """'4 approved (weight 7), 1 rejected (weight 2), 0 returned', or the same without weights."""
    words = {
        rules.APPROVE: _("%(count)s approved"),
        rules.REJECT: _("%(count)s rejected"),
        rules.RETURN: _("%(count)s returned"),
    }
    said = []
    for choice, text in words.items():
        side = text % {"count": sides[choice].heads}
        if is_weighted:
            side = _("%(said)s (weight %(weight)s)") % {"said": side, "weight": sides[choice].weight}
        said.append(side)
    return pgettext("between parts of a count", ", ").join(said)
