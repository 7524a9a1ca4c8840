"""Rows of the exported list of suggestions."""

from django.utils.translation import gettext as _

from core.period import SHANGHAI
from improvements.models import Suggestion

CHUNK = 1000
COLUMNS = (
    "number", "submitted_at", "author__name", "department__name", "about__name", "problem", "proposal", "expected",
    "state", "due_at", "first_assessed_at", "owner__name", "implemented_on", "effect__before_k", "effect__before_n",
    "effect__after_k", "effect__after_n", "confirmed_at",
)  # fmt: skip
COUNTS = ("effect__before_k", "effect__before_n", "effect__after_k", "effect__after_n")


def export_header():
    return [
        _("Number"),
        _("Submitted on"),
        _("Author"),
        _("Author's department"),
        _("Department it concerns"),
        _("What does not go well today"),
        _("What you propose"),
        _("What it should bring"),
        _("State"),
        _("To be assessed by"),
        _("First assessed on"),
        _("Who carries it out"),
        _("First day on which it holds"),
        _("Satisfied before"),
        _("Asked before"),
        _("Satisfied afterwards"),
        _("Asked afterwards"),
        _("Effect confirmed on"),
    ]


def export_rows(suggestions, *, sees_counts):
    """One tuple per suggestion, fetched in pieces; counts of answers for those alone who see all scores."""
    states = {value: str(label) for value, label in Suggestion.State.choices}
    found = suggestions.order_by("submitted_at", "pk").values_list(*COLUMNS)
    for row in found.iterator(chunk_size=CHUNK):
        told = dict(zip(COLUMNS, row, strict=True))
        told["state"] = states[told["state"]]
        if not sees_counts:
            told |= dict.fromkeys(COUNTS)
        for name in ("submitted_at", "due_at", "first_assessed_at", "confirmed_at"):
            told[name] = f"{told[name].astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if told[name] else ""
        yield tuple("" if value is None else value for value in told.values())
