"""Months and their payroll files: what would go in, made once, downloaded as often as wanted."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import services as audit
from core.access import may, require
from core.flow import Refused
from core.period import Period
from incentives import payroll_rows, services
from incentives.models import LedgerLine, PayrollBatch
from incentives.views.books import XLSX
from organization.scopes import reach_of

PER_PAGE = 40
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


def batches_for(request):
    companies = reach_of(request.user, "incentives.payroll").company_ids
    return PayrollBatch.objects.filter(company_id__in=companies, company=request.company)


@require("incentives.payroll")
def payroll(request):
    """A row a month: made, with its number and sums, or still to be made."""
    made = {batch.month: batch for batch in batches_for(request).defer("csv", "xlsx")}
    months = [row | {"batch": made.get(row["month"])} for row in payroll_rows.months_of(request.company)]
    waiting = [row for row in months if row["batch"] is None]
    context = {
        "page": Paginator(months, 24).get_page(request.GET.get("page")),
        "waiting": waiting,
        "next": waiting[-1] if waiting else None,
    }
    return render(request, "incentives/payroll.html", context)


@require("incentives.payroll")
def payroll_month(request, month):
    """The lines before the file is made, or those in it; making it closes the month."""
    month = month_or_404(month)
    status, refusal = 200, None
    if request.method == "POST":
        try:
            services.make_payroll(
                request.company,
                month=month,
                by=request.user,
                at=timezone.now(),
                despite_open=request.POST.get("despite_open") == "on",
            )
        except Refused as refused:
            if refused.code not in ("open", "empty", "early", "state"):
                raise
            status, refusal = 409, refused
        else:
            messages.success(
                request, _("The payroll file is made and the month is closed. Download it below.")
            )
            return redirect("payroll_month", month=month)
    return render(
        request, "incentives/payroll_month.html", month_context(request, month, refusal), status=status
    )


def month_or_404(text):
    try:
        month = Period.parse(text)
    except ValueError:
        raise Http404 from None
    if month.kind != "month":
        raise Http404
    return str(month)


def month_context(request, month, refusal):
    batch = batches_for(request).filter(month=month).defer("csv", "xlsx").first()
    if batch:
        lines = LedgerLine.objects.filter(payroll_line__batch=batch)
        lines = lines.select_related(*payroll_rows.RELATED).order_by("employee__number", "pk")
    else:
        lines = payroll_rows.lines_to_pay(request.company, month)
    points, fen = payroll_rows.sums_of(lines)
    people = payroll_rows.people_of(lines)
    shown = "lines" if request.GET.get("show") == "lines" else "people"
    page = Paginator(lines if shown == "lines" else people, PER_PAGE).get_page(request.GET.get("page"))
    if shown == "people":
        page.object_list = [row | {"parts": payroll_rows.parts_of(row)} for row in page.object_list]
    open_ones = payroll_rows.open_decisions(request.company, month).select_related("employee", "rule")
    return {
        "month": month,
        "batch": batch,
        "shown": shown,
        "page": page,
        "points": points,
        "fen": fen,
        "people": people.count(),
        "lines": lines.count(),
        "may_open": may(request.user, "incentives.view"),
        "open_decisions": [] if batch else list(open_ones.order_by("number")),
        "refusal": refusal,
    }


@require("incentives.payroll")
def payroll_file(request, pk):
    """The stored bytes; each download is logged, for the file names people and money."""
    batch = get_object_or_404(batches_for(request), pk=pk)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    audit.record(
        "incentives.payroll.download", batch, by=request.user, at=timezone.now(), data={"format": kind}
    )
    response = HttpResponse(bytes(getattr(batch, kind)), TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{batch.number}-{batch.month}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response
