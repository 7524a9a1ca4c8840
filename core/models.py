from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet):
    def create_for(self, name, obj, data):
        return self.create(
            name=name,
            company_id=getattr(obj, "company_id", None),
            object_id=obj.pk,
            data=data,
        )


class Event(models.Model):
    """Something that happened below and that rooms above must hear of: written in the change's own transaction."""

    name = models.CharField(max_length=80)
    company_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name", "object_id"])]


class DeliveryQuerySet(models.QuerySet):
    def due(self, at):
        return self.filter(done_at=None, next_try_at__lte=at)

    def claim(self, delivery, *, at, until):
        """True for exactly one of several callers; the claim lapses at `until`."""
        return bool(
            self.filter(pk=delivery.pk, done_at=None, next_try_at__lte=at).update(
                next_try_at=until, attempts=F("attempts") + 1
            )
        )


class Delivery(models.Model):
    """One handler's share of an event; the tick repeats it until done."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="core_delivery_once")]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(done_at=None), name="core_delivery_due")]


class CalendarDay(models.Model):
    """Whether a day is worked, and who says so. Days without a row are Monday–Friday and provisional."""

    day = models.DateField(unique=True)
    is_workday = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=120, help_text=_("notice, library and version, or person"))

    class Meta:
        ordering = ["day"]


class Counter(models.Model):
    """Next number of a series (document numbers, case numbers), counted inside the caller's transaction."""

    company_id = models.BigIntegerField()
    series = models.CharField(max_length=60)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "series"], name="core_counter_once")]


class Heartbeat(models.Model):
    """When something that must go on was last seen: workers have been found up but deaf."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()
