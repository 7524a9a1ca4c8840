"""Explanations, training and team funds: who owes them hands them in, HR checks, the group reads explanations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from core.access import may, require
from core.flow import Refused
from incentives import services
from incentives.forms_duties import CheckForm, DutyForm
from incentives.models import Duty, DutyFile
from jobs import attachments
from organization.scopes import employee_id_of

PER_PAGE = 20
RELATED = ("employee", "department", "decision__rule__clause", "decision__employee")
SHOWN = {
    "open": Q(state=Duty.State.OPEN),
    "done": Q(state=Duty.State.DONE),
    "all": Q(),
}


def duties_for(request):
    """Those of everybody in reach, and one's own: a head owes duties too."""
    mine = Q(employee_id=employee_id_of(request.user), employee__isnull=False)
    seen = Q(pk__in=Duty.objects.visible_to(request.user).values("pk")) | mine
    return Duty.objects.filter(seen, company=request.company).select_related(*RELATED)


@require("incentives.view_own", "incentives.view", "incentives.hold_talk")
def duties(request):
    """Mine, and for those who see the company's decisions all of theirs."""
    at = timezone.now()
    found = duties_for(request)
    words = request.GET.get("within", "").strip()[:60]
    if words:
        found = found.filter(Q(employee__name__icontains=words) | Q(decision__number__icontains=words))
    shown = request.GET.get("show") if request.GET.get("show") in SHOWN else "open"
    counts = {name: found.filter(match).count() for name, match in SHOWN.items()}
    page = Paginator(found.filter(SHOWN[shown]), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": shown,
        "tabs": [(name, label, counts[name]) for name, label in tabs()],
        "open_count": counts["open"],
        "late": found.filter(SHOWN["open"], due_at__lte=at).count(),
        "words": words,
        "at": at,
    }
    return render(request, "incentives/duties.html", context)


def tabs():
    return [("open", _("To be done")), ("done", _("To be checked")), ("all", _("All"))]


@require("incentives.view_own", "incentives.view", "incentives.hold_talk")
def duty(request, pk):
    """Whoever owes it writes here; everybody else in reach reads."""
    found = get_object_or_404(duties_for(request), pk=pk)
    form = DutyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.finish_duty(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            beside_the_field(form, refusal)
            return duty_page(request, found, form, status=409)
        messages.success(request, _("It is handed in; HR checks it."))
        return redirect("duty", pk=pk)
    return duty_page(request, found, form, status=422 if form.errors else 200)


def duty_page(request, found, form, *, check=None, status=200):
    is_own = found.employee_id == employee_id_of(request.user)
    context = {
        "duty": found,
        "form": form if is_own and found.state == Duty.State.OPEN else None,
        "check": None,
        "files": found.files.select_related("attachment"),
        "at": timezone.now(),
    }
    if may(request.user, "incentives.propose") and not is_own and found.state == Duty.State.DONE:
        context["check"] = check or CheckForm()
    return render(request, "incentives/duty.html", context, status=status)


@require("incentives.propose")
@require_POST
def check_duty(request, pk):
    """Accepted, or sent back with what is missing."""
    found = get_object_or_404(duties_for(request), pk=pk)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return duty_page(request, found, DutyForm(), check=form, status=422)
    verb = services.send_back_duty if "send_back" in request.POST else services.accept_duty
    try:
        verb(found, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return duty_page(request, found, DutyForm(), check=form, status=409)
    messages.success(request, _("Your check is saved."))
    return redirect("duty", pk=pk)


@require("incentives.view_own", "incentives.view", "incentives.hold_talk")
def duty_file(request, pk):
    found = get_object_or_404(DutyFile.objects.filter(duty__in=duties_for(request)), pk=pk)
    return attachments.response(found.attachment, inline=True)
