"""The list of inspections, what is due, plans, the export."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.forms import beside_the_field
from audit import services as audit
from core.access import may, require
from core.excel import rows_as_csv, rows_as_xlsx
from core.flow import Refused
from improvements.forms.inspections import STAGES, InspectionFilter, PlanDueForm, PlanForm, staged
from improvements.inspections.export import export_header, export_rows
from improvements.inspections.pages import rows_for, with_overdue
from improvements.inspections.policy import checklists_on
from improvements.models import Inspection
from improvements.models.inspections import INSPECT, VIEW
from improvements.selectors.inspections import Structure, day_of, turns
from improvements.services import inspections as services
from organization.models import Department
from organization.scopes import employee_id_of, reach_of

PER_PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def seen_by(request):
    return Inspection.objects.visible_to(request.user).filter(company=request.company)


def places_of(request):
    """Departments whose inspections this reader sees."""
    reach = reach_of(request.user, VIEW)
    places = Department.objects.filter(company=request.company)
    return places if request.company.pk in reach.company_ids else places.filter(pk__in=reach.department_ids)


def filter_of(request, found):
    """Checklists by the name that stands with the newest inspection, those no longer in force included."""
    used = (
        seen_by(request).order_by("checklist_code", "-pk").values_list("checklist_code", flat=True).distinct()
    )
    in_force = checklists_on(request.company, day_of(timezone.now()))
    names = {code: str(one) for code, one in in_force.items()}
    choices = [(code, names.get(code, code)) for code in dict.fromkeys(used)]
    filters = InspectionFilter(request.GET, found, departments=places_of(request), checklists=choices)
    filters.in_force = in_force
    return filters


@require(VIEW)
def inspections(request):
    at = timezone.now()
    filters = filter_of(request, seen_by(request))
    narrowed = filters.narrowed()
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else ""
    rows = with_overdue(rows_for(staged(narrowed, stage, at)), at).order_by("-planned_on", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = {key: staged(narrowed, key, at).count() for key in ("", "late")}
    given = request.GET.copy()
    given.pop("page", None)
    context = {
        "filter": filters,
        "stage": stage,
        "tabs": [(key, label, counts.get(key, 0), key == stage) for key, (label, _states) in STAGES.items()],
        "open_count": counts[""],
        "late_count": counts["late"],
        "page": page,
        "at": at,
        "due": due_for(request, at) if may(request.user, INSPECT) else [],
        "has_policy": bool(filters.in_force),
        "may_plan": may(request.user, INSPECT),
        "export_query": given.urlencode(),
    }
    return render(request, "improvements/inspections/list.html", context)


def due_for(request, at):
    """What is due and may be planned by this reader: nothing of their own line."""
    day, own = day_of(at), employee_id_of(request.user)
    structure = Structure(request.company.pk, day)
    found = turns(request.company, day, structure)
    return [
        one
        for one in found
        if one.is_due and own is not None and own not in structure.line(one.department.pk)
    ]


@require(INSPECT)
def inspection_new(request):
    day = day_of(timezone.now())
    start = {
        "planned_on": day,
        "department": request.GET.get("department"),
        "checklist": request.GET.get("checklist"),
    }
    own = employee_id_of(request.user)
    form = PlanForm(
        request.POST or None,
        initial=start | {"inspectors": [own]},
        company=request.company,
        day=day,
        checklists=checklists_on(request.company, day),
        departments=Department.objects.filter(company=request.company, closed_on=None),
    )
    if request.method != "POST":
        return _plan_page(request, form)
    if not form.is_valid():
        return _plan_page(request, form, status=422)
    try:
        made = services.plan_inspection(**form.cleaned_data, by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return _plan_page(request, form, status=409)
    messages.success(request, _("%(number)s is planned.") % {"number": made.number})
    return redirect(made)


def _plan_page(request, form, status=200):
    context = {"form": form, "has_policy": bool(form.fields["checklist"].choices)}
    return render(request, "improvements/inspections/plan.html", context, status=status)


@require(INSPECT)
def plan_due(request):
    """Everything that is due on one day, each department by those who do not belong to it."""
    at = timezone.now()
    due = due_for(request, at)
    start = {
        "departments": [one.key for one in due],
        "planned_on": day_of(at),
        "inspectors": [employee_id_of(request.user)],
    }
    form = PlanDueForm(
        request.POST or None, initial=start, company=request.company, day=day_of(at), turns=due
    )
    if request.method != "POST":
        return _due_page(request, form, due)
    if not form.is_valid():
        return _due_page(request, form, due, status=422)
    given = form.cleaned_data
    try:
        made = services.plan_due(
            company=request.company,
            keys=given["departments"],
            inspectors=given["inspectors"],
            planned_on=given["planned_on"],
            by=request.user,
            at=at,
        )
    except Refused as refusal:
        beside_the_field(form, refusal)
        return _due_page(request, form, due, status=409)
    count = len(made)
    messages.success(
        request,
        ngettext("%(count)s inspection is planned.", "%(count)s inspections are planned.", count)
        % {"count": count},
    )
    return redirect("inspections")


def _due_page(request, form, due, status=200):
    return render(
        request, "improvements/inspections/plan_due.html", {"form": form, "due": due}, status=status
    )


@require(VIEW)
def export(request):
    """The list as it is filtered, one row an inspection; the export is logged with its size."""
    at = timezone.now()
    filters = filter_of(request, seen_by(request))
    stage = request.GET.get("stage", "all")
    found = staged(filters.narrowed(), stage if stage in STAGES else "all", at)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    audit.record(
        f"improvements.inspections.exported_{kind}", request.company, by=request.user, at=at,
        data={"inspections": found.aggregate(count=Count("pk"))["count"], "narrowed_by": sorted(filters.given)},
    )  # fmt: skip
    header, rows = export_header(), export_rows(found, at)
    name = f"inspections-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(rows_as_csv(header, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(rows_as_xlsx(header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
