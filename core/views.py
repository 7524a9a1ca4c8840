import datetime as dt

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone

from core.access import public, require
from core.models import Delivery
from core.navigation import inbox_for
from core.registries import searches

@require("core.home")
def home(request):
    at = timezone.now()
    items = inbox_for(request.user, request.company, at) if request.company else []
    return render(request, "core/home.html", {"items": items, "at": at})


@require("core.home")
def search(request):
    """Names, numbers, clauses: each room looks among what the user may see."""
    words = request.GET.get("q", "").strip()[:80]
    groups = [(name, entry(request.user, request.company, words)) for name, entry in searches.items()] if words else []
    found = [(name, hits) for name, hits in groups if hits]
    return render(request, "core/search.html", {"words": words, "groups": found})


@public
def healthz(request):
    return JsonResponse({"status": "ok"})


@public
def readyz(request):
    """200 when the database answers, no migration is missing and no event waits longer than ten minutes."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("migrations are missing")
        if Delivery.objects.due(timezone.now() - dt.timedelta(minutes=10)).exists():
            problems.append("event deliveries are overdue")
    except OperationalError:
        problems.append("the database does not answer")
    return JsonResponse({"status": "ready" if not problems else "not ready", "problems": problems}, status=503 if problems else 200)
