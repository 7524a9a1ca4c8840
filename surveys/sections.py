"""This room's sections of a policy: `dimensions` and `surveys`. ValueError with a sentence when they are wrong."""

import re
from dataclasses import dataclass

KINDS = {"viewing", "signing", "handover", "repair"}
CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")


@dataclass(frozen=True)
class Dimension:
    """One side of satisfaction and the department (code) that answers for it."""

    code: str
    name: str
    name_en: str = ""
    owner: str = ""

    def name_in(self, language):
        return self.name_en or self.name if language == "en" else self.name


@dataclass(frozen=True)
class Quarterly:
    """The wave that opens by itself: day `opens_day` of the quarter's month number `opens_month_offset` (0, 1, 2)."""

    questionnaire: str
    opens_month_offset: int
    opens_day: int
    open_days: int
    recent_days: int
    prospects_days: int = 0
    sample_margin_bp: int = 0
    least_per_stratum: int = 10
    remind_after_days: int = 0


@dataclass(frozen=True)
class Continuous:
    """The survey that follows each service encounter of these kinds by `after_days`."""

    questionnaire: str
    kinds: tuple
    after_days: int
    open_days: int
    quiet_days: int
    remind_after_days: int = 0


@dataclass(frozen=True)
class SurveyRules:
    quarterly: Quarterly | None = None
    continuous: Continuous | None = None


def parse_dimensions(raw):
    """[[dimensions]] → tuple of Dimension, in the policy's order."""
    if not isinstance(raw, list) or not raw:
        raise ValueError("`dimensions` must be a list of tables with code and name.")
    found = tuple(_dimension(entry) for entry in raw)
    if len({dimension.code for dimension in found}) != len(found):
        raise ValueError("A dimension code is used twice.")
    return found


def _dimension(raw):
    code = raw.get("code", "")
    if not CODE.match(str(code)):
        raise ValueError(f"The dimension code {code!r} must be small letters, digits, - or _.")
    if not raw.get("name"):
        raise ValueError(f"Dimension {code!r} has no name.")
    return Dimension(code, raw["name"], raw.get("name_en", ""), raw.get("owner", ""))


def parse_surveys(raw):
    """[surveys] quarterly = {…}, continuous = {…} → SurveyRules; either may be missing."""
    if not isinstance(raw, dict):
        raise ValueError("`surveys` must be a table.")
    return SurveyRules(
        quarterly=_quarterly(raw["quarterly"]) if raw.get("quarterly") else None,
        continuous=_continuous(raw["continuous"]) if raw.get("continuous") else None,
    )


def _quarterly(raw):
    return Quarterly(
        questionnaire=_code(raw, "surveys.quarterly"),
        opens_month_offset=_number(raw, "opens_month_offset", 0, 2),
        opens_day=_number(raw, "opens_day", 1, 28),
        open_days=_number(raw, "open_days", 1, 92),
        recent_days=_number(raw, "recent_days", 1, 3660),
        prospects_days=_number(raw, "prospects_days", 0, 3660, 0),
        sample_margin_bp=_number(raw, "sample_margin_bp", 0, 5000, 0),
        least_per_stratum=_number(raw, "least_per_stratum", 1, 1000, 10),
        remind_after_days=_number(raw, "remind_after_days", 0, 92, 0),
    )


def _continuous(raw):
    kinds = tuple(raw.get("kinds") or ())
    if not kinds or not set(kinds) <= KINDS:
        raise ValueError(f"surveys.continuous.kinds must be some of {', '.join(sorted(KINDS))}.")
    return Continuous(
        questionnaire=_code(raw, "surveys.continuous"),
        kinds=kinds,
        after_days=_number(raw, "after_days", 0, 60),
        open_days=_number(raw, "open_days", 1, 92),
        quiet_days=_number(raw, "quiet_days", 0, 366),
        remind_after_days=_number(raw, "remind_after_days", 0, 92, 0),
    )


def _code(raw, where):
    if not raw.get("questionnaire"):
        raise ValueError(f"{where} names no questionnaire.")
    return raw["questionnaire"]


def _number(raw, name, low, high, default=None):
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"surveys: {name} must be a whole number from {low} to {high}, not {value!r}.")
    return value
