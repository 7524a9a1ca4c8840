"""How departments come out over their inspections: the overview's rows, and the course of one checklist as a chart."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.templatetags.manyi import day_name
from improvements.models import Inspection, InspectionFinding
from improvements.selectors.inspections import Structure, day_of, turns

Step = InspectionFinding.State
MOST_POINTS = 12
LEFT, RIGHT, TOP, BOTTOM = 8, 94, 8, 82


@dataclass(frozen=True)
class Row:
    """One department and checklist of the overview."""

    turn: object
    last: Inspection | None
    before: Inspection | None
    unsettled: int
    overdue: int

    @property
    def change_bp(self):
        """Difference of the two last scores in hundredths of a percent point, None without both."""
        scores = [one.score_bp for one in (self.last, self.before) if one is not None]
        return scores[0] - scores[1] if len(scores) == 2 and None not in scores else None


def overview(company, seen, places, at):
    """[Row] of the departments in `places`, in a fixed number of statements; `seen` are the reader's inspections."""
    day = day_of(at)
    found = [one for one in turns(company, day, Structure(company.pk, day)) if one.department.pk in places]
    late = Q(findings__state=Step.RUNNING, findings__due_at__lte=at)
    unsettled = Q(findings__state__in=set(Step) - set(InspectionFinding.SETTLED))
    groups = seen.told().order_by().values("department_id", "checklist_code")
    counts = {
        (row["department_id"], row["checklist_code"]): row
        for row in groups.annotate(
            open=Count("findings", filter=unsettled), late=Count("findings", filter=late)
        )
    }
    latest = {}
    scored = seen.told().only(
        "department_id", "checklist_code", "score_bp", "checklist", "held_on", "number", "state"
    )
    for one in scored.order_by("-submitted_at", "-pk"):
        kept = latest.setdefault((one.department_id, one.checklist_code), [])
        if len(kept) < 2:
            kept.append(one)
    rows = []
    for turn in found:
        key = (turn.department.pk, turn.checklist.code)
        last, before, *_rest = [*latest.get(key, ()), None, None]
        row = counts.get(key, {"open": 0, "late": 0})
        rows.append(Row(turn, last, before, row["open"], row["late"]))
    return sorted(rows, key=lambda row: (row.turn.department.code, row.turn.checklist.code))


@dataclass(frozen=True)
class Point:
    inspection: Inspection
    x: str
    y: str
    label: str


@dataclass(frozen=True)
class Course:
    """The scores of one checklist in a department, the oldest first, places in percent of the drawing."""

    title: str
    points: tuple
    pass_y: str
    pass_bp: int
    low: int

    @property
    def lines(self):
        """(from, to) of the strokes between neighbours."""
        return list(zip(self.points, self.points[1:], strict=False))

    @property
    def finding(self):
        """The caption: what the two last say, in words."""
        if len(self.points) < 2:
            return _("One inspection so far; a trend needs two")
        last, before = self.points[-1].inspection.score_bp, self.points[-2].inspection.score_bp
        words = {
            1: _("Higher than the time before"),
            0: _("As the time before"),
            -1: _("Lower than the time before"),
        }
        return words[(last > before) - (last < before)]

    @property
    def bottom(self):
        return f"{BOTTOM}%"

    @property
    def top(self):
        return f"{TOP}%"


def courses(seen):
    """[Course] of the inspections given, one a checklist; those without a score are left out."""
    found = {}
    for one in seen.told().exclude(score_bp=None).order_by("submitted_at", "pk"):
        found.setdefault(one.checklist_code, []).append(one)
    return [_course(rows[-MOST_POINTS:]) for rows in found.values()]


def _course(rows):
    pass_bp = rows[-1].checklist["pass_bp"]
    low = min(*(one.score_bp for one in rows), pass_bp) // 1000 * 1000
    low = min(low, 9000)
    step = (RIGHT - LEFT) / max(len(rows) - 1, 1)
    start = LEFT if len(rows) > 1 else (LEFT + RIGHT) / 2
    points = tuple(
        Point(one, f"{start + step * place:.2f}%", _height(one.score_bp, low), day_name(one.held_on))
        for place, one in enumerate(rows)
    )
    return Course(rows[-1].title, points, _height(pass_bp, low), pass_bp, low // 100)


def _height(bp, low):
    return f"{BOTTOM - (BOTTOM - TOP) * (bp - low) / (10_000 - low):.2f}%"
