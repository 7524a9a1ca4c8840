"""Outbox of happenings. `publish` inside the change's transaction; handlers run after commit, at least once."""

import datetime as dt
import traceback

import structlog
from django.db import transaction
from django.utils import timezone

from core.logs import without_values
from core.models import Delivery, Event
from core.registries import Registry, event_handlers

CLAIM = dt.timedelta(minutes=2)
LONGEST_WAIT = dt.timedelta(hours=1)
log = structlog.get_logger(__name__)


def subscribe(event_name, handler_name, handler, *, order=0):
    """Register an idempotent `handler(event)`; `handler_name` is stable, rows refer to it."""
    event_handlers.setdefault(event_name, Registry()).register(handler_name, handler, order=order)


def publish(name, obj, **data):
    """Write the event and one delivery per handler; ids and codes only in `data`, never personal values."""
    event = Event.objects.create_for(name, obj, data)
    now = timezone.now()
    handlers = event_handlers.get(name)
    names = [handler_name for handler_name, handler in handlers.items()] if handlers else []
    Delivery.objects.bulk_create(
        [Delivery(event=event, handler=handler_name, next_try_at=now) for handler_name in names]
    )
    if names:
        transaction.on_commit(wake_up)
    return event


def wake_up():
    """Ask a worker to deliver now. Losing this call only costs time: the tick delivers what is due."""
    from core.tasks import deliver_events

    try:
        deliver_events.delay()
    except (OSError, deliver_events.OperationalError) as broken:
        log.warning("broker_unreachable", error=str(broken))


def deliver_due(at=None, limit=500):
    """Run every due handler once, each in its own transaction. Returns how many succeeded."""
    done = 0
    due = Delivery.objects.due(at or timezone.now()).select_related("event").order_by("event_id", "pk")
    for delivery in due[:limit]:
        now = at or timezone.now()
        if Delivery.objects.claim(delivery, at=now, until=now + CLAIM):
            done += _deliver(delivery, now)
    return done


def _deliver(delivery, now):
    handler = event_handlers.get(delivery.event.name, {}).get(delivery.handler)
    try:
        with transaction.atomic():
            if handler is not None:
                handler(delivery.event)
            Delivery.objects.filter(pk=delivery.pk).update(done_at=now, error="")
        return 1
    except Exception as failure:  # noqa: BLE001  a handler may fail in any way: kept, shown, tried again
        wait = min(dt.timedelta(seconds=15) * 2**delivery.attempts, LONGEST_WAIT)
        Delivery.objects.filter(pk=delivery.pk).update(
            next_try_at=now + wait, error=without_values(traceback.format_exc(limit=5))
        )
        log.error("event_handler_failed", handler=delivery.handler, error=type(failure).__name__)
        return 0


def deliver_all(at=None):
    """Deliver until nothing is due, events of handlers included (tests, demo, command line)."""
    total = 0
    while delivered := deliver_due(at):
        total += delivered
    return total
