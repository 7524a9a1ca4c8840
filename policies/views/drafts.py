from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.flow import Refused
from organization.models import Department
from organization.scopes import reach_of, today
from policies import desk as desks
from policies import rules, services
from policies.forms import ClauseForm, FactsForm, NewClauseForm, SettingsForm, UnitDocumentForm
from policies.models import Version
from policies.services import PackRefused
from policies.services.drafting import changed_meanwhile

MAKERS = ("policies.edit", "policies.publish")


def draft_of(request, pk):
    """A version this user may make, while it is a draft; 404 outside their scope, a sentence when it is no draft."""
    found = Version.objects.makeable_by(request.user).select_related("document__department", "company")
    version = get_object_or_404(found, pk=pk)
    if version.state != Version.State.DRAFT:
        raise Refused(
            _("Version %(label)s is “%(state)s”; only a draft is edited.")
            % {"label": version.label, "state": version.get_state_display()},
            code="state",
        )
    return version


def save(request, draft, content, form):
    """Write the draft's content; False, with the sentence in the form, when it is refused. The input stays.

    Where somebody else has written meanwhile, the form says what saving again would change in what stands there now.
    """
    if request.POST.get("seen") != draft.checksum:
        form.add_error(None, str(changed_meanwhile().message))
        form.would_change = desks.differences(draft.content, content)
        return False
    try:
        services.rewrite(draft, content, seen=draft.checksum, by=request.user, at=timezone.now())
        return True
    except PackRefused as refusal:
        for sentence in refusal.problems:
            blame(form, sentence)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return False


def blame(form, sentence):
    if hasattr(form, "blame"):
        form.blame(sentence)
    else:
        form.add_error(None, sentence)


def show_form(request, template, form, **context):
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def start(request, pk):
    """A draft of the next version, begun from one that is published."""
    source = get_object_or_404(
        Version.objects.makeable_by(request.user).published().select_related("document", "company"), pk=pk
    )
    initial = {"label": desks.next_label(source.label), "effective_from": today()}
    form = FactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.start_draft(source, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("policy_edit", made.pk)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal.message))
    return show_form(request, "policies/draft_start.html", form, source=source)


@require("policies.edit", "policies.publish")
@require_http_methods(["GET", "POST"])
def new_unit_document(request):
    """A unit's own rule book (PM-6.5)."""
    form = UnitDocumentForm(
        request.POST or None,
        departments=_own_departments(request),
        initial={"label": "1.0", "effective_from": today()},
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data["clause"] = {"code": f"{data['code']}-1"[:40], "number": _("Clause 1"), "text": data.pop("text")}
        try:
            made = services.start_unit_document(**data, by=request.user, at=timezone.now())
            return redirect("policy_edit", made.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return show_form(request, "policies/draft_unit.html", form)


def _own_departments(request):
    reach = reach_of(request.user, *MAKERS)
    mine = Department.objects.filter(reach.q(department="pk", employee=None), company=request.company)
    return mine.order_by("code")


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def desk(request, pk):
    draft = draft_of(request, pk)
    form = FactsForm(request.POST or None, initial=FactsForm.initial_of(draft))
    if (
        request.method == "POST"
        and form.is_valid()
        and save(request, draft, form.written_to(draft.content), form)
    ):
        messages.success(request, _("The draft is saved."))
        return redirect("policy_edit", pk)
    current, found = desks.comparison(draft)
    context = {
        "version": draft,
        "clauses": list(draft.clauses.all()),
        "sections": desks.sections(draft),
        "steps": desks.steps(draft, request.user),
        "obstacles": desks.obstacles(draft),
        "current": current,
        "changes": found.count,
    }
    return show_form(request, "policies/draft_desk.html", form, **context)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def settings(request, pk, section):
    draft = draft_of(request, pk)
    line = next((line for line in desks.sections(draft) if line.code == section), None)
    if line is None:
        raise Http404
    form = SettingsForm(request.POST or None, content=draft.content, section=section)
    if request.method == "POST" and form.is_valid():
        content = rules.with_values(draft.content, form.changed_values())
        if save(request, draft, content, form):
            messages.success(request, _("“%(section)s” is saved in the draft.") % {"section": line.name})
            return redirect("policy_edit", pk)
    return show_form(request, "policies/draft_settings.html", form, version=draft, line=line)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def new_clause(request, pk):
    draft = draft_of(request, pk)
    form = NewClauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, fields = form.cleaned_data["code"], _clause_fields(form)
        if any(row["code"] == code for row in draft.content["clauses"]):
            form.add_error("code", _("There is a clause with this code already."))
        elif save(request, draft, desks.with_clause(draft.content, code, fields), form):
            return redirect("policy_edit", pk)
    return show_form(request, "policies/draft_clause.html", form, version=draft)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def clause(request, pk, code):
    draft = draft_of(request, pk)
    row = _clause_row(draft, code)
    form = ClauseForm(request.POST or None, initial=row)
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and save(request, draft, desks.with_clause(draft.content, code, _clause_fields(form)), form):
        return redirect("policy_edit", pk)
    uses = desks.clause_uses(draft, code)
    return show_form(request, "policies/draft_clause.html", form, version=draft, row=row, uses=uses)


@require(*MAKERS)
@require_POST
def remove_clause(request, pk, code):
    draft = draft_of(request, pk)
    _clause_row(draft, code)
    services.rewrite(
        draft,
        desks.without_clause(draft.content, code),
        seen=request.POST.get("seen", ""),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The clause is taken out of the draft."))
    return redirect("policy_edit", pk)


@require("policies.view", "policies.sign", *MAKERS)
@require_GET
def compare(request, pk):
    """Only the differences between a version and the one in force."""
    shown = get_object_or_404(
        Version.objects.visible_to(request.user).select_related("document", "company"), pk=pk
    )
    current, found = desks.comparison(shown)
    context = {"version": shown, "current": current, "found": found}
    return render(request, "policies/compare.html", context)


def _clause_row(draft, code):
    row = next((row for row in draft.content["clauses"] if row["code"] == code), None)
    if row is None:
        raise Http404
    return row


def _clause_fields(form):
    return {name: form.cleaned_data[name] for name in ("number", "text", "text_en")}
