"""The Celery app. The broker is only a wake-up: due work is rows, the tick finds what was lost."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

app = Celery("manyi")
if settings.REDIS_URL:
    broker = {"broker_url": settings.REDIS_URL}
else:
    spool = settings.VAR_DIR / "broker"
    for name in ("queue", "processed", "control"):
        (spool / name).mkdir(parents=True, exist_ok=True)
    broker = {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": str(spool / "queue"),
            "data_folder_out": str(spool / "queue"),
            "processed_folder": str(spool / "processed"),
            "control_folder": str(spool / "control"),
        },
    }
app.conf.update(
    **broker,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    task_ignore_result=True,
    task_acks_late=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="Asia/Shanghai",
    task_always_eager=bool(os.environ.get("MANYI_EAGER")),
    beat_schedule={
        "tick": {"task": "core.tasks.tick", "schedule": 30.0, "options": {"expires": 25}},
    },
    beat_schedule_filename=str(settings.VAR_DIR / "beat"),
)
app.autodiscover_tasks()
