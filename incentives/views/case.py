"""One case from being found to the vote: HR's page and its verbs."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from core.access import may, require
from core.flow import Refused
from core.period import Period
from incentives import services
from incentives.dossier import Dossier
from incentives.forms import GradeForm, OpinionForm, SetAsideForm
from incentives.grading import specs_of
from incentives.models import Decision
from incentives.queue import cases_for
from incentives.views.frame import close_of
from organization.scopes import employee_id_of


def dossier_of(request, pk):
    """The case with everything around it, 404 outside the visitor's scope."""
    return Dossier.of(get_object_or_404(cases_for(request.user, request.company), pk=pk))


@require("incentives.view")
def case(request, pk):
    return case_page(request, dossier_of(request, pk))


def case_page(request, dossier, *, grade=None, opinion=None, status=200):
    may_act = may(request.user, "incentives.propose")
    decision, hearing = dossier.decision, dossier.hearing
    month = Period.parse(dossier.case.period)
    context = {
        "month": month,
        "close": close_of(request.company, month),
        "dossier": dossier,
        "may_act": may_act,
        "may_take_back": may_act and dossier.may_be_taken_back(request.user),
        "may_see_vote": may(request.user, "approvals.vote", "approvals.audit", "approvals.manage"),
        "grade": grade or (grade_form(dossier) if may_act and dossier.is_gradable else None),
        "opinion": opinion,
        "at": timezone.now(),
    }
    if opinion is None and may_act and hearing and hearing.statement and dossier.is_before_vote:
        context["opinion"] = OpinionForm(initial={"opinion": decision.opinion})
    return render(request, "incentives/case.html", context, status=status)


def grade_form(dossier, data=None):
    decision = dossier.decision
    current = decision.effects if decision else None
    return GradeForm(
        data,
        specs=specs_of(dossier.case),
        current=current,
        needs_reason=dossier.is_held,
        needs_loss=decision is None and dossier.needs_proven_loss,
    )


@require("incentives.propose")
@require_POST
def propose(request, pk):
    """Make a decision of a case; a held one only with a written reason."""
    dossier = dossier_of(request, pk)
    form = grade_form(dossier, request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.propose(
                dossier.case, by=request.user, at=timezone.now(), effects=form.effects(), reason=reason
            )
        except Refused as refusal:
            beside_the_field(form, refusal)
            return case_page(request, dossier, grade=form, status=409)
        messages.success(request, _("The proposal is made."))
        return redirect("incentives_case", pk=pk)
    return case_page(request, dossier, grade=form, status=422)


@require("incentives.propose")
@require_POST
def amend(request, pk):
    """Choose another grade within the rule's range, with a reason."""
    dossier = dossier_of(request, pk)
    form = grade_form(dossier, request.POST)
    if form.is_valid():
        try:
            services.amend(
                dossier.decision,
                effects=form.effects(),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            beside_the_field(form, refusal)
            return case_page(request, dossier, grade=form, status=409)
        messages.success(request, _("The grade is changed."))
        return redirect("incentives_case", pk=pk)
    return case_page(request, dossier, grade=form, status=422)


@require("incentives.propose")
@require_POST
def call_hearing(request, pk):
    dossier = dossier_of(request, pk)
    services.call_hearing(dossier.live_decision(), by=request.user, at=timezone.now())
    messages.success(request, _("The employee is told and may state their case."))
    return redirect("incentives_case", pk=pk)


@require("incentives.propose")
@require_POST
def write_opinion(request, pk):
    dossier = dossier_of(request, pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return case_page(request, dossier, opinion=form, status=422)
    services.write_opinion(
        dossier.live_decision(), opinion=form.cleaned_data["opinion"], by=request.user, at=timezone.now()
    )
    messages.success(request, _("Your view is saved and goes to the group with the case."))
    return redirect("incentives_case", pk=pk)


@require("incentives.propose")
@require_POST
def submit(request, pk):
    """One case to the group's vote; a reward straight from being found."""
    dossier = dossier_of(request, pk)
    at = timezone.now()
    if dossier.decision is None:
        services.propose_and_submit([dossier.case], by=request.user, at=at)
    else:
        services.submit_batch([dossier.decision], by=request.user, at=at)
    messages.success(request, _("Sent to the group’s vote."))
    return redirect("incentives_case", pk=pk)


@require("incentives.propose")
def take_back(request, pk):
    """Two steps: the members who have voted already vote in vain."""
    dossier = dossier_of(request, pk)
    if request.method == "POST":
        services.take_back(dossier.live_decision(), by=request.user, at=timezone.now())
        messages.success(request, _("Taken back from the group; you may change it and send it again."))
        return redirect("incentives_case", pk=pk)
    context = {"dossier": dossier, "may": dossier.may_be_taken_back(request.user)}
    return render(request, "incentives/take_back.html", context)


@require("incentives.propose")
def set_aside(request, pk):
    """A page of its own, because the reason stays with the case."""
    dossier = dossier_of(request, pk)
    form = SetAsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        thing = dossier.decision or dossier.case
        services.set_aside(thing, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, _("The case is set aside with your reason."))
        return redirect("incentives_case", pk=pk)
    context = {"dossier": dossier, "form": form}
    return render(request, "incentives/set_aside.html", context, status=422 if form.errors else 200)


@require("incentives.view", "incentives.view_own")
def decision(request, pk):
    """One address for a decision: those who decide land on the case, the person concerned on their own page."""
    found = get_object_or_404(
        Decision.objects.visible_to(request.user).filter(company=request.company), pk=pk
    )
    if found.employee_id == employee_id_of(request.user):
        hearing = found.hearings.open().first()
        return redirect("my_hearing", pk=hearing.pk) if hearing else redirect("my_decision", pk=found.pk)
    return redirect("incentives_case", pk=found.case_id)
