"""Files that look like one person's: the list of pairs, two files side by side, one of them joined to the other."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.numbering import id_in
from customers import comparing, services
from customers.forms.file import styled
from customers.forms.merging import MergeForm, OtherForm
from customers.models import Customer
from customers.selectors.twins import pairs_of
from customers.views.frame import attempt, file_or_404, file_to_change, posted
from customers.wording import listed

PAGE = 20


@require("customers.merge")
@require_GET
def customers_duplicates(request):
    page = Paginator(pairs_of(request.company), PAGE).get_page(request.GET.get("page"))
    rows = comparing.rows_of(page.object_list, request.company)
    return render(request, "customers/duplicates.html", {"page": page, "rows": rows})


@require("customers.merge")
@require_http_methods(["GET", "POST"])
def customer_merge(request, pk):
    """Without a second file: which one? With it: both side by side, and on POST one joined to the other."""
    first = file_to_change(request, pk)
    second = _other(request, first)
    if second is None:
        return _ask_other(request, first)
    form, status = MergeForm(posted(request), first=first, second=second), 200
    if request.method == "POST":
        status = attempt(form, lambda: _merge(request, form))
        if status is None:
            messages.success(request, _("The files are one now. It can be undone on this page."))
            return redirect("customer", form.kept.pk)
    styled(form)
    context = {
        "first": first,
        "second": second,
        "form": form,
        "rows": comparing.table(first, second, form),
        "refused": listed(comparing.refused_after(first, second)),
    }
    return render(request, "customers/merge.html", context, status=status)


def _merge(request, form):
    services.merge(
        form.kept,
        form.dropped,
        reason=form.cleaned_data["reason"],
        take=form.taken,
        by=request.user,
        at=timezone.now(),
    )


def _other(request, first):
    """The second file, by id in the address; 404 where it is not this company's or not live."""
    given = request.GET.get("with")
    if not given:
        return None
    found = _others(request, first).filter(pk=id_in(given) or 0).first()
    if found is None:
        raise Http404
    return found


def _others(request, first):
    files = Customer.objects.visible_to(request.user).live()
    return files.filter(company=first.company).exclude(pk=first.pk).select_related("company")


def _ask_other(request, first):
    form = OtherForm(request.GET if "other" in request.GET else None)
    status = 200
    if form.is_bound and form.is_valid():
        found = _others(request, first).filter(number=form.cleaned_data["other"].strip()).first()
        if found:
            return redirect(f"{request.path}?with={found.pk}")
        form.add_error("other", _("No other file of this company has this number. Look it up in the list."))
        status = 422
    context = {"customer": first, "form": styled(form)}
    return render(request, "customers/merge_with.html", context, status=status)


@require("customers.merge")
@require_POST
def customer_apart(request, pk):
    first = file_to_change(request, pk)
    other = _others(request, first).filter(pk=id_in(request.POST.get("other", "")) or 0).first()
    if other is None:
        raise Http404
    services.keep_apart(first, other, by=request.user, at=timezone.now())
    messages.success(request, _("Kept as two people. This pair is not shown again."))
    return redirect("customers_duplicates")


@require("customers.merge")
@require_POST
def customer_unmerge(request, pk):
    """`pk` is the file that was joined to another."""
    found = services.unmerge(file_or_404(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The files are two again."))
    return redirect("customer", found.pk)
