from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.access import may, require
from core.numbering import id_in
from organization.forms import StaffFilter
from organization.middleware import SESSION_KEY
from organization.models import Company, Grant
from organization.scopes import today
from organization.selectors import head_of, visible_employees

PAGE = 50


@require("core.home")
@require_POST
def choose_company(request):
    number = request.POST.get("company", "")
    known = [company.pk for company in request.companies]
    company = get_object_or_404(Company, pk=id_in(number), pk__in=known)
    request.session[SESSION_KEY] = company.pk
    return redirect("home")


@require("organization.view")
def staff(request):
    people = visible_employees(request.user).filter(company=request.company).select_related("user")
    chosen = StaffFilter(request.GET, people, company=request.company, day=today())
    page = Paginator(chosen.qs.order_by("number"), PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "may_import": may(request.user, "organization.import")}
    return render(request, "organization/staff.html", context)


@require("organization.view")
def employee(request, pk):
    found = get_object_or_404(visible_employees(request.user).select_related("user"), pk=pk)
    history = found.assignments.model.objects.filter(employee=found).select_related(
        "department", "post", "site"
    )
    context = {
        "employee": found,
        "history": history.order_by("-starts_on"),
        "grants": Grant.objects.filter(user=found.user_id)
        .select_related("role", "department")
        .order_by("-starts_on"),
        "head": head_of(found.now[0].department, today()) if found.now else None,
        "today": today(),
    }
    return render(request, "organization/employee.html", context)
