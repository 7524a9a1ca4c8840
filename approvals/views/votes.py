"""The group's votes: the list, one motion, my vote, my recusal."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.ballots import Ballot
from approvals.forms import RecuseForm, StandInForm, VoteForm
from approvals.models import Motion
from approvals.topics import questions_of, title_of, topics
from core.access import require
from organization.scopes import employee_id_of

PER_PAGE = 20


def awaiting(request):
    """Open motions of this company that wait for the visitor's vote, the most urgent first."""
    return Motion.objects.awaiting(employee_id_of(request.user)).filter(company=request.company)


def seen(request):
    """Motions of this company the visitor may see."""
    return (
        Motion.objects.visible_to(request.user)
        .filter(company=request.company)
        .select_related("committee", "company")
    )


@require("approvals.vote", "approvals.audit")
def votes(request):
    """What waits for my vote, what is still open without me, what is decided."""
    mine = list(awaiting(request).select_related("committee"))
    others = seen(request).exclude(pk__in=[motion.pk for motion in mine]).order_by("-opened_at", "-pk")
    page = Paginator(others, PER_PAGE).get_page(request.GET.get("page"))
    questions = questions_of([*mine, *page.object_list])
    lines = [(motion, questions[motion.pk]) for motion in mine]
    context = {
        "waiting": lines,
        "others": [(motion, questions[motion.pk]) for motion in page.object_list],
        "page": page,
        "batchable": sum(question.is_batchable for motion, question in lines),
    }
    return render(request, "approvals/votes.html", context)


@require("approvals.vote", "approvals.audit")
def motion(request, pk):
    return motion_page(request, get_object_or_404(seen(request), pk=pk), VoteForm())


def motion_page(request, found, form, status=200):
    topic = topics.get(found.topic)
    queue = list(awaiting(request).values_list("pk", flat=True))
    position = queue.index(found.pk) + 1 if found.pk in queue else None
    ballot = Ballot(found, request.user)
    context = {
        "motion": found,
        "ballot": ballot,
        "stand_in": StandInForm(company=found.company, members=ballot.to_fill) if ballot.to_fill else None,
        "form": form,
        "title": title_of(found),
        "topic": topic,
        "detail": topic.context(found, request.user) if topic and topic.context else {},
        "position": position,
        "waiting": len(queue),
        "next_pk": queue[position % len(queue)] if position and len(queue) > 1 else None,
    }
    return render(request, "approvals/motion.html", context, status=status)


@require("approvals.vote")
@require_POST
def cast(request, pk):
    """My vote: once, by name, by POST only."""
    found = get_object_or_404(seen(request), pk=pk)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return motion_page(request, found, form, status=422)
    services.cast_vote(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Your vote is recorded."))
    return to_next(request)


def to_next(request):
    """The next motion that waits for me, or the list when none does."""
    following = awaiting(request).first()
    return redirect("motion", pk=following.pk) if following else redirect("votes")


@require("approvals.vote")
def recuse(request, pk):
    """A page of its own: who stands aside says why, and it goes into the record."""
    found = get_object_or_404(seen(request), pk=pk)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.recuse(found, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
        messages.success(request, _("You stand aside in this matter. The quorum was counted again."))
        return to_next(request)
    context = {"motion": found, "form": form, "title": title_of(found)}
    return render(request, "approvals/recuse.html", context, status=422 if form.errors else 200)


@require("approvals.vote")
@require_POST
def name_stand_in(request, pk):
    """The chair gives a recused member's seat to a colleague, when the quorum cannot be reached otherwise."""
    found = get_object_or_404(seen(request), pk=pk)
    ballot = Ballot(found, request.user)
    form = StandInForm(request.POST, company=found.company, members=ballot.to_fill)
    if not form.is_valid():
        return motion_page(request, found, VoteForm(), status=422)
    services.name_stand_in(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The stand-in is named and was told."))
    return redirect("motion", pk=found.pk)
