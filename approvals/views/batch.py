"""Voting on several rewards in one go: each line visible, one choice per line, the password asked again."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from approvals import services
from approvals.forms import LineForm
from approvals.topics import questions_of
from approvals.views.votes import awaiting
from core.access import require

MOST_LINES = 100


def batch_lines(request):
    """[(motion, question, form)] of the batchable motions that wait for me, at most a hundred."""
    motions = list(awaiting(request).select_related("committee")[: 3 * MOST_LINES])
    questions = questions_of(motions)
    chosen = [motion for motion in motions if questions[motion.pk].is_batchable][:MOST_LINES]
    data = request.POST if request.method == "POST" else None
    return [(motion, questions[motion.pk], LineForm(data, prefix=f"m{motion.pk}")) for motion in chosen]


@require("approvals.vote")
@reauthentication_required
def batch(request):
    lines = batch_lines(request)
    if request.method != "POST":
        return render(request, "approvals/batch.html", {"lines": lines})
    valid = all([form.is_valid() for motion, question, form in lines])
    picked = [(motion, form) for motion, question, form in lines if valid and form.cleaned_data["choice"]]
    if not valid or not picked:
        context = {"lines": lines, "nothing_chosen": valid}
        return render(request, "approvals/batch.html", context, status=422)
    cast_all(picked, by=request.user, at=timezone.now())
    counted = ngettext("%(count)s vote is recorded.", "%(count)s votes are recorded.", len(picked))
    messages.success(request, counted % {"count": len(picked)})
    return redirect("votes")


@transaction.atomic
def cast_all(picked, *, by, at):
    """All or none: one refused line leaves every line as it was."""
    for motion, form in picked:
        services.cast_vote(motion, by=by, at=at, **form.cleaned_data)
