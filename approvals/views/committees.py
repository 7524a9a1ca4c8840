"""The management group: who sits in it and until when, and how it decides."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import selectors, services
from approvals.forms import EndMembershipForm, MembershipForm, beside_the_field
from approvals.models import Committee, Membership, Motion
from approvals.topics import questions_of
from core.access import may, require
from core.flow import Refused
from organization.scopes import employee_id_of, reach_of, today

VERBS = ("approvals.manage", "approvals.vote", "approvals.audit")


def seen(request):
    """Committees of the companies where the visitor manages, votes or audits."""
    companies = reach_of(request.user, *VERBS).company_ids
    return Committee.objects.filter(company_id__in=companies, company=request.company)


@require(*VERBS)
def committees(request):
    found = list(seen(request))
    if len(found) == 1:
        return redirect("committee", pk=found[0].pk)
    return render(request, "approvals/committees.html", {"committees": found})


@require(*VERBS)
def committee(request, pk):
    found = get_object_or_404(seen(request), pk=pk)
    return committee_page(request, found, MembershipForm(committee=found))


def committee_page(request, found, form, status=200):
    day = today()
    terms = list(found.memberships.select_related("employee").order_by("-is_chair", "starts_on", "pk"))
    current = [term for term in terms if term.ends_on is None or term.ends_on >= day]
    context = {
        "committee": found,
        "current": current,
        "past": [term for term in terms if term not in current],
        "quorum": found.quorum_bp / 10000,
        "approve": found.approve_bp / 10000,
        "may_manage": may(request.user, "approvals.manage"),
        "sits": any(term.employee_id == employee_id_of(request.user) for term in current),
        "delegations": found.delegations.standing()
        .filter(ends_on__gte=day)
        .select_related("principal", "delegate")
        .order_by("starts_on"),
        "stuck": stuck_motions(request, found),
        "form": form,
        "today": day,
    }
    return render(request, "approvals/committee.html", context, status=status)


def stuck_motions(request, found):
    """(how many motions wait for stand-ins, [(motion, question)] of those the visitor may read)."""
    stuck = selectors.out_of_reach(found)
    seen_pks = set(
        Motion.objects.visible_to(request.user)
        .filter(pk__in=[one.pk for one in stuck])
        .values_list("pk", flat=True)
    )
    readable = [motion for motion in stuck if motion.pk in seen_pks]
    questions = questions_of(readable)
    return {"count": len(stuck), "lines": [(motion, questions[motion.pk]) for motion in readable]}


@require("approvals.manage")
@require_POST
def add_member(request, pk):
    found = get_object_or_404(seen(request), pk=pk)
    form = MembershipForm(request.POST, committee=found)
    if not form.is_valid():
        return committee_page(request, found, form, status=422)
    try:
        services.start_membership(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return committee_page(request, found, form, status=409)
    messages.success(request, _("The term is entered."))
    return redirect("committee", pk=found.pk)


@require("approvals.manage")
def end_member(request, pk):
    """Ends one term; votes cast and motions already open keep the seat."""
    term = get_object_or_404(Membership.objects.filter(committee__in=seen(request)), pk=pk)
    form = EndMembershipForm(request.POST or None, initial={"ends_on": today()})
    if request.method == "POST" and form.is_valid():
        services.end_membership(
            term, ends_on=form.cleaned_data["ends_on"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("The end of the term is entered."))
        return redirect("committee", pk=term.committee_id)
    return render(
        request, "approvals/end_member.html", {"term": term, "form": form}, status=422 if form.errors else 200
    )
