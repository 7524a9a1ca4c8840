"""What the charts are drawn from: plain values for json_script, words included, and the same rows for the table."""

from django.utils.translation import gettext as _

from core.templatetags.manyi import month_short
from reports import rules, wording
from scoring.selectors import BEYOND_998


def _percent(share):
    return round(100 * share, 1)


def month_label(month, is_first=False):
    """'25 年 11 月' at the left end and each January, else '3 月'."""
    short = month_short(str(month))
    if not is_first and month.first_day.month != 1:
        return short
    return f"{short} {month.first_day:%y}" if wording.is_english() else f"{month.first_day:%y}年{short}"


def trend(rows, target_bp):
    """Line with its interval band: {rows, target, min, words}; None when fewer than two months have a score."""
    points = [
        {
            "m": month_label(month, step == 0),
            "k": score.k if score else None,
            "n": score.n if score else None,
            "y": _percent(score.k / score.n) if score else None,
            "lo": _percent(score.low) if score else None,
            "hi": _percent(score.high) if score else None,
        }
        for step, (month, score) in enumerate(rows)
    ]
    known = [point for point in points if point["n"]]
    if len(known) < 2:
        return None
    lowest = min([point["lo"] for point in known] + ([target_bp / 100] if target_bp else []))
    return {
        "rows": points,
        "target": target_bp / 100 if target_bp else None,
        "min": max(10 * int(lowest // 10), 0),
        "words": {
            "target": _("target %(target)s") % {"target": wording.target(target_bp)} if target_bp else "",
            "satisfied": _("satisfied"),
            "interval": _("interval"),
        },
    }


def sizes(data):
    """How many answers stand behind each month of a trend."""
    known = [point["n"] for point in data["rows"] if point["n"]]
    return f"{min(known)}–{max(known)}"


def trend_finding(data):
    """The caption of a trend: what can be said of it, no more."""
    known = [point for point in data["rows"] if point["n"]]
    low, high = min(p["y"] for p in known), max(p["y"] for p in known)
    words = {"low": f"{low:.0f}", "high": f"{high:.0f}", "months": len(known)}
    direction = rules.trend_direction([(point["k"] or 0, point["n"] or 0) for point in data["rows"]])
    if direction == "up":
        return _("Rising over %(months)s months, between %(low)s and %(high)s%%") % words
    if direction == "down":
        return _("Falling over %(months)s months, between %(low)s and %(high)s%%") % words
    return _("Between %(low)s and %(high)s%% over %(months)s months, no demonstrable trend") % words


#: below this the dimensions explain so little of overall satisfaction that none of them can be called first
LEAST_R_SQUARED = 0.1


def importance(points, target_bp, r_squared, counts_as):
    """Importance and performance: {points, midx, midy, …}; `points` are (name, k, n, driver share 0–1).

    `counts_as` says on the axis what the share of satisfied customers counts.
    """
    middle = 100 / len(points)
    below = [p for p in points if target_bp and 10_000 * p[1] < target_bp * p[2] and 100 * p[3] >= middle]
    tells = r_squared >= LEAST_R_SQUARED
    first = max(below, key=lambda point: point[3], default=None) if tells else None
    shares = [100 * k / n for _name, k, n, _share in points]
    weights = [100 * share for *_rest, share in points]
    return {
        "points": [
            {
                "name": name,
                "k": k,
                "n": n,
                "y": _percent(k / n),
                "w": round(100 * share),
                "first": (name, k, n, share) == first,
            }
            for name, k, n, share in points
        ],
        "tells": tells,
        "midx": target_bp / 100 if target_bp else round(sum(shares) / len(shares), 1),
        "midy": round(middle, 1),
        "min": max(5 * int((min(shares) - 3) // 5), 0),
        "top": 15 * (int(max(weights) // 15) + 1),
        "words": {
            "x": _("Satisfied (%(counts_as)s)") % {"counts_as": counts_as},
            "weight": _("goes with overall"),
            "first": _("start here"),
            "corners": [
                _("much influence · less satisfied"),
                _("much influence · more satisfied"),
                _("little influence · less satisfied"),
                _("little influence · more satisfied"),
            ],
        },
    }


def importance_finding(data):
    """The caption: what to start with, when the figures can say so."""
    if not data["tells"]:
        return _(
            "The dimensions explain little of overall satisfaction this month: none stands out as the first"
        )
    most = max(data["points"], key=lambda point: point["w"])
    least = min(data["points"], key=lambda point: point["y"])
    if most is least:
        return _("Start with %(name)s: it goes most with overall satisfaction and is satisfied least") % {
            "name": most["name"]
        }
    words = {"most": most["name"], "least": least["name"]}
    return _("%(most)s goes most with overall satisfaction; %(least)s is satisfied least") % words


def funnel(found, mine, months):
    """Is anyone different? From scoring's Funnel; names leave the server only for one's own outside the limits."""
    points = []
    for point in found.points:
        is_mine = point.department_id in mine
        out = ("below" if point.share < found.share else "above") if point.zone == BEYOND_998 else ""
        name = point.name if is_mine and out else ""
        points.append(
            {
                "k": point.k,
                "n": point.n,
                "y": _percent(point.share),
                "mine": is_mine,
                "out": out,
                "name": name,
            }
        )
    lows = [limits[3] for limits in found.limits] + [point.share for point in found.points]
    return {
        "p": _percent(found.share),
        "n": found.n,
        "members": len(points),
        "points": sorted(points, key=lambda point: (point["n"], point["k"])),
        "band95": [[n, _percent(low), _percent(high)] for n, low, high, _low, _high in found.limits],
        "band998": [[n, _percent(low), _percent(high)] for n, _low, _high, low, high in found.limits],
        "min": max(5 * int(100 * min(lows) // 5), 0),
        "words": {
            "x": _("Answers in %(months)s months") % {"months": months},
            "group": _("group %(share)s%%") % {"share": _percent(found.share)},
            "limit95": _("95% limit"),
            "limit998": _("99.8% limit"),
            "someone": _("a colleague"),
            "mine": _("one of this department"),
            "satisfied": _("satisfied"),
        },
    }


def funnel_finding(data):
    outside = [point for point in data["points"] if point["mine"] and point["out"]]
    if not outside:
        return _("Nobody in the team differs demonstrably from the group")
    if len(outside) == 1:
        return _("In the team, only 1 person differs demonstrably from the group")
    return _("In the team, %(count)s people differ demonstrably from the group") % {"count": len(outside)}
