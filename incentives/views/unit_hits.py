"""Hits of rules on units that nobody headed: what they are, and setting one aside."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as When_
from django.db.models import Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.access import may, require
from incentives import services, unit_hit_pages
from incentives.forms import UnitSetAsideForm
from incentives.models import UnitHit
from incentives.services.unit_hits import works_in

PER_PAGE = 25


@require("incentives.view")
@require_GET
def unit_hits(request):
    """Those that wait first; what became of the others stays to be seen."""
    waits_first = When_(When(state=UnitHit.State.OPEN, then=Value(0)), default=Value(1))
    found = unit_hit_pages.seen(request.user, request.company).order_by(waits_first, "-period", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, unit_hit_pages.title_of(one)) for one in page],
        "waiting": UnitHit.objects.visible_to(request.user).open().filter(company=request.company).count(),
    }
    return render(request, "incentives/unit_hits.html", context)


def hit_of(request, pk):
    return get_object_or_404(unit_hit_pages.seen(request.user, request.company), pk=pk)


@require("incentives.view")
@require_GET
def unit_hit(request, pk):
    return hit_page(request, hit_of(request, pk))


def hit_page(request, found, form=None, status=200):
    is_open = found.state == UnitHit.State.OPEN
    may_act = is_open and may(request.user, "incentives.propose")
    is_own = may_act and works_in(found, request.user, timezone.now())
    context = unit_hit_pages.context_of(found) | {
        "form": (form or UnitSetAsideForm()) if may_act and not is_own else None,
        "is_own": is_own,
        "is_open": is_open,
        "may_import": may(request.user, "organization.import"),
    }
    return render(request, "incentives/unit_hit.html", context, status=status)


@require("incentives.propose")
@require_POST
def set_aside(request, pk):
    found = hit_of(request, pk)
    form = UnitSetAsideForm(request.POST)
    if not form.is_valid():
        return hit_page(request, found, form, status=422)
    services.set_aside_unit_hit(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, _("The hit is set aside with your reason."))
    return redirect("unit_hits")
