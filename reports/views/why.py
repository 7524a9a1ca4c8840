"""Every number opens: from a ledger line, a decision or a score down to the answers."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from core.access import require
from core.period import Period
from incentives.models import Decision, LedgerLine
from reports.forms import MonthQuery
from reports.selectors import why
from scoring.models import Score

SEES = ("incentives.view", "incentives.view_own", "incentives.hold_talk")


@require(*SEES)
def line(request, pk):
    lines = LedgerLine.objects.visible_to(request.user).filter(company=request.company)
    found = get_object_or_404(lines.select_related("decision"), pk=pk)
    return _chain(request, found.decision, found)


@require(*SEES)
def decision(request, pk):
    decisions = Decision.objects.visible_to(request.user).filter(company=request.company)
    return _chain(request, get_object_or_404(decisions, pk=pk))


def _chain(request, found, line=None):
    related = (
        "case__rule__version",
        "rule__clause",
        "rule__version__document",
        "employee",
        "department",
        "motion",
        "company",
    )
    found = Decision.objects.select_related(*related).get(pk=found.pk)
    asked = _asked(request)
    page = why.decision_page(
        found,
        request.user,
        line=line,
        period=request.GET.get("answers", ""),
        page=asked.get("page") or 1,
        changed=asked.get("more"),
    )
    return render(request, "reports/why.html", {"page": page, "at": timezone.now()})


@require("scoring.view", "scoring.view_own")
def score(request, pk):
    scores = Score.objects.visible_to(request.user).filter(company=request.company)
    found = get_object_or_404(scores.select_related("close__policy_version", "company"), pk=pk)
    page = why.score_page(found, request.user, page=_asked(request).get("page") or 1)
    month = Period.parse(found.period)
    return render(request, "reports/why_score.html", {"page": page, "period": month, "close": found.close})


def _asked(request):
    form = MonthQuery(request.GET)
    form.is_valid()
    return form.cleaned_data
