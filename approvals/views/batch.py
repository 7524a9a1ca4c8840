"""Voting on several rewards, or several like penalties, in one go: each line visible, one choice per line, the password
asked with each batch."""

import hashlib
import re

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import rules, services
from approvals.forms import LineForm, PasswordForm
from approvals.models import Motion, Seat
from approvals.services.batch import MOST_LINES
from approvals.topics import questions_of
from approvals.views.votes import awaiting_seats, is_own
from core.access import require
from core.numbering import id_in
from organization.scopes import employee_id_of

CHOSEN = re.compile(r"^s(\d{1,18})-choice$")


def fingerprint(question):
    """Of what a line shows: a vote counts for what its voter has read."""
    figure = question.figure
    counts = f"{figure.k}/{figure.n}" if figure else ""
    return hashlib.sha256("\n".join([question.title, question.detail, counts]).encode()).hexdigest()[:16]


def batch_asked(request):
    """The key of the batch in the address or the form; '' for rewards."""
    return (request.POST if request.method == "POST" else request.GET).get("batch", "")[:40]


def batchable_lines(request):
    """[(seat, question)] of every batchable motion that waits for me, of whatever batch."""
    seats = list(awaiting_seats(request)[: 3 * MOST_LINES])
    seats.sort(key=lambda seat: (seat.motion.due_at, seat.motion_id, not is_own(request, seat)))
    questions = questions_of(list({seat.motion_id: seat.motion for seat in seats}.values()))
    known = [(seat, questions[seat.motion_id]) for seat in seats]
    return [(seat, question) for seat, question in known if question.is_batchable]


def batch_lines(request, data=None):
    """[(seat, question, form)] of those of the batch asked for, at most a hundred."""
    key = batch_asked(request)
    chosen = [(seat, question) for seat, question in batchable_lines(request) if question.batch == key]
    return [
        (seat, question, LineForm(data, prefix=f"s{seat.pk}", initial={"shown": fingerprint(question)}))
        for seat, question in chosen[:MOST_LINES]
    ]


def excluded_lines(request):
    """[(seat, question)] of open batchable motions in which I take no part, with the ground on the seat."""
    away = Seat.objects.filter(
        motion__state=Motion.State.OPEN,
        motion__company=request.company,
        employee_id=employee_id_of(request.user),
    ).exclude(recused_at=None)
    seats = list(away.select_related("motion__committee").order_by("motion__due_at", "pk")[:MOST_LINES])
    questions = questions_of([seat.motion for seat in seats])
    known, key = [(seat, questions[seat.motion_id]) for seat in seats], batch_asked(request)
    return [(seat, question) for seat, question in known if question.is_batchable and question.batch == key]


@require("approvals.vote")
def batch(request):
    if request.method == "POST":
        return cast(request)
    return batch_page(request, batch_lines(request), password_form(request))


def batch_page(request, lines, password, problem="", status=200):
    context = {
        "lines": [(seat, question, form, is_own(request, seat)) for seat, question, form in lines],
        "excluded": excluded_lines(request),
        "password": password,
        "problem": problem,
        "most": MOST_LINES,
        "batch": batch_asked(request),
        "batch_title": next((question.batch_title for _seat, question, _form in lines), ""),
    }
    return render(request, "approvals/batch.html", context, status=status)


def password_form(request):
    """The form that asks for the password, None for who signs in without one and shows another factor instead."""
    if request.user.has_usable_password():
        data = request.POST if request.method == "POST" else None
        return PasswordForm(data, user=request.user)
    raise_if_reauthentication_required(request, app="")
    return None


def cast(request):
    lines, password = batch_lines(request, request.POST), password_form(request)
    valid = all([form.is_valid() for seat, question, form in lines])
    if not valid:
        return batch_page(request, lines, unsent(password), status=422)
    picked = [line for line in lines if line[2].cleaned_data["choice"]]
    if problem := gone_or_changed(request, lines, picked):
        return batch_page(request, renewed(request, lines), unsent(password), problem, status=409)
    if not picked:
        problem = _("No vote was cast: choose on at least one line.")
        return batch_page(request, lines, unsent(password), problem, status=422)
    if password is not None and not password.is_valid():
        return batch_page(request, lines, password, status=422)
    return cast_picked(request, picked, password)


def cast_picked(request, picked, password):
    chosen = [
        services.Line(
            motion=seat.motion,
            choice=form.cleaned_data["choice"],
            reason=form.cleaned_data["reason"],
            on_behalf_of=None if is_own(request, seat) else seat.employee,
            key=question.title,
        )
        for seat, question, form in picked
    ]
    try:
        services.cast_batch(chosen, by=request.user, at=timezone.now())
    except services.BatchRefused as refusal:
        problem = _("No vote was cast. “%(title)s”: %(reason)s") % {
            "title": refusal.line.key,
            "reason": refusal.message,
        }
        lines = batch_lines(request, request.POST)
        return batch_page(request, lines, unsent(password), problem, status=409)
    counted = ngettext("%(count)s vote is recorded.", "%(count)s votes are recorded.", len(chosen))
    messages.success(request, counted % {"count": len(chosen)})
    return redirect("votes")


def unsent(password):
    """The password is asked anew with each attempt."""
    return PasswordForm(user=password.user) if password is not None else None


def gone_or_changed(request, lines, picked):
    """A sentence when a line that was voted on is no longer there or no longer says what was shown."""
    wanted = {
        id_in(match[1]) for name in request.POST if (match := CHOSEN.match(name)) and request.POST[name]
    }
    if missing := wanted - {seat.pk for seat, question, form in lines}:
        if missing & {seat.pk for seat, question in batchable_lines(request)}:
            return rules.mixed_sentence()
        return _(
            "No vote was cast: a line you chose was closed or voted on meanwhile. Check the rest and cast again."
        )
    if any(form.cleaned_data["shown"] != fingerprint(question) for seat, question, form in picked):
        return _("No vote was cast: a line has changed since you saw it. Read it again and choose anew.")
    return ""


def renewed(request, lines):
    """The lines as they are now; choices stay on those that say what was shown."""
    fresh = {seat.pk: form for seat, question, form in batch_lines(request)}
    return [
        (
            seat,
            question,
            form if form.cleaned_data["shown"] == fingerprint(question) else fresh.get(seat.pk, form),
        )
        for seat, question, form in lines
    ]
