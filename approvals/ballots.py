"""What a page shows of one motion to one person: seats, quorum, own ballots, stand-ins."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from accounts.models import User
from approvals import selectors
from approvals.models import Motion
from organization.scopes import employee_id_of


@dataclass
class Ballot:
    motion: Motion
    user: User

    @property
    def is_open(self):
        return self.motion.state == Motion.State.OPEN

    @property
    def is_blind(self):
        return self.motion.terms["is_blind"]

    @property
    def is_weighted(self):
        return self.motion.terms.get("is_weighted", False)

    @property
    def is_hidden(self):
        return selectors.hides_directions(self.motion)

    @cached_property
    def lines(self):
        return selectors.visible_votes(self.motion, self.user)

    @cached_property
    def mine(self):
        return next((line for line in self.lines if line.is_own), None)

    @cached_property
    def seats(self):
        """Seats on which the visitor may vote now, their own first."""
        return selectors.votable_seats(self.motion, self.user) if self.is_open else []

    @property
    def may_vote(self):
        return bool(self.seats)

    @cached_property
    def for_others(self):
        """Votes the visitor has cast for members they stand for."""
        return [line for line in self.lines if line.cast_by and not line.is_hidden and not line.is_own]

    @property
    def is_excluded_delegate(self):
        """Concerned by the matter, so that they cannot vote for the member they stand for either."""
        return (
            self.is_open
            and not self.seats
            and self.mine is None
            and bool(selectors.delegated_seats(self.motion, self.user))
            and str(employee_id_of(self.user)) in self.motion.excluded
        )

    @property
    def recused(self):
        return [line for line in self.lines if line.is_recused]

    @cached_property
    def dissent(self):
        return selectors.dissent_of(self.lines, self.motion.state)

    @cached_property
    def tally(self):
        return selectors.tally(self.motion)

    @cached_property
    def someone_names(self):
        """Whether anybody is left who may name stand-ins."""
        return bool(selectors.those_who_name(self.motion))

    @property
    def in_words(self):
        return selectors.sides_in_words(self.tally.sides, self.is_weighted)

    @cached_property
    def to_fill(self):
        """Recused members whose seat the chair must give to a stand-in, when this user is who names them."""
        if (
            not self.is_open
            or self.tally.is_quorum_possible
            or not selectors.may_name_stand_in(self.motion, self.user)
        ):
            return []
        return [seat.employee for seat in selectors.seats_to_fill(self.motion)]
