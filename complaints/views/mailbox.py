"""Mailboxes: for whoever keeps them (complaints.manage)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.forms.mailbox import MailboxForm
from complaints.models import Mailbox
from complaints.pages import mailboxes as pages
from complaints.services import mailbox as verbs
from core.access import require
from core.flow import Refused


def mailboxes_for(request):
    return Mailbox.objects.visible_to(request.user).filter(company=request.company).select_related("company")


def one(request, pk):
    return get_object_or_404(mailboxes_for(request), pk=pk)


@require("complaints.manage")
@require_GET
def mailboxes(request):
    rows = pages.standings(mailboxes_for(request), timezone.now())
    failing = sum(row.state == "failing" for row in rows)
    active = sum(row.state != "stopped" for row in rows)
    return render(
        request, "complaints/mailbox/mailboxes.html", {"rows": rows, "failing": failing, "active": active}
    )


@require("complaints.manage")
@require_GET
def mailbox(request, pk):
    return render(request, "complaints/mailbox/mailbox.html", _context(request, pk))


@require("complaints.manage")
@require_GET
def mailbox_state(request, pk):
    """The part that moves, for polling."""
    return render(request, "complaints/mailbox/mailbox.html#moving", _context(request, pk))


def _context(request, pk):
    shown, at = one(request, pk), timezone.now()
    outcome = request.GET.get("outcome", "")
    words = request.GET.get("within", "").replace("\0", "").strip()[: pages.LONGEST_SEARCH]
    outcomes = pages.outcomes_of(shown)
    letters = pages.letters_of(
        shown, request.user, outcome=outcome, words=words, page=request.GET.get("page")
    )
    return {
        "mailbox": shown,
        "standing": pages.standings([shown], at)[0],
        "progress": pages.progress_of(shown, at),
        "outcomes": outcomes,
        "total": sum(count for _value, _label, count in outcomes),
        "outcome": outcome,
        "words": words,
        "page": letters,
    }


@require("complaints.manage")
@require_http_methods(["GET", "POST"])
def mailbox_new(request):
    return _form(request, None)


@require("complaints.manage")
@require_http_methods(["GET", "POST"])
def mailbox_edit(request, pk):
    return _form(request, one(request, pk))


def _form(request, known):
    form = MailboxForm(request.POST or None, mailbox=known)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, known)
            messages.success(request, _("Saved. It is being looked into now."))
            return redirect("mailbox", saved.pk)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal.message))
    status = 422 if form.errors else 200
    return render(request, "complaints/mailbox/edit.html", {"form": form, "mailbox": known}, status=status)


def _save(request, form, known):
    at = timezone.now()
    saved = verbs.save_mailbox(
        company=known.company if known else request.company,
        by=request.user,
        at=at,
        mailbox=known,
        **form.cleaned_data,
    )
    verbs.request_look(saved, by=request.user, at=at)
    return saved


@require("complaints.manage")
@require_POST
def mailbox_stop(request, pk):
    stopped = verbs.stop_mailbox(one(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("%(address)s is not looked into any more.") % {"address": stopped.address})
    return redirect("mailbox", pk)


@require("complaints.manage")
@require_POST
def mailbox_look(request, pk):
    verbs.request_look(one(request, pk), by=request.user, at=timezone.now())
    return redirect("mailbox", pk)
