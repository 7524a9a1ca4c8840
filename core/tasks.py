import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from core import events
from core.models import Heartbeat
from core.registries import tick_jobs

log = structlog.get_logger(__name__)


@shared_task
def deliver_events():
    return events.deliver_all()


@shared_task
def tick():
    """Every half minute: what is due in any room. Rows and leases are the truth, this only looks at them."""
    at = timezone.now()
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": at})
    for name, job in tick_jobs.items():
        try:
            job(at)
        except (
            Exception
        ):  # one room's trouble must not stop the others' due work; it is logged and tried again
            log.exception("tick_job_failed", job=name)
    return events.deliver_all()


@worker_ready.connect
def look_at_once(**kwargs):
    """A worker that comes up does not wait for the next tick: what a dead one left is due now."""
    tick.delay()
