from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import may, require
from core.period import Period
from core.templatetags.manyi import period_name
from scoring import progress, services

CLOSABLE = ("month", "quarter", "half")


@require("scoring.close", "scoring.view")
def scoring_progress(request):
    return render(request, "scoring/progress.html", _context(request))


@require("scoring.close", "scoring.view")
def scoring_progress_state(request):
    """The steps alone, for polling while a close runs."""
    return render(request, "scoring/progress_state.html", _context(request))


@require("scoring.close")
@require_POST
def close_now(request, period):
    """Ask for the close of a period; a worker does it."""
    wanted = _parsed(period)
    services.request_close(company=request.company, period=wanted, by=request.user, at=timezone.now())
    messages.success(
        request, _("%(period)s is being closed. You may leave this page.") % {"period": period_name(wanted)}
    )
    return redirect(f"{reverse('scoring_progress')}?month={wanted}")


def _context(request):
    at = timezone.now()
    period = _parsed(request.GET["month"]) if request.GET.get("month") else Period.month_of(at)
    found = progress.progress_of(request.company, period, at)
    context = {"month": period, "progress": found, "close": found.close if found else None}
    if found:
        context |= {
            "missing": list(progress.missing_of(request.company, found)) if not found.is_complete else [],
            "periods": progress.overview(request.company, Period.month_of(at), at),
            "may_close": may(request.user, "scoring.close"),
            "may_import": may(request.user, "scoring.import_metrics"),
        }
    return context


def _parsed(text):
    try:
        period = Period.parse(text)
    except ValueError:
        raise Http404 from None
    if period.kind not in CLOSABLE:
        raise Http404
    return period
