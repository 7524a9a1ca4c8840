"""Codes on posters: for whoever keeps them (complaints.manage)."""

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.forms.codes import CodeForm
from complaints.models import FeedbackCode
from complaints.recusal import day_of
from complaints.services.codes import end_code, make_code, make_missing
from complaints.views.customers import rules_or_none
from core.access import require
from core.flow import Refused

PER_PAGE = 30
POSTERS_AT_ONCE = 60
SIZES = ("a4", "a6")


def codes_for(request):
    return FeedbackCode.objects.visible_to(request.user).filter(company=request.company)


def words_of(request):
    return request.GET.get("within", "").strip()[:60]


def matching(found, words):
    for word in words.split():
        found = found.filter(
            Q(label__icontains=word)
            | Q(site__name__icontains=word)
            | Q(site__name_en__icontains=word)
            | Q(employee__name__icontains=word)
        )
    return found.select_related("company", "site", "employee")


@require("complaints.manage")
@require_GET
def codes(request):
    words = words_of(request)
    shows_ended = request.GET.get("ended") == "yes"
    mine = codes_for(request)
    live = mine.filter(ended_at=None)
    found = matching(mine if shows_ended else live, words).annotate(came=Count("cases"))
    page = Paginator(found.order_by("label", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "shows_ended": shows_ended, "count": live.count()}
    return render(request, "complaints/codes/codes.html", context)


@require("complaints.manage")
@require_http_methods(["GET", "POST"])
def code_new(request):
    form = CodeForm(request.POST or None, company=request.company)
    if request.method == "POST" and form.is_valid():
        try:
            return _make(request, form, timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal.message))
    status = 422 if form.errors else 200
    return render(request, "complaints/codes/new.html", {"form": form}, status=status)


def _make(request, form, at):
    targets = form.targets(day_of(at))
    if targets is None:
        made = make_code(request.company, **form.one(), by=request.user, at=at)
        return redirect("feedback_code", made.pk)
    made = make_missing(request.company, **targets, by=request.user, at=at)
    said = ngettext("%(count)s new code.", "%(count)s new codes.", len(made)) % {"count": len(made)}
    messages.success(request, said if made else _("Each of them has a code already."))
    return redirect("feedback_codes")


@require("complaints.manage")
@require_GET
def code(request, pk):
    """The poster: one page to print, A4 or A6."""
    shown = get_object_or_404(codes_for(request).select_related("company", "site", "employee"), pk=pk)
    context = {"code": shown, "poster": poster_of(shown), "size": size_of(request), "sizes": SIZES}
    return render(request, "complaints/codes/code.html", context | {"rules": rules_or_none(shown.company)})


@require("complaints.manage")
@require_GET
def posters(request):
    """All posters in use that match the words, one to a page, to be printed at once."""
    found = matching(codes_for(request).filter(ended_at=None), words_of(request))
    page = Paginator(found.order_by("label", "pk"), POSTERS_AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "posters": [poster_of(one) for one in page.object_list],
        "size": size_of(request),
        "sizes": SIZES,
        "words": words_of(request),
        "rules": rules_or_none(request.company),
    }
    return render(request, "complaints/codes/posters.html", context)


def size_of(request):
    return request.GET.get("size") if request.GET.get("size") in SIZES else SIZES[0]


def poster_of(code):
    """The code with its address and picture."""
    address = f"{settings.PUBLIC_URL}/f/{code.code}/"
    picture = segno.make(address, error="m").svg_data_uri(scale=8, border=2, dark="#1d2321")
    return {"code": code, "address": address, "picture": picture}


@require("complaints.manage")
@require_POST
def code_end(request, pk):
    ended = end_code(get_object_or_404(codes_for(request), pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("“%(label)s” has ended. Take the poster down.") % {"label": ended.label})
    return redirect("feedback_codes")
