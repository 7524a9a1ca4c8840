"""Reads of this room; other rooms import from here."""

from customers.selectors.consents import askable, consent_of
from customers.selectors.families import (
    family_ids,
    family_of,
    files_with_phone,
    household_ids,
    leading,
    live_id,
    with_merged,
)
from customers.selectors.search import namesakes, search
from customers.selectors.stages import in_stage, stage_counts, stage_on, stages_on
from customers.selectors.timeline import Entry, own_timeline, timeline_of
from customers.selectors.twins import Pair, pairs_of

__all__ = [
    "Entry",
    "Pair",
    "askable",
    "consent_of",
    "family_ids",
    "family_of",
    "files_with_phone",
    "household_ids",
    "in_stage",
    "leading",
    "live_id",
    "namesakes",
    "own_timeline",
    "pairs_of",
    "search",
    "stage_counts",
    "stage_on",
    "stages_on",
    "timeline_of",
    "with_merged",
]
