"""The head's dashboard and the employee's own page."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from appeals.models import Appeal
from core.access import may, require
from core.period import Period
from reports.forms import MonthQuery
from reports.selectors import comments, dashboard, mine
from reports.selectors import my_month as my_month_page
from reports.selectors.figures import is_shown
from reports.selectors.near_people import near_people
from reports.views.reports import month_or_404
from scoring.models import SubjectKind
from scoring.selectors import close_of, latest_close, score_of

PER_PAGE = 20


def month_and_close(request):
    """The month asked for, else the newest closed one, else the present one; and its books, if there are any."""
    if request.GET.get("month"):
        month = month_or_404(request.GET["month"])
        return month, close_of(request.company, month)
    close = latest_close(request.company, at_least="scored")
    month = Period.parse(close.period) if close else Period.month_of(timezone.now())
    return month, close


def chosen_department(request, departments, month):
    """The department asked for among those within reach, else the first that was answered about; 404 outside."""
    form = MonthQuery(request.GET)
    wanted = form.cleaned_data.get("department") if form.is_valid() else None
    if wanted is None:
        departments = dashboard.answered_first(departments, month)
    found = next((one for one in departments if wanted in (None, one.pk)), None)
    if found is None:
        raise Http404
    return found


@require("reports.dashboard")
def department(request):
    departments = dashboard.departments_for(request.user, request.company)
    month, close = month_and_close(request)
    page = dashboard.page_of(chosen_department(request, departments, month), month, close)
    context = {
        "page": page,
        "month": month,
        "close": close,
        "departments": departments,
        "near": near_people(page.department, month),
        "at": timezone.now(),
    }
    return render(request, "reports/dashboard.html", context)


@require("reports.dashboard")
def department_comments(request):
    """All that customers said about a department in a month, where there are enough answers."""
    month, close = month_and_close(request)
    found = chosen_department(request, dashboard.departments_for(request.user, request.company), month)
    score = score_of(request.company, month, SubjectKind.DEPARTMENT, found.pk)
    texts = dashboard.said_about(found, month) if is_shown(score) else None
    return _comments(request, texts, month, close, found.name)


@require("reports.my")
def my(request):
    employee = _myself(request)
    month, close = month_and_close(request)
    page = mine.page_of(employee, month, close, at=timezone.now())
    may_appeal = may(request.user, "appeals.file")
    context = {"page": page, "month": month, "close": close, "may_appeal": may_appeal}
    return render(request, "reports/my.html", context)


@require("reports.my")
def my_month(request):
    """The first page of an employee: how the running month stands, what is near, what waits, what may be appealed."""
    employee, at = _myself(request), timezone.now()
    may_appeal = may(request.user, "appeals.file")
    context = {
        "page": my_month_page.page_of(employee, at),
        "objections": my_month_page.objections_for(employee, at) if may_appeal else [],
        "appeals": Appeal.objects.filter(employee=employee).open() if may_appeal else [],
        "may_appeal": may_appeal,
        "may_see_ledger": may(request.user, "incentives.view_own"),
        "at": at,
    }
    return render(request, "reports/my_month.html", context)


@require("reports.my")
def my_comments(request):
    employee = _myself(request)
    month, close = month_and_close(request)
    score = score_of(request.company, month, SubjectKind.EMPLOYEE, employee.pk)
    texts = mine.said_about(employee, month) if is_shown(score) else None
    return _comments(request, texts, month, close, employee.name)


def _myself(request):
    employee = getattr(request.user, "employee", None)
    if employee is None or request.company is None or employee.company_id != request.company.pk:
        raise Http404
    return employee


def _comments(request, texts, month, close, name):
    number = request.GET.get("page")
    pages = Paginator(range(texts.count() if texts is not None else 0), PER_PAGE)
    shown = pages.get_page(number)
    start = (shown.number - 1) * PER_PAGE
    rows = comments.page_of(texts, request.company, start=start, size=PER_PAGE) if texts is not None else []
    context = {
        "rows": rows,
        "pages": shown,
        "month": month,
        "close": close,
        "name": name,
        "is_hidden": texts is None,
    }
    return render(request, "reports/comments.html", context)
