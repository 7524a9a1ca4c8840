"""The frozen evidence of a case, ready to be drawn: months, pooled counts, peers, the gate's verdict."""

from dataclasses import dataclass, field

from core.templatetags.scores import Figure
from scoring.statistics.intervals import score_status, wilson

PENALTY_PLACE = "bottom"


@dataclass(frozen=True)
class Month:
    """One month of the window; ranks are places in the peer group, `p_value` of the test over the group."""

    period: str
    figure: Figure
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    eligible: int | None
    places: int | None
    p_value: float | None
    standing_id: int | None


@dataclass(frozen=True)
class Evidence:
    """What a streak rests on; shares are 0–1."""

    place: str
    months: list
    pooled: Figure
    peers_k: int
    peers_n: int
    members: int
    is_distinguishable: bool
    bound: float | None
    alpha: float | None
    no_difference: list = field(default_factory=list)

    @property
    def is_bottom(self):
        return self.place == PENALTY_PLACE

    @property
    def peers_share(self):
        return self.peers_k / self.peers_n if self.peers_n else None

    @property
    def group_size(self):
        """The peers and the person."""
        return self.members + 1

    @property
    def last(self):
        return self.months[-1]

    @property
    def ranks(self):
        return [month.rank for month in self.months if month.rank]

    @property
    def axis_low(self):
        return axis_from([month.figure.low for month in self.months])

    @property
    def weak_months(self):
        """Months in which nobody in the group was shown to differ."""
        return [month for month in self.months if month.period in self.no_difference]


def axis_from(lows):
    """Where the axis of a table of bars begins: a half, or the ten percent below the lowest interval."""
    return min([0.5, *(int(low * 10) / 10 for low in lows)])


def read(frozen):
    """Evidence from a case's JSON, or None when the case does not rest on a streak of ranks."""
    if frozen.get("kind") != "rank_streak":
        return None
    gate, peers, pooled = frozen["gate"], frozen["peers"], frozen["pooled"]
    share = peers["k"] / peers["n"] if peers["n"] else None
    proven = bool(gate["distinguishable"])
    verdict = "below_peers" if proven and frozen["place"] == PENALTY_PLACE else ""
    return Evidence(
        place=frozen["place"],
        months=[_month(month, share) for month in frozen["months"]],
        pooled=_figure(pooled["k"], pooled["n"], share, verdict),
        peers_k=peers["k"],
        peers_n=peers["n"],
        members=peers.get("members") or 0,
        is_distinguishable=proven,
        bound=gate.get("bound"),
        alpha=gate.get("alpha"),
        no_difference=frozen.get("no_difference_months") or [],
    )


def _month(month, peers_share):
    return Month(
        period=month["period"],
        figure=_figure(month["k"], month["n"], peers_share),
        rank=month.get("rank"),
        rank_low=month.get("rank_low"),
        rank_high=month.get("rank_high"),
        eligible=month.get("eligible"),
        places=month.get("places"),
        p_value=month.get("p_value"),
        standing_id=month.get("standing_id"),
    )


def _figure(k, n, peers_share, verdict=""):
    low, high = wilson(k, n) or (0.0, 1.0)
    status = "ok" if score_status(n) == "ok" else "low_n"
    return Figure(k, n, low, high, status=status, verdict=verdict, peer=peers_share)
