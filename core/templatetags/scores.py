"""The score component: share, interval bar, k of n, status (always together)."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@dataclass(frozen=True)
class Figure:
    """A share ready to be drawn: k of n, interval, status, target and peers as shares 0–1 (None: not known)."""

    k: int
    n: int
    low: float | None
    high: float | None
    status: str = "ok"
    target: float | None = None
    verdict: str = ""
    peer: float | None = None

    @property
    def share(self):
        return self.k / self.n if self.n else None


def _place(share, low, high):
    return f"{min(max((share - low) / (high - low), 0), 1) * 100:.2f}%"


def bar_context(figure, low, high):
    """Positions in percent of an axis from `low` to `high` (shares)."""
    if figure.n == 0 or figure.status in {"suppressed", "none"}:
        return {"empty": True}
    look = ""
    if figure.status == "low_n":
        look = "my-bar--low"
    elif figure.verdict in {"clearly_below", "below_peers"}:
        look = "my-bar--below"
    label = _("%(share)s%%, 95%% interval %(low)s to %(high)s%%") % {
        "share": f"{figure.share * 100:.1f}",
        "low": f"{figure.low * 100:.1f}",
        "high": f"{figure.high * 100:.1f}",
    }
    return {
        "look": look,
        "label": label,
        "dot": _place(figure.share, low, high),
        "start": _place(figure.low, low, high),
        "end": _place(figure.high, low, high),
        "target": None if figure.target is None else _place(figure.target, low, high),
        "peer": None if figure.peer is None else _place(figure.peer, low, high),
    }


@register.inclusion_tag("core/tags/bar.html")
def bar(figure, low=0.5, high=1.0):
    """Interval bar for a table cell; the axis ends stand in the table's head."""
    return bar_context(figure, low, high)


@register.inclusion_tag("core/tags/score.html")
def score(figure, size="", low=0.5, high=1.0, unit_text=""):
    """The whole component; size '', 'lg', 'hero' or 'row'. `figure` has Figure's attributes."""
    context = bar_context(figure, low, high)
    shown = None if context.get("empty") else f"{figure.share * 100:.1f}"
    return context | {
        "figure": figure,
        "shown": shown,
        "css": f"my-score--{size}" if size else "",
        "axis_low": f"{low * 100:.0f}%",
        "axis_high": f"{high * 100:.0f}%",
        "target_text": None if figure.target is None else f"{figure.target * 100:g}%",
        "peer_text": None if figure.peer is None else f"{figure.peer * 100:.1f}%",
        "has_axis": size in {"lg", "hero"},
        "unit_text": unit_text or _("satisfied"),
        "interval": None if shown is None else f"{figure.low * 100:.1f}–{figure.high * 100:.1f}%",
    }
