"""What sets a rule off: registered, parametrised classes. A rule that names an unknown one is refused at loading."""

from incentives.triggers.base import Hit, build, triggers
from incentives.triggers.rank_streak import RankStreak

triggers.register("rank_streak", RankStreak)

__all__ = ["Hit", "RankStreak", "build", "triggers"]
