"""The side of somebody named: what is said of them, their reply, the finding once it is confirmed."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from complaints.forms.people import ReplyForm
from complaints.forms.staff import rules_today
from complaints.models import Allegation, Kind, State
from complaints.pages.mine import Own
from complaints.services import people
from core.access import require
from core.flow import Refused
from organization.scopes import employee_id_of

MOST = 100


def mine_of(request):
    """What the visitor was told of. Internal reports are never among them."""
    own = employee_id_of(request.user)
    told = Allegation.objects.filter(employee_id=own, employee__isnull=False, told_at__isnull=False)
    told = told.filter(case__company=request.company).exclude(case__kind=Kind.REPORT)
    return told.select_related(
        "employee", "case__site", "case__company", "case__investigator", "case__handler", "case__merged_into"
    ).prefetch_related("findings__adjudications")


@require("complaints.view_own")
def my_allegations(request):
    found = mine_of(request).exclude(case__state=State.MERGED).order_by("-told_at", "-pk")[:MOST]
    rules = rules_today(request.company)
    rows = [Own(one, rules) for one in found]
    context = {"rows": rows, "open_count": sum(one.may_reply for one in rows)}
    return render(request, "complaints/mine/list.html", context)


@require("complaints.view_own")
def my_allegation(request, pk):
    found = get_object_or_404(mine_of(request), pk=pk)
    if found.case.state == State.MERGED:
        return to_the_leading_one(request, found)
    return own_page(request, found, ReplyForm())


def to_the_leading_one(request, found):
    """Merged: what is said of the person goes on in the other case, under another number."""
    goes_on = mine_of(request).filter(case=found.case.merged_into).first()
    if goes_on is None:
        raise Http404
    return redirect("my_allegation", pk=goes_on.pk)


def own_page(request, found, form, status=200):
    context = {"own": Own(found, rules_today(request.company)), "form": form}
    return render(request, "complaints/mine/allegation.html", context, status=status)


@require("complaints.view_own")
@require_POST
def my_reply(request, pk):
    found = get_object_or_404(mine_of(request), pk=pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return own_page(request, found, form, status=422)
    try:
        people.reply(found, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return own_page(request, found, form, status=409)
    messages.success(request, _("Your reply is with those who look into it."))
    return redirect("my_allegation", pk=pk)
