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
from incentives.services.duties import accept_duty, finish_duty, send_back_duty
from incentives.services.facts import find_due_facts, find_fact_cases
from incentives.services.hand import decline_report, report_fact, verify_report
from incentives.services.hearings import call_hearing, end_due_hearings, state_case, waive_hearing
from incentives.services.issuing import acknowledge_receipt, finalize_due, issue, record_service
from incentives.services.late_heads import resolve_unit_hits
from incentives.services.ledger import post, reverse
from incentives.services.marks import confirm_condition
from incentives.services.payroll import make_payroll
from incentives.services.talks import acknowledge_talk, hand_over_talk, hold_talk
from incentives.services.unit_hits import set_aside_unit_hit
from incentives.services.voting import enact, take_back

__all__ = [
    "BatchRefused",
    "accept_duty",
    "acknowledge_receipt",
    "acknowledge_talk",
    "amend",
    "call_hearing",
    "confirm_condition",
    "enact",
    "decline_report",
    "end_due_hearings",
    "finalize_due",
    "find_cases",
    "find_due_facts",
    "find_fact_cases",
    "finish_duty",
    "hand_over_talk",
    "hold_talk",
    "issue",
    "make_payroll",
    "post",
    "propose",
    "propose_and_submit",
    "report_fact",
    "record_service",
    "resolve_unit_hits",
    "reverse",
    "send_back_duty",
    "set_aside",
    "set_aside_unit_hit",
    "state_case",
    "submit_batch",
    "take_back",
    "verify_report",
    "waive_hearing",
    "write_opinion",
]
