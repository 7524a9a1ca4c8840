"""The verbs of committees, by noun: terms, motions, votes, delegations, minutes. Silence never approves."""

from approvals.services.batch import BatchRefused, Line, cast_batch
from approvals.services.committees import end_membership, start_membership
from approvals.services.delegations import end_delegation, give_delegation
from approvals.services.minutes import assemble_minutes, discard_minutes, sign_minutes
from approvals.services.motions import close_if_decided, open_motion, withdraw
from approvals.services.reminding import remind
from approvals.services.voting import cast_vote, name_stand_in, recuse

__all__ = [
    "BatchRefused",
    "Line",
    "assemble_minutes",
    "cast_batch",
    "cast_vote",
    "close_if_decided",
    "discard_minutes",
    "end_delegation",
    "end_membership",
    "give_delegation",
    "name_stand_in",
    "open_motion",
    "recuse",
    "remind",
    "sign_minutes",
    "start_membership",
    "withdraw",
]
