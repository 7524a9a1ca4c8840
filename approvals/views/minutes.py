"""Minutes of a committee: the list, a new draft, the document, the chair's signature."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import minutes as content
from approvals import selectors, services
from approvals.forms import MinutesForm, SpanForm, beside_the_field
from approvals.models import Minutes
from approvals.topics import questions_of
from approvals.views import committees
from core.access import require
from core.flow import Refused
from core.numbering import id_in

PER_PAGE = 20
MOST_MOTIONS = 100
VERBS = ("approvals.vote", "approvals.audit", "approvals.manage")


def seen(request):
    found = Minutes.objects.visible_to(request.user).filter(company=request.company)
    return found.select_related("committee", "company", "assembled_by", "signed_by")


@require(*VERBS)
def committee_minutes(request, pk):
    found = get_object_or_404(committees.seen(request), pk=pk)
    shown = seen(request).filter(committee=found).exclude(state=Minutes.State.DISCARDED)
    state = request.GET.get("state", "")
    if state in (Minutes.State.DRAFT, Minutes.State.SIGNED):
        shown = shown.filter(state=state)
    may_assemble = selectors.may_assemble(found, request.user)
    context = {
        "committee": found,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Minutes.State.choices[:2],
        "waiting": selectors.unrecorded(found, request.user).count() if may_assemble else 0,
        "may_assemble": may_assemble,
    }
    return render(request, "approvals/minutes_list.html", context)


@require("approvals.vote", "approvals.manage")
def new_minutes(request, pk):
    """Closed votes that stand in no minutes yet, by day; those chosen become a draft."""
    found = get_object_or_404(committees.seen(request), pk=pk)
    choosable = selectors.unrecorded(found, request.user)
    if request.method != "POST":
        return new_page(request, found, span_of(request, choosable), MinutesForm(choosable=choosable))
    form = MinutesForm(request.POST, choosable=choosable)
    if not form.is_valid():
        return new_page(request, found, choosable, form, status=422)
    try:
        made = services.assemble_minutes(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return new_page(request, found, choosable, form, status=409)
    return redirect(made)


def span_of(request, motions):
    form = SpanForm(request.GET)
    if not form.is_valid():
        return motions
    if since := form.cleaned_data["since"]:
        motions = motions.filter(closed_at__date__gte=since)
    if until := form.cleaned_data["until"]:
        motions = motions.filter(closed_at__date__lte=until)
    return motions


def new_page(request, found, choosable, form, status=200):
    motions = list(choosable[:MOST_MOTIONS])
    questions = questions_of(motions)
    picked = {id_in(pk) for pk in request.POST.getlist("motions")}
    context = {
        "committee": found,
        "lines": [
            (motion, questions[motion.pk], request.method != "POST" or motion.pk in picked)
            for motion in motions
        ],
        "form": form,
        "span": SpanForm(request.GET if request.GET else None),
    }
    return render(request, "approvals/minutes_new.html", context, status=status)


@require(*VERBS)
def minutes(request, pk):
    found = get_object_or_404(seen(request), pk=pk)
    is_draft = found.state == Minutes.State.DRAFT
    context = {
        "minutes": found,
        "content": content.readable(content.content_of(found)),
        "is_draft": is_draft,
        "may_sign": is_draft and selectors.may_sign(found.committee, request.user),
        "may_discard": is_draft and selectors.may_assemble(found.committee, request.user),
    }
    return render(request, "approvals/minutes.html", context)


@require("approvals.vote")
@require_POST
def sign(request, pk):
    """The chair's signature: number and content are fixed from now on."""
    found = get_object_or_404(seen(request), pk=pk)
    services.sign_minutes(found, by=request.user, at=timezone.now())
    messages.success(
        request, _("Signed as %(number)s; nothing in it changes any more.") % {"number": found.number}
    )
    return redirect(found)


@require("approvals.vote", "approvals.manage")
@require_POST
def discard(request, pk):
    found = get_object_or_404(seen(request), pk=pk)
    services.discard_minutes(found, by=request.user, at=timezone.now())
    messages.success(request, _("The draft is discarded; its votes may go into other minutes."))
    return redirect("committee_minutes", pk=found.committee_id)
