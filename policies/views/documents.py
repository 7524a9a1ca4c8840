from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import may, require
from policies import desk, pages, services
from policies.forms import WithdrawForm
from policies.inbox import waiting_for
from policies.models import Version

READERS = ("policies.view", "policies.sign", "policies.publish", "policies.edit")


@require(*READERS)
def documents(request):
    company = request.company
    shelves = pages.shelves(request.user, company)
    context = {
        "shelves": shelves,
        "in_force": sum(shelf.current is not None for shelf in shelves),
        "mine": list(waiting_for(request.user, company)) if company else [],
        "may_draft": may(request.user, "policies.edit", "policies.publish"),
    }
    return render(request, "policies/documents.html", context)


@require(*READERS)
def version(request, pk):
    shown = _visible(request, pk)
    return render(request, "policies/version.html", _page(request, shown))


@require("policies.publish")
@require_POST
def submit(request, pk):
    sent = services.submit(_visible(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("%(version)s has been sent for sign-off.") % {"version": sent})
    return redirect("policy_version", pk)


@require("policies.sign")
@require_POST
def sign(request, pk):
    signed = services.sign(_visible(request, pk), by=request.user, at=timezone.now())
    if signed.sign_offs.filter(signed_by=None).exists():
        sentence = _("You have signed %(version)s. It now waits for the next signature.")
    else:
        sentence = _("You have signed %(version)s. It was the last signature: the version is published.")
    messages.success(request, sentence % {"version": signed})
    return redirect("policy_version", pk)


@require("policies.publish")
@require_POST
def publish(request, pk):
    published = services.publish(_visible(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("%(version)s is published.") % {"version": published})
    return redirect("policy_version", pk)


@require("policies.publish")
@require_POST
def withdraw(request, pk):
    shown, form = _visible(request, pk), WithdrawForm(request.POST)
    if not form.is_valid():
        return render(request, "policies/version.html", _page(request, shown, form), status=422)
    services.withdraw(shown, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("%(version)s is withdrawn.") % {"version": shown})
    return redirect("policy_version", pk)


def _visible(request, pk):
    found = Version.objects.visible_to(request.user).select_related(
        "document__department", "company", "published_by"
    )
    return get_object_or_404(found, pk=pk)


def _page(request, shown, form=None):
    steps = list(shown.sign_offs.select_related("signed_by"))
    clauses = list(shown.clauses.all())
    turn, is_mine = pages.turn_of(shown, steps, request.user)
    others = Version.objects.visible_to(request.user).filter(document=shown.document)
    versions = list(others.defer("content").order_by("-effective_from", "-pk"))
    sections = pages.settings_sections(shown)
    return {
        "version": shown,
        "clauses": clauses,
        "sections": sections,
        "rules": pages.rule_rows(shown, clauses),
        "defaults": sum(section.defaults for section in sections),
        "steps": steps,
        "turn": turn,
        "is_mine": is_mine,
        "versions": versions,
        "current": pages.in_force(versions),
        "may_publish": pages.may_publish(request.user, shown),
        "may_make": Version.objects.makeable_by(request.user).filter(pk=shown.pk).exists(),
        "is_decided_elsewhere": desk.is_decided_elsewhere(shown),
        "obstacles": desk.obstacles(shown) if shown.state == Version.State.DRAFT else [],
        "form": form or WithdrawForm(),
    }
