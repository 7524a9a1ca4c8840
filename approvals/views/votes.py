"""The group's votes: the list, one motion, my vote, my recusal."""

from collections import Counter, defaultdict

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import selectors, services
from approvals.ballots import Ballot
from approvals.forms import RecuseForm, StandInForm, VoteForm
from approvals.models import Motion, Seat
from approvals.topics import about, questions_of, title_of, topics
from core.access import may, require
from core.numbering import id_in
from organization.scopes import employee_id_of, today

PER_PAGE = 20


def awaiting(request):
    """Open motions of this company that wait for the visitor's vote, the most urgent first."""
    return Motion.objects.awaiting(employee_id_of(request.user)).filter(company=request.company)


def awaiting_seats(request):
    """The seats behind them: the visitor's own, and those of members they stand for."""
    employee_id = employee_id_of(request.user)
    found = Seat.objects.awaiting(employee_id, today()).filter(motion__company=request.company)
    return found.select_related("motion__committee", "motion__company", "employee").order_by(
        "motion__due_at", "motion_id", "pk"
    )


def seen(request):
    """Motions of this company the visitor may see."""
    return (
        Motion.objects.visible_to(request.user)
        .filter(company=request.company)
        .select_related("committee", "company")
    )


def waiting_lines(request):
    """[(motion, names of members the visitor stands for)] in the order of their last days."""
    own, lines = employee_id_of(request.user), defaultdict(list)
    motions = {}
    for seat in awaiting_seats(request):
        motions[seat.motion_id] = seat.motion
        lines[seat.motion_id] += [seat.employee.name] if seat.employee_id != own else []
    return [(motion, lines[pk]) for pk, motion in motions.items()]


@require("approvals.vote", "approvals.audit")
def votes(request):
    """What waits for my vote, what is still open without me, what is decided."""
    mine = waiting_lines(request)
    others = seen(request).exclude(pk__in=[motion.pk for motion, names in mine])
    state = request.GET.get("state", "")
    if state in Motion.State.values:
        others = others.filter(state=state)
    if words := request.GET.get("within", "").strip()[:60]:
        others = others.filter(about(request.company, words))
    page = Paginator(others.order_by("-opened_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    motions = [*(motion for motion, names in mine), *page.object_list]
    questions = questions_of(motions)
    counted = selectors.tallies([motion for motion in motions if motion.state == Motion.State.OPEN])
    stuck = {pk for pk, tally in counted.items() if not tally.is_quorum_possible}
    context = {
        "waiting": [(motion, questions[motion.pk], names) for motion, names in mine],
        "others": [(motion, questions[motion.pk]) for motion in page.object_list],
        "page": page,
        "states": Motion.State.choices,
        "state": state,
        "words": words,
        "stuck": stuck,
        "now": timezone.now(),
        "may_delegate": may(request.user, "approvals.vote"),
        "batches": batches(questions[motion.pk] for motion, names in mine),
    }
    return render(request, "approvals/votes.html", context)


def batches(questions):
    """[(key, what its lines have in common, how many)] of the batches with more than one line; rewards first."""
    found = [question for question in questions if question.is_batchable]
    titles = {question.batch: question.batch_title for question in found}
    counted = Counter(question.batch for question in found)
    return [(key, titles[key], counted[key]) for key in sorted(counted) if counted[key] > 1]


@require("approvals.vote", "approvals.audit", "approvals.manage")
def motion(request, pk):
    return motion_page(request, get_object_or_404(seen(request), pk=pk))


def motion_page(request, found, seat=None, form=None, status=200):
    """`form`: the ballot of `seat` as it was sent; every other ballot is blank."""
    topic = topics.get(found.topic)
    queue = list(awaiting(request).values_list("pk", flat=True))
    position = queue.index(found.pk) + 1 if found.pk in queue else None
    ballot = Ballot(found, request.user)
    context = {
        "motion": found,
        "ballot": ballot,
        "ballots": [
            (one, form if one == seat else blank_ballot(request, one), is_own(request, one))
            for one in ballot.seats
        ],
        "stand_in": StandInForm(company=found.company, members=ballot.to_fill) if ballot.to_fill else None,
        "title": title_of(found),
        "topic": topic,
        "detail": topic.context(found, request.user) if topic and topic.context else {},
        "position": position,
        "waiting": len(queue),
        "next_pk": queue[position % len(queue)] if position and len(queue) > 1 else None,
        "now": timezone.now(),
        "may_list": may(request.user, "approvals.vote", "approvals.audit"),
    }
    return render(request, "approvals/motion.html", context, status=status)


def is_own(request, seat):
    return seat.employee_id == employee_id_of(request.user)


def blank_ballot(request, seat, data=None):
    """Several ballots may stand on one page, so the fields of delegated ones carry the seat in their ids."""
    return VoteForm(data, auto_id="id_%s" if is_own(request, seat) else f"seat{seat.pk}_%s")


@require("approvals.vote")
@require_POST
def cast(request, pk):
    """My vote, or that of a member I stand for: once, by name, by POST only."""
    found = get_object_or_404(seen(request), pk=pk)
    seat = posted_seat(request, found)
    form = blank_ballot(request, seat, request.POST) if seat else VoteForm(request.POST)
    if not form.is_valid():
        return motion_page(request, found, seat, form, status=422)
    principal = seat.employee if seat and not is_own(request, seat) else None
    services.cast_vote(found, by=request.user, at=timezone.now(), on_behalf_of=principal, **form.cleaned_data)
    messages.success(request, _("Your vote is recorded."))
    return to_next(request)


def posted_seat(request, found):
    """The seat named by the ballot; without one, the visitor's own."""
    named = request.POST.get("seat", "")
    seats = found.seats.select_related("employee")
    if named:
        return get_object_or_404(seats, pk=id_in(named))
    return seats.filter(employee_id=employee_id_of(request.user)).first()


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
        seat = services.recuse(found, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
        said = _("You stand aside in this matter. The quorum was counted again.")
        messages.success(
            request, said if seat else _("You stand aside; the member you stand for votes themselves.")
        )
        return to_next(request)
    context = {
        "motion": found,
        "form": form,
        "title": title_of(found),
        "has_seat": selectors.seat_of(found, request.user) is not None,
    }
    return render(request, "approvals/recuse.html", context, status=422 if form.errors else 200)


@require("approvals.vote")
@require_POST
def name_stand_in(request, pk):
    """The chair gives a recused member's seat to a colleague, when the quorum cannot be reached otherwise."""
    found = get_object_or_404(seen(request), pk=pk)
    ballot = Ballot(found, request.user)
    form = StandInForm(request.POST, company=found.company, members=ballot.to_fill)
    if not form.is_valid():
        return motion_page(request, found, status=422)
    services.name_stand_in(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The stand-in is named and was told."))
    return redirect("motion", pk=found.pk)
