"""The other side of the suggestion box: the list, one of them, each step, how it goes, what an effect rests on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.forms import beside_the_field
from audit import services as audit
from core.access import may, require
from core.excel import rows_as_csv, rows_as_xlsx
from core.flow import Refused
from core.numbering import id_in
from improvements.forms.suggestions import (
    AskForm,
    AssessForm,
    ImplementForm,
    OpinionForm,
    ReasonForm,
    SuggestionFilter,
    WidenForm,
)
from improvements.models import Opinion, Suggestion, SuggestionFile
from improvements.models.suggestions import ADVISE, ASSESS, SEE, SUGGEST
from improvements.selectors.suggestions import course_of
from improvements.services import suggestion_assessment as assessing
from improvements.services import suggestion_effect as effects
from improvements.suggestions.export import export_header, export_rows
from improvements.suggestions.pages import Desk, headline_of, picture_of, saved_key
from jobs import attachments
from jobs.import_views import XLSX
from organization.scopes import reach_of
from surveys.models import Answer

PER_PAGE = 20
RELATED = (
    "company",
    "author",
    "department",
    "about",
    "owner",
    "duplicate_of",
    "effect",
    "measured_by",
    "confirmed_by",
)
State = Suggestion.State


def seen_by(request):
    """Those of others that this reader may see; one's own are looked at on one's own page."""
    found = Suggestion.objects.for_others(request.user).filter(company=request.company)
    return found.select_related(*RELATED)


def seen_or_404(request, pk):
    return get_object_or_404(seen_by(request), pk=pk)


@require(SEE, ASSESS, ADVISE)
def suggestions(request):
    """The box, what is due first; search, filters, counts by state."""
    at = timezone.now()
    filters = SuggestionFilter(request.GET, seen_by(request), company=request.company)
    narrowed = filters.narrowed(but=("state",))
    state = filters.given.get("state", "")
    rows = filters.narrowed() if state else narrowed
    rows = rows.order_by("due_at", "pk") if state == State.SUBMITTED else rows
    tally = dict(narrowed.order_by().values_list("state").annotate(count=Count("pk")))
    context = {
        "filter": filters,
        "state": state,
        "tabs": [(code, label, tally.get(code, 0), code == state) for code, label in State.choices],
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": seen_by(request).waiting().count(),
        "late": seen_by(request).overdue(at).count(),
        "may_enter": may(request.user, ASSESS),
        "may_count": may(request.user, SEE, ASSESS),
        "at": at,
    }
    return render(request, "improvements/suggestions/box.html", context)


@require(SEE, ASSESS)
def suggestions_export(request):
    """The list as it is filtered; the export is logged."""
    found = SuggestionFilter(request.GET, seen_by(request), company=request.company).narrowed()
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    audit.record(
        f"improvements.suggestions.exported_{kind}",
        request.company,
        by=request.user,
        at=timezone.now(),
        data={"suggestions": found.count()},
    )
    sees_counts = request.company.pk in reach_of(request.user, "scoring.view").company_ids
    header, rows = export_header(), export_rows(found, sees_counts=sees_counts)
    name = f"suggestions-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(rows_as_csv(header, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(rows_as_xlsx(header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require(SEE, ASSESS)
def suggestion_figures(request):
    """How many, how fast, how many taken up: all there are, those of others and one's own."""
    wide = reach_of(request.user, SEE, ASSESS).company_ids
    found = Suggestion.objects.filter(company=request.company, company_id__in=wide)
    year = request.GET.get("year", "")
    years = sorted({at.year for at in found.datetimes("submitted_at", "year")}, reverse=True)
    chosen = int(year) if year in map(str, years) else None
    if chosen:
        found = found.filter(submitted_at__year=chosen)
    context = {"course": course_of(found), "years": years, "year": chosen}
    return render(request, "improvements/suggestions/figures.html", context)


@require(SEE, ASSESS, ADVISE, SUGGEST)
def suggestion(request, pk):
    return desk_page(request, seen_or_404(request, pk))


def desk_page(request, found, *, status=200, **forms):
    desk = Desk(found, request.user, timezone.now())
    asked = [one.department_id for one, _may_answer in desk.opinions]
    context = {
        "suggestion": found,
        "desk": desk,
        "headline": headline_of(found, desk.picture),
        "saved": saved_key(found),
        "files": found.files.select_related("attachment"),
        "assess_form": AssessForm(company=found.company),
        "ask_form": AskForm(company=found.company, asked=asked),
        "opinion_form": OpinionForm(),
        "give_up_form": give_up_form(),
        "back_form": back_form(),
        "implement_form": ImplementForm(suggestion=found, box=desk.box) if desk.may_implement else None,
        "widen_form": WidenForm(initial={"window_days": desk.box.most_window_days}),
        "at": desk.at,
    }
    return render(request, "improvements/suggestions/one.html", context | forms, status=status)


def give_up_form(data=None):
    return ReasonForm(
        data, label=_("Why it is not done after all"), help_text=_("The author reads it word for word.")
    )


def back_form(data=None):
    return ReasonForm(data, label=_("What is not right about it"), help_text=_("Who measured it reads this."))


def taken(request, found, form, name, act, done):
    """One form, one verb, one answer: what is wrong stands beside its field."""
    if not form.is_valid():
        return desk_page(request, found, status=422, **{name: form})
    try:
        act(form.cleaned_data)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return desk_page(request, found, status=409, **{name: form})
    messages.success(request, done)
    return redirect("suggestion", pk=found.pk)


@require(ASSESS)
@require_POST
def suggestion_assess(request, pk):
    """One form, four buttons of the same weight."""
    found, at, by = seen_or_404(request, pk), timezone.now(), request.user
    form = AssessForm(request.POST, company=request.company)

    def act(given):
        ratings = {"benefit": given["benefit"], "effort": given["effort"]}
        common = {"reason": given["reason"], "by": by, "at": at}
        step = request.POST.get("step")
        if step == "adopt":
            assessing.adopt_suggestion(found, owner=given["owner"], **ratings, **common)
        elif step == "trial":
            assessing.try_suggestion(found, until=given["trial_until"], **ratings, **common)
        elif step == "decline":
            assessing.decline_suggestion(found, **common)
        elif step == "duplicate":
            assessing.link_duplicate(found, earlier=given["earlier"], **common)
        else:
            raise Refused(_("Choose what becomes of it."), field="reason")

    return taken(request, found, form, "assess_form", act, _("Assessed. The author is told."))


@require(ASSESS)
@require_POST
def suggestion_give_up(request, pk):
    found = seen_or_404(request, pk)
    form = give_up_form(request.POST)
    return taken(
        request,
        found,
        form,
        "give_up_form",
        lambda given: assessing.give_up_suggestion(
            found, reason=given["reason"], by=request.user, at=timezone.now()
        ),
        _("Given up. The author is told why."),
    )


@require(ASSESS)
@require_POST
def suggestion_ask(request, pk):
    found = seen_or_404(request, pk)
    form = AskForm(request.POST, company=request.company)
    return taken(
        request,
        found,
        form,
        "ask_form",
        lambda given: assessing.ask_opinion(found, **given, by=request.user, at=timezone.now()),
        _("The head of the department is asked."),
    )


@require(ADVISE)
@require_POST
def suggestion_opinion(request, pk, opinion_pk):
    found = seen_or_404(request, pk)
    opinion = get_object_or_404(Opinion, pk=opinion_pk, suggestion=found)
    opinion.suggestion = found
    form = OpinionForm(request.POST)
    return taken(
        request,
        found,
        form,
        "opinion_form",
        lambda given: assessing.give_opinion(opinion, **given, by=request.user, at=timezone.now()),
        _("Thank you. Those who assess it read your opinion."),
    )


@require(ASSESS)
@require_POST
def suggestion_implement(request, pk):
    found = seen_or_404(request, pk)
    form = ImplementForm(request.POST, suggestion=found, box=Desk(found, request.user, timezone.now()).box)
    return taken(
        request,
        found,
        form,
        "implement_form",
        lambda given: effects.record_implementation(
            found, **form.arguments(), by=request.user, at=timezone.now()
        ),
        _("Recorded. What is counted is fixed from now on."),
    )


@require(ASSESS)
@require_POST
def suggestion_measure(request, pk):
    found = seen_or_404(request, pk)
    effects.measure_effect(found, by=request.user, at=timezone.now())
    messages.success(request, _("Measured and frozen. A second person confirms it."))
    return redirect("suggestion", pk=pk)


@require(ASSESS)
@require_POST
def suggestion_widen(request, pk):
    found = seen_or_404(request, pk)
    form = WidenForm(request.POST)
    return taken(
        request,
        found,
        form,
        "widen_form",
        lambda given: effects.widen_window(found, **given, by=request.user, at=timezone.now()),
        _("More days are counted on either side."),
    )


@require(ASSESS)
@require_POST
def suggestion_confirm(request, pk):
    """The second person: confirm it, or send it back with a reason."""
    found, at = seen_or_404(request, pk), timezone.now()
    if request.POST.get("step") == "send_back":
        form = back_form(request.POST)
        return taken(
            request,
            found,
            form,
            "back_form",
            lambda given: effects.send_effect_back(found, reason=given["reason"], by=request.user, at=at),
            _("Sent back to who measured it."),
        )
    effects.confirm_effect(found, by=request.user, at=at, seen=id_in(request.POST.get("effect", "")))
    messages.success(request, _("Confirmed. If a rule rests on it, the case appears at once."))
    return redirect("suggestion", pk=pk)


@require(SEE, ASSESS, ADVISE, SUGGEST)
def suggestion_file(request, pk, file_pk):
    found = get_object_or_404(
        SuggestionFile.objects.select_related("attachment"), pk=file_pk, suggestion=seen_or_404(request, pk)
    )
    return attachments.response(found.attachment, inline=True)


@require(SEE, ASSESS)
def suggestion_answers(request, pk):
    """The answers an effect rests on, for who may open answers: those about oneself are left out."""
    found = get_object_or_404(seen_by(request).exclude(effect=None), pk=pk)
    if picture_of(found, request.user).is_hidden:
        raise Http404
    when = "after" if request.GET.get("when") == "after" else "before"
    ids = getattr(found.effect, f"{when}_answers")
    answers = Answer.objects.visible_to(request.user).filter(company=request.company, pk__in=ids)
    context = {
        "suggestion": found,
        "effect": found.effect,
        "when": when,
        "total": len(ids),
        "page": Paginator(answers.order_by("submitted_at", "pk"), 50).get_page(request.GET.get("page")),
    }
    return render(request, "improvements/suggestions/answers.html", context)
