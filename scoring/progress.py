"""What the progress page says about a period: how far its close is, what is missing, what to do next."""

from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.period import SHANGHAI, Period
from core.registries import close_steps
from core.templatetags.manyi import day_name, period_name
from jobs.models import Run
from organization.models import Assignment
from scoring import rules
from scoring.models import Cell, Close, MetricValue, Unfolding
from scoring.selectors import COUNTED
from scoring.services.books import Books
from scoring.services.closing import RUN_KIND
from scoring.services.composites import SURVEY
from surveys.models import Answer

NOW, NEXT, DONE = "is-now", "is-next", ""
MOVING = (Run.State.QUEUED, Run.State.RUNNING)
OVERVIEW = 12


@dataclass(frozen=True)
class StepLine:
    label: object
    look: str


@dataclass(frozen=True)
class Missing:
    """`is_open`: somebody should look; otherwise it is in order."""

    text: str
    is_open: bool
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Progress:
    period: Period
    close: Close | None
    cutoff_on: object
    runs_on: object
    is_over: bool
    is_complete: bool
    steps: tuple
    run: Run | None
    answers: int
    late: int

    @property
    def is_moving(self):
        return self.run is not None and self.run.state in MOVING

    @property
    def failure(self):
        """Sentence of the last run when it stopped."""
        if self.run is None or self.run.state != Run.State.FAILED:
            return ""
        is_program = "Traceback" in self.run.error or self.run.error.endswith(")")
        return (
            _("It failed and was kept; the reason is in the worker's log.") if is_program else self.run.error
        )

    @property
    def can_close(self):
        return self.is_over and not self.is_complete and not self.is_moving

    @property
    def title(self):
        """The conclusion in words."""
        name, day = period_name(self.period), day_name(self.cutoff_on)
        if self.is_complete:
            return _("%(period)s is closed") % {"period": name}
        if self.is_moving:
            return _("%(period)s is being closed") % {"period": name}
        if self.failure:
            return _("The close of %(period)s has stopped") % {"period": name}
        if self.is_over:
            return _("%(period)s is over and can be closed") % {"period": name}
        return _("%(period)s collects answers until %(day)s") % {"period": name, "day": day}


def progress_of(company, period, at):
    """Progress of one period; None while the company has no policy."""
    books = Books(company)
    if books.version(period) is None:
        return None
    close = Close.objects.filter(company=company, period=str(period)).first()
    state = close.state if close else Close.State.OPEN
    cutoff = books.cutoff_on(period)
    steps = step_lines(state)
    unfolded = Unfolding.objects.filter(
        company=company, **{period.kind: str(period), COUNTED[period.kind]: True}
    )
    return Progress(
        period=period,
        close=close,
        cutoff_on=cutoff,
        runs_on=rules.run_on(period, books.cut_off(period)),
        is_over=at.astimezone(SHANGHAI).date() > cutoff,
        is_complete=all(step.look == DONE for step in steps),
        steps=steps,
        run=Run.objects.filter(company=company, kind=RUN_KIND, key=str(period)).first(),
        answers=unfolded.count(),
        late=unfolded.filter(is_late=True).count(),
    )


def step_lines(state):
    """Every registered step as done, now or next, for a close in this state."""
    order = list(Close.State.values)
    lines, is_current = [], True
    for _name, step in close_steps.items():
        if order.index(step.transition.target) <= order.index(state):
            look = DONE
        else:
            look, is_current = (NOW if is_current else NEXT), False
        lines.append(StepLine(step.label, look))
    return tuple(lines)


def missing_of(company, progress):
    """What a close would lack if it ran now: months before, few answers, figures not imported."""
    period = progress.period
    yield from _previous(company, period)
    yield _waiting(company, period)
    if period.kind == "month":
        yield _few_answers(company, period)
        yield from _metrics(company, period)


def _previous(company, period):
    previous = Close.objects.filter(
        company=company, period=str(period.previous()), state=Close.State.OPEN
    ).first()
    own = {period.kind: str(period.previous())}
    if previous and Unfolding.objects.filter(company=company, **own).exists():
        text = _("%(period)s has answers and is still open: close it first") % {
            "period": period_name(period.previous())
        }
        yield Missing(text, True, f"{reverse('scoring_progress')}?month={period.previous()}", _("Open it"))


def _waiting(company, period):
    """Imported answers of these months are counted by the close itself."""
    span = {"submitted_at__gte": period.starts_at, "submitted_at__lt": period.ends_at}
    waiting = Answer.objects.counted().filter(company=company, unfolding=None, **span).count()
    if not waiting:
        return Missing(_("All answers are counted"), False)
    text = ngettext(
        "%(count)s answer will be counted by the close",
        "%(count)s answers will be counted by the close",
        waiting,
    )
    return Missing(text % {"count": waiting}, False)


def _few_answers(company, period):
    """Those of ranked posts who would not be ranked for want of answers."""
    policy = Books(company).policy("ranking", period)
    on_post = Assignment.objects.on(period.first_day).filter(
        post__company=company, post__code__in=policy.posts
    )
    members = set(on_post.values_list("employee_id", flat=True))
    cells = Cell.objects.filter(
        company=company,
        period=str(period),
        measure=rules.SATISFIED,
        mode__in=policy.modes,
        employee_id__in=members,
    )
    counts = dict(cells.order_by().values_list("employee_id").annotate(Sum("count")))
    few = sum(counts.get(member, 0) < policy.rank_min_n for member in members)
    facts = {"few": few, "all": len(members), "least": policy.rank_min_n}
    if not few:
        return Missing(_("All %(all)s people in ranked posts have at least %(least)s answers") % facts, False)
    return Missing(
        _("%(few)s of %(all)s people in ranked posts have fewer than %(least)s answers") % facts, True
    )


def _metrics(company, period):
    """Imported parts of the composite: how many people have a figure this month."""
    policy = Books(company).policy("composite", period)
    values = MetricValue.objects.filter(company=company, period=str(period))
    for part in policy.parts:
        if part.code == SURVEY:
            continue
        count = values.filter(metric=part.code).count()
        facts = {"part": part.name, "count": count}
        if count:
            text = ngettext(
                "%(part)s: %(count)s person has a figure", "%(part)s: %(count)s people have a figure", count
            )
            yield Missing(text % facts, False)
        else:
            text = _("%(part)s is missing: the composite stays incomplete") % facts
            yield Missing(text, True, reverse("import_metrics"), _("Import figures"))


def overview(company, period, at):
    """Rows of the other periods: the last months, and the quarters and half-years that hold them."""
    months = [str(period.previous(step)) for step in range(OVERVIEW)]
    wider = {
        str(Period.of(kind, Period.parse(month).first_day))
        for month in months
        for kind in ("quarter", "half")
    }
    found = Close.objects.filter(company=company, period__in=[*months, *wider])
    return sorted(found, key=lambda close: (Period.parse(close.period).last_day, close.period), reverse=True)
