"""The author's side of the suggestion box: one's own, a new one, its course, the answer to a refusal."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from complaints.forms.fields import tied_to_words
from core.access import require
from core.flow import Refused
from improvements.forms.suggestions import ReasonForm, SuggestionForm
from improvements.models import Suggestion, SuggestionFile
from improvements.models.suggestions import ASSESS, SUGGEST
from improvements.selectors.suggestions import alike
from improvements.services.suggestion_intake import (
    resubmit_suggestion,
    submit_suggestion,
    withdraw_suggestion,
)
from improvements.suggestions.pages import headline_of, picture_of, saved_key, steps_of
from improvements.suggestions.policy import box_of
from jobs import attachments
from organization.scopes import employee_id_of, today

PER_PAGE = 20


def mine_of(request):
    found = Suggestion.objects.filter(company=request.company, author_id=employee_id_of(request.user))
    return found.exclude(author=None).select_related(
        "company", "department", "about", "duplicate_of", "effect"
    )


def mine_or_404(request, pk):
    return get_object_or_404(mine_of(request), pk=pk)


@require(SUGGEST)
def my_suggestions(request):
    page = Paginator(mine_of(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "open_count": mine_of(request).exclude(state__in=Suggestion.CLOSED).count(),
        "box": box_of(request.company, today()),
        "at": timezone.now(),
    }
    return render(request, "improvements/suggestions/mine.html", context)


@require(SUGGEST)
def my_suggestion_new(request):
    return enter(request, for_others=False)


@require(ASSESS)
def suggestion_new(request):
    """Who assesses writes down what a colleague without a login hands in on paper."""
    return enter(request, for_others=True)


def enter(request, *, for_others):
    """First the words; what is alike is shown once before they are sent."""
    box = box_of(request.company, today())
    if box is None:
        return render(request, "improvements/suggestions/no_box.html")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SuggestionForm(
        data,
        files,
        company=request.company,
        box=box,
        for_others=for_others,
        initial={"key": uuid.uuid4().hex},
    )
    if data is None:
        return _new_page(request, form, for_others)
    if not form.is_valid():
        return _new_page(request, form, for_others, status=422)
    close = _alike(request, form, box)
    if close:
        return _new_page(request, form, for_others, alike=close)
    try:
        suggestion = submit_suggestion(
            company=request.company,
            key=tied_to_words(form.cleaned_data["key"], form)[:120],
            by=request.user,
            at=timezone.now(),
            **form.arguments(),
        )
    except Refused as refusal:
        beside_the_field(form, refusal)
        return _new_page(request, form, for_others, status=409)
    messages.success(request, _("%(number)s is in the box.") % {"number": suggestion.number})
    is_own = suggestion.author_id == employee_id_of(request.user)
    return redirect(suggestion.get_own_url() if is_own else suggestion.get_absolute_url())


def _alike(request, form, box):
    """What the author has not been shown yet."""
    if form.cleaned_data["seen"]:
        return []
    return alike(request.company, form.words, box.similar_bp / 10_000)


def _new_page(request, form, for_others, *, alike=(), status=200):
    context = {
        "form": form,
        "alike": alike,
        "had_files": bool(request.FILES),
        "for_others": for_others,
        "action": reverse("suggestion_new" if for_others else "my_suggestion_new"),
    }
    return render(request, "improvements/suggestions/new.html", context, status=status)


@require(SUGGEST)
def my_suggestion(request, pk):
    return own_page(request, mine_or_404(request, pk))


def own_page(request, suggestion, *, form=None, status=200):
    picture = picture_of(suggestion, request.user)
    context = {
        "suggestion": suggestion,
        "headline": headline_of(suggestion, picture),
        "saved": saved_key(suggestion),
        "overdue": suggestion.is_overdue(timezone.now()),
        "steps": steps_of(suggestion),
        "files": suggestion.files.select_related("attachment"),
        "verdict": suggestion.assessments.last(),
        "picture": picture,
        "form": form or plea_form(),
        "at": timezone.now(),
    }
    return render(request, "improvements/suggestions/own.html", context, status=status)


def plea_form(data=None):
    return ReasonForm(
        data, field="plea", label=_("Your answer"), help_text=_("It is read once, by those who assess.")
    )


@require(SUGGEST)
@require_POST
def my_suggestion_answer(request, pk):
    suggestion = mine_or_404(request, pk)
    form = plea_form(request.POST)
    if not form.is_valid():
        return own_page(request, suggestion, form=form, status=422)
    try:
        resubmit_suggestion(suggestion, plea=form.cleaned_data["plea"], by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return own_page(request, suggestion, form=form, status=409)
    messages.success(request, _("Your answer is in the box; it is assessed again."))
    return redirect("my_suggestion", pk=pk)


@require(SUGGEST)
def my_suggestion_withdraw(request, pk):
    """Two steps, because it cannot be taken back."""
    suggestion = mine_or_404(request, pk)
    if request.method == "POST":
        withdraw_suggestion(suggestion, by=request.user, at=timezone.now())
        messages.success(request, _("The suggestion is withdrawn."))
        return redirect("my_suggestions")
    return render(request, "improvements/suggestions/withdraw.html", {"suggestion": suggestion})


@require(SUGGEST)
def my_suggestion_file(request, pk, file_pk):
    found = get_object_or_404(
        SuggestionFile.objects.select_related("attachment"), pk=file_pk, suggestion=mine_or_404(request, pk)
    )
    return attachments.response(found.attachment, inline=True)
