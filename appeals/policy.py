"""The section [appeals] of a policy: windows, clocks, what goes to the group."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from policies.selectors import section

DAYS = ("answer_days", "window_days", "chair_days", "warn_days")
COUNTS = ("least_text", "most_files", "least_n")
LARGE = ("large_points", "large_fen", "large_people")


@dataclass(frozen=True)
class AppealPolicy:
    """Working days for the answer, to object to scores, ranks and findings, to go to the chair, and before the due
    day at which the group is warned. An outcome that moves as many points, fen or other people as `large_…` is the
    group's. Rates on fewer than `least_n` answered appeals are not published.
    """

    answer_days: int
    window_days: int
    chair_days: int
    warn_days: int
    least_text: int
    most_files: int
    least_n: int
    large_points: int
    large_fen: int
    large_people: int
    committee: str = "group"


def parse_appeals(raw):
    """Raises ValueError with a sentence."""
    for name in DAYS:
        if not isinstance(raw.get(name), int) or raw[name] < 1:
            raise ValueError(
                _("[appeals] %(name)s must be a whole number of working days, at least 1.") % {"name": name}
            )
    for name in (*COUNTS, *LARGE):
        if not isinstance(raw.get(name), int) or raw[name] < 1:
            raise ValueError(_("[appeals] %(name)s must be a whole number, at least 1.") % {"name": name})
    known = {name: raw[name] for name in (*DAYS, *COUNTS, *LARGE, "committee") if name in raw}
    return AppealPolicy(**known)


def appeal_policy(company, day) -> AppealPolicy:
    return section(company, "appeals", day)
