"""One inspection: on the spot, its result, the head's answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from core.access import require
from core.flow import Refused
from improvements.forms.inspections import CommentForm, FindingAnswerForm, ReasonForm, SubmitForm
from improvements.inspections.pages import RELATED, Desk
from improvements.models import InspectionFinding, InspectionItem
from improvements.models.inspections import INSPECT, VIEW
from improvements.services import inspection_findings as findings
from improvements.services import inspections as services
from improvements.views.inspections import seen_by
from organization.models import Employee


def found_or_404(request, pk):
    return get_object_or_404(seen_by(request).select_related(*RELATED), pk=pk)


@require(VIEW)
def inspection(request, pk):
    return page(request, found_or_404(request, pk))


def page(request, found, *, status=200, **given):
    desk = Desk(found, request.user, timezone.now())
    context = {
        "desk": desk,
        "inspection": found,
        "cancel_form": ReasonForm(
            label=_("Why it is not held"), help_text=_("Whoever knew of it reads this.")
        ),
        "go_on_form": ReasonForm(
            label=_("Why it goes on without an answer"), help_text=_("The head of the department reads it.")
        ),
        "submit_form": SubmitForm(),
        "at": desk.at,
    } | given
    if desk.may_mark:
        bad = given.get("item_form")
        context["areas"] = [
            (area, [bad if bad and bad.item.pk == item.pk else desk.item_form(item) for item in area.items])
            for area in desk.areas
        ]
        return render(request, "improvements/inspections/hold.html", context, status=status)
    return render(request, "improvements/inspections/inspection.html", context, status=status)


@require(INSPECT)
@require_POST
def begin(request, pk):
    found = found_or_404(request, pk)
    services.begin_inspection(found, by=request.user, at=timezone.now())
    return redirect(found)


@require(INSPECT)
@require_POST
def mark(request, pk, item_pk):
    """One item, saved as it is tapped; a part of the page comes back that never touches what is being typed."""
    found = found_or_404(request, pk)
    item = get_object_or_404(InspectionItem.objects.select_related("employee"), pk=item_pk, inspection=found)
    desk = Desk(found, request.user, timezone.now())
    form = desk.item_form(item, request.POST, request.FILES)
    status = 200 if form.is_valid() else 422
    if status == 200:
        try:
            services.mark_item(item, **form.arguments(), by=request.user, at=desk.at)
        except Refused as refusal:
            beside_the_field(form, refusal)
            status = 409
    if "HX-Request" in request.headers:
        return _marked(request, found, item, form, status)
    if status != 200:
        return page(request, found, status=status, item_form=form)
    return redirect(f"{reverse('inspection', args=[pk])}#item-{item.pk}")


def _marked(request, found, item, form, status):
    desk = Desk(found, request.user, timezone.now())
    context = {
        "item": item,
        "inspection": found,
        "files": item.files.select_related("attachment"),
        "fresh": desk.item_form(item),
        "errors": form.all_errors,
        # only then is the field taken away: a photo chosen while words were being sent is not lost
        "has_files": bool(request.FILES) and status == 200,
        "progress": desk.progress,
        "at": desk.at,
    }
    return HttpResponse(
        render_to_string("improvements/inspections/marked.html", context, request), status=status
    )


@require(INSPECT)
@require_POST
def submit(request, pk):
    found = found_or_404(request, pk)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return page(request, found, status=422, submit_form=form)
    try:
        services.submit_inspection(
            found, summary=form.cleaned_data["summary"], by=request.user, at=timezone.now()
        )
    except Refused as refusal:
        if refusal.code != "unfinished":
            raise
        form.add_error("summary", str(refusal.message))
        return page(request, found, status=409, submit_form=form)
    messages.success(request, _("Submitted. The head of the department answers it."))
    return redirect(found)


@require(INSPECT)
@require_POST
def cancel(request, pk):
    found = found_or_404(request, pk)
    form = ReasonForm(request.POST, label=_("Why it is not held"))
    return _with_reason(
        request, found, form, "cancel_form", services.cancel_inspection, _("It is cancelled.")
    )


@require(INSPECT)
@require_POST
def go_on(request, pk):
    found = found_or_404(request, pk)
    form = ReasonForm(request.POST, label=_("Why it goes on without an answer"))
    return _with_reason(
        request, found, form, "go_on_form", findings.go_on, _("It goes on without an answer.")
    )


def _with_reason(request, found, form, name, verb, done):
    if not form.is_valid():
        return page(request, found, status=422, **{name: form})
    try:
        verb(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return page(request, found, status=409, **{name: form})
    messages.success(request, done)
    return redirect(found)


@require(findings.ANSWER)
def answer(request, pk):
    """The head's page: each finding with its own word, and what follows where it needs a measure."""
    found = found_or_404(request, pk)
    desk = Desk(found, request.user, timezone.now())
    if not desk.may_answer:
        if request.method == "POST":
            raise Refused(_("This inspection does not wait for your answer."), code="state")
        return redirect(found)
    data = request.POST if request.method == "POST" else None
    forms = [
        FindingAnswerForm(data, finding=one, people=_people(desk), latest=desk.latest_day)
        for one in found.findings.filter(state=InspectionFinding.State.OPEN).select_related(
            "item", "repeats__inspection"
        )
    ]
    comment = CommentForm(data)
    if data is None:
        return _answer_page(request, desk, forms, comment)
    if not all(form.is_valid() for form in [*forms, comment]):
        return _answer_page(request, desk, forms, comment, status=422)
    try:
        findings.answer_inspection(
            found,
            comment=comment.cleaned_data["comment"],
            answers={form.finding.pk: form.arguments() for form in forms},
            by=request.user,
            at=desk.at,
        )
    except Refused as refusal:
        _beside(forms, refusal)
        return _answer_page(request, desk, forms, comment, status=409)
    messages.success(request, _("Your answer is with the inspectors."))
    return redirect(found)


def _people(desk):
    return Employee.objects.filter(pk__in=[one.pk for one in desk.people]).order_by("name")


def _beside(forms, refusal):
    """'12-measure' belongs to the field `measure` of the form on finding 12."""
    prefix, _dash, name = (refusal.field or "").partition("-")
    form = next((one for one in forms if str(one.finding.pk) == prefix and name in one.fields), None)
    if form is None:
        raise refusal
    form.add_error(name, str(refusal.message))


def _answer_page(request, desk, forms, comment, status=200):
    context = {"desk": desk, "inspection": desk.inspection, "forms": forms, "comment": comment, "at": desk.at}
    return render(request, "improvements/inspections/answer.html", context, status=status)
