"""What an investigation found, person by person; who received praise, share by share."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel
from complaints.models.case import Allegation, Case
from core.flow import Transition
from organization.models import Company, Employee
from organization.scopes import reach_of


class Verdict(models.TextChoices):
    SUBSTANTIATED = "substantiated", _("substantiated")
    PARTLY = "partly", _("partly substantiated")
    NOT = "not", _("not substantiated")
    UNDETERMINED = "undetermined", _("cannot be determined")
    MALICIOUS = "malicious", _("malicious")


class Cause(models.TextChoices):
    ATTITUDE = "attitude", _("attitude")
    ERROR = "error", _("error in the work")
    PROCESS = "process", _("process or rules")
    PRODUCT = "product", _("product or building")
    OUTSIDE = "outside", _("outside the company")


class FindingQuerySet(models.QuerySet):
    def confirmed(self):
        """What rules may rest on."""
        return self.filter(state=Finding.State.CONFIRMED)

    def visible_to(self, user):
        cases = Case.objects.visible_to(user)
        return self.filter(case__in=cases.values("pk"), company_id__in=reach_of(
            user, "complaints.view", "complaints.read_reports"
        ).company_ids)  # fmt: skip


class Finding(models.Model):
    """One finding on one allegation: proposed by the investigator, confirmed by a second person (four eyes)."""

    Verdict, Cause = Verdict, Cause

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("returned")
        REOPENED = "reopened", _("under investigation again")

    CONFIRM = Transition("confirm", (State.PROPOSED,), State.CONFIRMED)
    RETURN = Transition("return", (State.PROPOSED,), State.RETURNED)
    REOPEN = Transition("reopen", (State.CONFIRMED,), State.REOPENED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="findings")
    state = models.CharField(max_length=20, choices=State.choices, default=State.PROPOSED)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    reasons = models.TextField(help_text=_("facts and where they come from"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=300, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["allegation"],
                condition=Q(state__in=["proposed", "confirmed"]),
                name="complaints_finding_one_live",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by"))),
                name="complaints_finding_four_eyes",
            ),
        ]

    @property
    def adjudicated(self):
        """The newest FindingAdjudication, or None; prefetch `adjudications` where many are shown."""
        found = list(self.adjudications.all())
        return found[-1] if found else None

    @property
    def now(self):
        """What holds of it: `verdict`, `cause`, `severity` as corrected, else as first confirmed."""
        return self.adjudicated or self


class FindingAdjudication(AppendOnlyModel):
    """What a confirmed finding is after an appeal, kept beside the first one, which stays as it was.

    The newest row of a finding holds; rules read it from then on.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="adjudications")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=40, help_text=_("what it follows from (appeal:12)"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["finding_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "source"], name="complaints_adjudication_once")
        ]


class Praise(models.Model):
    """Beside a case of kind praise: its form, the proof that it is real, and who shares in it (RE-5.2b)."""

    class Form(models.TextChoices):
        WRITTEN = "written", _("written praise")
        PENNANT = "pennant", _("pennant")
        ORAL = "oral", _("spoken praise")

    class Proof(models.TextChoices):
        PHOTO = "photo", _("photo or scan")
        CALL = "call", _("call-back")

    class CallOutcome(models.TextChoices):
        GENUINE = "genuine", _("the customer confirms it")
        CONTRADICTED = "contradicted", _("the customer knows nothing of it")
        NOT_REACHED = "not_reached", _("not reached")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="praise")
    form = models.CharField(max_length=20, choices=Form.choices)
    proof = models.CharField(max_length=20, choices=Proof.choices, blank=True)
    call_outcome = models.CharField(max_length=20, choices=CallOutcome.choices, blank=True)
    call_note = models.CharField(max_length=500, blank=True)
    proved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proved_at = models.DateTimeField(null=True, blank=True)
    attributed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attributed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("attributed_by")),
                name="complaints_praise_four_eyes",
            ),
        ]


class PraiseShare(models.Model):
    """How much of a praise is whose; the shares of one praise sum to 10,000 basis points."""

    praise = models.ForeignKey(Praise, on_delete=models.CASCADE, related_name="shares")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="praise_shares")
    share_bp = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["praise_id", "-share_bp", "employee_id"]
        constraints = [
            models.UniqueConstraint(fields=["praise", "employee"], name="complaints_share_once"),
            models.CheckConstraint(condition=Q(share_bp__range=(1, 10000)), name="complaints_share_range"),
        ]
