"""The sections of a policy that this room reads: scoring, ranking, targets, closing, composite."""

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _

from policies.models import Version
from policies.selectors import section, section_of, version_in_force
from scoring.statistics.measures import basis_points

TOP_TWO, BASIC = METRICS = ("top_two", "basic")


@dataclass(frozen=True)
class ScoringPolicy:
    """Which option codes count as satisfied, from how many answers a score is shown, interval level."""

    metric: str
    satisfied: tuple
    basic: tuple
    ok_n: int
    low_n: int
    level_bp: int = 9500
    segments: tuple = ()

    @property
    def level(self):
        return float(basis_points(self.level_bp))

    @property
    def counted_values(self):
        """Option codes that make an answer satisfied under this policy's metric."""
        return self.satisfied if self.metric == TOP_TWO else self.basic


@dataclass(frozen=True)
class RankingPolicy:
    """Who is ranked against whom, from how many answers, and how many stand near either end."""

    modes: tuple
    rank_min_n: int
    min_eligible: int
    place_share_bp: int
    streak_length: int
    max_pauses: int
    alpha_bp: int
    posts: tuple

    @property
    def place_share(self):
        return basis_points(self.place_share_bp)

    @property
    def alpha(self):
        return float(basis_points(self.alpha_bp))


@dataclass(frozen=True)
class TargetPolicy:
    """Targets in hundredths of a percent by measure; none applies to a period begun before `valid_from`."""

    overall_bp: int | None
    valid_from: dt.date
    by_dimension: dict = field(default_factory=dict)
    census_answered_bp: int | None = None

    def target_bp(self, measure, first_day):
        """The target of a measure for a period that begins on `first_day`, or None."""
        if self.valid_from > first_day:
            return None
        return self.overall_bp if measure == "overall" else self.by_dimension.get(measure)

    def target(self, measure, first_day) -> Fraction | None:
        target_bp = self.target_bp(measure, first_day)
        return None if target_bp is None else basis_points(target_bp)


@dataclass(frozen=True)
class CutOff:
    """Last counted day of the period's last month (31: its last day); day of a month on which the close starts."""

    cutoff_day: int = 31
    run_day: int = 1


@dataclass(frozen=True)
class ClosingPolicy:
    month: CutOff
    quarter: CutOff
    half: CutOff

    def of(self, kind):
        return getattr(self, kind)


@dataclass(frozen=True)
class Part:
    """One part of the composite: `survey` comes from customers, any other code from an imported metric."""

    code: str
    name: str
    name_en: str
    weight_bp: int


@dataclass(frozen=True)
class CompositePolicy:
    parts: tuple = ()


def parse_scoring(raw):
    """Raises ValueError with a sentence, as all parsers here."""
    metric = raw.get("metric", "top_two")
    if metric not in METRICS:
        raise ValueError(_("[scoring] metric must be one of %(known)s.") % {"known": ", ".join(METRICS)})
    ok_n, low_n = _count(raw, "scoring", "ok_n"), _count(raw, "scoring", "low_n")
    if low_n > ok_n:
        raise ValueError(_("[scoring] low_n must not exceed ok_n."))
    return ScoringPolicy(
        metric=metric,
        satisfied=_codes(raw, "satisfied"),
        basic=_codes(raw, "basic"),
        ok_n=ok_n,
        low_n=low_n,
        level_bp=_basis_points(raw, "scoring", "level_bp"),
        segments=tuple(raw.get("segments", ())),
    )


def parse_ranking(raw):
    count = lambda name: _count(raw, "ranking", name)  # noqa: E731
    return RankingPolicy(
        modes=tuple(raw["modes"]),
        rank_min_n=max(1, count("rank_min_n")),
        min_eligible=max(2, count("min_eligible")),
        place_share_bp=_basis_points(raw, "ranking", "place_share_bp"),
        streak_length=max(1, count("streak_length")),
        max_pauses=count("max_pauses"),
        alpha_bp=_basis_points(raw, "ranking", "alpha_bp"),
        posts=tuple(raw["posts"]),
    )


def parse_targets(raw):
    valid_from = raw.get("valid_from")
    by_dimension = {
        code: _basis_points(raw.get("by_dimension", {}), "targets.by_dimension", code)
        for code in raw.get("by_dimension", {})
    }
    return TargetPolicy(
        overall_bp=_basis_points(raw, "targets", "overall_bp") if "overall_bp" in raw else None,
        valid_from=_day(valid_from),
        by_dimension=by_dimension,
        census_answered_bp=raw.get("census_answered_bp"),
    )


def parse_closing(raw):
    return ClosingPolicy(**{kind: _cutoff(raw.get(kind, {}), kind) for kind in ("month", "quarter", "half")})


def parse_composite(raw):
    parts = tuple(
        Part(
            part["code"],
            part["name"],
            part.get("name_en", part["name"]),
            _basis_points(part, "composite", "weight_bp"),
        )
        for part in raw.get("parts", ())
    )
    if parts and sum(part.weight_bp for part in parts) != 10_000:
        raise ValueError(_("[composite] the weights must add up to 100%."))
    return CompositePolicy(parts)


NO_COMPOSITE = CompositePolicy(())
NOT_IN_EVERY_BOOK = {"composite": NO_COMPOSITE}
PARSERS = {
    "scoring": parse_scoring,
    "ranking": parse_ranking,
    "targets": parse_targets,
    "closing": parse_closing,
    "composite": parse_composite,
}


def _count(raw, table, name):
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(
            _("[%(table)s] %(name)s must be a whole number from 0.") % {"table": table, "name": name}
        )
    return value


def _basis_points(raw, table, name):
    value = _count(raw, table, name)
    if value > 10_000:
        raise ValueError(
            _("[%(table)s] %(name)s is in hundredths of a percent: at most 10000.")
            % {"table": table, "name": name}
        )
    return value


def _codes(raw, name):
    codes = raw.get(name)
    if not codes or not all(isinstance(code, int) for code in codes):
        raise ValueError(_("[scoring] %(name)s must list option codes.") % {"name": name})
    return tuple(codes)


def _day(value):
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(_("[targets] valid_from must be a date.")) from None


def _cutoff(raw, kind):
    cutoff, run_day = raw.get("cutoff_day", 31), raw.get("run_day", 1)
    if not (
        isinstance(cutoff, int) and 1 <= cutoff <= 31 and isinstance(run_day, int) and 1 <= run_day <= 31
    ):
        raise ValueError(_("[closing] %(kind)s: cutoff_day and run_day lie in 1–31.") % {"kind": kind})
    return CutOff(cutoff, run_day)


def version_for(company, day):
    """The policy version that measures on that day; for days before the first one that first one; None without any.

    So answers from before a company had a policy (imported history) are measured by its first policy.
    """
    found = version_in_force(company, day, section="scoring")
    if found is None:
        published = Version.objects.filter(
            company=company, document__department=None, state=Version.State.PUBLISHED
        )
        later = published.filter(effective_from__gt=day).order_by("effective_from", "pk")
        found = next((version for version in later if "scoring" in version.content), None)
    return found


def policy_of(version, name):
    """One parsed section of a version: ScoringPolicy, RankingPolicy, TargetPolicy, ClosingPolicy, CompositePolicy.

    A section that the version leaves out is that of another document of the company in force at its beginning. A
    composite need not be in any: it is the custom of some books only (RE-1).
    """
    if name in version.content:
        return section_of(version, name)
    return section(version.company, name, version.effective_from, otherwise=NOT_IN_EVERY_BOOK.get(name))
