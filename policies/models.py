from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.flow import Transition
from organization.models import Company, Department


class Document(models.Model):
    """A controlled document: a rule book or procedure of a company or of one unit below it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=60)
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    pack = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="policies_document_code")]

    def __str__(self):
        return self.title


class VersionQuerySet(models.QuerySet):
    def in_force(self, day):
        """Published, begun, and not yet replaced by a later version of the same document."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gt=day), state=Version.State.PUBLISHED, effective_from__lte=day
        )


class Version(models.Model):
    """One version with its clauses and settings; frozen once published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNING = "signing", _("being signed off")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    SUBMIT = Transition("submit", (State.DRAFT,), State.SIGNING)
    PUBLISH = Transition("publish", (State.DRAFT, State.SIGNING), State.PUBLISHED)
    WITHDRAW = Transition("withdraw", (State.DRAFT, State.SIGNING), State.WITHDRAWN)

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    revision_note = models.TextField(blank=True)
    content = models.JSONField(default=dict, help_text=_("settings by section"))
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["document_id", "effective_from"]
        constraints = [models.UniqueConstraint(fields=["document", "label"], name="policies_version_label")]

    def __str__(self):
        return f"{self.document} {self.label}"


class Clause(models.Model):
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clauses")
    code = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    order = models.PositiveIntegerField()

    class Meta:
        ordering = ["version_id", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="policies_clause_code")]

    def __str__(self):
        return self.number


class SignOff(models.Model):
    """One step of signing off (drafter, department head …), in order; signed by one person at one moment."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sign_offs")
    order = models.PositiveIntegerField()
    step = models.CharField(max_length=60)
    step_en = models.CharField(max_length=60, blank=True)
    role = models.SlugField(max_length=40)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["version_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="policies_signoff_order"),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="policies_signoff_whole",
            ),
        ]
