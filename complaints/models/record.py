"""What is kept beside a case: entries, files, links, topics, codes on posters, saved views, guesses."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.case import Allegation, Case
from jobs.models import Attachment
from organization.models import Company, Employee, Site
from organization.scopes import reach_of


class Entry(models.Model):
    """One line of a case's course. Only what is `is_public` reaches the customer; the rest stays inside."""

    class Kind(models.TextChoices):
        NOTE = "note", _("internal note")
        INTERVIEW = "interview", _("interview")
        EVIDENCE = "evidence", _("evidence")
        PROGRESS = "progress", _("progress told to the customer")
        QUESTION = "question", _("question to the customer")
        FROM_CUSTOMER = "from_customer", _("from the customer")
        ANSWER = "answer", _("answer to the customer")
        REASON = "reason", _("reason of a step")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)
    about = models.ForeignKey(
        Allegation, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("empty: the customer, or the system"),
    )  # fmt: skip
    at = models.DateTimeField()

    class Meta:
        ordering = ["case_id", "at", "pk"]


class CaseFile(models.Model):
    """A photo, scan, recording or document of a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="case_file")
    is_from_customer = models.BooleanField(default=False)

    class Meta:
        ordering = ["case_id", "pk"]


class CaseLink(models.Model):
    """Two cases that belong together; the earlier one is `first`."""

    class Kind(models.TextChoices):
        RELATED = "related", _("related")
        SPLIT = "split", _("split off")
        FOLLOW_UP = "follow_up", _("new facts after closing")
        REPEAT = "repeat", _("repeat complaint")

    first = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_on")
    second = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_back")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["first_id", "second_id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second", "kind"], name="complaints_link_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="complaints_link_two"),
        ]


class CaseTopic(models.Model):
    """A topic of the policy's lexicon that the case's words mention; by the system, or set by a person."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="topics")
    code = models.CharField(max_length=40)
    is_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="complaints_topic_once")]
        indexes = [models.Index(fields=["code"], name="complaints_topic_code")]


class FeedbackCodeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=reach_of(user, "complaints.manage").company_ids)


class FeedbackCode(models.Model):
    """A QR code on a poster that opens the form for one project or one person. Not secret: it identifies nobody."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=22, unique=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackCodeQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "label", "pk"]


class SavedView(models.Model):
    """A filter of the case list or board that somebody named for themselves."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "page", "name"], name="complaints_view_once")
        ]


class Guess(models.Model):
    """Wrong tracking codes, counted per number asked for and per address, both as hashes, within an hour."""

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="complaints_guess_once")]
