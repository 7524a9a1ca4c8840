"""Reads: the count, who sees which vote, what waits for whom, and fact 6."""

from dataclasses import dataclass

from approvals import rules
from approvals.models import Motion, Seat, Vote
from organization.scopes import employee_id_of


def tally(motion):
    """The count as it stands now, whoever asks; pages show it blind through `visible_votes`."""
    seats = motion.seats.values_list("recused_at", "stands_in_for", "vote__choice")
    ballots = [
        rules.Ballot(recused is not None, instead is not None, choice or "")
        for recused, instead, choice in seats
    ]
    return rules.count(ballots, rules.Terms(**motion.terms))


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

    @property
    def employee(self):
        return self.seat.employee

    @property
    def is_recused(self):
        return self.seat.recused_at is not None


def visible_votes(motion, user):
    """[SeatView]: who has voted is open, how they voted is hidden from others until the motion is closed."""
    own_id = employee_id_of(user)
    seats = motion.seats.select_related("employee", "stands_in_for", "vote")
    return [_seat_view(motion, seat, seat.employee_id == own_id) for seat in seats]


def _seat_view(motion, seat, is_own):
    vote = getattr(seat, "vote", None)
    if vote is None:
        return SeatView(seat, is_own, has_voted=False, is_hidden=False)
    if hides_directions(motion) and not is_own:
        return SeatView(seat, is_own, has_voted=True, is_hidden=True, cast_at=vote.cast_at)
    return SeatView(
        seat, is_own, True, False, vote.choice, vote.get_choice_display(), vote.reason, vote.cast_at
    )


def hides_directions(motion):
    """A blind committee keeps directions to itself until the motion is closed."""
    return motion.state == Motion.State.OPEN and motion.terms["is_blind"]


def seat_of(motion, user):
    """The user's seat, or None."""
    employee_id = employee_id_of(user)
    return motion.seats.filter(employee_id=employee_id).first() if employee_id else None


def may_vote(motion, user):
    """The predicate behind the ballot on the page."""
    seat = seat_of(motion, user)
    return (
        motion.state == Motion.State.OPEN
        and seat is not None
        and seat.recused_at is None
        and not Vote.objects.filter(seat=seat).exists()
    )


def may_name_stand_in(motion, user):
    """The chair; when the chair is recused (or there is none), any member who is not."""
    seat = seat_of(motion, user)
    if seat is None or seat.recused_at is not None or str(seat.employee_id) in motion.excluded:
        return False
    return seat.is_chair or not motion.seats.filter(is_chair=True, recused_at=None).exists()


def seats_to_fill(motion):
    """Recused members without a stand-in, when the quorum cannot be reached without one."""
    if tally(motion).is_quorum_possible:
        return Seat.objects.none()
    filled = motion.seats.exclude(stands_in_for=None).values("stands_in_for")
    return motion.seats.exclude(recused_at=None).exclude(employee__in=filled).select_related("employee")


def violations():
    """Fact 6, the committee's part: sentences, one per vote that ought not to exist or decision without one."""
    for vote in Vote.objects.select_related("seat__motion", "cast_by__employee"):
        yield from _vote_violations(vote)
    for motion in Motion.objects.filter(state=Motion.State.CARRIED):
        if tally(motion).outcome != rules.CARRIED:
            yield f"motion {motion.pk} is carried, but its votes do not carry it"


def _vote_violations(vote):
    seat, motion = vote.seat, vote.seat.motion
    if employee_id_of(vote.cast_by) != seat.employee_id:
        yield f"vote {vote.pk} in motion {motion.pk} was cast by somebody else than the seat's holder"
    if ground := motion.excluded.get(str(seat.employee_id)):
        yield f"vote {vote.pk} in motion {motion.pk} comes from somebody excluded: {ground}"
    if seat.recused_at is not None:
        yield f"vote {vote.pk} in motion {motion.pk} comes from a recused seat"
    if vote.cast_by_id == motion.proposed_by_id:
        yield f"vote {vote.pk} in motion {motion.pk} comes from its proposer"
