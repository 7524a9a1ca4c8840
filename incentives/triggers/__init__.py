"""What sets a rule off: registered, parametrised classes. A rule that names an unknown one is refused at loading."""

from incentives.triggers.base import Hit, Trigger, build, check_roles, close_inputs, triggers
from incentives.triggers.best_team import BestTeam
from incentives.triggers.by_hand import ByHand
from incentives.triggers.coverage import CoverageBelow, frozen_coverage
from incentives.triggers.departments import frozen_members, frozen_units
from incentives.triggers.findings import FindingConfirmed
from incentives.triggers.overlaps import overlaps
from incentives.triggers.praises import PraiseConfirmed
from incentives.triggers.rank_streak import RankStreak
from incentives.triggers.target_missed import TargetMissed
from incentives.triggers.unit_rate import UnitRateBelow

triggers.register("rank_streak", RankStreak)
triggers.register("target_missed", TargetMissed)
triggers.register("unit_rate_below", UnitRateBelow)
triggers.register("coverage_below", CoverageBelow)
triggers.register("best_team", BestTeam)
triggers.register("finding_confirmed", FindingConfirmed)
triggers.register("praise_confirmed", PraiseConfirmed)
triggers.register("by_hand", ByHand)

close_inputs.register("units", frozen_units)
close_inputs.register("members", frozen_members)
close_inputs.register("coverage", frozen_coverage)

__all__ = ["Hit", "RankStreak", "Trigger", "build", "check_roles", "close_inputs", "overlaps", "triggers"]
