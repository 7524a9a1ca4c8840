"""What follows a vote: the checklist of execution, the ledger, the notice board."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from audit import services as audit
from core.access import require
from core.excel import rows_as_csv, rows_as_xlsx
from incentives import wording
from incentives.course import AFTER_VOTE, Aftermath, checklist
from incentives.ledger_rows import LedgerFilters, export_header, export_rows, lines_for, totals_of
from incentives.models import Decision, Duty, LedgerLine, Mark, Notice, PayrollLine, Talk, Warning
from organization.models import Company
from organization.scopes import reach_of

PER_PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Carried:
    """One approved decision and what still has to be done about it."""

    decision: Decision
    after: Aftermath

    @cached_property
    def steps(self):
        return checklist(self.decision, self.after)

    @property
    def title(self):
        return wording.title_of(self.decision.employee.name, self.decision.effects, self.decision.counts_for)

    @property
    def done(self):
        return sum(step.is_done for step in self.steps)

    @property
    def is_complete(self):
        return self.done == len(self.steps)


def carried(decisions):
    """Decisions with what they brought: one query for each kind of thing, whatever their number."""
    decisions = list(decisions)
    after = {decision.pk: Aftermath() for decision in decisions}
    for talk in Talk.objects.filter(decision__in=after).select_related("head", "employee"):
        after[talk.decision_id].talk = talk
    for notice in Notice.objects.filter(decision__in=after):
        after[notice.decision_id].notices[notice.kind] = notice
    for model, name in ((Warning, "warnings"), (Mark, "marks"), (Duty, "duties")):
        for row in model.objects.filter(decision__in=after):
            getattr(after[row.decision_id], name).append(row)
    exported = [decision.pk for decision in decisions if decision.state == Decision.State.EXPORTED]
    for pk, at in PayrollLine.objects.filter(line__decision__in=exported).values_list(
        "line__decision", "batch__made_at"
    ):
        after[pk].exported_at = max(at, after[pk].exported_at or at)
    return [Carried(found, after[found.pk]) for found in decisions]


def unfinished():
    """Not posted yet, money in no payroll file yet, or something that it brought is still to be done."""
    posted = Q(state__in=(Decision.State.POSTED, Decision.State.EXPORTED))
    unpaid = LedgerLine.objects.filter(
        decision=OuterRef("pk"), unit=LedgerLine.Unit.FEN, payroll_line__isnull=True
    )
    talk_open = Q(talk__state__in=(Talk.State.SCHEDULED, Talk.State.HELD))
    duty_open = Q(Exists(Duty.objects.filter(decision=OuterRef("pk"), state__in=Duty.CANCEL.sources)))
    return ~posted | Q(Exists(unpaid)) | talk_open | duty_open


@require("incentives.view")
def execution(request):
    at = timezone.now()
    decisions = Decision.objects.visible_to(request.user).filter(
        company=request.company, state__in=AFTER_VOTE
    )
    open_ones = decisions.filter(unfinished())
    shows_all = request.GET.get("show") == "all"
    shown = (decisions if shows_all else open_ones).select_related("employee", "department", "rule__clause")
    page = Paginator(shown.order_by("-approved_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    rows = carried(page.object_list)
    context = {
        "page": page,
        "rows": rows,
        "open_count": page.paginator.count if not shows_all else open_ones.count(),
        "shows_all": shows_all,
        "late": sum(any(step.is_late(at) for step in row.steps) for row in rows),
        "at": at,
    }
    return render(request, "incentives/execution.html", context)


@require("incentives.view")
def ledger(request):
    filters = LedgerFilters.of(request.GET)
    visible = lines_for(request.user, request.company)
    lines = filters.narrow(visible)
    page = Paginator(lines, 2 * PER_PAGE).get_page(request.GET.get("page"))
    departments = visible.order_by().values_list("department_id", "department__name").distinct()
    context = {
        "month": filters.month,
        "filters": filters,
        "page": page,
        "totals": totals_of(lines),
        "departments": sorted(((str(pk), name) for pk, name in departments), key=lambda pair: pair[1]),
        "units": LedgerLine.Unit.choices,
    }
    return render(request, "incentives/ledger.html", context)


@require("incentives.view")
def ledger_export(request):
    """The lines filtered, as xlsx or csv; the export is logged, for it names people."""
    filters = LedgerFilters.of(request.GET)
    lines = filters.narrow(lines_for(request.user, request.company))
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    record_export(request.user, request.company, kind)
    name = f"ledger-{filters.month or 'all'}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(
            rows_as_csv(export_header(), export_rows(lines)), "text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(rows_as_xlsx(export_header(), export_rows(lines)), XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def record_export(user, company: Company, kind):
    audit.record(
        "incentives.ledger.export",
        company,
        by=user,
        at=timezone.now(),
        data={"format": kind},
        company_id=company.pk,
    )


@require("policies.view")
def notices(request):
    """Praise only: what the company makes known of its good work."""
    companies = reach_of(request.user, "policies.view").company_ids
    published = Notice.objects.filter(
        company_id__in=companies, company=request.company, kind=Notice.Kind.COMMENDATION
    ).select_related("decision__employee", "decision__department")
    published = published.exclude(decision__state=Decision.State.REVERSED)
    page = Paginator(published, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incentives/notices.html", {"page": page})
