import structlog
from celery import shared_task
from django.db import OperationalError

from jobs import services

log = structlog.get_logger(__name__)


@shared_task
def execute(run_id):
    try:
        services.run_now(run_id)
    except (
        OperationalError
    ) as busy:  # the database did not let us in; the run is due still and the tick asks again
        log.warning("database_busy", run=run_id, error=str(busy))
