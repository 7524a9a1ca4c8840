"""What hangs on an appeal: evidence, the answers in dispute, and everything its outcome changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.appeal import Appeal
from core.flow import Transition
from jobs.models import Attachment
from organization.models import Company, Employee
from surveys.models import Answer


class AppealFile(models.Model):
    """Evidence that the employee added."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="appeal_file")

    class Meta:
        ordering = ["pk"]


class AppealAnswer(models.Model):
    """An answer that the employee disputes, or that the investigator proposes not to count."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="answers")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    is_disputed = models.BooleanField(default=False)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["appeal_id", "answer_id"]
        constraints = [models.UniqueConstraint(fields=["appeal", "answer"], name="appeals_answer_once")]


class Consequence(models.Model):
    """One thing that the outcome changed, or that HR has to settle because it touches somebody else."""

    class Kind(models.TextChoices):
        EXCLUSION = "exclusion", _("an answer no longer counts")
        SCORE = "score", _("a score was corrected beside the first one")
        STANDING = "standing", _("a place in the ranking was corrected beside the first one")
        REVERSED = "reversed", _("a decision was withdrawn")
        VARIED = "varied", _("a decision was changed")
        UPHELD = "upheld", _("a decision stands")
        FINDING = "finding", _("a finding was corrected beside the first one")
        REGRADED = "regraded", _("a decision was graded anew")
        CASE = "case", _("a new case")
        THIRD = "third", _("somebody else's decision no longer follows")

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("consequence", "done")
        OPEN = "open", _("to be settled by HR")
        SETTLED = "settled", _("settled")

    SETTLE = Transition("settle", (State.OPEN,), State.SETTLED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="consequences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7, blank=True)
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["appeal_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "kind", "object_id"], name="appeals_consequence_once"),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(settled_by__isnull=False),
                name="appeals_settled_by_somebody",
            ),
        ]
