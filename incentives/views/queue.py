"""HR's queue of a month, and sending several rewards to the vote at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from core.access import may, require
from core.flow import Refused
from core.numbering import id_in
from incentives import services, unit_hit_pages, wording
from incentives.evidence import axis_from
from incentives.models import Case, Rule
from incentives.queue import (
    OPEN_STAGES,
    STAGES,
    ProposeClock,
    Row,
    cases_for,
    due_count,
    in_order,
    left_over,
    put_limits,
    rows_of,
    stage_counts,
)
from incentives.rules import MOST_IN_A_BATCH, refuse_mixed_batch
from incentives.views.frame import close_of, month_in

PER_PAGE = 25
#: as many as go to the vote at once
MOST_PER_PAGE = MOST_IN_A_BATCH
HELD_NAMED = 3


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
    seen = cases_for(request.user, request.company)
    cases = seen.filter(period=str(month))
    counts = stage_counts(cases)
    shown = in_order(filters.narrow(cases))
    if filters.stage:
        shown = shown.filter(stage=filters.stage)
    is_long = request.GET.get("per") == str(MOST_PER_PAGE)
    page = Paginator(shown, MOST_PER_PAGE if is_long else PER_PAGE).get_page(request.GET.get("page"))
    clock = ProposeClock()
    rows = rows_of(page.object_list, clock)
    put_limits(rows, request.company, at)
    for row in rows:
        row.late = row.is_late(at)
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
        "due_count": due_count(cases, request.company, at, clock),
        "headless": unit_hit_pages.note_of(request.user, request.company, month),
        "left_over": left_over(Case.objects.visible_to(request.user).filter(company=request.company), month),
        "per_page": PER_PAGE,
        "most_per_page": MOST_PER_PAGE,
        "is_long": is_long,
    }
    return render(
        request,
        "incentives/queue.html",
        context | summary(counts) | choices(cases) | notes(cases, counts, rows, at),
    )


def tabs(counts, active):
    """All, then each stage; the count of a stage is over both directions."""
    by_stage = {
        stage: sum(count for (name, _direction), count in counts.items() if name == stage) for stage in STAGES
    }
    known = [
        Tab(stage, label, by_stage[stage], stage == active)
        for stage, (label, _states, _cases) in STAGES.items()
    ]
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


def notes(cases, counts, rows, at):
    """At most two: a hearing that ends and waits for HR, and what the system did not propose, on every page."""
    hearing = next((row for row in rows if row.is_being_heard and row.is_due(at)), None)
    held_count = sum(count for (stage, _direction), count in counts.items() if stage == "held")
    held = list(cases.filter(stage="held").order_by("found_at", "pk")[:HELD_NAMED]) if held_count else []
    return {"hearing_note": hearing, "held": [Row(case) for case in held], "held_count": held_count}


def picked(request, ids):
    """Rows of the cases with these ids, in the queue's order; 404 when none may be seen."""
    wanted = [pk for pk in (id_in(text.partition("-")[0]) for text in ids) if pk is not None]
    rows = rows_of(get_list_or_404(in_order(cases_for(request.user, request.company)), pk__in=wanted))
    put_limits(rows, request.company, timezone.now())
    return rows


@require("incentives.propose")
def batch_review(request):
    """Line by line before anything is sent; reads only, so that it may be reloaded."""
    if not request.GET.getlist("case"):
        return redirect("incentives_queue")
    rows = picked(request, request.GET.getlist("case"))
    return review_page(request, rows, refused=mixed(rows))


def mixed(rows):
    """The refusal of lines that do not go together, or None."""
    try:
        refuse_mixed_batch([row.batch_key for row in rows if row.is_batchable])
    except Refused as refusal:
        return services.BatchRefused(refusal.message, lines=[])


def review_page(request, rows, refused=None, status=200):
    sendable = [row for row in rows if row.is_batchable]
    problems = {(type(thing), thing.pk): sentence for thing, sentence in refused.lines} if refused else {}
    told = [(row, problems.get((type(row.thing), row.thing.pk))) for row in sendable]
    context = {
        "rows": sendable,
        "left_out": [row for row in rows if not row.is_batchable],
        "totals": totals_text(sendable),
        "is_penalty": bool(sendable) and sendable[0].is_penalty,
        "is_mixed": mixed(rows) is not None,
        "problems": [(row, sentence) for row, sentence in told if sentence],
        "refused": refused,
        "month": rows[0].case.period,
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
    if changed := [row for row in rows if has_changed(row, request.POST.getlist("case"))]:
        sentence = _("This line has changed since you saw it; read it again.")
        refusal = services.BatchRefused(
            _("Nothing was sent: a line no longer says what was shown."),
            lines=[(row.thing, sentence) for row in changed],
        )
        return review_page(request, rows, refused=refusal, status=409)
    if refusal := mixed(rows):
        return review_page(request, rows, refused=refusal, status=409)
    try:
        send_all(rows, by=request.user, at=timezone.now())
    except Refused as refusal:
        if not isinstance(refusal, services.BatchRefused):
            refusal = services.BatchRefused(refusal.message, lines=[])
        return review_page(request, rows, refused=refusal, status=409)
    sent = ngettext(
        "%(count)s matter was sent to the vote.", "%(count)s matters were sent to the vote.", len(rows)
    )
    messages.success(request, sent % {"count": len(rows)})
    return redirect(f"{reverse('incentives_queue')}?month={rows[0].case.period}")


def has_changed(row, sent):
    """Whether the review showed another state, effect or evidence of this line than it has now."""
    prints = {text for text in sent if text.startswith(f"{row.pk}-")}
    return bool(prints) and row.shown not in prints


@transaction.atomic
def send_all(rows, *, by, at):
    """Cases just found are proposed and sent, proposals made before are sent: all or none."""
    found = [row.case for row in rows if row.decision is None]
    proposed = [row.decision for row in rows if row.decision is not None]
    if found:
        services.propose_and_submit(found, by=by, at=at)
    if proposed:
        services.submit_batch(proposed, by=by, at=at)
