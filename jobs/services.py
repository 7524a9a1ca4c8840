"""Runs: request, claim by lease, beat, finish. A run may be executed twice at once; its steps must not mind."""

import datetime as dt
import secrets
import time
import traceback

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.flow import Refused, advance
from core.logs import without_values
from core.registries import Registry
from jobs.models import ImportBatch, Run

LEASE = dt.timedelta(seconds=45)
LONGEST_WAIT = dt.timedelta(minutes=10)
OVERDUE = LONGEST_WAIT * 2
MOST_ATTEMPTS = 20
log = structlog.get_logger(__name__)

#: kind -> callable(run, beat) returning a JSON-able result; safe to run twice
run_kinds = Registry()


class LeaseLost(Exception):
    """Another worker holds the run now; this one must stop."""


@transaction.atomic
def request_run(*, company, kind, key, by, at, params=None):
    """The run row for (company, kind, key), made if new, queued again if it had failed; wakes a worker."""
    run, created = Run.objects.get_or_create(
        company=company,
        kind=kind,
        key=key,
        defaults={"params": params or {}, "requested_by": by, "requested_at": at, "next_try_at": at},
    )
    if not created:
        Run.objects.filter(pk=run.pk, state=Run.State.FAILED).update(
            state=Run.State.QUEUED, next_try_at=at, attempts=0, error=""
        )
        run.refresh_from_db()
    transaction.on_commit(lambda: wake_up(run.pk))
    return run


def rerun(run, *, at):
    """Queue a finished run again (its steps are safe to repeat)."""
    Run.objects.filter(pk=run.pk, state__in=[Run.State.DONE, Run.State.FAILED]).update(
        state=Run.State.QUEUED, next_try_at=at, attempts=0, error="", finished_at=None
    )
    transaction.on_commit(lambda: wake_up(run.pk))


def random_name():
    """For a stored file: 128 bits, says nothing about the content."""
    return secrets.token_hex(16)


def wake_up(run_id):
    """Ask a worker to start now. Losing this call only costs time: the tick finds due runs."""
    from jobs.tasks import execute

    try:
        execute.delay(run_id)
    except (OSError, execute.OperationalError) as broken:
        log.warning("broker_unreachable", error=str(broken))


def claim(run_id, *, at):
    """The run with a fresh lease, or None when somebody else has it or it is finished."""
    token = secrets.token_hex(12)
    taken = (
        Run.objects.due(at)
        .filter(pk=run_id)
        .update(
            state=Run.State.RUNNING,
            lease_until=at + LEASE,
            lease_token=token,
            heartbeat_at=at,
            attempts=F("attempts") + 1,
        )
    )
    if not taken:
        return None
    Run.objects.filter(pk=run_id, started_at=None).update(started_at=at)
    return Run.objects.select_related("company", "requested_by").get(pk=run_id)


def beat(run, *, step=None, done=None, total=None):
    """Prolong the lease and show progress; LeaseLost when the lease went to another worker."""
    now = timezone.now()
    shown = {
        name: value for name, value in (("step", step), ("done", done), ("total", total)) if value is not None
    }
    held = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, lease_token=run.lease_token)
    if not held.update(heartbeat_at=now, lease_until=now + LEASE, **shown):
        raise LeaseLost(run.pk)


def run_now(run_id, *, at=None):
    """Claim and execute; returns the run, or None when there was nothing to claim."""
    run = claim(run_id, at=at or timezone.now())
    if run is None:
        return None
    try:
        result = run_kinds[run.kind](run, lambda **shown: beat(run, **shown)) or {}
        _close(run, Run.FINISH, result=result, error="")
    except LeaseLost:
        log.warning("lease_lost", run=run.pk)
    except Refused as refusal:
        _fail(run, str(refusal.message))
    except (
        Exception
    ) as failure:  # any step of any room may fail; the run is kept, shown and tried again later
        log.exception("run_failed", run=run.pk, kind=run.kind)
        _retry_or_fail(run, failure)
    run.refresh_from_db()
    return run


def finish_here(run, *, patience=dt.timedelta(minutes=30)):
    """For the command line: execute the run in this process, or wait for the worker that was faster."""
    until = timezone.now() + patience
    while timezone.now() < until:
        run_now(run.pk)
        run.refresh_from_db()
        if run.state in {Run.State.DONE, Run.State.FAILED}:
            return run
        time.sleep(0.3)
    raise Refused(_("The work has not finished in time; its progress is on the jobs page."))


@transaction.atomic
def _close(run, transition, **stamps):
    """Finish or fail, but only while this worker still holds the lease."""
    held = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, lease_token=run.lease_token)
    if not held.update(heartbeat_at=timezone.now()):
        raise LeaseLost(run.pk)
    advance(run, transition, by=None, at=timezone.now(), finished_at=timezone.now(), **stamps)


def _retry_or_fail(run, failure):
    if run.attempts >= MOST_ATTEMPTS:
        return _fail(run, f"{type(failure).__name__}(…)")
    wait = min(dt.timedelta(seconds=5) * 2**run.attempts, LONGEST_WAIT)
    return Run.objects.filter(pk=run.pk, lease_token=run.lease_token).update(
        state=Run.State.QUEUED,
        next_try_at=timezone.now() + wait,
        error=without_values(traceback.format_exc(limit=8)),
    )


def _fail(run, sentence):
    try:
        _close(run, Run.FAIL, error=sentence)
    except LeaseLost:
        log.warning("lease_lost", run=run.pk)


def send_due(at):
    """Tick: wake a worker for every due run."""
    for run_id in Run.objects.due(at).values_list("pk", flat=True)[:50]:
        wake_up(run_id)


def due_count(at):
    return Run.objects.due(at).count()


def violations():
    """Sentences for fact 9: work that died and was not found again."""
    late = timezone.now() - OVERDUE
    for run in Run.objects.filter(state=Run.State.RUNNING, lease_until__lt=late):
        yield f"run {run.pk} ({run.kind} {run.key}) died and nobody took it up within {OVERDUE}"
    for run in Run.objects.filter(state=Run.State.QUEUED, next_try_at__lt=late):
        yield f"run {run.pk} ({run.kind} {run.key}) waits since {run.next_try_at:%Y-%m-%d %H:%M}; is a worker running?"
    for batch in ImportBatch.objects.filter(state=ImportBatch.State.CONFIRMED, confirmed_at=None):
        yield f"import {batch.pk} is confirmed without a moment"
