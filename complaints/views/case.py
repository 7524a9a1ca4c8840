"""The page of one case, its files, and the one look at name and number."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from complaints.forms.people import StatementForm, TakeOutForm, UnmaskForm
from complaints.forms.steps import STEP_FORMS
from complaints.models import CaseFile
from complaints.pages.desk import desk_of
from complaints.services import people
from core.access import require
from core.flow import Refused
from jobs import attachments


def desk_or_404(request, pk, find=desk_of):
    """The case with everything around it; 404 outside the visitor's sight."""
    desk = find(pk, request.user, request.company, timezone.now())
    if desk is None:
        raise Http404
    return desk


def desk_to_act(request, pk, find=desk_of):
    """For a step: what may not be read may not be worked on either."""
    desk = desk_or_404(request, pk, find)
    if not desk.reads:
        raise PermissionDenied
    return desk


def step_taken(request, form, act, *, show, said, then):
    """Act with what the form says, say what was done and go on to `then`; refused, the page with the sentence in place.

    `show(status)` is the page with the bound form, `said()` the sentence afterwards.
    """
    if not form.is_valid():
        return show(422)
    try:
        act()
    except Refused as refusal:
        beside_the_field(form, refusal)
        return show(409)
    messages.success(request, str(said()))
    return then


def file_of(desk, file_pk):
    """A file of the case, or of one merged into it, for those who may read its words."""
    if not desk.reads:
        raise Http404
    found = get_object_or_404(CaseFile.objects.select_related("attachment"), pk=file_pk, case__in=desk.ids)
    return attachments.response(found.attachment, inline=True)


@require("complaints.view")
def case(request, pk):
    return case_page(request, desk_or_404(request, pk))


def case_page(request, desk, *, bound=None, status=200, **more):
    """The page; `bound` is the form of a step that was not taken, shown with its errors in its place."""
    forms = {name: form(desk=desk) for name, form in STEP_FORMS.items() if name in desk.offers}
    if bound is not None:
        forms[bound.name] = bound
    about = more.pop("about", None)
    words, outs = statement_forms(desk, bound, about), take_out_forms(desk, bound, about)
    main = desk.offers.main
    context = {
        "desk": desk,
        "case": desk.case,
        "steps": forms,
        "main": main,
        "main_form": forms.get(main.name) if main else None,
        "others": [(offer, forms.get(offer.name)) for offer in desk.offers.others],
        "bound": bound,
        "people": [(person, words.get(person.pk), outs.get(person.pk)) for person in desk.shown_people],
        "wrong": bound.name if bound is not None else "",
        "at": desk.at,
    }
    return render(request, "complaints/case/case.html", context | more, status=status)


def statement_forms(desk, bound, about):
    """{allegation id: form} for those who were not told yet; `about` is whom the bound form is of."""
    if not desk.offers.may_word:
        return {}
    open_still = [one.allegation for one in desk.people if one.allegation.told_at is None]
    forms = {
        one.pk: StatementForm(desk=desk, initial={"statement": one.statement}, auto_id=f"id_a{one.pk}_%s")
        for one in open_still
    }
    is_ours = about in forms and bound.name == StatementForm.name
    return forms | ({about: bound} if is_ours else {})


def take_out_forms(desk, bound, about):
    """{allegation id: form} for those of whom nothing was found and who were not told."""
    if not desk.offers.may_take_out:
        return {}
    free = [one.pk for one in desk.people if one.allegation.told_at is None and not one.findings]
    forms = {pk: TakeOutForm(desk=desk, auto_id=f"id_o{pk}_%s") for pk in free}
    is_ours = about in forms and bound.name == TakeOutForm.name
    return forms | ({about: bound} if is_ours else {})


@require("complaints.unmask")
@require_POST
def unmask(request, pk):
    """Shows name and number once, in the answer to the POST; nothing stays in the address or the session."""
    desk = desk_to_act(request, pk)
    form = UnmaskForm(request.POST, desk=desk)
    if not form.is_valid():
        return case_page(request, desk, bound=form, status=422)
    try:
        found = people.unmask(desk.case, reason=form.cleaned_data["reason"], by=request.user, at=desk.at)
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal.message))
        return case_page(request, desk, bound=form, status=409)
    response = case_page(request, desk_or_404(request, pk), shown=found)
    response.headers["Cache-Control"] = "no-store"
    return response


@require("complaints.view")
def case_file(request, pk, file_pk):
    return file_of(desk_or_404(request, pk), file_pk)
