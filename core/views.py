from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from core import health
from core.access import public, require
from core.navigation import inbox_for
from core.period import SHANGHAI
from core.registries import searches


@require("core.home")
def home(request):
    at = timezone.now()
    found = inbox_for(request.user, request.company, at) if request.company else []
    items = [item for item in found if not item.is_information]
    news = [item for item in found if item.is_information]
    today = at.astimezone(SHANGHAI).date()
    due_today = sum(item.due_at is not None and last_day(item.due_at) <= today for item in items)
    overdue = sum(item.is_overdue(at) for item in items)
    context = {"items": items, "news": news, "at": at, "due_today": due_today - overdue, "overdue": overdue}
    return render(request, "core/home.html", context)


def last_day(due_at):
    """The day people see: a clock that ends at midnight ends the day before."""
    return (due_at.astimezone(SHANGHAI) - timezone.timedelta(microseconds=1)).date()


@require("core.home")
def search(request):
    """Names, numbers, clauses: each room looks among what the user may see."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    groups = []
    for entry in searches if words and request.company else ():
        hits = entry(request.user, request.company, words)
        groups += [(getattr(entry, "heading", ""), hits)] if hits else []
    count = sum(len(hits) for heading, hits in groups)
    return render(request, "core/search.html", {"words": words, "groups": groups, "count": count})


@public
def healthz(request):
    return JsonResponse({"status": "ok"})


@public
def readyz(request):
    found = health.problems(timezone.now())
    status = "not ready" if found else "ready"
    return JsonResponse({"status": status, "problems": found}, status=503 if found else 200)


@public
def metrics(request):
    return HttpResponse(
        health.metrics(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
