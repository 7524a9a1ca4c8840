"""What the rules of a draft would have done in past months: computed from stored closes and facts, nothing written."""

from incentives.simulation.running import MONTHS, Skipped, closes_for, rules_of, run, unsaved
from incentives.simulation.summing import summary

__all__ = ["MONTHS", "Skipped", "closes_for", "rules_of", "run", "summary", "unsaved"]
