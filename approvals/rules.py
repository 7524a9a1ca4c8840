"""How votes are counted and who may vote: plain values in, plain values out (RE-2.1)."""

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
    is_weighted: bool = False


@dataclass(frozen=True)
class Ballot:
    """One seat as the count sees it."""

    is_recused: bool = False
    is_stand_in: bool = False
    choice: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Side:
    """What was said of one kind: by how many heads, with what weight together."""

    heads: int = 0
    weight: int = 0


@dataclass(frozen=True)
class Tally:
    """`quorum`: least members who must vote; `needed`: least weight of approvals; both of the `entitled` left.

    Without weights every seat weighs 1, so that `needed` and `total_weight` count heads.
    """

    entitled: int
    recused: int
    quorum: int
    needed: int
    total_weight: int
    voted: int
    sides: dict
    is_quorum_possible: bool
    outcome: str

    @property
    def approvals(self):
        return self.sides[APPROVE].heads

    @property
    def rejections(self):
        return self.sides[REJECT].heads

    @property
    def returns(self):
        return self.sides[RETURN].heads

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

    The quorum counts heads, the threshold weights. Both are recounted over the members left after recusals. When
    fewer are left than the quorum of the whole committee, no quorum is possible: the motion stays open until
    stand-ins take the recused seats.
    """
    ballots = list(ballots)
    present = [ballot for ballot in ballots if not ballot.is_recused]
    whole = sum(not ballot.is_stand_in for ballot in ballots)
    total = sum(ballot.weight for ballot in present)
    sides = {choice: _side(present, choice) for choice in (APPROVE, REJECT, RETURN)}
    facts = {
        "entitled": len(present),
        "recused": len(ballots) - len(present),
        "quorum": quorum_of(len(present), terms.quorum_bp),
        "needed": approvals_needed(total, terms.approve_bp),
        "total_weight": total,
        "voted": sum(side.heads for side in sides.values()),
        "sides": sides,
        "is_quorum_possible": len(present) >= quorum_of(whole, terms.quorum_bp),
    }
    return Tally(**facts, outcome=_outcome(facts, terms) if facts["is_quorum_possible"] else OPEN)


def _side(present, choice):
    said = [ballot.weight for ballot in present if ballot.choice == choice]
    return Side(len(said), sum(said))


def _outcome(facts, terms):
    approved, rejected, returned = (facts["sides"][choice].weight for choice in (APPROVE, REJECT, RETURN))
    if rejected and terms.one_reject_ends:
        return REJECTED
    if returned and terms.one_return_ends:
        return RETURNED
    if facts["voted"] >= facts["quorum"] and approved >= facts["needed"]:
        return CARRIED
    if facts["total_weight"] - rejected - returned < facts["needed"]:
        return RETURNED if returned > rejected else REJECTED
    return OPEN


#: outcome -> the choices of the minority, whose reasons are noted beside the result
DISSENTING = {CARRIED: (REJECT, RETURN), REJECTED: (APPROVE, RETURN), RETURNED: (APPROVE, REJECT)}


def dissents(outcome: str, choice: str) -> bool:
    return choice in DISSENTING.get(outcome, ())


def refuse_unless_entitled(*, has_seat: bool, is_recused: bool, is_about_them: bool) -> None:
    """Only seats vote; nobody votes on what is about themselves or from which they have withdrawn (fact 6)."""
    if is_about_them or is_recused:
        raise Refused(_("You are recused from this vote."), code="recused")
    if not has_seat:
        raise Refused(_("You have no seat in this vote."), code="no_seat")


def refuse_delegate(*, is_excluded: bool, is_recused: bool) -> None:
    """Who is concerned by a matter votes in it for nobody, neither for themselves nor for a colleague."""
    if is_excluded or is_recused:
        raise Refused(
            _("You are recused from this vote; the member you stand for votes themselves."), code="recused"
        )


def refuse_delegation(*, starts_on, ends_on, today, is_self: bool, is_member: bool, may_vote: bool) -> None:
    """A member's vote goes to a colleague who may vote, for days still to come."""
    if ends_on < starts_on:
        raise Refused(_("The last day lies before the first."), field="ends_on")
    if ends_on < today:
        raise Refused(_("The last day has passed already."), field="ends_on")
    if starts_on < today:
        raise Refused(_("It can begin today at the earliest."), field="starts_on")
    if is_self:
        raise Refused(_("Choose a colleague, not yourself."), field="delegate")
    if not is_member:
        raise Refused(_("You do not sit in this group in that time."), field="starts_on")
    if not may_vote:
        raise Refused(
            _("This colleague’s login may not vote. Give it the group’s role first."), field="delegate"
        )


def refuse_chain(start, end, principal, delegate, others) -> None:
    """`others`: (starts_on, ends_on, principal, delegate) standing in the committee.

    A vote is given once at a time, and whoever holds another's vote in that time does not give theirs away: the
    member must be able to see who votes for them.
    """
    for other_start, other_end, gives, holds in others:
        if other_start > end or other_end < start:
            continue
        if gives == principal:
            raise Refused(
                _("You have given your vote in that time already; end that first."), field="starts_on"
            )
        if gives == delegate:
            raise Refused(_("This colleague has given their own vote away in that time."), field="delegate")
        if holds == principal:
            raise Refused(
                _("You stand for another member in that time; a vote is not passed on."), field="starts_on"
            )


def refuse_bad_choice(choice: str, reason: str) -> None:
    if choice not in (APPROVE, REJECT, RETURN):
        raise Refused(_("Choose: approve, reject or return."), field="choice")
    if choice != APPROVE and not reason.strip():
        raise Refused(
            _("Give the reason: the person concerned and the appeal officer will read it."), field="reason"
        )


def refuse_mixed(batches) -> None:
    """`batches`: the key of each line's batch, None for a line that is voted on alone."""
    if len(batches) > 1 and (None in batches or len(set(batches)) > 1):
        raise Refused(mixed_sentence(), code="mixed")


def mixed_sentence():
    return _(
        "Nothing was cast: rewards are voted on together, penalties only with those of the same rule and "
        "the same effects, and larger ones one by one."
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


def refuse_bad_weight(weight: int) -> None:
    if weight < 1:
        raise Refused(_("A vote weighs at least 1."), field="weight")


def refuse_signing(*, is_chair: bool, has_chair: bool, is_member: bool) -> None:
    """The chair signs; without a chair on that day any member does."""
    if not (is_chair or (is_member and not has_chair)):
        raise Refused(_("Minutes are signed by the chair."))


def refuse_overlapping_terms(start, end, others) -> None:
    """`others`: (start, end or None) of the same person's terms in the committee."""
    if end is not None and end < start:
        raise Refused(_("The term ends before it starts."), field="ends_on")
    for other_start, other_end in others:
        if (end is None or other_start <= end) and (other_end is None or other_end >= start):
            raise Refused(_("This colleague already sits in the committee in that time."), field="starts_on")
