"""The monthly report: list, page, writing, submission, review, Excel."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import may, require
from core.period import Period
from reports import excel, services
from reports.forms import ReportForm
from reports.models import MonthlyReport
from reports.selectors import report as selectors
from reports.selectors import writing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def month_or_404(text):
    try:
        month = Period.parse(text)
    except ValueError:
        raise Http404 from None
    if month.kind != "month":
        raise Http404
    return month


def visible_report(request, month):
    """The company's report of that month within the user's reach, or 404."""
    reports = MonthlyReport.objects.visible_to(request.user).select_related(
        "company", "close__policy_version"
    )
    return get_object_or_404(reports, company=request.company, period=str(month_or_404(month)))


@require("reports.view", "reports.write", "reports.review")
def report_list(request):
    return render(request, "reports/list.html", {"rows": selectors.list_of(request.user, request.company)})


@require("reports.view", "reports.write", "reports.review")
def report(request, month):
    """The page of one month; the switcher in the top bar asks for another with ?month=."""
    period = month_or_404(month)
    if request.GET.get("month"):
        return redirect("report", month=str(month_or_404(request.GET["month"])))
    found = selectors.report_of(request.user, request.company, period)
    if found is None:
        return render(request, "reports/missing.html", {"month": period}, status=404)
    page = selectors.page_of(found)
    context = {
        "page": page,
        "month": period,
        "close": page.close,
        "author": selectors.author_of(found),
        "may_write": found.state == "draft" and may(request.user, "reports.write"),
        "may_review": found.state == "submitted" and may(request.user, "reports.review"),
    }
    return render(request, "reports/report.html", context)


@require("reports.write")
def edit(request, month):
    """Own words and the choice of comments; the same page shows and takes the form."""
    found = visible_report(request, month)
    services.refuse_unless_draft(found)
    choices = writing.choices_of(found)
    form = ReportForm(
        request.POST or None,
        choices=choices.fields,
        initial={"summary": found.summary, "comments": choices.chosen},
    )
    if request.method == "POST" and form.is_valid():
        at, summary = timezone.now(), form.cleaned_data["summary"]
        services.edit_report(found, summary=summary, comments=form.chosen(), by=request.user, at=at)
        messages.success(request, _("Saved. The report is still a draft."))
        return redirect("report", month=found.period)
    context = {
        "report": found,
        "form": form,
        "choices": choices,
        "month": Period.parse(found.period),
        "close": found.close,
    }
    return render(request, "reports/edit.html", context, status=422 if form.errors else 200)


@require("reports.write")
@require_POST
def submit(request, month):
    found = visible_report(request, month)
    services.submit_report(found, by=request.user, at=timezone.now())
    messages.success(request, _("Submitted to the group. Everybody of the company may now read the report."))
    return redirect("report", month=found.period)


@require("reports.review")
@require_POST
def review(request, month):
    found = visible_report(request, month)
    services.review_report(found, by=request.user, at=timezone.now())
    messages.success(request, _("Reviewed. The month's books are locked."))
    return redirect("report", month=found.period)


@require("reports.view", "reports.write", "reports.review")
def download(request, month):
    """The tables of the page as a workbook."""
    page = selectors.page_of(visible_report(request, month))
    response = HttpResponse(excel.workbook(page), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{page.report.number}.xlsx"'
    return response
