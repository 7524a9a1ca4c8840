"""The employee's side: what may be objected to, drafts, filing, the course and the answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appeals import own, services, subjects
from appeals.clock import days_of
from appeals.forms import AppealForm, EvidenceForm, RatingForm, ReasonForm
from appeals.models import Appeal, AppealFile
from appeals.objections import answer_page, month_named, objections_of
from appeals.services.filing import ADDABLE
from approvals.forms import beside_the_field
from core.access import require
from core.flow import Refused
from core.period import SHANGHAI
from core.workdays import working_days_left
from jobs import attachments
from organization.scopes import employee_id_of

PER_PAGE = 20


def mine_of(request):
    found = Appeal.objects.filter(employee_id=employee_id_of(request.user), employee__isnull=False)
    return found.filter(company=request.company).select_related(
        "employee__user", "company", "investigator", "department"
    )


def mine_or_404(request, pk):
    return get_object_or_404(mine_of(request), pk=pk)


@require("appeals.file")
def my_appeals(request):
    """What I appealed against, with state and days left; below, what I may still object to."""
    at = timezone.now()
    page = Paginator(mine_of(request).order_by("-made_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    open_count = mine_of(request).open().count()
    employee = getattr(request.user, "employee", None)
    context = {
        "page": page,
        "open_count": open_count,
        "objections": objections_of(employee, at) if employee else [],
        "at": at,
    }
    return render(request, "appeals/mine.html", context)


@require("appeals.file")
def my_answers(request):
    """The answers of one month by number, each of which may be disputed; none where too few came in."""
    employee = getattr(request.user, "employee", None)
    if employee is None:
        raise Http404
    found = answer_page(employee, request.GET.get("month", ""), request.GET.get("page"), timezone.now())
    return render(request, "appeals/answers.html", {"found": found, "page": found.page})


@require("appeals.file")
def my_answer_appeal_new(request, month, label):
    """On a single answer, by what its subject calls it: its id and number follow the date and stand in no address."""
    employee = getattr(request.user, "employee", None)
    period = month_named(month)
    answer = subjects.named_answer(employee, str(period), label) if employee and period else None
    if answer is None:
        raise Http404
    return begin(request, Appeal.Subject.ANSWER, answer.pk)


@require("appeals.file")
def my_appeal_new(request, kind, pk):
    if kind == Appeal.Subject.ANSWER:
        raise Http404
    return begin(request, kind, pk)


def begin(request, kind, pk):
    """Nothing is written before something is sent; a draft that is there already is gone on with."""
    at, employee = timezone.now(), getattr(request.user, "employee", None)
    filing = own.filing_of(employee, kind, pk, at) if employee else None
    if filing is None:
        raise Http404
    earlier = (
        mine_of(request).filter(subject=kind, object_id=pk).exclude(state=Appeal.State.WITHDRAWN).first()
    )
    if earlier is not None and request.method == "POST" and earlier.state == Appeal.State.DRAFT:
        return _draft(request, earlier, at)
    if earlier is not None:
        return redirect("my_appeal", pk=earlier.pk)
    form = _form(request, filing)
    if request.method == "POST":
        return _take(request, filing, form, None, at)
    return _filing_page(request, filing, form, None)


def _form(request, filing, **options):
    return AppealForm(
        request.POST or None,
        request.FILES or None,
        answers=filing.answers,
        is_late=filing.is_late,
        policy=filing.policy,
        **options,
    )


def _filing_page(request, filing, form, appeal, status=200):
    context = {"filing": filing, "form": form, "appeal": appeal, "at": timezone.now()}
    return render(request, "appeals/file.html", context, status=status)


def _take(request, filing, form, appeal, at):
    """Save, and file when asked to: all or nothing, so that a refusal leaves the form as it was.

    Evidence is kept first, as a draft: a browser does not send chosen files again.
    """
    if not form.is_valid():
        return _filing_page(request, filing, form, appeal, status=422)
    files = form.cleaned_data.pop("files")
    try:
        if files:
            with transaction.atomic():
                appeal = _save(request, filing, form, appeal, at)
                _keep(appeal, files, request.user, at)
        with transaction.atomic():
            saved = _save(request, filing, form, appeal, at)
            if "file" in request.POST:
                saved = _file(request, filing, form, saved, at)
    except Refused as refusal:
        beside_the_field(form, refusal)
        if "file" in request.POST:
            form.add_missing()
        return _filing_page(request, filing, form, appeal, status=409)
    if saved.state == Appeal.State.DRAFT:
        messages.success(request, _("Saved as a draft. It is not filed yet."))
    else:
        messages.success(request, _("%(number)s is filed.") % {"number": saved.number})
    return redirect("my_appeal", pk=saved.pk)


def _save(request, filing, form, appeal, at):
    by, thing, given = request.user, filing.thing, form.cleaned_data
    appeal = appeal or services.draft(thing.kind, thing.pk, by=by, at=at)
    fields = {name: given[name] for name in ("grounds", "text", "wish")}
    return services.write(appeal, by=by, at=at, disputed=form.disputed_ids(), **fields)


def _file(request, filing, form, appeal, at):
    if filing.is_late:
        return services.plead_late(appeal, plea=form.cleaned_data["plea"], by=request.user, at=at)
    return services.file(appeal, by=request.user, at=at)


def _keep(appeal, files, by, at):
    try:
        services.add_files(appeal, files=files, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal


@require("appeals.file")
def my_appeal(request, pk):
    appeal = mine_or_404(request, pk)
    at = timezone.now()
    if appeal.state == Appeal.State.DRAFT:
        return _draft(request, appeal, at)
    return own_page(request, appeal, at)


def _draft(request, appeal, at):
    filing = own.filing_of(appeal.employee, appeal.subject, appeal.object_id, at)
    if filing is None:
        return own_page(request, appeal, at)
    disputed = set(appeal.answers.values_list("answer_id", flat=True))
    initial = {
        "grounds": appeal.grounds,
        "text": appeal.text,
        "wish": appeal.wish,
        "disputed": [one.key for one in filing.answers if one.answer.pk in disputed],
    }
    form = _form(request, filing, initial=initial)
    if request.method == "POST":
        return _take(request, filing, form, appeal, at)
    return _filing_page(request, filing, form, appeal)


def own_page(request, appeal, at, *, status=200, **forms):
    filed_on = appeal.filed_at.astimezone(SHANGHAI).date() if appeal.filed_at else None
    context = {
        "appeal": appeal,
        "steps": own.steps_of(appeal),
        "days": days_of(filed_on, appeal.counted_days) if filed_on and appeal.is_running else [],
        "days_left": working_days_left(at, own.last_day(appeal.due_at)) if appeal.due_at else 0,
        "is_late": appeal.is_overdue(at),
        "changes": own.changes_for(appeal) if appeal.is_decided else [],
        "files": appeal.files.select_related("attachment"),
        "grounds": [Appeal.Ground(code).label for code in appeal.grounds],
        "disputed": own.disputed_names(appeal),
        "may_withdraw": appeal.state in Appeal.WITHDRAW.sources,
        "may_add": appeal.state in ADDABLE,
        "may_contest": appeal.state == Appeal.State.INADMISSIBLE and at < appeal.chair_until,
        "rating_form": RatingForm(),
        "evidence_form": EvidenceForm(),
        "chair_form": chair_form(),
        "at": at,
    }
    return render(request, "appeals/my_appeal.html", context | forms, status=status)


def chair_form(data=None):
    return ReasonForm(data, label=_("Why it should be admitted"), help_text=_("The chair reads it, once."))


@require("appeals.file")
def my_appeal_withdraw(request, pk):
    """Two steps, because it cannot be taken back."""
    appeal = mine_or_404(request, pk)
    if request.method == "POST":
        services.withdraw(appeal, by=request.user, at=timezone.now())
        messages.success(request, _("The appeal is withdrawn."))
        return redirect("my_appeals")
    return render(request, "appeals/withdraw.html", {"appeal": appeal})


@require("appeals.file")
@require_POST
def my_appeal_evidence(request, pk):
    appeal, at = mine_or_404(request, pk), timezone.now()
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return own_page(request, appeal, at, evidence_form=form, status=422)
    try:
        _keep(appeal, form.cleaned_data["files"], request.user, at)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return own_page(request, appeal, at, evidence_form=form, status=409)
    messages.success(request, _("The evidence is added."))
    return redirect("my_appeal", pk=pk)


@require("appeals.file")
@require_POST
def my_appeal_contest(request, pk):
    appeal, at = mine_or_404(request, pk), timezone.now()
    form = chair_form(request.POST)
    form.is_valid()
    try:
        services.contest(appeal, plea=form.cleaned_data.get("reason", ""), by=request.user, at=at)
    except Refused as refusal:
        if refusal.field != "plea":
            raise
        form.add_error("reason", str(refusal.message))
        return own_page(request, appeal, at, chair_form=form, status=409)
    messages.success(request, _("It lies before the chair."))
    return redirect("my_appeal", pk=pk)


@require("appeals.file")
@require_POST
def my_appeal_acknowledge(request, pk):
    appeal, at = mine_or_404(request, pk), timezone.now()
    form = RatingForm(request.POST)
    if not form.is_valid():
        return own_page(request, appeal, at, rating_form=form, status=422)
    services.acknowledge(
        appeal, rating=form.cleaned_data["rating"], note=form.cleaned_data["note"], by=request.user, at=at
    )
    messages.success(request, _("Thank you. The appeal is closed."))
    return redirect("my_appeal", pk=pk)


@require("appeals.file")
def my_appeal_file(request, pk, file_pk):
    found = get_object_or_404(
        AppealFile.objects.select_related("attachment"), pk=file_pk, appeal=mine_or_404(request, pk)
    )
    return attachments.response(found.attachment, inline=True)
