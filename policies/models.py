from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.flow import Transition
from organization.models import Company, Department
from organization.scopes import reach_of


class Frozen(Exception):
    """Somebody tried to change or delete a published version or one of its clauses."""


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "policies.view").company_ids)


class Document(models.Model):
    """A controlled document: a rule book or procedure of a company or of one unit below it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(max_length=60)
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    pack = models.CharField(max_length=60, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="policies_document_code")]

    def __str__(self):
        return self.title


class VersionQuerySet(models.QuerySet):
    def in_force(self, day):
        """Published, begun, and not yet replaced by a later version of the same document."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gt=day),
            state=Version.State.PUBLISHED,
            effective_from__lte=day,
        )

    def published(self):
        return self.filter(state=Version.State.PUBLISHED)

    def visible_to(self, user):
        """What is published, to everybody who may read policies; what is being made, to those who make it."""
        makers = reach_of(user, "policies.sign", "policies.publish", "policies.edit")
        readers = reach_of(user, "policies.view").company_ids
        return self.filter(
            Q(company_id__in=readers, state=Version.State.PUBLISHED)
            | Q(company_id__in=makers.company_ids)
            | Q(document__department_id__in=makers.department_ids)
        )

    def makeable_by(self, user):
        """Whose drafts the user may write: all of a company, or those of the units they head (PM-6.5)."""
        makers = reach_of(user, "policies.publish", "policies.edit")
        return self.filter(
            Q(company_id__in=makers.company_ids) | Q(document__department_id__in=makers.department_ids)
        )

    def drafts(self):
        return self.filter(state=Version.State.DRAFT)

    def delete(self):
        if self.published().exists():
            raise Frozen("Version")
        return super().delete()


class Version(models.Model):
    """One version with its clauses and settings; frozen once published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNING = "signing", _("being signed off")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", pgettext_lazy("policy version", "withdrawn")

    SUBMIT = Transition("submit", (State.DRAFT,), State.SIGNING)
    PUBLISH = Transition("publish", (State.DRAFT, State.SIGNING), State.PUBLISHED)
    SEND_BACK = Transition("send_back", (State.SIGNING,), State.DRAFT)
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
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.CharField(max_length=500, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["document_id", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["document", "label"], name="policies_version_label"),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state="published", effective_to=None),
                name="policies_version_one_newest",
            ),
            models.UniqueConstraint(
                fields=["document", "effective_from"],
                condition=Q(state="published"),
                name="policies_version_one_start",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="policies_version_order",
            ),
        ]

    def __str__(self):
        return f"{self.document} {self.label}"

    def save(self, *args, **kwargs):
        if not self._state.adding and Version.objects.published().filter(pk=self.pk).exists():
            raise Frozen("Version")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("policy_version", args=[self.pk])

    def delete(self, *args, **kwargs):
        if Version.objects.published().filter(pk=self.pk).exists():
            raise Frozen("Version")
        return super().delete(*args, **kwargs)


class ClauseQuerySet(models.QuerySet):
    def update(self, **kwargs):
        self._refuse_published()
        return super().update(**kwargs)

    def delete(self):
        self._refuse_published()
        return super().delete()

    def _refuse_published(self):
        if self.filter(version__state=Version.State.PUBLISHED).exists():
            raise Frozen("Clause")


class Clause(models.Model):
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clauses")
    code = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    order = models.PositiveIntegerField()

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["version_id", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="policies_clause_code")]

    def __str__(self):
        return self.number

    def save(self, *args, **kwargs):
        if Version.objects.published().filter(pk=self.version_id).exists():
            raise Frozen("Clause")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Its place on the page of its version."""
        return f"{reverse('policy_version', args=[self.version_id])}#{self.anchor}"

    def delete(self, *args, **kwargs):
        if Version.objects.published().filter(pk=self.version_id).exists():
            raise Frozen("Clause")
        return super().delete(*args, **kwargs)

    @property
    def anchor(self):
        return f"clause-{slugify(self.code)}"


class SignOff(models.Model):
    """One step of signing off (drafter, department head …), in order; signed by one person at one moment.

    Who may sign is asked of the role when they sign; `signed_by` keeps who it was.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sign_offs")
    order = models.PositiveIntegerField()
    step = models.CharField(max_length=60)
    step_en = models.CharField(max_length=60, blank=True)
    role = models.SlugField(max_length=40)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["version_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="policies_signoff_order"),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="policies_signoff_whole",
            ),
        ]

    def __str__(self):
        return self.step
