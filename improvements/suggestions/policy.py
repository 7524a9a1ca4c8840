"""The section [suggestions] of a policy: clocks, windows, least answers. Without it a company has no suggestion box."""

from dataclasses import dataclass, fields
from functools import cached_property

from django.utils.translation import gettext as _

from core.period import SHANGHAI
from policies.models import Version
from policies.selectors import section_of, version_in_force


@dataclass(frozen=True)
class SuggestionPolicy:
    """`assess_days` are working days; windows are days on either side of the first day that it holds.

    An effect needs `least_n` answers on either side. `similar_bp`: from which likeness, in hundredths of a percent,
    an earlier suggestion is shown. `bar_line`: superiors of the author neither assess nor confirm.
    """

    assess_days: int
    window_days: int
    least_window_days: int
    most_window_days: int
    least_n: int
    least_text: int
    least_reason: int
    most_files: int
    similar_bp: int
    bar_line: bool = True


NUMBERS = [one.name for one in fields(SuggestionPolicy) if one.name != "bar_line"]


def parse_suggestions(raw):
    """Raises ValueError with a sentence."""
    for name in NUMBERS:
        value = raw.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(_("[suggestions] %(name)s must be a whole number, at least 1.") % {"name": name})
    if not raw["least_window_days"] <= raw["window_days"] <= raw["most_window_days"]:
        raise ValueError(_("[suggestions] window_days must lie between the least and the most."))
    if raw["similar_bp"] > 10_000:
        raise ValueError(_("[suggestions] similar_bp is in hundredths of a percent: at most 10000."))
    if not isinstance(raw.get("bar_line", True), bool):
        raise ValueError(_("[suggestions] bar_line is true or false."))
    known = {name: raw[name] for name in (*NUMBERS, "bar_line") if name in raw}
    return SuggestionPolicy(**known)


def box_of(company, day) -> SuggestionPolicy | None:
    """The rules of the box on that day; None where no book of the company sets one up."""
    version = version_in_force(company, day, "suggestions")
    return None if version is None else section_of(version, "suggestions")


class Boxes:
    """The rules of the box of one company on any day; one statement, when first asked."""

    def __init__(self, company):
        self.company, self.parsed = company, {}

    @cached_property
    def versions(self):
        published = Version.objects.published().filter(company=self.company, document__department=None)
        return [one for one in published.order_by("document_id") if "suggestions" in one.content]

    def on(self, moment):
        """SuggestionPolicy at that aware datetime, or None."""
        day = moment.astimezone(SHANGHAI).date()
        for one in self.versions:
            if one.effective_from <= day and (one.effective_to is None or day < one.effective_to):
                return self.parsed.setdefault(one.pk, section_of(one, "suggestions"))
        return None


def is_open(company, day):
    return box_of(company, day) is not None


def rules_of(suggestion) -> SuggestionPolicy:
    """Those of the day on which it was submitted: what was promised to the author holds to the end."""
    return box_of(suggestion.company, suggestion.submitted_at.astimezone(SHANGHAI).date())
