"""The employee's side: hearing, decisions on me, ledger, receipt."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import require
from core.flow import Refused
from core.workdays import working_days_left
from incentives import services
from incentives.dossier import Dossier
from incentives.forms import StatementForm
from incentives.models import Case, Decision, Hearing, LedgerLine, Talk
from incentives.queue import with_surroundings
from organization.scopes import employee_id_of

PER_PAGE = 20


def my_decisions(request):
    """Decisions on the visitor that they were told of."""
    mine = Decision.objects.filter(employee_id=employee_id_of(request.user), employee__isnull=False)
    told = mine.filter(Q(hearings__isnull=False) | Q(issued_at__isnull=False))
    return told.select_related("rule__clause", "company", "employee").distinct()


@require("incentives.view_own")
def my_ledger(request):
    """What stands in my account, what was decided on me, and until when I may object."""
    at = timezone.now()
    lines = LedgerLine.objects.filter(employee_id=employee_id_of(request.user)).select_related(
        "decision__rule__clause", "reverses"
    )
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    own = lines.exclude(money_class="team_fund")  # it passes through the head's account and is not theirs
    sums = dict(own.order_by().values_list("unit").annotate(total=Sum("amount")))
    decisions = list(my_decisions(request).order_by("-proposed_at")[:50])
    context = {
        "page": page,
        "points": sums.get(LedgerLine.Unit.POINTS, 0),
        "fen": sums.get(LedgerLine.Unit.FEN, 0),
        "decisions": decisions,
        "hearings": Hearing.objects.open()
        .filter(decision__in=decisions)
        .select_related("decision__rule__clause"),
        "talks": Talk.objects.filter(employee_id=employee_id_of(request.user), state=Talk.State.HELD),
        "at": at,
    }
    return render(request, "incentives/my_ledger.html", context)


def own_dossier(request, decision):
    """The decision was found among the visitor's own; that is the right to see its case."""
    return Dossier.of(with_surroundings(Case.objects).get(pk=decision.case_id))


@require("incentives.view_own")
def my_decision(request, pk):
    decision = get_object_or_404(my_decisions(request), pk=pk)
    context = {"decision": decision, "dossier": own_dossier(request, decision), "at": timezone.now()}
    return render(request, "incentives/my_decision.html", context)


@require("incentives.view_own")
@require_POST
def acknowledge_receipt(request, pk):
    """Receipt is no consent: it starts nothing and waives nothing."""
    decision = get_object_or_404(my_decisions(request), pk=pk)
    services.acknowledge_receipt(decision, by=request.user, at=timezone.now())
    messages.success(request, _("Receipt is confirmed. Your right to object is unchanged."))
    return redirect("my_decision", pk=pk)


def my_hearing_or_404(request, pk):
    return get_object_or_404(Hearing.objects.filter(decision__in=my_decisions(request)), pk=pk)


@require("incentives.view_own")
def hearing(request, pk):
    return hearing_page(request, my_hearing_or_404(request, pk), StatementForm())


def hearing_page(request, found, form, status=200):
    at = timezone.now()
    context = {
        "hearing": found,
        "dossier": own_dossier(request, found.decision),
        "form": form,
        "is_open": found.ended_at is None and found.due_at > at,
        "days_left": working_days_left(at, found.due_at.date()),
    }
    return render(request, "incentives/hearing.html", context, status=status)


@require("incentives.view_own")
@require_POST
def state_case(request, pk):
    found = my_hearing_or_404(request, pk)
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return hearing_page(request, found, form, status=422)
    try:
        services.state_case(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal.message))
        return hearing_page(request, found, form, status=409)
    messages.success(request, _("Your statement is with HR."))
    return redirect("my_hearing", pk=pk)


@require("incentives.view_own")
def waive(request, pk):
    """Two steps, because it cannot be taken back."""
    found = my_hearing_or_404(request, pk)
    if request.method == "POST":
        services.waive_hearing(found, by=request.user, at=timezone.now())
        messages.success(request, _("You waived the hearing. The group now decides."))
        return redirect("my_hearing", pk=pk)
    return render(
        request, "incentives/waive.html", {"hearing": found, "dossier": own_dossier(request, found.decision)}
    )
