"""HR, the reviewers and the group: the board with its clock, one appeal, the preview, the outcome, the rates."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals import services
from appeals.forms import FindingForm, OutcomeForm, ReasonForm, SettleForm
from appeals.models import Appeal, AppealFile, Consequence
from appeals.pages import Desk, board_tabs, rate_rows
from appeals.policy import appeal_policy
from approvals.forms import beside_the_field
from core.access import require
from core.flow import Refused
from core.numbering import id_in
from core.period import SHANGHAI
from jobs import attachments
from organization.scopes import employee_id_of, reach_of
from policies.selectors import version_in_force

PER_PAGE = 20
#: without a policy nothing is published
NEVER = 10**9


def seen_by(request):
    """Filed ones of this company; one's own are looked at on one's own page."""
    found = Appeal.objects.visible_to(request.user).filter(company=request.company)
    found = found.filter(company_id__in=reach_of(request.user, "appeals.view").company_ids)
    own = employee_id_of(request.user)
    found = found.exclude(employee_id=own) if own else found
    return found.exclude(number="").select_related(
        "employee__user", "company", "department", "investigator", "handled_by", "decided_by", "motion"
    )


def seen_or_404(request, pk):
    return get_object_or_404(seen_by(request), pk=pk)


@require("appeals.view")
def appeals(request):
    """Late ones in red on top, then by the last day."""
    at = timezone.now()
    tabs = board_tabs(seen_by(request), request.GET.get("stage", ""), at)
    words = request.GET.get("within", "").strip()[:60]
    rows = tabs.active.rows
    if words:
        rows = rows.filter(
            Q(number__icontains=words) | Q(employee__name__icontains=words) | Q(title__icontains=words)
        )
    context = {
        "tabs": tabs.tabs,
        "stage": tabs.active.key,
        "open_count": tabs.count_of(""),
        "late_count": tabs.count_of("late"),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "at": at,
    }
    return render(request, "appeals/board.html", context)


@require("appeals.view")
def appeal(request, pk):
    return desk_page(request, seen_or_404(request, pk))


def desk_page(request, found, *, status=200, **forms):
    """`without` in the address are the answers to leave out of the preview: looking at it writes nothing."""
    chosen = [pk for pk in map(id_in, request.GET.getlist("without")) if pk]
    at, asked = timezone.now(), "without" in request.GET
    desk = Desk.of(found, request.user, at, chosen, is_asked=asked)
    finding_form = _finding_form(request, desk)
    if finding_form is not None and finding_form.is_bound and finding_form.is_valid():
        desk.trial.wanted = finding_form.cleaned_data
    context = {
        "desk": desk,
        "finding_form": finding_form,
        "appeal": found,
        "outcome_form": OutcomeForm(subject=found.subject, decision=desk.decision),
        "decline_form": ReasonForm(
            label=_("Why it cannot be admitted"), help_text=_("The employee reads it, and may ask the chair.")
        ),
        "back_form": ReasonForm(label=_("What is still to be checked")),
        "chair_form": ReasonForm(label=_("Your reason"), help_text=_("The employee reads it.")),
        "settle_form": SettleForm(),
        "at": at,
    }
    return render(request, "appeals/appeal.html", context | forms, status=status)


def _finding_form(request, desk):
    """What the finding would be, from the address or from the outcome sent; None where nothing can be chosen."""
    if desk.finding is None or not desk.may_propose or desk.trial.rules is None:
        return None
    data = request.POST if request.method == "POST" else request.GET
    return FindingForm(data if data.get("verdict") else None, finding=desk.finding, rules=desk.trial.rules)


@require("appeals.handle")
@require_POST
def handle(request, pk):
    """Admit, do not admit, take on."""
    found, at, step = seen_or_404(request, pk), timezone.now(), request.POST.get("step", "")
    if step == "decline":
        form = ReasonForm(
            request.POST,
            label=_("Why it cannot be admitted"),
            help_text=_("The employee reads it, and may ask the chair."),
        )
        return _with_reason(
            request, found, form, "decline_form", services.decline, at, _("The employee is told.")
        )
    if step == "accept":
        services.accept(found, by=request.user, at=at)
        messages.success(request, _("%(number)s is admitted.") % {"number": found.number})
    elif step == "investigate":
        services.investigate(found, by=request.user, at=at)
        messages.success(request, _("You are looking into %(number)s.") % {"number": found.number})
    elif step == "take_over":
        services.hand_over(found, to=request.user, by=request.user, at=at)
        messages.success(request, _("You are looking into %(number)s.") % {"number": found.number})
    else:
        raise Refused(_("Choose what to do."))
    return redirect("appeal", pk=pk)


def _with_reason(request, found, form, name, verb, at, done):
    form.is_valid()
    try:
        verb(found, reason=form.cleaned_data.get("reason", ""), by=request.user, at=at)
    except Refused as refusal:
        if refusal.field != "reason":
            raise
        form.add_error("reason", str(refusal.message))
        return desk_page(request, found, status=409, **{name: form})
    messages.success(request, done)
    return redirect("appeal", pk=found.pk)


@require("appeals.handle")
@require_POST
def propose(request, pk):
    found, at = seen_or_404(request, pk), timezone.now()
    desk = Desk.of(found, request.user, at, [])
    form = OutcomeForm(request.POST, subject=found.subject, decision=desk.decision)
    if not form.is_valid():
        return desk_page(request, found, status=422, outcome_form=form)
    left_out = [pk for pk in map(id_in, request.POST.getlist("without")) if pk]
    try:
        services.propose(
            found,
            outcome=form.cleaned_data["outcome"],
            reasons=form.cleaned_data["reasons"],
            effects=form.effects() if form.cleaned_data["outcome"] == "varied" else (),
            left_out=left_out,
            finding=_wanted(request, form.cleaned_data["outcome"]),
            by=request.user,
            at=at,
        )
    except Refused as refusal:
        if refusal.field not in ("outcome", "reasons", "effects", "left_out", "finding"):
            raise
        form.add_error(refusal.field if refusal.field in form.fields else "outcome", str(refusal.message))
        return desk_page(request, found, status=409, outcome_form=form)
    messages.success(request, _("The outcome is proposed; somebody else decides it."))
    return redirect("appeal", pk=pk)


def _wanted(request, outcome):
    """{verdict, severity} as looked at above the outcome; {} where the finding is not changed."""
    wanted = {name: request.POST.get(name, "")[:20] for name in ("verdict", "severity")}
    return wanted if outcome == "varied" and wanted["verdict"] else {}


@require("appeals.decide")
@require_POST
def judge(request, pk):
    """Sign, send back, and the chair's word on what was not admitted."""
    found, at, step = seen_or_404(request, pk), timezone.now(), request.POST.get("step", "")
    verbs = {
        "send_back": ("back_form", services.send_back, _("It goes back to the investigation.")),
        "admit": ("chair_form", services.admit, _("The appeal is admitted.")),
        "dismiss": ("chair_form", services.dismiss, _("The appeal is not admitted.")),
    }
    if step == "decide":
        services.decide(found, by=request.user, at=at)
        messages.success(
            request, _("%(number)s is answered, and everything is corrected.") % {"number": found.number}
        )
        return redirect("appeal", pk=pk)
    if step not in verbs:
        raise Refused(_("Choose what to do."))
    name, verb, done = verbs[step]
    label = _("What is still to be checked") if step == "send_back" else _("Your reason")
    return _with_reason(request, found, ReasonForm(request.POST, label=label), name, verb, at, done)


@require("incentives.propose", "appeals.decide")
@require_POST
def settle(request, pk, consequence_pk):
    """HR, or who decides appeals: what becomes of a colleague's case that no longer follows."""
    found = seen_or_404(request, pk)
    one = get_object_or_404(Consequence.objects.select_related("appeal"), pk=consequence_pk, appeal=found)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return desk_page(request, found, status=422, settle_form=form, settling=one.pk)
    keep, note = form.cleaned_data["keep"] == "1", form.cleaned_data["note"]
    try:
        services.settle(one, keep=keep, note=note, by=request.user, at=timezone.now())
    except Refused as refusal:
        beside_the_field(form, refusal)
        return desk_page(request, found, status=409, settle_form=form, settling=one.pk)
    messages.success(request, _("Settled, with your reason."))
    return redirect("appeal", pk=pk)


@require("appeals.view")
def file(request, pk, file_pk):
    found = get_object_or_404(
        AppealFile.objects.select_related("attachment"), pk=file_pk, appeal=seen_or_404(request, pk)
    )
    return attachments.response(found.attachment, inline=True)


@require("appeals.file", "appeals.view", "policies.view")
def rates(request):
    """Published: how many answered appeals changed something, by ground and department; small numbers hidden."""
    today = timezone.now().astimezone(SHANGHAI).date()
    has_policy = version_in_force(request.company, today, "appeals") is not None
    least = appeal_policy(request.company, today).least_n if has_policy else NEVER
    return render(request, "appeals/rates.html", rate_rows(request.company, least))
