from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from core.imports import import_kinds
from organization.models import Company
from organization.scopes import reach_of


class RunQuerySet(models.QuerySet):
    def due(self, at):
        """Queued, or running with a lease that lapsed (its worker died)."""
        waiting = Q(state=Run.State.QUEUED, next_try_at__lte=at)
        return self.filter(waiting | Q(state=Run.State.RUNNING, lease_until__lte=at))

    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "jobs.view").company_ids)


class Run(models.Model):
    """Long work as a row: the row and its lease are the truth, the broker is only a wake-up."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    FINISH = Transition("finish", (State.RUNNING,), State.DONE)
    FAIL = Transition("fail", (State.RUNNING,), State.FAILED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=40, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "key"], name="jobs_run_once")]
        indexes = [models.Index(fields=["state", "next_try_at"], name="jobs_run_due")]

    @property
    def percent(self):
        return 100 * self.done // self.total if self.total else 0


class Upload(models.Model):
    """A file as it came, under a random name outside the static tree."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="uploads")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    checksum = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()


class Attachment(models.Model):
    """A photo, scan, recording or document of something: checked by content, served by a view that asks."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="attachments", blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    checksum = models.CharField(max_length=64)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_at = models.DateTimeField()


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Batches of the kinds this user may import, in the companies where they may."""
        match = Q(pk__in=[])
        for kind in import_kinds:
            match |= Q(kind=kind.code, company_id__in=reach_of(user, kind.verb).company_ids)
        return self.filter(match)


class ImportBatch(models.Model):
    """Upload, preview with every bad row named, then all rows in one transaction or none."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being checked")
        PREVIEWED = "previewed", _("ready to confirm")
        REJECTED = "rejected", _("has bad rows")
        CONFIRMED = "confirmed", _("imported")
        CANCELLED = "cancelled", _("cancelled")

    PREVIEW = Transition("preview", (State.UPLOADED,), State.PREVIEWED)
    REJECT = Transition("reject", (State.UPLOADED, State.PREVIEWED), State.REJECTED)
    CONFIRM = Transition("confirm", (State.PREVIEWED,), State.CONFIRMED)
    CANCEL = Transition("cancel", (State.UPLOADED, State.PREVIEWED, State.REJECTED), State.CANCELLED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State.choices, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    preview = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
