from celery import shared_task
from django.utils import timezone

from scoring import services


@shared_task
def close_due():
    """Request the closes that are due now; the tick does the same every half minute (DC-3)."""
    services.close_due(timezone.now())
