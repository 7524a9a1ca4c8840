"""One customer's file: everything about them, masked; seen unmasked with a reason; its basic data; erased."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from customers import services
from customers.dossier import dossier_of
from customers.forms.file import ErasureForm, FactsForm, ReasonForm, styled
from customers.selectors.timeline import timeline_of
from customers.views.frame import attempt, file_or_404, file_to_change, posted
from customers.wording import kinds_of

LINES = 30


@require("customers.view")
@require_GET
def customer(request, pk):
    found = file_or_404(request, pk)
    return render(request, "customers/customer.html", _context(request, found, form=ReasonForm()))


@require("customers.unmask")
@require_POST
def unmask(request, pk):
    """Shows the data once, in the answer to the POST; nothing stays in the address or the session."""
    found = file_to_change(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        services.unmask(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    context = _context(request, found, form=form) | {"is_open": form.is_valid()}
    response = render(request, "customers/customer.html", context, status=200 if form.is_valid() else 422)
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(request, found, *, form):
    lines, kind = timeline_of(found, request.user), request.GET.get("kind", "")
    kinds = kinds_of(lines)
    shown = (
        [line for line in lines if line.kind == kind]
        if kind in {code for code, _name, _count in kinds}
        else lines
    )
    return {
        "customer": found,
        "file": dossier_of(found, request.user),
        "page": Paginator(shown, LINES).get_page(request.GET.get("page")),
        "kinds": kinds,
        "has_history": any(code == "consents" for code, _name, _count in kinds),
        "kind": kind,
        "total": len(lines),
        "form": form,
    }


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_edit(request, pk):
    """Personal values are not shown in their fields: to see them is a logged click of its own."""
    found = file_to_change(request, pk)
    start = {"language": found.language, "is_prospect": found.is_prospect}
    form = FactsForm(posted(request), initial=start)
    status = 200
    if request.method == "POST":
        status = attempt(
            form,
            lambda: services.change_customer(found, by=request.user, at=timezone.now(), **form.changes()),
        )
        if status is None:
            messages.success(request, _("The basic data are changed."))
            return redirect("customer", pk)
    return render(request, "customers/edit.html", {"customer": found, "form": styled(form)}, status=status)


@require("customers.erase")
@require_http_methods(["GET", "POST"])
def customer_erase(request, pk):
    """Not to be undone: the page says what goes and what stays, and asks for the number."""
    found = file_to_change(request, pk)
    form = ErasureForm(posted(request), customer=found)
    status = 200
    if request.method == "POST":
        status = attempt(
            form,
            lambda: services.erase(
                found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            ),
        )
        if status is None:
            messages.success(request, _("The person is erased; what was counted stays counted."))
            return redirect("customers")
    context = {"customer": found, "form": styled(form), "merged": found.merged_files.count()}
    return render(request, "customers/erase.html", context, status=status)
