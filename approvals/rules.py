"""How votes are counted and who may vote: plain values in, plain values out (RE-2.1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.flow import Refused

APPROVE, REJECT, RETURN = "approve", "reject", "return"
OPEN, CARRIED, REJECTED, RETURNED = "open", "carried", "rejected", "returned"


@dataclass(frozen=True)
class Terms:
    """A committee's rules as they stood when the motion was opened; shares in basis points."""

    quorum_bp: int
    approve_bp: int
    one_reject_ends: bool
    one_return_ends: bool
    is_blind: bool


@dataclass(frozen=True)
class Ballot:
    """One seat as the count sees it."""

    is_recused: bool = False
    is_stand_in: bool = False
    choice: str = ""


@dataclass(frozen=True)
class Tally:
    """`quorum`: least members who must vote; `needed`: least approvals; both of the `entitled` after recusals."""

    entitled: int
    recused: int
    quorum: int
    needed: int
    voted: int
    approvals: int
    rejections: int
    returns: int
    is_quorum_possible: bool
    outcome: str

    @property
    def missing(self):
        """Votes still missing to the quorum."""
        return max(0, self.quorum - self.voted)

    @property
    def silent(self):
        """Entitled members who have not voted; they count for neither side."""
        return self.entitled - self.voted

    @property
    def is_quorum_met(self):
        return self.is_quorum_possible and self.voted >= self.quorum


def quorum_of(members: int, quorum_bp: int) -> int:
    """The least whole number of `members` that reaches the share; at least 1.

    Two thirds are written 6667: the share is taken as rounded to its basis point, so that 2/3 of 3 is 2, not 3.
    """
    return max(1, -(-members * (2 * quorum_bp - 1) // 20_000))


def approvals_needed(members: int, approve_bp: int) -> int:
    """The least whole number that is *more* than the share of `members`."""
    return members * approve_bp // 10_000 + 1


def count(ballots: Iterable[Ballot], terms: Terms) -> Tally:
    """Count what was said. Silence is neither approval nor rejection, however late it is.

    The quorum is recounted over the members left after recusals. When fewer are left than the quorum of the
    whole committee, no quorum is possible: the motion stays open until stand-ins take the recused seats.
    """
    ballots = list(ballots)
    present = [ballot for ballot in ballots if not ballot.is_recused]
    said = Counter(ballot.choice for ballot in present if ballot.choice)
    whole = sum(not ballot.is_stand_in for ballot in ballots)
    possible = len(present) >= quorum_of(whole, terms.quorum_bp)
    facts = {
        "entitled": len(present),
        "recused": len(ballots) - len(present),
        "quorum": quorum_of(len(present), terms.quorum_bp),
        "needed": approvals_needed(len(present), terms.approve_bp),
        "voted": said.total(),
        "approvals": said[APPROVE],
        "rejections": said[REJECT],
        "returns": said[RETURN],
        "is_quorum_possible": possible,
    }
    return Tally(**facts, outcome=_outcome(facts, terms) if possible else OPEN)


def _outcome(facts, terms):
    if facts["rejections"] and terms.one_reject_ends:
        return REJECTED
    if facts["returns"] and terms.one_return_ends:
        return RETURNED
    if facts["voted"] >= facts["quorum"] and facts["approvals"] >= facts["needed"]:
        return CARRIED
    still = facts["entitled"] - facts["voted"]
    if facts["approvals"] + still < facts["needed"]:
        return RETURNED if facts["returns"] > facts["rejections"] else REJECTED
    return OPEN


def refuse_unless_entitled(*, has_seat: bool, is_recused: bool, is_about_them: bool) -> None:
    """Only seats vote; nobody votes on what is about themselves or from which they have withdrawn (fact 6)."""
    if is_about_them or is_recused:
        raise Refused(_("You are recused from this vote."), code="recused")
    if not has_seat:
        raise Refused(_("You have no seat in this vote."), code="no_seat")


def refuse_bad_choice(choice: str, reason: str) -> None:
    if choice not in (APPROVE, REJECT, RETURN):
        raise Refused(_("Choose: approve, reject or return."), field="choice")
    if choice != APPROVE and not reason.strip():
        raise Refused(
            _("Give the reason: the person concerned and the appeal officer will read it."), field="reason"
        )


def refuse_stand_in(*, is_excluded: bool, is_seated: bool, may_vote: bool, is_needed: bool) -> None:
    """Stand-ins take a recused member's seat, and only when the quorum cannot be reached without them."""
    if not is_needed:
        raise Refused(
            _("No stand-in is needed: the members left can still reach the quorum."), field="instead_of"
        )
    if is_excluded:
        raise Refused(_("This colleague is concerned themselves and cannot stand in."), field="employee")
    if is_seated:
        raise Refused(_("This colleague has a seat in this vote already."), field="employee")
    if not may_vote:
        raise Refused(
            _("This colleague’s login may not vote. Give it the group’s role first."), field="employee"
        )


def refuse_overlapping_terms(start, end, others) -> None:
    """`others`: (start, end or None) of the same person's terms in the committee."""
    if end is not None and end < start:
        raise Refused(_("The term ends before it starts."), field="ends_on")
    for other_start, other_end in others:
        if (end is None or other_start <= end) and (other_end is None or other_end >= start):
            raise Refused(_("This colleague already sits in the committee in that time."), field="starts_on")
