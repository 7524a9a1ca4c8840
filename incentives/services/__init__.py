"""The verbs of rewards and penalties, by noun. Every one is a transaction of its own."""

from incentives.services.cases import find_cases, set_aside
from incentives.services.decisions import (
    BatchRefused,
    amend,
    propose,
    propose_and_submit,
    submit_batch,
    write_opinion,
)
from incentives.services.hearings import call_hearing, end_due_hearings, state_case, waive_hearing
from incentives.services.issuing import acknowledge_receipt, finalize_due, issue
from incentives.services.ledger import post, reverse
from incentives.services.talks import acknowledge_talk, hold_talk
from incentives.services.voting import enact

__all__ = [
    "BatchRefused",
    "acknowledge_receipt",
    "acknowledge_talk",
    "amend",
    "call_hearing",
    "enact",
    "end_due_hearings",
    "finalize_due",
    "find_cases",
    "hold_talk",
    "issue",
    "post",
    "propose",
    "propose_and_submit",
    "reverse",
    "set_aside",
    "state_case",
    "submit_batch",
    "waive_hearing",
    "write_opinion",
]
