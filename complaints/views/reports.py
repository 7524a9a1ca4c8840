"""Internal reports as their readers work on them. A report that names a reader does not exist for that reader."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from complaints.forms.reports import FORMS, NoForm
from complaints.forms.steps import FindingForm
from complaints.models.case import OPEN
from complaints.pages.report import STEPS, report_desk, reports_for, rows_of, waiting_for
from complaints.services import closing, findings, handling, people, reports
from complaints.views import case
from complaints.views.uploads import write_down
from core.access import require

PER_PAGE = 25


#: step -> (verb, what the page says afterwards)
VERBS = {
    "take_up": (reports.take_up, gettext_lazy("Taken up.")),
    "decline": (handling.decline, gettext_lazy("Not taken up; whoever reported it reads your reason.")),
    "investigate": (handling.investigate, gettext_lazy("The investigator is told.")),
    "ask": (handling.ask, gettext_lazy("The question stands on the tracking page.")),
    "resume": (handling.resume, gettext_lazy("The clock runs again.")),
    "entry": (write_down, gettext_lazy("The entry is saved.")),
    "person": (people.name_person, gettext_lazy("Named. This person cannot open the report.")),
    "confirm": (findings.confirm, gettext_lazy("The findings are confirmed. Now answer the report.")),
    "send_back": (findings.send_back, gettext_lazy("The findings went back with your words.")),
    "answer": (closing.answer, gettext_lazy("The answer stands on the tracking page.")),
    "close": (reports.close_report, gettext_lazy("The report is closed.")),
}


@require("complaints.read_reports")
@require_GET
def reports_inbox(request):
    at, found = timezone.now(), reports_for(request.user, request.company)
    is_all = request.GET.get("show") == "all"
    shown = found if is_all else found.filter(state__in=OPEN)
    page = Paginator(shown.order_by("-received_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(page.object_list, at),
        "is_all": is_all,
        "waiting": waiting_for(request.user, request.company),
    }
    return render(request, "complaints/report/inbox.html", context)


desk_or_404 = partial(case.desk_or_404, find=report_desk)


@require("complaints.read_reports")
@require_GET
def internal_report(request, pk):
    return report_page(request, desk_or_404(request, pk))


def report_page(request, desk, *, bound=None, lines=None, status=200):
    """The page; a form that was refused comes back in its place, with its errors."""
    steps = [step for step in [desk.main, *desk.others] if step and not step.hindrance]
    for step in steps:
        is_bound = bound is not None and bound.name == step.name
        step.form = bound if is_bound else FORMS.get(step.name, NoForm)(desk=desk)
    if lines is None and any(step.name == "propose" for step in steps):
        lines = finding_lines(desk)
    context = {
        "desk": desk,
        "case": desk.case,
        "lines": lines,
        "wrong": bound.name if bound is not None else "",
        "at": desk.at,
    }
    return render(request, "complaints/report/report.html", context, status=status)


def finding_lines(desk, data=None):
    """[(person, form)], one finding for each."""
    lines = [(one, FindingForm(data, desk=desk, prefix=f"a{one.pk}")) for one in desk.people]
    for _person, form in lines:
        form.fields["reasons"].help_text = gettext_lazy(
            "A second reader checks it. The person does not see it."
        )
    return lines


@require("complaints.read_reports")
@require_POST
def internal_report_step(request, pk, step):
    desk = desk_or_404(request, pk)
    if step == "propose":
        return propose(request, desk)
    if step not in VERBS or step not in STEPS:
        raise Http404
    form = FORMS.get(step, NoForm)(request.POST, request.FILES, desk=desk)
    verb, said = VERBS[step]
    is_last = step in ("decline", "close")
    return case.step_taken(
        request,
        form,
        lambda: verb(desk.case, by=request.user, at=desk.at, **form.arguments()),
        show=lambda status: report_page(request, desk, bound=form, status=status),
        said=lambda: said,
        then=redirect("reports_inbox") if is_last else redirect("internal_report", pk=pk),
    )


def propose(request, desk):
    """All persons named get their finding together."""
    lines = finding_lines(desk, request.POST)
    if not all([form.is_valid() for person, form in lines]):
        return report_page(request, desk, lines=lines, status=422)
    drafts = [findings.Draft(one.allegation, **form.cleaned_data) for one, form in lines]
    findings.propose(desk.case, drafts=drafts, by=request.user, at=desk.at)
    messages.success(request, _("The findings are with a second reader, who confirms them."))
    return redirect("internal_report", pk=desk.case.pk)


@require("complaints.read_reports")
@require_GET
def internal_report_file(request, pk, file_pk):
    return case.file_of(desk_or_404(request, pk), file_pk)
