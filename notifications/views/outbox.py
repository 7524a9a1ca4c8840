"""What was sent and what failed, without words: no text of a message is shown here."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core.access import require
from notifications import selectors
from notifications.forms import OutboxFilter
from notifications.models import Suspension
from notifications.services import bounces
from notifications.services.outbox import retry, retry_all
from notifications.wording import told

PAGE = 30
RECENT = dt.timedelta(days=90)


def _outbox(request):
    shown = selectors.outbox(request.user, request.company)
    return shown.filter(created_at__gt=timezone.now() - RECENT)


@require("notifications.manage")
@require_GET
def outbox(request):
    mine = _outbox(request)
    chosen = OutboxFilter(request.GET, mine)
    found = chosen.qs.select_related("recipient", "robot")
    counts, pages = selectors.counts_by_state(mine), Paginator(found, PAGE)
    if not chosen.form.has_changed():
        pages.count = sum(counts.values())  # counted already
    page = pages.get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "lines": [told(message) for message in page],
        "counts": counts,
        "suspended": Suspension.objects.visible_to(request.user).filter(
            company=request.company, suspended_at__isnull=False
        ),
    }
    return render(request, "notifications/outbox.html", context)


@require("notifications.manage")
@require_POST
def outbox_retry(request, pk):
    message = get_object_or_404(_outbox(request), pk=pk)
    retry(message, by=request.user, at=timezone.now())
    messages.success(request, _("It is queued again and goes out within a minute."))
    return redirect("outbox")


@require("notifications.manage")
@require_POST
def outbox_retry_all(request):
    """All that failed among what the page's filter shows."""
    chosen = OutboxFilter(request.GET, _outbox(request))
    count = retry_all(chosen.qs, by=request.user, at=timezone.now())
    text = ngettext("%(count)s message is queued again.", "%(count)s messages are queued again.", count)
    messages.success(request, text % {"count": count})
    return redirect("outbox")


@require("notifications.manage")
@require_POST
def suspension_lift(request, pk):
    suspension = get_object_or_404(Suspension.objects.visible_to(request.user), pk=pk)
    bounces.lift(suspension, by=request.user, at=timezone.now())
    messages.success(request, _("E-mail goes to this address again."))
    return redirect("outbox")
