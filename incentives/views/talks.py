"""Admonishing talks: the head holds and records them, the employee acknowledges."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from incentives import services, wording
from incentives.forms import AcknowledgeForm, TalkForm
from incentives.forms_duties import HandOverForm
from incentives.models import Talk
from incentives.services.talks import may_hold
from incentives.views.steps import sent, status_after
from organization.scopes import employee_id_of, today

RELATED = ("employee", "department", "decision__rule__clause")


def mine_to_hold(request):
    """Talks this head was named to hold."""
    return Talk.objects.filter(
        head_id=employee_id_of(request.user), head__isnull=False, company=request.company
    )


@require("incentives.hold_talk")
def talks(request):
    found = list(mine_to_hold(request).select_related(*RELATED).order_by("due_at", "pk"))
    context = {
        "open": [talk for talk in found if talk.state == Talk.State.SCHEDULED],
        "done": [talk for talk in found if talk.state != Talk.State.SCHEDULED][:50],
        "at": timezone.now(),
    }
    return render(request, "incentives/talks.html", context)


@require("incentives.hold_talk", "incentives.view_own")
def talk(request, pk):
    """Day and minutes; afterwards the employee reads and acknowledges them."""
    if Talk.objects.filter(pk=pk, employee_id=employee_id_of(request.user)).exists():
        return redirect("my_talk", pk=pk)
    found = get_object_or_404(mine_to_hold(request).select_related(*RELATED), pk=pk)
    form = TalkForm(*sent(request))
    done = _("The talk is recorded; your colleague is asked to acknowledge it.")
    status = status_after(request, form, services.hold_talk, found, done)
    if status is None:
        return redirect("talks")
    context = {"talk": found, "form": form, "effects": effects_of(found), "at": timezone.now()}
    return render(request, "incentives/talk.html", context, status=status)


@require("incentives.propose")
def hand_over(request, pk):
    """HR names another to hold a talk: whoever was to hold it has left or is away."""
    found = Talk.objects.visible_to(request.user).filter(company=request.company, state=Talk.State.SCHEDULED)
    found = get_object_or_404(found.select_related(*RELATED, "head", "company"), pk=pk)
    form = HandOverForm(*sent(request), candidates=may_hold(found, today()))
    done = _("The talk is handed over; your colleague is told.")
    status = status_after(request, form, services.hand_over_talk, found, done)
    if status is None:
        return redirect("execution")
    context = {"talk": found, "form": form, "effects": effects_of(found), "at": timezone.now()}
    return render(request, "incentives/talk_hand_over.html", context, status=status)


def effects_of(talk):
    return wording.effects_text(talk.decision.effects, talk.decision.counts_for)


@require("incentives.view_own")
def my_talk(request, pk):
    """The employee reads the minutes and acknowledges them, with a remark if they like."""
    own = Talk.objects.filter(employee_id=employee_id_of(request.user)).select_related(*RELATED, "head")
    found = get_object_or_404(own.exclude(state=Talk.State.SCHEDULED), pk=pk)
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.acknowledge_talk(found, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
        messages.success(request, _("You acknowledged the talk."))
        return redirect("my_ledger")
    context = {"talk": found, "form": form, "effects": effects_of(found)}
    return render(request, "incentives/my_talk.html", context, status=422 if form.errors else 200)
