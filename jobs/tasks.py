from celery import shared_task

from jobs import services


@shared_task
def execute(run_id):
    services.run_now(run_id)
