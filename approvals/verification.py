"""Fact 6, the committee's part: sentences, one per vote that ought not to exist or decision without one."""

from approvals import minutes, rules, selectors
from approvals.models import Minutes, Motion, Vote
from audit.models import AuditRow
from core.period import SHANGHAI
from organization.scopes import employee_id_of


def violations():
    votes = Vote.objects.select_related("seat__motion", "cast_by__employee", "delegation")
    for vote in votes:
        yield from _vote_violations(vote)
    carried = list(Motion.objects.filter(state=Motion.State.CARRIED))
    counted = selectors.tallies(carried)
    for motion in carried:
        if counted[motion.pk].outcome != rules.CARRIED:
            yield f"motion {motion.pk} is carried, but its votes do not carry it"
    yield from _minutes_violations()


def _vote_violations(vote):
    seat, motion = vote.seat, vote.seat.motion
    caster = employee_id_of(vote.cast_by)
    if caster != seat.employee_id and not _is_delegated(vote, caster):
        yield f"vote {vote.pk} in motion {motion.pk} was cast by somebody else than the seat's holder"
    for employee_id in {caster, seat.employee_id}:
        if ground := motion.excluded.get(str(employee_id)):
            yield f"vote {vote.pk} in motion {motion.pk} comes from somebody excluded: {ground}"
    if seat.recused_at is not None:
        yield f"vote {vote.pk} in motion {motion.pk} comes from a recused seat"
    if vote.cast_by_id == motion.proposed_by_id:
        yield f"vote {vote.pk} in motion {motion.pk} comes from its proposer"


def _is_delegated(vote, caster):
    """Whether the delegation on the vote gave this seat's vote to this person at that moment."""
    given = vote.delegation
    if given is None:
        return False
    day = vote.cast_at.astimezone(SHANGHAI).date()
    return (
        (given.principal_id, given.delegate_id, given.committee_id)
        == (vote.seat.employee_id, caster, vote.seat.motion.committee_id)
        and given.starts_on <= day <= given.ends_on
        and (given.ended_at is None or given.ended_at >= vote.cast_at)
    )


def _minutes_violations():
    signed = Minutes.objects.filter(state=Minutes.State.SIGNED)
    rows = AuditRow.objects.filter(model="approvals.minutes", verb="approvals.minutes.sign")
    recorded = dict(rows.values_list("object_id", "reason_code"))
    for one in signed:
        checksum = minutes.checksum(one.content)
        if checksum != one.content_hash or recorded.get(one.pk) != checksum[:12]:
            yield f"minutes {one.number} were changed after the chair had signed them"
