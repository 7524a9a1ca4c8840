"""The close of a period: each registered step in order, each in one transaction, each safe to run twice at once."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.flow import Refused, advance
from core.period import SHANGHAI, Period
from core.registries import close_steps
from core.templatetags.manyi import period_name
from jobs.models import Run
from jobs.services import request_run, rerun
from notifications.services import notify
from organization.models import Company
from scoring import rules
from scoring.models import Close, Unfolding
from scoring.services.books import Books, hold_books
from scoring.services.checksums import checksum_of

RUN_KIND = "scoring.close"
OLDEST = 12


def close_period(*, company, period, at, beat=None):
    """Score, rank, propose, report: whatever steps are registered and not yet done. Returns the Close.

    Killed anywhere it is simply called again; called twice at once, each step happens once. `beat` shows progress
    and keeps the lease of a run. Refused while the period's last counted day is not over, without a policy, or while
    the period before has answers and is open.
    """
    books = Books(company)
    _refuse_unless_over(books, period, at)
    close = books.close(period)
    steps = close_steps.items()
    for done, (_name, step) in enumerate(steps):
        if beat:
            beat(step=str(step.label), done=done, total=len(steps))
        _take(step, close, at, beat)
    _lock_previous(books, period, at)
    close.refresh_from_db()
    return close


def _take(step, close, at, beat):
    if close.state not in step.transition.sources:
        return
    if step.prepare:
        step.prepare(close, at, beat or _silence)
    with transaction.atomic():
        hold_books(close.company)
        close.refresh_from_db(from_queryset=Close.objects.select_for_update(of=("self",)))
        if close.state not in step.transition.sources:
            return
        if close.state == Close.State.OPEN:
            _refuse_out_of_order(close)
        step.run(close, at)
        advance(close, step.transition, by=None, at=at)
        Close.objects.filter(pk=close.pk).update(checksum=checksum_of(close))


def _silence(**shown):
    """No run shows the progress."""


def _refuse_unless_over(books, period, at):
    """The last counted day of the period must be over."""
    cutoff = books.cutoff_on(period)
    if at.astimezone(SHANGHAI).date() <= cutoff:
        raise Refused(
            _("%(period)s is not over: answers count until the end of %(day)s.")
            % {"period": period, "day": cutoff.isoformat()},
            code="not_over",
        )


def _refuse_out_of_order(close):
    previous = Period.parse(close.period).previous()
    waiting = Close.objects.filter(company_id=close.company_id, period=str(previous), state=Close.State.OPEN)
    if waiting.exists() and has_answers(close.company, previous):
        raise Refused(
            _("%(previous)s has answers and is still open. Close it first, then %(period)s.")
            % {"previous": previous, "period": close.period},
            code="out_of_order",
        )


def has_answers(company, period):
    return Unfolding.objects.filter(company=company, **{period.kind: str(period)}).exists()


@transaction.atomic
def _lock_previous(books, period, at):
    """A reported period is locked at the latest when the next one of its kind has been closed."""
    hold_books(books.company)
    this = Close.objects.filter(company=books.company, period=str(period), state=Close.State.REPORTED)
    previous = Close.objects.filter(
        company=books.company, period=str(period.previous()), state=Close.State.REPORTED
    ).first()
    if previous and this.exists():
        advance(previous, Close.LOCK, by=None, at=at, locked_at=at)


@transaction.atomic
def request_close(*, company, period, by, at):
    """Ask for the close as long work: one run per company and period. Refused as `close_period`."""
    _refuse_unless_over(Books(company), period, at)
    run = request_run(company=company, kind=RUN_KIND, key=str(period), by=by, at=at)
    if run.state == Run.State.DONE and not is_complete(company, period):
        rerun(run, at=at)
        run.refresh_from_db()
    return run


def run_title(run):
    """How the list of jobs names a close."""
    return _("Close of %(period)s") % {"period": period_name(run.key)}


def is_complete(company, period):
    """Every registered step is done."""
    waiting = {state for _name, step in close_steps.items() for state in step.transition.sources}
    close = Close.objects.filter(company=company, period=str(period)).first()
    return close is not None and close.state not in waiting


def run_close(run, beat):
    """Work of a run of kind scoring.close; its key is the period."""
    close = close_period(company=run.company, period=Period.parse(run.key), at=timezone.now(), beat=beat)
    if run.requested_by:
        notify(
            user=run.requested_by,
            company=run.company,
            kind="scoring.closed",
            key=f"scoring.close:{run.pk}",
            subject=_("%(period)s is closed") % {"period": period_name(run.key)},
            at=timezone.now(),
            url=f"{reverse('scoring_progress')}?month={run.key}",
        )
    return {"state": close.state, "scores": close.scores.count(), "rankings": close.rankings.count()}


def close_due(at):
    """Tick: request the close of every period that is due and that nobody has requested yet."""
    for company in Company.objects.all():
        books = Books(company)
        for kind in rules.KINDS:
            period = due_period(books, kind, at.astimezone(SHANGHAI).date())
            if period is not None:
                request_close(company=company, period=period, by=None, at=at)


def due_period(books, kind, today):
    """The oldest period of this kind whose close is due and was never requested; None when there is none.

    The latest ended one is due when it has answers or a policy was published before it ended; older ones, left over
    from a standstill, only when they have answers.
    """
    if books.version(Period.of(kind, today)) is None:
        return None
    latest = books.last_ended(kind, today)
    if today < rules.run_on(latest, books.cut_off(latest)):
        latest = latest.previous()
    periods = {str(period): period for period in (latest.previous(step) for step in range(OLDEST, -1, -1))}
    requested = set(
        Run.objects.filter(company=books.company, kind=RUN_KIND, key__in=periods).values_list(
            "key", flat=True
        )
    )
    for text, period in periods.items():
        if text in requested or is_complete(books.company, period):
            continue
        if has_answers(books.company, period) or (period == latest and _was_under_policy(books, period)):
            return period
    return None


def _was_under_policy(books, period):
    version = books.version(period)
    published = version.published_at and version.published_at < period.ends_at
    return (
        bool(published)
        and version.effective_from <= period.last_day
        and books.company.opened_on <= period.last_day
    )
