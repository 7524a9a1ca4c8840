"""Departments and their inspections: last score, next day, what is open; and the course of one department."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from core.access import may, require
from improvements.inspections.course import courses, overview
from improvements.inspections.pages import rows_for, with_overdue
from improvements.models.inspections import INSPECT, VIEW
from improvements.selectors.inspections import day_of, turns
from improvements.views.inspections import due_for, places_of, seen_by

PER_PAGE = 20


@require(VIEW)
def departments(request):
    at = timezone.now()
    places = set(places_of(request).values_list("pk", flat=True))
    rows = overview(request.company, seen_by(request), places, at)
    context = {
        "rows": rows,
        "overdue": sum(row.turn.is_overdue for row in rows),
        "may_plan": may(request.user, INSPECT),
        "has_due": bool(may(request.user, INSPECT) and due_for(request, at)),
    }
    return render(request, "improvements/inspections/departments.html", context)


@require(VIEW)
def department(request, pk):
    at = timezone.now()
    place = get_object_or_404(places_of(request), pk=pk)
    own = seen_by(request).filter(department=place)
    rows = with_overdue(rows_for(own), at).order_by("-planned_on", "-pk")
    context = {
        "department": place,
        "courses": courses(own),
        "turns": [one for one in turns(request.company, day_of(at)) if one.department.pk == place.pk],
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_plan": may(request.user, INSPECT),
        "at": at,
    }
    return render(request, "improvements/inspections/department.html", context)
