from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from incentives import draft_pages, drafts
from incentives.forms_drafts import NewRuleForm, RuleForm
from incentives.models import Simulation
from incentives.services import filing, simulating
from jobs.models import Run
from policies import services
from policies.models import Version
from policies.views.drafts import MAKERS, draft_of, save, show_form

PER_PAGE = 50


@require(*MAKERS)
@require_GET
def rules(request, pk):
    """Every rule of the draft: what it does, whether it is on, what is missing."""
    draft = draft_of(request, pk)
    context = {
        "version": draft,
        "rules": draft_pages.rule_lines(draft),
        "doubles": [*drafts.double_penalties(draft), *drafts.double_rewards(draft)],
    }
    return render(request, "incentives/draft_rules.html", context)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def new_rule(request, pk):
    draft = draft_of(request, pk)
    form = NewRuleForm(request.POST or None, content=draft.content)
    if request.method == "POST" and form.is_valid():
        row = form.row()
        if save(request, draft, drafts.with_rule(draft.content, row), form):
            return redirect("draft_rule", pk, row["code"])
    return show_form(request, "incentives/draft_rule_new.html", form, version=draft)


@require(*MAKERS)
@require_http_methods(["GET", "POST"])
def rule(request, pk, code):
    draft = draft_of(request, pk)
    row = _row(draft, code)
    is_only_adding = request.POST.get("go") == "add"
    form = RuleForm(request.POST or None, version=draft, row=row)
    is_valid = request.method == "POST" and not is_only_adding and form.is_valid()
    if is_valid and save(request, draft, drafts.with_rule(draft.content, form.new_row()), form):
        messages.success(request, _("“%(rule)s” is saved in the draft.") % {"rule": code})
        return redirect("draft_rules", pk)
    if is_only_adding:
        form.forget_errors()
    line = next(line for line in draft_pages.rule_lines(draft) if line.code == code)
    # who only adds a line has still seen what they had before them, not what others have written since
    seen = request.POST.get("seen", "") if is_only_adding else draft.checksum
    return show_form(request, "incentives/draft_rule.html", form, version=draft, line=line, seen=seen)


@require(*MAKERS)
@require_POST
def remove_rule(request, pk, code):
    draft = draft_of(request, pk)
    _row(draft, code)
    content = drafts.without_rule(draft.content, code)
    seen = request.POST.get("seen", "")
    services.rewrite(draft, content, seen=seen, by=request.user, at=timezone.now())
    messages.success(request, _("“%(rule)s” is taken out of the draft.") % {"rule": code})
    return redirect("draft_rules", pk)


@require("policies.view", "policies.sign", *MAKERS)
@require_GET
def simulation(request, pk):
    """What the draft's rules would have done: totals, departments, hits; names only for those entitled."""
    version, made, run = _tried(request, pk)
    context = {"version": version, "made": made, "run": run, "is_moving": _is_moving(run)}
    if made is not None and made.made_at is not None and not context["is_moving"]:
        context |= draft_pages.context_of(made, request.user)
        page = Paginator(context["hits"], PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": draft_pages.hit_lines(page, made, request.user)}
    context["may_ask"] = Version.objects.makeable_by(request.user).drafts().filter(pk=version.pk).exists()
    context["has_past"] = bool(simulating.closed_months(version.company))
    return render(request, "incentives/draft_simulation.html", context)


@require("policies.view", "policies.sign", *MAKERS)
@require_GET
def simulation_state(request, pk):
    """The progress alone, for polling."""
    version, made, run = _tried(request, pk)
    context = {"version": version, "made": made, "run": run, "is_moving": _is_moving(run)}
    return render(request, "incentives/draft_progress.html", context)


@require(*MAKERS)
@require_POST
def simulate(request, pk):
    simulating.request_simulation(draft_of(request, pk), by=request.user, at=timezone.now())
    return redirect("draft_simulation", pk)


@require(*MAKERS)
@require_POST
def file_version(request, pk):
    """Put a unit's own rules before the company (PM-6.5)."""
    draft = draft_of(request, pk)
    filing.file_version(draft, by=request.user, at=timezone.now())
    messages.success(request, _("%(version)s is filed; the company decides on it.") % {"version": draft})
    return redirect("policy_version", pk)


def _row(draft, code):
    row = drafts.rule_row(draft.content, code)
    if row is None:
        raise Http404
    return row


def _tried(request, pk):
    """(version, its figures or None, the run that makes them or None)."""
    visible = Version.objects.visible_to(request.user).select_related("document__department", "company")
    version = get_object_or_404(visible, pk=pk)
    made = Simulation.objects.filter(version=version, checksum=version.checksum).first()
    return version, made, simulating.run_of(made) if made else None


def _is_moving(run):
    return run is not None and run.state in (Run.State.QUEUED, Run.State.RUNNING)
