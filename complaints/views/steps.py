"""The steps of a case: each its own address, plain POST, one verb called, the page shown again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints.forms.people import FindingForm, StatementForm, TakeOutForm
from complaints.forms.steps import STEP_FORMS
from complaints.services import closing, findings, handling, people, relations, statements
from complaints.views.case import case_page, desk_or_404, desk_to_act, step_taken
from complaints.views.uploads import write_down
from core.access import require
from core.flow import Refused

HANDLE, INVESTIGATE, CONFIRM, HOLD = (
    "complaints.handle",
    "complaints.investigate",
    "complaints.confirm",
    "complaints.hold",
)


def take(request, pk, name, verb, said):
    """Call the verb with what the form of this step says; refused, the page again with the sentence in place."""
    desk = desk_to_act(request, pk)
    form = STEP_FORMS[name](request.POST, request.FILES, desk=desk)

    def show(status):
        return case_page(request, desk_or_404(request, pk), bound=form, status=status)

    return step_taken(
        request,
        form,
        lambda: verb(desk.case, by=request.user, at=desk.at, **form.arguments()),
        show=show,
        said=lambda: said,
        then=redirect("case", pk=pk),
    )


def press(request, pk, verb, said):
    """A step without a form."""
    desk = desk_to_act(request, pk)
    verb(desk.case, by=request.user, at=desk.at)
    messages.success(request, said)
    return redirect("case", pk=pk)


@require(HANDLE)
@require_POST
def accept(request, pk):
    return take(request, pk, "accept", handling.accept, _("Accepted. The customer is told."))


@require(HANDLE)
@require_POST
def decline(request, pk):
    return take(request, pk, "decline", handling.decline, _("Declined. The customer reads your reason."))


@require(HANDLE)
@require_POST
def classify(request, pk):
    return take(request, pk, "classify", handling.classify, _("The classification is saved."))


@require(HANDLE)
@require_POST
def assign(request, pk):
    return take(request, pk, "assign", handling.assign, _("The colleague is told."))


@require(HANDLE, INVESTIGATE)
@require_POST
def investigate(request, pk):
    return take(request, pk, "investigate", handling.investigate, _("The investigator is told."))


@require(HANDLE, INVESTIGATE)
@require_POST
def ask(request, pk):
    said = _("The question is with the customer; the clock stands still.")
    return take(request, pk, "ask", handling.ask, said)


@require(HANDLE, INVESTIGATE)
@require_POST
def resume(request, pk):
    return press(request, pk, handling.resume, _("The clock runs again."))


@require(HANDLE, INVESTIGATE)
@require_POST
def extend(request, pk):
    return take(request, pk, "extend", handling.extend, _("There is more time, and the customer is told."))


@require(HANDLE, INVESTIGATE)
@require_POST
def entry(request, pk):
    return take(request, pk, "entry", write_down, _("The entry is saved."))


@require(HANDLE, INVESTIGATE)
@require_POST
def name_person(request, pk):
    return take(request, pk, "person", people.name_person, _("The person is named in this case."))


def named_or_404(desk, allegation_pk):
    found = next((one for one in desk.allegations if one.pk == allegation_pk), None)
    if found is None:
        raise Http404
    return found


@require(HANDLE, INVESTIGATE)
@require_POST
def word_statement(request, pk, allegation_pk):
    desk = desk_to_act(request, pk)
    found = named_or_404(desk, allegation_pk)
    form = StatementForm(request.POST, desk=desk, auto_id=f"id_a{found.pk}_%s")
    if not form.is_valid():
        return case_page(request, desk, bound=form, about=found.pk, status=422)
    statements.word_allegation(found, by=request.user, at=desk.at, **form.arguments())
    messages.success(request, _("What is said of %(name)s is written.") % {"name": desk.name_of(found)})
    return redirect("case", pk=pk)


@require(HANDLE, INVESTIGATE)
@require_POST
def take_out(request, pk, allegation_pk):
    desk = desk_to_act(request, pk)
    found = named_or_404(desk, allegation_pk)
    name = desk.name_of(found)
    form = TakeOutForm(request.POST, desk=desk, auto_id=f"id_o{found.pk}_%s")
    return step_taken(
        request,
        form,
        lambda: people.take_out(found, by=request.user, at=desk.at, **form.arguments()),
        show=lambda status: case_page(
            request, desk_or_404(request, pk), bound=form, about=found.pk, status=status
        ),
        said=lambda: _("%(name)s no longer stands in this case.") % {"name": name},
        then=redirect("case", pk=pk),
    )


@require(HANDLE, INVESTIGATE)
@require_POST
def tell_person(request, pk, allegation_pk):
    desk = desk_to_act(request, pk)
    found = named_or_404(desk, allegation_pk)
    if not found.statement.strip():
        raise Refused(_("Write first what is said of them; they reply to this sentence."))
    people.tell_person(found, by=request.user, at=desk.at)
    messages.success(request, _("%(name)s is told and may reply.") % {"name": found.employee})
    return redirect("case", pk=pk)


@require(INVESTIGATE)
def propose(request, pk):
    """A page of its own: one form per person, all together, beside what was said and replied."""
    desk = desk_to_act(request, pk)
    data = request.POST if request.method == "POST" else None
    lines = [(one, FindingForm(data, desk=desk, prefix=f"a{one.pk}")) for one in desk.people]
    if data is None:
        return propose_page(request, desk, lines)
    if not all([form.is_valid() for person, form in lines]):
        return propose_page(request, desk, lines, status=422)
    drafts = [findings.Draft(one.allegation, **form.cleaned_data) for one, form in lines]
    try:
        findings.propose(desk.case, drafts=drafts, by=request.user, at=desk.at)
    except Refused as refusal:  # what was written stays on the page
        return propose_page(
            request, desk_to_act(request, pk), lines, status=409, refused=str(refusal.message)
        )
    messages.success(request, _("The findings are with a second person, who confirms them."))
    return redirect("case", pk=pk)


def propose_page(request, desk, lines, status=200, refused=""):
    hindrance = desk.offers.hindrance("propose")
    context = {"desk": desk, "case": desk.case, "lines": lines, "hindrance": hindrance, "refused": refused}
    return render(request, "complaints/case/propose.html", context, status=status)


@require(CONFIRM)
@require_POST
def confirm(request, pk):
    return press(
        request, pk, findings.confirm, _("The findings are confirmed. The customer can be answered.")
    )


@require(CONFIRM, INVESTIGATE)
@require_POST
def send_back(request, pk):
    return take(
        request, pk, "send_back", findings.send_back, _("The findings are with the investigator again.")
    )


@require(HANDLE)
@require_POST
def answer(request, pk):
    return take(request, pk, "answer", closing.answer, _("The customer is answered."))


@require(HANDLE)
@require_POST
def asked(request, pk):
    return take(request, pk, "asked", closing.record_asked, _("It is kept that the customer was asked."))


@require(HANDLE)
@require_POST
def merge(request, pk):
    return take(
        request, pk, "merge", relations.merge, _("Merged. What comes next happens in the leading case.")
    )


@require(HANDLE)
@require_POST
def unmerge(request, pk):
    return take(request, pk, "unmerge", relations.unmerge, _("The case goes on by itself."))


@require(HANDLE)
@require_POST
def split(request, pk):
    return take(request, pk, "split", relations.split, _("A new case is open; both are linked."))


@require(HANDLE)
@require_POST
def follow_up(request, pk):
    return take(request, pk, "follow_up", relations.follow_up, _("A new case is open; both are linked."))


@require(HANDLE, INVESTIGATE)
@require_POST
def link(request, pk):
    return take(request, pk, "link", link_cases, _("The two cases are linked."))


def link_cases(case, *, second, kind, by, at):
    """The earlier case comes first, whichever page the link was made on."""
    first, second = sorted((case, second), key=lambda one: (one.received_at, one.pk))
    return relations.link(first, second, kind=kind, by=by, at=at)


@require(HANDLE, INVESTIGATE)
@require_POST
def link_answer(request, pk):
    return take(request, pk, "link_answer", relations.link_answer, _("The answer is linked."))


@require(HANDLE, INVESTIGATE)
@require_POST
def topics(request, pk):
    return take(request, pk, "topics", handling.set_topics, _("The topics are saved."))


@require(HOLD)
@require_POST
def hold(request, pk):
    return take(request, pk, "hold", handling.hold, _("On hold: nothing of it is removed."))


@require(HOLD)
@require_POST
def release(request, pk):
    return take(request, pk, "release", handling.release, _("The hold is released."))


@require(HANDLE)
@require_POST
def attach_customer(request, pk):
    return take(request, pk, "customer", people.attach_customer, _("The customer file is attached."))
