"""What a page shows of one motion to one person: seats, quorum, own ballot, stand-ins."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from accounts.models import User
from approvals import selectors
from approvals.models import Motion


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

    @cached_property
    def lines(self):
        return selectors.visible_votes(self.motion, self.user)

    @cached_property
    def mine(self):
        return next((line for line in self.lines if line.is_own), None)

    @property
    def may_vote(self):
        line = self.mine
        return self.is_open and line is not None and not line.has_voted and not line.is_recused

    @property
    def recused(self):
        return [line for line in self.lines if line.is_recused]

    @cached_property
    def tally(self):
        return selectors.tally(self.motion)

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
