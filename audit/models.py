from django.conf import settings
from django.db import models
from django.db.models import Q


class AppendOnly(Exception):
    """Somebody tried to change or delete what is written once."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly(self.model.__name__)

    def delete(self):
        raise AppendOnly(self.model.__name__)


class AppendOnlyModel(models.Model):
    """Rows are inserted and read, nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk is not None and not self._state.adding:
            raise AppendOnly(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly(type(self).__name__)


class AuditRow(AppendOnlyModel):
    """One change of state, or one view of personal data. Ids and codes only, never a personal value."""

    company_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    verb = models.CharField(max_length=120)
    model = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["model", "object_id"], name="audit_row_object"),
            models.Index(fields=["company_id", "at"], name="audit_row_when"),
        ]


class Seal(AppendOnlyModel):
    """Place of an audit row in its company's hash chain. Company 0 stands for the whole installation."""

    company_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    row = models.OneToOneField(AuditRow, on_delete=models.PROTECT, db_constraint=False, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "seq"], name="audit_seal_seq"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="audit_seal_from_one"),
        ]


class ChainHead(models.Model):
    """Newest link per company; the row sealers queue on, so that sealing never forks."""

    company_id = models.BigIntegerField(unique=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
