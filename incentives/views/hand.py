"""Facts reported by hand: the list, a new one, one of them, and the second person's word."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from core.access import require
from core.facts import home_of
from core.flow import Refused
from incentives import services, wording
from incentives.forms_hand import DeclineForm, HandReportFilter, HandReportForm
from incentives.models import Case, HandReport, HandReportFile, Rule
from incentives.services.hand import VERB, hindrance_to_settle, kinds_for
from jobs import attachments
from organization.scopes import today

PER_PAGE = 20
State = HandReport.State


def reports_for(request):
    related = ("employee", "department", "reported_by", "settled_by", "answer")
    found = HandReport.objects.visible_to(request.user).filter(company=request.company)
    return found.select_related(*related)


def titles_of(company):
    """{kind: title of a rule that rests on it}, those no longer in force included, the newest version's first."""
    rules = Rule.objects.filter(company=company, trigger="by_hand").order_by("-version_id", "code")
    titles = {}
    for rule in rules:
        titles.setdefault(rule.params.get("kind"), wording.in_language(rule, "title"))
    return titles


@require(VERB)
def hand_reports(request):
    titles = titles_of(request.company)
    filters = HandReportFilter(request.GET, reports_for(request), kinds=titles)
    narrowed = filters.narrowed(but=("state",))
    state = filters.given.get("state", "")
    page = Paginator(filters.narrowed() if state else narrowed, PER_PAGE).get_page(request.GET.get("page"))
    waiting = reports_for(request).filter(state=State.REPORTED).count()
    context = {
        "headline": _headline(waiting),
        "filter": filters,
        "state": state,
        "tabs": [
            (code, label, narrowed.filter(state=code).count(), code == state) for code, label in State.choices
        ],
        "page": page,
        "rows": [(report, titles.get(report.kind, report.kind)) for report in page.object_list],
        "may_report": bool(kinds_for(request.user, request.company, today())),
    }
    return render(request, "incentives/hand_list.html", context)


def _headline(waiting):
    if not waiting:
        return _("No fact waits for a second person")
    return ngettext(
        "%(count)s fact waits for a second person", "%(count)s facts wait for a second person", waiting
    ) % {"count": waiting}


@require(VERB)
def hand_report_new(request):
    """First what kind of fact, for each kind asks for its own; then the report."""
    known = kinds_for(request.user, request.company, today())
    at_home = {code: home_of(code, request.company, today()) for code in known}
    kinds = {code: kind for code, kind in known.items() if not at_home[code]}
    asked = request.POST.get("kind") or request.GET.get("kind")
    if request.method == "POST" and at_home.get(asked):
        raise Refused(at_home[asked].sentence, code="at_home")
    kind = kinds.get(asked) or (next(iter(kinds.values())) if len(known) == 1 and kinds else None)
    if kind is None:
        elsewhere = [(known[code], home) for code, home in at_home.items() if home]
        context = {"kinds": list(kinds.values()), "elsewhere": elsewhere}
        return render(request, "incentives/hand_kinds.html", context)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = HandReportForm(data, files, kind=kind, user=request.user, company=request.company)
    if data is None:
        return _new_page(request, form)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    try:
        report = services.report_fact(
            company=request.company, kind=kind.code, by=request.user, at=timezone.now(), **form.arguments()
        )
    except Refused as refusal:
        beside_the_field(form, refusal)
        return _new_page(request, form, status=409)
    messages.success(request, _("Reported. A second person now verifies it."))
    return redirect(report)


def _new_page(request, form, status=200):
    return render(request, "incentives/hand_new.html", {"form": form, "kind": form.kind}, status=status)


@require(VERB)
def hand_report(request, pk):
    return _page(request, get_object_or_404(reports_for(request), pk=pk))


def _page(request, report, form=None, status=200):
    titles = titles_of(request.company)
    context = {
        "report": report,
        "title": titles.get(report.kind, report.kind),
        "alike": list(_alike(request, report)),
        "files": report.files.select_related("attachment"),
        "cases": Case.objects.visible_to(request.user).filter(
            occurrence=f"hand:{report.pk}", company=report.company
        ),
        "hindrance": hindrance_to_settle(report, request.user),
        "form": form or DeclineForm(),
    }
    return render(request, "incentives/hand_report.html", context, status=status)


def _alike(request, report):
    """Other reports that may be about the very same thing: whoever verifies looks at them first."""
    same = reports_for(request).filter(
        kind=report.kind, employee=report.employee_id, happened_on=report.happened_on
    )
    alike = same.exclude(pk=report.pk).exclude(state=State.DECLINED)
    item = report.figures.get("item")
    return alike.filter(figures__item=item) if item else alike


@require(VERB)
@require_POST
def hand_report_verify(request, pk):
    report = get_object_or_404(reports_for(request), pk=pk)
    services.verify_report(report, by=request.user, at=timezone.now())
    messages.success(request, _("Verified. The rule now finds the case."))
    return redirect(report)


@require(VERB)
@require_POST
def hand_report_decline(request, pk):
    report = get_object_or_404(reports_for(request), pk=pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, report, form, status=422)
    services.decline_report(report, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, _("Declined with your reason."))
    return redirect(report)


@require(VERB)
def hand_report_file(request, pk, file_pk):
    report = get_object_or_404(reports_for(request), pk=pk)
    found = get_object_or_404(HandReportFile.objects.select_related("attachment"), pk=file_pk, report=report)
    return attachments.response(found.attachment, inline=True)
