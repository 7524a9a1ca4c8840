"""HR's queue of a month, and sending several rewards to the vote at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_list_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from core.access import may, require
from core.numbering import id_in
from incentives import services, wording
from incentives.evidence import axis_from
from incentives.models import Rule
from incentives.queue import OPEN_STAGES, STAGES, cases_for, in_order, rows_of, stage_counts
from incentives.views.frame import close_of, month_in

PER_PAGE = 25


@dataclass
class Tab:
    key: str
    label: str
    count: int
    is_active: bool


@dataclass
class Filters:
    """What the address narrows the queue to."""

    stage: str = ""
    direction: str = ""
    department: str = ""
    clause: str = ""
    words: str = ""

    @classmethod
    def of(cls, request):
        asked = request.GET.get
        return cls(
            stage=asked("stage", "") if asked("stage", "") in STAGES else "",
            direction=asked("direction", "") if asked("direction", "") in Rule.Direction.values else "",
            department=str(id_in(asked("department", "")) or ""),
            clause=asked("clause", "")[:60],
            words=asked("within", "").strip()[:60],
        )

    def narrow(self, cases):
        if self.direction:
            cases = cases.filter(rule__direction=self.direction)
        if self.department:
            cases = cases.filter(department_id=self.department)
        if self.clause:
            cases = cases.filter(rule__clause__number=self.clause)
        if self.words:
            words = Q(employee__name__icontains=self.words) | Q(decisions__number__icontains=self.words)
            cases = cases.filter(words | Q(rule__title__icontains=self.words)).distinct()
        return cases

    @cached_property
    def is_narrowed(self):
        return bool(self.direction or self.department or self.clause or self.words)


@require("incentives.view")
def queue(request):
    at, month, filters = timezone.now(), month_in(request), Filters.of(request)
    cases = cases_for(request.user, request.company).filter(period=str(month))
    counts = stage_counts(cases)
    shown = in_order(filters.narrow(cases))
    if filters.stage:
        shown = shown.filter(stage=filters.stage)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list)
    context = {
        "month": month,
        "close": close_of(request.company, month),
        "filters": filters,
        "tabs": tabs(counts, filters.stage),
        "page": page,
        "rows": rows,
        "axis_low": axis_from([row.evidence.pooled.low for row in rows if row.evidence]),
        "at": at,
        "can_pick": may(request.user, "incentives.propose") and any(row.is_batchable for row in rows),
    }
    return render(
        request, "incentives/queue.html", context | summary(counts) | choices(cases) | alerts(rows, at)
    )


def tabs(counts, active):
    """All, then each stage; the count of a stage is over both directions."""
    by_stage = {
        stage: sum(count for (name, _d), count in counts.items() if name == stage) for stage in STAGES
    }
    known = [Tab(stage, label, by_stage[stage], stage == active) for stage, (label, _s, _c) in STAGES.items()]
    return [Tab("", "", sum(by_stage.values()), not active), *known]


def summary(counts):
    """How many are still to be dealt with, by direction."""
    open_ones = {key: count for key, count in counts.items() if key[0] in OPEN_STAGES}
    total = sum(open_ones.values())
    rewards = sum(
        count for (stage, direction), count in open_ones.items() if direction == Rule.Direction.REWARD
    )
    return {
        "open_count": total,
        "rewards": rewards,
        "penalties": total - rewards,
        "found_count": sum(counts.values()),
    }


def choices(cases):
    """Departments and clauses that occur in the month: one query for both filters."""
    pairs = set(cases.order_by().values_list("department_id", "department__name", "rule__clause__number"))
    return {
        "departments": sorted({(str(pk), name) for pk, name, number in pairs}, key=lambda pair: pair[1]),
        "clauses": sorted({number for pk, name, number in pairs}),
    }


def alerts(rows, at):
    """What is due today, and at most two notes: a hearing that ends, a case the evidence held back."""
    for row in rows:
        row.late = row.is_late(at)
    due = [row for row in rows if row.is_due(at)]
    hearing = next((row for row in due if row.hearing), None)
    held = next((row for row in rows if row.is_held), None)
    return {"due_count": len(due), "hearing_note": hearing, "held_note": held}


def picked(request, ids):
    """Rows of the cases with these ids, in the queue's order; 404 when none may be seen."""
    wanted = [pk for pk in map(id_in, ids) if pk is not None]
    return rows_of(get_list_or_404(in_order(cases_for(request.user, request.company)), pk__in=wanted))


@require("incentives.propose")
def batch_review(request):
    """Line by line before anything is sent; reads only, so that it may be reloaded."""
    if not request.GET.getlist("case"):
        return redirect("incentives_queue")
    return review_page(request, picked(request, request.GET.getlist("case")))


def review_page(request, rows, refused=None, status=200):
    sendable = [row for row in rows if row.is_batchable]
    problems = {(type(thing), thing.pk): sentence for thing, sentence in refused.lines} if refused else {}
    told = [(row, problems.get((type(row.thing), row.thing.pk))) for row in sendable]
    context = {
        "rows": sendable,
        "left_out": [row for row in rows if not row.is_batchable],
        "totals": totals_text(sendable),
        "problems": [(row, sentence) for row, sentence in told if sentence],
        "refused": refused,
        "unproven": [row for row in sendable if row.evidence and not row.evidence.is_distinguishable],
    }
    return render(request, "incentives/batch_review.html", context, status=status)


def totals(rows):
    """Sums over the effects of these rows: points, fen."""
    effects = [effect for row in rows for effect in row.effects]
    return {
        "points": sum(effect["amount"] for effect in effects if effect["kind"] == "points"),
        "fen": sum(effect.get("amount", 0) for effect in effects if effect["kind"] == "money"),
    }


def totals_text(rows):
    """'+10 points, 2,000 yuan'."""
    sums = totals(rows)
    kinds = [{"kind": "points", "amount": sums["points"]}, {"kind": "money", "amount": sums["fen"]}]
    return pgettext("list separator", ", ").join(
        wording.effect_text(sum_) for sum_ in kinds if sum_["amount"]
    )


@require("incentives.propose")
@require_POST
def batch_send(request):
    """All lines go to the vote or none does."""
    rows = picked(request, request.POST.getlist("case"))
    try:
        send_all(rows, by=request.user, at=timezone.now())
    except services.BatchRefused as refusal:
        return review_page(request, rows, refused=refusal, status=409)
    sent = ngettext(
        "%(count)s matter was sent to the vote.", "%(count)s matters were sent to the vote.", len(rows)
    )
    messages.success(request, sent % {"count": len(rows)})
    return redirect("incentives_queue")


@transaction.atomic
def send_all(rows, *, by, at):
    """Cases just found are proposed and sent, proposals made before are sent: all or none."""
    found = [row.case for row in rows if row.decision is None]
    proposed = [row.decision for row in rows if row.decision is not None]
    if found:
        services.propose_and_submit(found, by=by, at=at)
    if proposed:
        services.submit_batch(proposed, by=by, at=at)
