"""The board of customers' voices, saved views, and the export of the list."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import services as audit
from complaints.board import board_for
from complaints.export import export_header, export_rows
from complaints.forms.board import BoardFilters
from complaints.forms.staff import CaseFilter
from complaints.models import Case, SavedView
from complaints.services import saved_views
from core.access import require
from core.excel import rows_as_csv, rows_as_xlsx
from core.flow import Refused
from organization.models import Department, Site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require("complaints.board")
def board(request):
    at = timezone.now()
    filters = BoardFilters(
        request.GET,
        at=at,
        sites=Site.objects.filter(company=request.company),
        departments=Department.objects.filter(company=request.company, closed_on=None),
    )
    context = {
        "filters": filters,
        "board": board_for(request.user, request.company, filters, at),
        "views": views_of(request, "case_board"),
        "export_query": filters.list_query() if request.user.has_perm("complaints.export") else "",
    }
    return render(request, "complaints/board/board.html", context, status=200 if filters.is_valid() else 422)


def views_of(request, page):
    """The person's own saved views of a page, for its tools."""
    return SavedView.objects.filter(company=request.company, user=request.user, page=page)


@require("complaints.view")
@require_POST
def view_save(request, page):
    query = request.POST.get("query", "")
    back = reverse(page) if page in saved_views.PAGES else reverse("home")
    try:
        view = saved_views.save_view(
            company=request.company,
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect(f"{back}?{query}")
    messages.success(request, _("“%(name)s” is kept among your views.") % {"name": view.name})
    return redirect(f"{back}?{view.query}")


@require("complaints.view")
@require_POST
def view_forget(request, pk):
    view = get_object_or_404(SavedView, pk=pk, user=request.user, company=request.company)
    saved_views.forget_view(view, by=request.user)
    messages.success(request, _("“%(name)s” is no longer among your views.") % {"name": view.name})
    return redirect(view.page)


@require("complaints.export")
def export(request):
    """The cases filtered as in the list, without anything that identifies a customer; the export is logged."""
    cases = Case.objects.visible_to(request.user).filter(company=request.company).of_customers()
    found = CaseFilter(request.GET, queryset=cases, request=request).qs
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    narrowed = sorted(set(request.GET) & set(CaseFilter.base_filters))
    audit.record(
        f"complaints.cases.exported_{kind}", request.company, by=request.user, at=timezone.now(),
        data={"cases": found.count(), "narrowed_by": narrowed},
    )  # fmt: skip
    header, rows = export_header(), export_rows(found, request.company)
    name = f"cases-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(rows_as_csv(header, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(rows_as_xlsx(header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
