"""The service's list of everything customers said, and the group's inbox of voices."""

import datetime as dt

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone

from complaints import wording
from complaints.forms.staff import CaseFilter, rules_today
from complaints.models import Case, SavedView
from complaints.pages import voices
from complaints.pages.queue import allegations_of, kind_chips, rows_of, sorts, switches, tabs
from complaints.pages.sight import Sight
from complaints.pages.stages import SORTS, counts, in_order
from core.access import may, require
from organization.scopes import employee_id_of

PER_PAGE = 25
DAYS_WITHOUT_POLICY = 28


def cases_for(request):
    """Customers' cases the visitor may see in the company worked in."""
    return Case.objects.visible_to(request.user).filter(company=request.company).of_customers()


@require("complaints.view")
def cases(request):
    at, visible = timezone.now(), cases_for(request)
    chosen = CaseFilter(request.GET, visible, request=request)
    given = chosen.given
    narrowed = chosen.narrowed(visible)
    found = counts(narrowed, at)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else ""
    page = Paginator(in_order(chosen.staged(narrowed), sort), PER_PAGE).get_page(request.GET.get("page"))
    sight = Sight(request.user, request.company)
    is_employee = employee_id_of(request.user) is not None
    context = {
        "filter": chosen,
        "given": given,
        "kinds": kind_chips(request.GET, given.get("kind", "")),
        "switches": switches(request.GET, given, is_employee=is_employee),
        "sort": sort,
        "sorts": sorts(request.GET, sort),
        "counts": found,
        "tabs": tabs(found, given.get("stage", "")),
        "page": page,
        "rows": rows_of(page.object_list, rules=chosen.rules, sight=sight, at=at),
        "at": at,
        "views": SavedView.objects.filter(company=request.company, user=request.user, page="cases"),
        "export_query": export_query(request),
        "may_enter": may(request.user, "complaints.handle"),
    }
    return render(request, "complaints/queue/queue.html", context)


def export_query(request):
    """What the export is narrowed to, or '' for those who may not export; never empty, for it is the link's sign."""
    if not may(request.user, "complaints.export"):
        return ""
    given = request.GET.copy()
    for name in ("page", "sort"):
        given.pop(name, None)
    return given.urlencode() or "stage="


@require("complaints.supervise")
def group_inbox(request):
    """What employees passed on, without passing a head, and what was escalated (AU-1)."""
    at, rules = timezone.now(), rules_today(request.company)
    found = voices.voices_in(cases_for(request))
    waiting = voices.without_answer(found)
    shows_all = request.GET.get("show") == "all"
    listed = voices.in_order(found if shows_all else found.open())
    related = ("site", "received_by", "handler", "merged_into")
    page = Paginator(listed.select_related(*related), PER_PAGE).get_page(request.GET.get("page"))
    days = rules.hot_days if rules else DAYS_WITHOUT_POLICY
    median = voices.median_wait(found, at - dt.timedelta(days=days))
    shown = list(page.object_list)
    context = {
        "page": page,
        "rows": voices.rows_of(
            shown,
            rules=rules,
            sight=Sight(request.user, request.company),
            allegations=allegations_of(shown),
            at=at,
        ),
        "waiting": waiting.count(),
        "median": wording.span(median) if median is not None else "",
        "days": days,
        "shows_all": shows_all,
    }
    return render(request, "complaints/voices/voices.html", context)
