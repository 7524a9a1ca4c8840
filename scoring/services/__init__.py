"""Verbs of this room, by noun: unfolding of answers, close of a period, its steps, checks, metrics."""

from scoring.services.checksums import recompute_checksum
from scoring.services.closing import close_due, close_period, request_close, run_close
from scoring.services.unfolding import discount, unfold_answers, unfold_pending

__all__ = [
    "close_due",
    "close_period",
    "discount",
    "recompute_checksum",
    "request_close",
    "run_close",
    "unfold_answers",
    "unfold_pending",
]
