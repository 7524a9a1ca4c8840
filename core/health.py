"""What /readyz and /metrics tell: numbers only, nothing about people."""

import datetime as dt

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from core.models import Delivery, Heartbeat
from core.registries import gauges

DEAF = dt.timedelta(minutes=5)
OVERDUE = dt.timedelta(minutes=10)


def problems(at):
    """Sentences; none when the database answers, no migration is missing, deliveries are fresh and a worker beats."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations are missing"]
        found = []
        if Delivery.objects.due(at - OVERDUE).exists():
            found.append("event deliveries are overdue")
        if (
            settings.WORKER_EXPECTED
            and not Heartbeat.objects.filter(name="worker", at__gt=at - DEAF).exists()
        ):
            found.append(f"no worker was heard for {DEAF}")
        return found
    except DatabaseError:
        return ["the database does not answer"]


def metrics(at):
    """Prometheus text form: one gauge per entry of core.registries.gauges and the worker's silence in seconds."""
    lines = []
    for name, measure in gauges.items():
        lines += [f"# TYPE manyi_{name} gauge", f"manyi_{name} {measure(at)}"]
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat:
        silence = f"manyi_worker_silence_seconds {(at - beat.at).total_seconds():.0f}"
        lines += ["# TYPE manyi_worker_silence_seconds gauge", silence]
    return "\n".join(lines) + "\n"


def due_deliveries(at):
    return Delivery.objects.due(at).count()
