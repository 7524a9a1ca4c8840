from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.access import may, require
from customers import selectors, services
from customers.forms import CustomerFilter, ReasonForm
from customers.models import Customer

PAGE = 50


@require("customers.view")
def customers(request):
    files = Customer.objects.visible_to(request.user).filter(company=request.company)
    chosen = CustomerFilter(request.GET, files, company=request.company)
    found = chosen.qs.annotate(
        homes=Count("purchases", distinct=True), services=Count("encounters", distinct=True)
    )
    page = Paginator(found.order_by("number"), PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "may_import": may(request.user, "customers.import")}
    return render(request, "customers/customers.html", context)


@require("customers.view")
def customer(request, pk):
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    return render(request, "customers/customer.html", _context(request, found, form=ReasonForm()))


@require("customers.unmask")
@require_POST
def unmask(request, pk):
    """Shows the data once, in the answer to the POST; nothing stays in the address or the session."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        services.unmask(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    context = _context(request, found, form=form) | {"is_open": form.is_valid()}
    response = render(request, "customers/customer.html", context, status=200 if form.is_valid() else 422)
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(request, found, *, form):
    return {
        "customer": found,
        "timeline": selectors.timeline_of(found),
        "namesakes": selectors.namesakes(found)[:5],
        "disclosures": found.disclosures.select_related("by")[:10],
        "may_unmask": may(request.user, "customers.unmask"),
        "form": form,
    }
