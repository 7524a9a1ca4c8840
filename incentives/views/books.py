"""What follows a vote: the checklist of execution, the ledger, the notice board."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import services as audit
from core.access import may, require
from core.excel import rows_as_csv, rows_as_xlsx
from incentives.execution_rows import ExecutionFilters, approved_for, carried, late, unfinished
from incentives.ledger_rows import LedgerFilters, export_header, export_rows, lines_for, totals_of
from incentives.models import LedgerLine, Notice
from organization.models import Company
from organization.scopes import reach_of

PER_PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require("incentives.view")
def execution(request):
    """What is still to be done, what of it is late, or everything approved; each with its dated steps."""
    at = timezone.now()
    filters = ExecutionFilters.of(request.GET)
    visible = approved_for(request.user, request.company)
    narrowed = filters.narrow(visible)
    lists = {"open": narrowed.filter(unfinished()), "late": narrowed.filter(late(at)), "all": narrowed}
    shown = lists[filters.shown].select_related("employee", "department", "rule__clause")
    page = Paginator(shown.order_by("-approved_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    counts = {name: found.count() for name, found in lists.items()}
    departments = visible.order_by().values_list("department_id", "department__name").distinct()
    context = {
        "month": filters.month,
        "filters": filters,
        "page": page,
        "rows": carried(page.object_list),
        "tabs": [(name, label, counts[name]) for name, label in execution_tabs()],
        "open_count": counts["open"],
        "late": counts["late"],
        "departments": sorted(((str(pk), name) for pk, name in departments), key=lambda pair: pair[1]),
        "directions": [("reward", _("Rewards")), ("penalty", _("Penalties"))],
        "may_serve": may(request.user, "incentives.propose"),
        "at": at,
    }
    return render(request, "incentives/execution.html", context)


def execution_tabs():
    return [("open", _("Still open")), ("late", pgettext("list", "Late")), ("all", _("All approved"))]


@require("incentives.view")
def ledger(request):
    filters = LedgerFilters.of(request.GET)
    visible = lines_for(request.user, request.company)
    lines = filters.narrow(visible)
    page = Paginator(lines, 2 * PER_PAGE).get_page(request.GET.get("page"))
    departments = visible.order_by().values_list("department_id", "department__name").distinct()
    context = {
        "month": filters.month,
        "filters": filters,
        "page": page,
        "totals": totals_of(lines),
        "departments": sorted(((str(pk), name) for pk, name in departments), key=lambda pair: pair[1]),
        "units": LedgerLine.Unit.choices,
    }
    return render(request, "incentives/ledger.html", context)


@require("incentives.view")
def ledger_export(request):
    """The lines filtered, as xlsx or csv; the export is logged, for it names people."""
    filters = LedgerFilters.of(request.GET)
    lines = filters.narrow(lines_for(request.user, request.company))
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    record_export(request.user, request.company, kind)
    name = f"ledger-{filters.month or 'all'}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(
            rows_as_csv(export_header(), export_rows(lines)), "text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(rows_as_xlsx(export_header(), export_rows(lines)), XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def record_export(user, company: Company, kind):
    audit.record(
        "incentives.ledger.export",
        company,
        by=user,
        at=timezone.now(),
        data={"format": kind},
        company_id=company.pk,
    )


@require("policies.view")
def notices(request):
    """Praise only: what the company makes known of its good work."""
    companies = reach_of(request.user, "policies.view").company_ids
    published = Notice.objects.filter(
        company_id__in=companies, company=request.company, kind=Notice.Kind.COMMENDATION
    ).select_related("decision__employee", "decision__department")
    published = published.filter(decision__reversed_at=None)
    words = request.GET.get("within", "").strip()[:60]
    if words:
        name = Q(decision__employee__name__icontains=words) | Q(decision__department__name__icontains=words)
        published = published.filter(name | Q(number__icontains=words))
    page = Paginator(published, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incentives/notices.html", {"page": page, "words": words})
