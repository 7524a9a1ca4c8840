"""Entering what customers said: the hotline's screen, the quick one of every employee, and what became of one's own."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from complaints.contact import Contact, tidy_phone
from complaints.forms.entry import NewCaseForm, QuickForm
from complaints.forms.staff import rules_today
from complaints.models import Case, Channel
from complaints.pages.voices import passed_on_of
from complaints.services.intake import receive
from complaints.views.queue import cases_for
from complaints.views.uploads import keep_files
from core.access import may, require
from core.flow import Refused
from customers.selectors import files_with_phone
from organization.scopes import employee_id_of, today
from organization.selectors import assignment_on

PER_PAGE = 20
MOST_EARLIER = 3


@transaction.atomic
def enter(form, *, company, contact, by, at):
    """Keep the files and open the case: both or neither. The key belongs to the user: nobody repeats another's."""
    files = keep_files(company, form.cleaned_data["files"], by=by, at=at)
    return receive(
        company=company,
        contact=contact,
        files=files,
        by=by,
        at=at,
        key=f"entry:{by.pk}:{form.cleaned_data['key']}",
        **form.arguments(),
    )


def page_key(case):
    """The key of the page on which the case was entered: the browser forgets what it kept of that page's words."""
    return [*case.key.split(":"), "", "", ""][2]


@require("complaints.handle")
def case_new(request):
    rules = rules_today(request.company)
    if rules is None:
        messages.error(
            request, _("No policy in force says how cases are handled. HR loads or publishes one first.")
        )
        return redirect("cases")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = NewCaseForm(data, files, company=request.company, rules=rules)
    if data is None:
        return new_page(request, form)
    if not form.is_valid():
        return new_page(request, form, status=422)
    given = form.cleaned_data
    contact = Contact(given["name"], given["phone"], given["email"])
    try:
        receipt = enter(form, company=request.company, contact=contact, by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return new_page(request, form, status=409)
    return noted_page(request, receipt)


def new_page(request, form, status=200):
    return render(request, "complaints/entry/new.html", {"form": form}, status=status)


def noted_page(request, receipt):
    """Number and code to be read to the caller; the code is shown nowhere else, so nothing keeps the page."""
    case = receipt.case
    context = {
        "case": case,
        "code": receipt.code,
        "earlier": earlier_cases(request, case),
        "saved": page_key(case),
    }
    response = render(request, "complaints/entry/noted.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def earlier_cases(request, case):
    same = Q(contact_phone=case.contact_phone) if case.contact_phone else Q(pk__in=[])
    if case.customer_id:
        same |= Q(customer_id=case.customer_id)
    return cases_for(request).filter(same).exclude(pk=case.pk)[:MOST_EARLIER]


@require("complaints.handle")
@require_POST
def caller(request):
    """Who calls, masked, and what they said before; a POST, so that the number stands in no address or log.

    Asked while the number is still being typed (`typing`), half a number is no mistake yet.
    """
    try:
        phone = tidy_phone(request.POST.get("phone", ""))
    except Refused as refusal:
        wrong = {} if request.POST.get("typing") else {"refusal": refusal}
        return render(request, "complaints/entry/caller.html", wrong | {"is_empty": not wrong})
    if not phone:
        return render(request, "complaints/entry/caller.html", {"is_empty": True})
    files = files_with_phone(request.company, phone)
    same = Q(contact_phone=phone) | Q(customer__in=files)
    found = cases_for(request).filter(same).select_related("site")
    context = {
        "customers": files[:MOST_EARLIER],
        "opens_files": may(request.user, "customers.view"),
        "count": found.count(),
        "earlier": found[:MOST_EARLIER],
        "rules": rules_today(request.company),
    }
    return render(request, "complaints/entry/caller.html", context)


@require("complaints.record")
def quick(request):
    """Past every head, straight to those who answer (AU-1)."""
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    own = assignment_on(employee_id_of(request.user), today())
    form = QuickForm(data, files, company=request.company, initial={"site": own.site_id if own else None})
    if data is None:
        return quick_page(request, form)
    if not form.is_valid():
        return quick_page(request, form, status=422)
    contact = Contact(phone=form.cleaned_data["phone"])
    try:
        receipt = enter(form, company=request.company, contact=contact, by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return quick_page(request, form, status=409)
    messages.success(
        request,
        _("Thank you. %(number)s is with customer service and the management group.")
        % {"number": receipt.case.number},
    )
    return redirect("passed_on")


def quick_page(request, form, status=200):
    return render(request, "complaints/entry/quick.html", {"form": form}, status=status)


@require("complaints.record")
def passed_on(request):
    """One's own entries. This is no look into the inbox: who passed something on sees how far it is, nothing else."""
    mine = Case.objects.of_customers().filter(
        company=request.company, channel=Channel.EMPLOYEE, received_by=request.user
    )
    mine = mine.not_naming(employee_id_of(request.user)).select_related("site", "merged_into")
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": passed_on_of(page.object_list, timezone.now(), rules_today(request.company)),
        "answered": mine.exclude(first_answered_at=None).count(),
        "saved": " ".join(page_key(case) for case in page.object_list),
    }
    return render(request, "complaints/entry/passed_on.html", context)
