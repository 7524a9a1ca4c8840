"""One finding: its measure, what was done, the second person's word; and the measures one has been given."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from core.access import require
from core.flow import Refused
from improvements.forms.inspections import CheckForm, DoneForm, MeasureForm, ReasonForm
from improvements.inspections.pages import FindingDesk, latest_day
from improvements.models import InspectionFact, InspectionFile, InspectionFinding
from improvements.models.inspection_findings import FOLLOW_UP
from improvements.models.inspections import INSPECT, VIEW
from improvements.services import inspection_facts as facts
from improvements.services import inspection_findings as services
from improvements.views.inspections import seen_by
from jobs import attachments
from organization.scopes import employee_id_of

PER_PAGE = 20
RELATED = (
    "inspection__company", "inspection__department", "item", "owner", "repeats__inspection", "settled_by", "done_by",
    "verified_by", "department",
)  # fmt: skip


def seen_findings(request):
    found = InspectionFinding.objects.visible_to(request.user).filter(company=request.company)
    return found.select_related(*RELATED)


def found_or_404(request, pk):
    return get_object_or_404(seen_findings(request), pk=pk)


@require(VIEW, FOLLOW_UP)
def finding(request, pk):
    return page(request, found_or_404(request, pk))


def page(request, found, *, status=200, **given):
    desk = FindingDesk(found, request.user, timezone.now())
    context = {
        "desk": desk,
        "finding": found,
        "inspection": found.inspection,
        "done_form": DoneForm(),
        "check_form": CheckForm(),
        "settle_form": ReasonForm(
            label=_("Your reason"), help_text=_("The head of the department reads it.")
        ),
        "fact_form": ReasonForm(label=_("Why it cannot be confirmed")),
        "measure_form": measure_form(desk) if desk.may_set else None,
        "at": desk.at,
    } | given
    return render(request, "improvements/inspections/finding.html", context, status=status)


def measure_form(desk, data=None):
    return MeasureForm(data, people=desk.people, latest=latest_day(desk.inspection.company, desk.at))


@require(services.ANSWER, INSPECT)
@require_POST
def measure(request, pk):
    found = found_or_404(request, pk)
    desk = FindingDesk(found, request.user, timezone.now())
    form = measure_form(desk, request.POST)
    return _step(
        request, found, form, "measure_form",
        lambda given: services.set_measure(found, **given, by=request.user, at=desk.at),
        _("The measure is set; whoever does it is told."),
    )  # fmt: skip


def _step(request, found, form, name, verb, done):
    """One form, one verb; what it refuses stands beside the field."""
    if not form.is_valid():
        return page(request, found, status=422, **{name: form})
    try:
        verb(form.cleaned_data)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return page(request, found, status=409, **{name: form})
    messages.success(request, done)
    return redirect(found)


@require(FOLLOW_UP, services.ANSWER)
@require_POST
def done(request, pk):
    found = found_or_404(request, pk)
    form = DoneForm(request.POST, request.FILES)
    at = timezone.now()
    return _step(
        request, found, form, "done_form",
        lambda given: services.finish_measure(found, **given, by=request.user, at=at),
        _("Reported done; somebody from outside of the department looks at it."),
    )  # fmt: skip


@require(INSPECT)
@require_POST
def check(request, pk):
    found, at = found_or_404(request, pk), timezone.now()
    is_back = "send_back" in request.POST
    verb = services.send_back_measure if is_back else services.verify_measure
    said = _("It goes back with your remark.") if is_back else _("Verified.")
    return _step(
        request, found, CheckForm(request.POST), "check_form",
        lambda given: verb(found, note=given["note"], by=request.user, at=at), said,
    )  # fmt: skip


@require(INSPECT)
@require_POST
def settle(request, pk):
    """What becomes of a finding that the head disputes."""
    found, at = found_or_404(request, pk), timezone.now()
    verbs = {
        "uphold": (services.uphold_finding, _("The finding stands; the head of the department is told.")),
        "withdraw": (services.withdraw_finding, _("The finding is withdrawn, and the score counted anew.")),
    }
    if request.POST.get("step") not in verbs:
        raise Refused(_("Choose what to do."))
    verb, said = verbs[request.POST["step"]]
    form = ReasonForm(
        request.POST, label=_("Your reason"), help_text=_("The head of the department reads it.")
    )
    return _step(
        request, found, form, "settle_form",
        lambda given: verb(found, reason=given["reason"], by=request.user, at=at), said,
    )  # fmt: skip


@require(INSPECT)
@require_POST
def fact(request, pk):
    """The second person's word on the fault of a named colleague; it does not exist for whom it names."""
    found, at = found_or_404(request, pk), timezone.now()
    named = InspectionFact.objects.select_related("finding__inspection").exclude(
        employee=employee_id_of(request.user)
    )
    one = get_object_or_404(named, finding=found)
    form = ReasonForm(request.POST, label=_("Why it cannot be confirmed"))
    if request.POST.get("step") == "confirm":
        facts.confirm_fact(one, by=request.user, at=at)
        messages.success(request, _("Confirmed. A rule that rests on it now finds the case."))
        return redirect(found)
    return _step(
        request, found, form, "fact_form",
        lambda given: facts.decline_fact(one, reason=given["reason"], by=request.user, at=at),
        _("Declined with your reason; the finding itself stays."),
    )  # fmt: skip


@require(VIEW, FOLLOW_UP)
def file(request, pk):
    """A photo of an item whose inspection one sees once its result is out, or of a finding one sees."""
    own = employee_id_of(request.user)
    seen = seen_by(request)
    told = seen.told() | seen.filter(inspectors__employee=own)
    findings = InspectionFinding.objects.visible_to(request.user).filter(company=request.company)
    match = (
        Q(inspection__in=told.values("pk"))
        | Q(finding__in=findings.values("pk"))
        | Q(item__finding__in=findings.values("pk"))
    )
    found = get_object_or_404(
        InspectionFile.objects.filter(match).select_related("attachment").distinct(), pk=pk
    )
    return attachments.response(found.attachment, inline=True)


@require(FOLLOW_UP)
def my_measures(request):
    """What one has been given to do, the nearest day first; what is settled below."""
    own = employee_id_of(request.user)
    mine = InspectionFinding.objects.filter(company=request.company, owner=own, owner__isnull=False)
    mine = mine.select_related("inspection__department", "item")
    running = mine.filter(state=InspectionFinding.State.RUNNING).order_by("due_at", "pk")
    others = mine.exclude(state=InspectionFinding.State.RUNNING).order_by("-done_at", "-pk")
    context = {
        "running": list(running[:100]),
        "page": Paginator(others, PER_PAGE).get_page(request.GET.get("page")),
        "at": timezone.now(),
    }
    return render(request, "improvements/inspections/mine.html", context)
