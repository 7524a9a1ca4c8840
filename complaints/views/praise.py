"""Praise and pennants: the list, the page of one with its steps, its photos, and the entry of what came on paper."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from approvals.forms import beside_the_field
from complaints.forms.praise import (
    NewPraiseForm,
    PraiseFilter,
    ProofForm,
    ReturnForm,
    SharesForm,
    ThanksForm,
    evenly,
    rows_asked,
    with_more_rows,
)
from complaints.models import Case, Channel, Entry, Kind, Praise
from complaints.pages.praise import headline, praise_desk, rows_of, tabs
from complaints.pages.sight import Sight
from complaints.pages.stages_of_praise import OPEN_STATES, counts
from complaints.services import closing, intake
from complaints.services import praise as verbs
from complaints.views import case
from complaints.views.uploads import keep_files, write_down
from core.access import may, require
from core.flow import Refused
from core.tokens import new_token
from organization.models import Employee

PER_PAGE = 25


@require("complaints.view")
@require_GET
def praises(request):
    at = timezone.now()
    visible = Case.objects.visible_to(request.user).filter(company=request.company, kind=Kind.PRAISE)
    chosen = PraiseFilter(request.GET, visible, company=request.company)
    narrowed, stage = chosen.narrowed(), chosen.given.get("stage", "")
    found = narrowed if chosen.is_narrowed or stage else narrowed.filter(state__in=OPEN_STATES)
    found = chosen.in_stage(found, "stage", stage) if stage else found
    page = Paginator(found.order_by("-received_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    numbers = counts(narrowed)
    sight = Sight(request.user, request.company)
    context = {
        "filter": chosen,
        "stage": stage,
        "headline": headline(numbers),
        "tabs": tabs(numbers, stage),
        "page": page,
        "rows": rows_of(page.object_list, sight=sight, at=at),
        "may_enter": may(request.user, "complaints.handle"),
    }
    return render(request, "complaints/praise/praises.html", context)


desk_or_404 = partial(case.desk_or_404, find=praise_desk)
desk_to_act = partial(case.desk_to_act, find=praise_desk)


@require("complaints.view")
@require_GET
def praise(request, pk):
    return praise_page(request, desk_or_404(request, pk))


def praise_page(request, desk, *, proof=None, shares=None, back=None, thanks=None, status=200):
    """The page; a form that was refused comes back in its place, with its errors."""
    context = {
        "desk": desk,
        "case": desk.case,
        "praise": desk.praise,
        "proof": proof or (ProofForm(is_spoken=desk.is_spoken) if desk.may_prove else None),
        "shares": shares or (first_shares_form(desk) if desk.may_attribute else None),
        "back": back or (ReturnForm() if desk.may_judge and not desk.hindrance_to_confirm else None),
        "thanks": thanks or (ThanksForm(initial={"text": desk.thanks}) if desk.may_thank else None),
        "at": desk.at,
    }
    return render(request, "complaints/praise/praise.html", context, status=status)


def first_shares_form(desk):
    first = desk.first_shares
    initial = {}
    for place, (employee, percent) in enumerate(first):
        initial |= {f"person_{place}": f"{employee.name} · {employee.number}", f"percent_{place}": percent}
    form = SharesForm(colleagues=desk.sharers, rows=max(len(first) + 1, 3))
    form.initial |= initial
    return form


@require("complaints.handle")
@require_POST
def praise_prove(request, pk):
    desk = desk_to_act(request, pk)
    form = ProofForm(request.POST, request.FILES, is_spoken=desk.is_spoken)
    return take(request, desk, form, prove, place="proof", said=lambda: outcome_of(form.cleaned_data))


def take(request, desk, form, verb, *, place, said):
    """Call the verb with what the form says; refused, the page again with the form in its place."""
    return case.step_taken(
        request,
        form,
        lambda: verb(desk.case, by=request.user, at=desk.at, **form.cleaned_data),
        show=lambda status: praise_page(request, desk, **{place: form}, status=status),
        said=said,
        then=redirect("praise", pk=desk.case.pk),
    )


@transaction.atomic
def prove(case, *, by, at, files=(), **given):
    """The photo that comes with the proof is kept with it, or neither is."""
    if files:
        text = _("Photo or scan of the praise")
        write_down(case, kind=Entry.Kind.EVIDENCE, text=text, files=files, by=by, at=at)
    verbs.prove(case, by=by, at=at, **given)


def outcome_of(given):
    outcome = given["call_outcome"] if given["proof"] == Praise.Proof.CALL else ""
    return {
        Praise.CallOutcome.NOT_REACHED: _("Kept: nobody was reached. Try again later."),
        Praise.CallOutcome.CONTRADICTED: _(
            "Kept: the customer knows nothing of it. The praise is not confirmed."
        ),
    }.get(outcome) or _("The proof is kept. Now say whose praise it is.")


@require("complaints.handle")
@require_POST
def praise_shares(request, pk):
    """Three buttons: more rows, split evenly, and the step itself; only the last one writes."""
    desk = desk_to_act(request, pk)
    step = request.POST.get("step", "")
    if step in ("more", "even"):
        data = with_more_rows(request.POST) if step == "more" else evenly(request.POST)
        form = SharesForm(colleagues=desk.sharers, rows=rows_asked(data))
        form.initial |= {name: data.get(name, "") for name in form.fields}
        return praise_page(request, desk, shares=form)
    form = SharesForm(request.POST, colleagues=desk.sharers, rows=rows_asked(request.POST))
    if not form.is_valid():
        return praise_page(request, desk, shares=form, status=422)
    try:
        verbs.attribute(desk.case, shares=form.shares(), by=request.user, at=desk.at)
    except Refused as refusal:
        if refusal.field != "shares":
            raise
        form.add_error(None, refusal.message)
        return praise_page(request, desk, shares=form, status=409)
    messages.success(request, _("The shares are proposed. A second person confirms them."))
    return redirect("praise", pk=pk)


@require("complaints.confirm")
@require_POST
def praise_confirm(request, pk):
    desk = desk_to_act(request, pk)
    verbs.confirm_praise(desk.case, by=request.user, at=desk.at)
    messages.success(request, _("Confirmed. The colleagues are told, and the reward rules may rest on it."))
    return redirect("praise", pk=pk)


@require("complaints.confirm")
@require_POST
def praise_return(request, pk):
    desk = desk_to_act(request, pk)
    form = ReturnForm(request.POST)
    said = _("The shares went back with your words.")
    return take(request, desk, form, verbs.return_shares, place="back", said=lambda: said)


@require("complaints.handle")
@require_POST
def praise_thank(request, pk):
    desk = desk_to_act(request, pk)
    form = ThanksForm(request.POST)
    said = _("The customer is thanked.")
    return take(request, desk, form, closing.answer, place="thanks", said=lambda: said)


@require("complaints.view")
@require_GET
def praise_file(request, pk, file_pk):
    """A photo or scan, for those who may read the customer's words."""
    return case.file_of(desk_or_404(request, pk), file_pk)


@require("complaints.handle")
def praise_new(request):
    colleagues = list(Employee.objects.filter(company=request.company, left_on=None).order_by("number"))
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = NewPraiseForm(*given, company=request.company, colleagues=colleagues, initial={"key": new_token()})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            receipt = receive(form, request, timezone.now())
        except Refused as refusal:
            beside_the_field(form, refusal)
            status = 409
        else:
            return kept_page(request, receipt)
    elif form.errors:
        status = 422
    return render(request, "complaints/praise/new.html", {"form": form}, status=status)


def kept_page(request, receipt):
    """Number and code for the customer; the code is shown nowhere else, so nothing keeps the page."""
    context = {"case": receipt.case, "code": receipt.code}
    response = render(request, "complaints/praise/kept.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@transaction.atomic
def receive(form, request, at):
    """Photo and words together or not at all."""
    given = form.cleaned_data
    return intake.receive(
        company=request.company,
        kind=Kind.PRAISE,
        channel=Channel.VISIT,
        text=given["text"],
        key=f"praise:{request.user.pk}:{given['key']}",
        at=at,
        by=request.user,
        contact=intake.Contact(name=given["name"], phone=given["phone"]),
        site=given["site"],
        happened_on=given["happened_on"],
        people_named=form.people_named(),
        files=keep_files(request.company, given["files"], by=request.user, at=at),
        praise_form=given["form"],
    )
