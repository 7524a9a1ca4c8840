"""Who voted how, and whether the audit rows of a thing still agree with their seals."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.selectors import hides_directions, visible_votes
from audit.models import AuditRow, Seal
from audit.rules import link_hash
from audit.services import canonical


@dataclass(frozen=True)
class Ballot:
    """Who voted how; people of one mind without a reason stand in one line."""

    names: list
    choice: str
    label: str
    reason: str = ""


@dataclass(frozen=True)
class Votes:
    motion: object
    entitled: int
    approvals: int
    rejections: int
    ballots: list


def votes_of(motion, user):
    """Votes of a motion that has ended; while it is open nobody's vote is shown, nor after if it stays blind."""
    if motion.state == motion.State.OPEN or hides_directions(motion):
        return None
    seats = visible_votes(motion, user)
    cast = [seat.choice for seat in seats if seat.has_voted and not seat.is_recused]
    return Votes(
        motion=motion,
        entitled=sum(not seat.is_recused for seat in seats),
        approvals=cast.count("approve"),
        rejections=cast.count("reject"),
        ballots=_ballots(seats),
    )


def _ballots(seats):
    silent, spoken, absent, recused = {}, [], [], []
    for seat in seats:
        name = _name(seat)
        if seat.is_recused:
            recused.append(Ballot([name], "recused", "", seat.seat.get_ground_display()))
        elif not seat.has_voted:
            absent.append(Ballot([name], "not_voted", ""))
        elif seat.reason:
            spoken.append(Ballot([name], seat.choice, seat.choice_label, seat.reason))
        else:
            silent.setdefault((seat.choice, seat.choice_label), []).append(name)
    together = [Ballot(names, choice, label) for (choice, label), names in silent.items()]
    return [*together, *spoken, *absent, *recused]


def _name(seat):
    """The member; whom they replace, or who cast the vote for them, in brackets."""
    if seat.seat.stands_in_for_id:
        values = {"name": seat.employee.name, "other": seat.seat.stands_in_for.name}
        return _("%(name)s (in place of %(other)s)") % values
    if seat.cast_by:
        return _("%(name)s (vote cast by %(other)s)") % {"name": seat.employee.name, "other": seat.cast_by}
    return seat.employee.name


@dataclass(frozen=True)
class Links:
    """The audit rows of a thing: how many, from which link to which, and whether each agrees."""

    rows: int
    first: int
    last: int
    agree: bool
    unsealed: int


def links_of(obj):
    """Whether the sealed audit rows about an object still carry the hash they were sealed with."""
    rows = list(AuditRow.objects.filter(model=obj._meta.label_lower, object_id=obj.pk).order_by("pk"))
    seals = {seal.row_id: seal for seal in Seal.objects.filter(row__in=[row.pk for row in rows])}
    sealed = [(row, seals[row.pk]) for row in rows if row.pk in seals]
    numbers = [seal.seq for _row, seal in sealed]
    return Links(
        rows=len(sealed),
        first=min(numbers, default=0),
        last=max(numbers, default=0),
        agree=all(link_hash(seal.previous_hash, canonical(row)) == seal.hash for row, seal in sealed),
        unsealed=len(rows) - len(sealed),
    )
