"""Who votes for me while I am away, and for whom I vote."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.forms import DelegationForm, beside_the_field
from approvals.models import Committee, Delegation, Membership
from core.access import require
from core.flow import Refused
from organization.models import Employee
from organization.scopes import employee_id_of, today

MOST_SHOWN = 50


def member_of(request):
    """The visitor as an employee of this company, or None."""
    return Employee.objects.filter(pk=employee_id_of(request.user), company=request.company).first()


def committees_of(member):
    """Those in which they sit now or will."""
    if member is None:
        return Committee.objects.none()
    terms = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today()), employee=member)
    return Committee.objects.filter(pk__in=terms.values("committee"))


def seen(request):
    """Delegations given or held by the visitor, in this company."""
    own = employee_id_of(request.user)
    mine = Q(principal_id=own) | Q(delegate_id=own) if own else Q(pk__in=[])
    return Delegation.objects.filter(mine, committee__company=request.company).select_related(
        "committee", "principal", "delegate"
    )


def form_for(request, data=None):
    member = member_of(request)
    committees = committees_of(member)
    if not committees.exists():
        return None
    return DelegationForm(
        data,
        company=request.company,
        committees=committees,
        member=member,
        initial={"starts_on": today(), "committee": committees.first()},
    )


@require("approvals.vote")
def delegations(request):
    form = form_for(request, request.POST if request.method == "POST" else None)
    if request.method != "POST" or form is None:
        return page(request, form)
    if not form.is_valid():
        return page(request, form, status=422)
    values = dict(form.cleaned_data)
    try:
        services.give_delegation(values.pop("committee"), by=request.user, at=timezone.now(), **values)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return page(request, form, status=409)
    messages.success(request, _("Your vote is given for these days. You may end this at any time."))
    return redirect("delegations")


def page(request, form, status=200):
    day, own = today(), employee_id_of(request.user)
    found = list(seen(request)[:MOST_SHOWN])
    now = [one for one in found if one.ended_at is None and one.starts_on <= day <= one.ends_on]
    later = [one for one in found if one.ended_at is None and one.starts_on > day]
    context = {
        "form": form,
        "one_group": form is not None and form.fields["committee"].queryset.count() == 1,
        "given": [one for one in now if one.principal_id == own],
        "held": [one for one in now if one.delegate_id == own],
        "later": later,
        "past": [one for one in found if one not in now and one not in later],
        "own": own,
    }
    return render(request, "approvals/delegations.html", context, status=status)


@require("approvals.vote")
@require_POST
def end_delegation(request, pk):
    """Taken back by the member, or handed back by who stands for them."""
    found = get_object_or_404(seen(request), pk=pk)
    services.end_delegation(found, by=request.user, at=timezone.now())
    messages.success(request, _("The delegation has ended. Votes already cast stay."))
    return redirect("delegations")
