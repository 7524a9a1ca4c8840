"""Every number opens: from a ledger line, a decision, a score or a place down to the answers; also as a document."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from appeals.models import Appeal
from audit import services as audit
from core.access import require
from core.period import Period
from incentives.models import Decision, LedgerLine
from reports import documents
from reports.forms import MonthQuery
from reports.selectors import after, listed, why
from scoring.models import Score, Standing

SEES = ("incentives.view", "incentives.view_own", "incentives.hold_talk")
SEES_SCORES = ("scoring.view", "scoring.view_own")
RELATED = (
    "case__rule__version",
    "case__company",
    "rule__clause",
    "rule__version__document",
    "employee",
    "department",
    "motion",
    "company",
)


def line_or_404(request, pk):
    lines = LedgerLine.objects.visible_to(request.user).filter(company=request.company)
    return get_object_or_404(lines, pk=pk)


def decision_or_404(request, pk):
    decisions = Decision.objects.visible_to(request.user).filter(company=request.company)
    return get_object_or_404(decisions.select_related(*RELATED), pk=pk)


def score_or_404(request, pk):
    scores = Score.objects.visible_to(request.user).filter(company=request.company)
    return get_object_or_404(scores.select_related("close__policy_version", "company"), pk=pk)


def standing_or_404(request, pk):
    standings = Standing.objects.visible_to(request.user).filter(company=request.company)
    related = ("ranking__close", "ranking__post", "company", "employee")
    return get_object_or_404(standings.select_related(*related), pk=pk)


@require(*SEES)
def line(request, pk):
    found = line_or_404(request, pk)
    return _chain(request, _decision_of(found), found, reverse("why_line_pdf", args=[pk]))


@require(*SEES)
def line_pdf(request, pk):
    found = line_or_404(request, pk)
    return _chain_pdf(request, _decision_of(found), found)


@require(*SEES)
def decision(request, pk):
    return _chain(request, decision_or_404(request, pk), None, reverse("why_decision_pdf", args=[pk]))


@require(*SEES)
def decision_pdf(request, pk):
    return _chain_pdf(request, decision_or_404(request, pk), None)


def _decision_of(line):
    """Who sees the line sees what it rests on."""
    return Decision.objects.select_related(*RELATED).get(pk=line.decision_id)


def _chain(request, found, line, pdf):
    asked = _asked(request)
    page = why.decision_page(
        found,
        request.user,
        line=line,
        period=request.GET.get("answers", ""),
        page=asked.get("page") or 1,
        changed=asked.get("more"),
    )
    return render(request, "reports/why.html", {"page": page, "at": timezone.now(), "pdf": pdf})


def _chain_pdf(request, found, line):
    page = why.decision_page(found, request.user, line=line)
    return _document(request, found, page, documents.decision_pdf, listed.of_decision(page, request.user))


@require(*SEES_SCORES)
def score(request, pk):
    found = score_or_404(request, pk)
    page = why.score_page(found, request.user, page=_asked(request).get("page") or 1)
    context = {
        "page": page,
        "period": Period.parse(found.period),
        "close": found.close,
        "window": _window(request, Appeal.Subject.SCORE, page),
        "pdf": reverse("why_score_pdf", args=[pk]),
    }
    return render(request, "reports/why_score.html", context)


@require(*SEES_SCORES)
def score_pdf(request, pk):
    found = score_or_404(request, pk)
    page = why.score_page(found, request.user)
    answers = listed.of_score(page, why.labels_of_score(found), request.user)
    return _document(request, found, page, documents.score_pdf, answers)


@require(*SEES_SCORES)
def standing(request, pk):
    found = standing_or_404(request, pk)
    page = why.standing_page(found, request.user, page=_asked(request).get("page") or 1)
    context = {
        "page": page,
        "close": found.ranking.close,
        "axis": page.axis,
        "window": _window(request, Appeal.Subject.STANDING, page),
        "pdf": reverse("why_standing_pdf", args=[pk]),
    }
    return render(request, "reports/why_standing.html", context)


@require(*SEES_SCORES)
def standing_pdf(request, pk):
    found = standing_or_404(request, pk)
    page = why.standing_page(found, request.user)
    answers = {} if page.is_hidden else {found.period: listed.of_standing(found, request.user)}
    return _document(request, found, page, documents.standing_pdf, answers)


def _window(request, kind, page):
    """Until when one's own figure may be objected to; nothing once it is appealed."""
    if not page.is_own or page.objections:
        return None
    thing = page.score if kind == Appeal.Subject.SCORE else page.standing
    return after.window_of(request.user, kind, thing.pk, timezone.now())


def _document(request, thing, page, make, answers):
    """What concerns somebody else leaves a trace, as every such download does."""
    number, content = make(page, answers)
    if not page.is_own:
        audit.record(
            "reports.why.download", thing, by=request.user, at=timezone.now(), data={"number": number}
        )
    response = HttpResponse(content, "application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{number}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request):
    form = MonthQuery(request.GET)
    form.is_valid()
    return form.cleaned_data
