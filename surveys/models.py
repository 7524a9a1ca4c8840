from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from core.flow import Transition
from customers.models import Customer, Encounter
from organization.models import Company, Department, Employee, Site
from organization.scopes import employee_id_of, reach_of
from surveys.content import UNLIMITED, parse_content

#: checksum -> Content; published content never changes, and versions are few
_parsed: dict = {}


class Mode(models.TextChoices):
    """How an answer was collected; ranking counts only the modes the policy names."""

    WEB = "web", _("filled in by the customer")
    PHONE = "phone", _("telephone interview")
    FACE = "face", _("face to face")
    PAPER = "paper", _("paper form")
    EXTERNAL = "external", _("external data")


class Questionnaire(models.Model):
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="questionnaires")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="surveys_questionnaire_code")]

    def __str__(self):
        return self.title


class QuestionnaireVersion(models.Model):
    """Frozen once published: codes never change afterwards (fact 2). Content is described in surveys/content.py."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published, frozen")
        SUPERSEDED = "superseded", _("superseded")

    PUBLISH = Transition("publish", (State.DRAFT,), State.PUBLISHED)
    SUPERSEDE = Transition("supersede", (State.PUBLISHED,), State.SUPERSEDED)

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(default=dict)
    checksum = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["questionnaire_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="surveys_version_number")
        ]

    def __str__(self):
        return f"{self.questionnaire} V{self.number}"

    @property
    def parsed(self):
        """The content as surveys.content.Content; each process parses what has one checksum once."""
        if not self.checksum:
            return parse_content(self.content, most_per_section=UNLIMITED)
        if self.checksum not in _parsed:
            _parsed[self.checksum] = parse_content(self.content, most_per_section=UNLIMITED)
        return _parsed[self.checksum]


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "surveys.view").company_ids)


class Campaign(models.Model):
    """One survey in the field: a wave, a continuous one behind encounters, an ad-hoc one, or external answers."""

    class Kind(models.TextChoices):
        WAVE = "wave", _("wave")
        CONTINUOUS = "continuous", _("continuous, after each encounter")
        ADHOC = "adhoc", _("ad hoc")
        EXTERNAL = "external", _("external answers")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        ARCHIVED = "archived", _("archived")

    SCHEDULE = Transition("schedule", (State.DRAFT,), State.SCHEDULED)
    OPEN = Transition("open", (State.DRAFT, State.SCHEDULED), State.OPEN)
    CLOSE = Transition("close", (State.OPEN,), State.CLOSED)
    ARCHIVE = Transition("archive", (State.CLOSED,), State.ARCHIVED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="campaigns")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="campaigns")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.WEB)
    opens_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)
    audience = models.JSONField(default=dict, help_text=_("who may be drawn; see surveys/sampling.py"))
    seed = models.CharField(max_length=64, blank=True)
    frame_size = models.PositiveIntegerField(default=0)
    sample_size = models.PositiveIntegerField(default=0)
    allocation = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text=_("columns of external answers"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "-opens_on", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="surveys_campaign_code")]

    def __str__(self):
        return self.title


class OpenLink(models.Model):
    """A QR code on a wall: everybody may answer, `/q/<code>/` makes an invitation for each first save.

    `code` hangs on a wall for all to read, so it is no secret and stands here as it is; the token of the invitation
    that a first save makes is secret, and stored hashed like every other.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="open_links")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["campaign_id", "label", "pk"]

    def __str__(self):
        return self.label


class Invitation(models.Model):
    """One drawn person and one link that can be answered once. Whom it is about is fixed by the encounter.

    Tokens are stored hashed, so a reminder cannot repeat the first link: it brings a second one, and both work.
    """

    class State(models.TextChoices):
        MADE = "made", _("made")
        SENT = "sent", _("sent")
        STARTED = "started", _("started")
        SUBMITTED = "submitted", _("answered")
        REFUSED = "refused", _("declined")
        EXPIRED = "expired", _("expired")
        UNDELIVERABLE = "undeliverable", _("could not be delivered")

    OPEN_STATES = (State.MADE, State.SENT, State.STARTED)
    SEND = Transition("send", (State.MADE,), State.SENT)
    START = Transition("start", (State.MADE, State.SENT), State.STARTED)
    SUBMIT = Transition("submit", OPEN_STATES, State.SUBMITTED)
    REFUSE = Transition("refuse", OPEN_STATES, State.REFUSED)
    EXPIRE = Transition("expire", OPEN_STATES, State.EXPIRED)
    BOUNCE = Transition("bounce", (State.MADE, State.SENT), State.UNDELIVERABLE)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invitations")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="invitations")
    encounter = models.ForeignKey(Encounter, null=True, on_delete=models.PROTECT, related_name="invitations")
    open_link = models.ForeignKey(OpenLink, null=True, on_delete=models.PROTECT, related_name="invitations")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    service_day = models.DateField(null=True)
    segment = models.CharField(max_length=40, blank=True)
    stratum = models.CharField(max_length=80, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    second_token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 unique, and mostly none
    state = models.CharField(max_length=20, choices=State.choices, default=State.MADE)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "encounter"],
                condition=Q(encounter__isnull=False),
                name="surveys_invitation_encounter",
            ),
            models.UniqueConstraint(
                fields=["campaign", "customer"],
                condition=Q(encounter=None, customer__isnull=False),
                name="surveys_invitation_customer",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state"], name="surveys_invitation_state")]


class Draft(models.Model):
    """What a customer has saved so far; gone once submitted."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()


class AnswerQuerySet(AppendOnlyQuerySet):
    def counted(self):
        return self.filter(exclusion=None)

    def visible_to(self, user):
        """Nobody opens an answer about themselves here: they see it counted, and its words only among many."""
        answers = self.filter(company_id__in=reach_of(user, "surveys.view").company_ids)
        own = employee_id_of(user)
        return answers.exclude(employee_id=own) if own else answers


class Answer(AppendOnlyModel):
    """One customer's coded answers, whole: {question code: option code}. Never edited, never deleted (fact 1).

    `number` is what people may cite (A-2610-0417); texts stand in AnswerText, a decision not to count in Exclusion.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    invitation = models.OneToOneField(Invitation, null=True, on_delete=models.PROTECT, related_name="answer")
    external_ref = models.CharField(max_length=80, null=True)  # noqa: DJ001 unique in the campaign, and mostly none
    number = models.CharField(max_length=30)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=40, blank=True)
    stratum = models.CharField(max_length=80, blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    service_day = models.DateField(null=True)
    submitted_at = models.DateTimeField()
    duration_s = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=10, default="zh-hans")
    weight = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    answers = models.JSONField(default=dict)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "external_ref"], name="surveys_answer_external"),
            models.UniqueConstraint(fields=["company", "number"], name="surveys_answer_number"),
            models.CheckConstraint(
                condition=Q(invitation__isnull=False) | Q(external_ref__isnull=False),
                name="surveys_answer_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "submitted_at"], name="surveys_answer_when"),
            models.Index(fields=["employee", "submitted_at"], name="surveys_answer_employee"),
        ]


class AnswerText(models.Model):
    """Free text of one question; personal, removed on schedule while the coded answer stays."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="texts")
    question = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "question"], name="surveys_answertext_once")]


class Exclusion(AppendOnlyModel):
    """A person decided that an answer does not count, and why."""

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="exclusion")
    reason = models.CharField(max_length=500)
    excluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    excluded_at = models.DateTimeField()
