"""Rows of the exported list: what was inspected, how it came out, what is still open; no words and nobody named."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.period import SHANGHAI
from improvements.models import InspectionFinding, Inspector

CHUNK = 500
Step = InspectionFinding.State


def export_header():
    return [
        _("Number"),
        _("Department"),
        _("Checklist"),
        _("State"),
        _("Planned day"),
        pgettext("inspection", "Held on"),
        _("Inspectors"),
        _("Score (%)"),
        _("Score as submitted (%)"),
        _("Passed"),
        _("Findings"),
        _("Unsettled findings"),
        _("Overdue measures"),
        pgettext("inspection", "Submitted"),
        _("Answered at"),
        _("Closed at"),
    ]


def export_rows(found, at):
    """One tuple per inspection, fetched in pieces with their inspectors."""
    unsettled = Q(findings__state__in=set(Step) - set(InspectionFinding.SETTLED))
    late = Q(findings__state=Step.RUNNING, findings__due_at__lte=at)
    rows = found.select_related("department").annotate(
        found=Count("findings", distinct=True),
        unsettled=Count("findings", filter=unsettled, distinct=True),
        overdue=Count("findings", filter=late, distinct=True),
    )
    batch = []
    for inspection in rows.order_by("planned_on", "pk").iterator(chunk_size=CHUNK):
        batch.append(inspection)
        if len(batch) == CHUNK:
            yield from _told(batch)
            batch = []
    yield from _told(batch)


def _told(batch):
    teams = {}
    for one in Inspector.objects.filter(inspection__in=batch).select_related("employee"):
        teams.setdefault(one.inspection_id, []).append(one.employee.name)
    words = {None: "", True: _("yes"), False: _("no")}
    for one in batch:
        yield (
            one.number,
            str(one.department),
            one.title,
            one.get_state_display(),
            f"{one.planned_on:%Y-%m-%d}",
            f"{one.held_on:%Y-%m-%d}" if one.held_on else "",
            "、".join(teams.get(one.pk, ())),
            percent(one.score_bp),
            percent(one.submitted_bp),
            words[one.has_passed],
            one.found,
            one.unsettled,
            one.overdue,
            *(moment(at) for at in (one.submitted_at, one.answered_at, one.closed_at)),
        )


def percent(bp):
    return "" if bp is None else f"{bp // 100}.{bp % 100:02d}"


def moment(at):
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
