from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import AppendOnlyModel
from core.flow import Transition
from jobs.models import Attachment
from organization.models import Company, Department, Employee
from organization.scopes import employee_id_of, reach_of
from scoring.models import SubjectKind

SUGGEST, SEE = "improvements.suggest", "improvements.see_suggestions"
ASSESS, ADVISE = "improvements.assess_suggestions", "improvements.advise_suggestions"


class SuggestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; all for who sees or assesses them; for others those they carry out or were asked about."""
        wide, asked = reach_of(user, SEE, ASSESS), reach_of(user, ADVISE)
        match = Q(company_id__in=wide.company_ids)
        if asked.company_ids or asked.department_ids:
            within = Q(department_id__in=asked.department_ids) | Q(
                department__company_id__in=asked.company_ids
            )
            match |= Q(pk__in=Opinion.objects.filter(within).values("suggestion_id"))
        own = employee_id_of(user)
        if own and not reach_of(user, SUGGEST).is_empty:
            match |= Q(author_id=own) | Q(owner_id=own)
        return self.filter(match)

    def for_others(self, user):
        """As seen from the other side of the desk: without one's own."""
        own = employee_id_of(user)
        found = self.visible_to(user)
        return found.exclude(author_id=own) if own else found

    def waiting(self):
        return self.filter(state=Suggestion.State.SUBMITTED)

    def overdue(self, at):
        return self.waiting().filter(due_at__lte=at)


class Suggestion(models.Model):
    """A colleague's proposal for better service (员工建议, RE-5.2c, CC-4.3), until its effect is confirmed."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("suggestion", "to be assessed")
        TRIAL = "trial", pgettext_lazy("suggestion", "on trial")
        ADOPTED = "adopted", pgettext_lazy("suggestion", "adopted")
        DECLINED = "declined", pgettext_lazy("suggestion", "declined")
        DUPLICATE = "duplicate", pgettext_lazy("suggestion", "suggested before")
        WITHDRAWN = "withdrawn", pgettext_lazy("suggestion", "withdrawn")
        IMPLEMENTED = "implemented", pgettext_lazy("suggestion", "carried out")
        MEASURED = "measured", pgettext_lazy("suggestion", "effect measured")
        CONFIRMED = "confirmed", pgettext_lazy("suggestion", "effect confirmed")

    #: one of them: the suggestion was taken up
    TAKEN_UP = (State.TRIAL, State.ADOPTED, State.IMPLEMENTED, State.MEASURED, State.CONFIRMED)
    #: nothing more comes of it
    CLOSED = (State.DECLINED, State.DUPLICATE, State.WITHDRAWN, State.CONFIRMED)

    ADOPT = Transition("adopt", (State.SUBMITTED, State.TRIAL), State.ADOPTED)
    TRY_OUT = Transition("try_out", (State.SUBMITTED,), State.TRIAL)
    DECLINE = Transition("decline", (State.SUBMITTED, State.TRIAL), State.DECLINED)
    GIVE_UP = Transition("give_up", (State.TRIAL, State.ADOPTED), State.DECLINED)
    LINK = Transition("link", (State.SUBMITTED,), State.DUPLICATE)
    RELEASE = Transition("release", (State.DUPLICATE,), State.SUBMITTED)
    WITHDRAW = Transition("withdraw", (State.SUBMITTED,), State.WITHDRAWN)
    RESUBMIT = Transition("resubmit", (State.DECLINED,), State.SUBMITTED)
    IMPLEMENT = Transition("implement", (State.ADOPTED,), State.IMPLEMENTED)
    WIDEN = Transition("widen", (State.IMPLEMENTED,), State.IMPLEMENTED)
    MEASURE = Transition("measure", (State.IMPLEMENTED,), State.MEASURED)
    SEND_BACK = Transition("send_back", (State.MEASURED,), State.IMPLEMENTED)
    CONFIRM = Transition("confirm", (State.MEASURED,), State.CONFIRMED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    key = models.CharField(max_length=120, help_text=_("of the form it came with: sent twice it is one"))
    author = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="suggestions")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", help_text=_("where the author works")
    )
    about = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", help_text=_("which it concerns")
    )
    topic = models.CharField(max_length=60, blank=True, help_text=_("dimension of satisfaction it is about"))
    problem = models.TextField()
    proposal = models.TextField()
    expected = models.TextField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    counted_days = models.JSONField(default=list)
    first_assessed_at = models.DateTimeField(null=True)
    plea = models.TextField(blank=True, help_text=_("the author's one answer to a refusal"))
    resubmitted_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    trial_until = models.DateField(null=True)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    implemented_on = models.DateField(null=True, help_text=_("first day on which it holds"))
    implemented_at = models.DateTimeField(null=True)
    measure = models.CharField(max_length=60, blank=True, help_text=_("overall, or a dimension"))
    subject_kind = models.CharField(max_length=20, choices=SubjectKind.choices, blank=True)
    subject_id = models.BigIntegerField(null=True)
    window_days = models.PositiveSmallIntegerField(null=True)
    effect = models.OneToOneField("MeasuredEffect", null=True, on_delete=models.PROTECT, related_name="+")
    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_back_reason = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["company", "state", "due_at"], name="improvements_suggestion_due")]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="improvements_suggestion_number"),
            models.UniqueConstraint(fields=["company", "key"], name="improvements_suggestion_key"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("measured_by")),
                name="improvements_suggestion_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["measured", "confirmed"]) | Q(effect__isnull=False),
                name="improvements_suggestion_has_effect",
            ),
            models.CheckConstraint(
                condition=~Q(state="duplicate") | Q(duplicate_of__isnull=False),
                name="improvements_suggestion_has_earlier",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("suggestion", args=[self.pk])

    def get_own_url(self):
        return reverse("my_suggestion", args=[self.pk])

    def is_overdue(self, at):
        return self.state == self.State.SUBMITTED and self.due_at <= at

    @property
    def is_just_judged(self):
        """The judgement is the newest that the author hears of it."""
        judged = (self.State.ADOPTED, self.State.TRIAL, self.State.DECLINED, self.State.DUPLICATE)
        return self.state in judged

    @property
    def may_be_answered(self):
        """The author has one answer to a refusal."""
        return self.state == self.State.DECLINED and self.resubmitted_at is None


class SuggestionFile(models.Model):
    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="suggestion_file")

    class Meta:
        ordering = ["pk"]


class Assessment(AppendOnlyModel):
    """One judgement of a suggestion, with its reason; after the author's answer to a refusal there is another."""

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("Adopt it")
        TRIAL = "trial", _("Try it out first")
        DECLINED = "declined", _("Decline it")
        DUPLICATE = "duplicate", _("It was suggested before")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="assessments")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    benefit = models.PositiveSmallIntegerField(null=True, help_text=_("1 to 5"))
    effort = models.PositiveSmallIntegerField(null=True, help_text=_("1 to 5"))
    reason = models.TextField()
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Opinion(models.Model):
    """What a department was asked about a suggestion, and what its head answered."""

    class Stance(models.TextChoices):
        FOR = "for", pgettext_lazy("opinion", "for it")
        CHANGED = "changed", pgettext_lazy("opinion", "for it, with changes")
        AGAINST = "against", pgettext_lazy("opinion", "against it")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="opinions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    stance = models.CharField(max_length=10, choices=Stance.choices, blank=True)
    text = models.TextField(blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "department"], name="improvements_opinion_once")
        ]


class MeasuredEffect(AppendOnlyModel):
    """What was counted before and after a suggestion was carried out, frozen with the answers it rests on.

    `difference`, `low` and `high` are shares, −1 to 1; `before_answers` and `after_answers` are ids of answers.
    """

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="effects")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    department_ids = models.JSONField(default=list, help_text=_("of a department: it and all below it"))
    satisfied = models.JSONField(default=list, help_text=_("values that counted as satisfied"))
    before_first = models.DateField()
    before_last = models.DateField()
    after_first = models.DateField()
    after_last = models.DateField()
    before_k = models.PositiveIntegerField()
    before_n = models.PositiveIntegerField()
    after_k = models.PositiveIntegerField()
    after_n = models.PositiveIntegerField()
    before_answers = models.JSONField(default=list)
    after_answers = models.JSONField(default=list)
    level_bp = models.PositiveIntegerField()
    difference = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    p = models.FloatField()
    measured_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    measured_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before_k__lte=F("before_n"))
                & Q(after_k__lte=F("after_n"))
                & Q(before_n__gt=0)
                & Q(after_n__gt=0),
                name="improvements_effect_k_of_n",
            )
        ]

    @property
    def is_demonstrable(self):
        return self.low > 0

    @property
    def figures(self):
        """As rules read them: {"before": {"k", "n"}, "after": …}."""
        return {
            "before": {"k": self.before_k, "n": self.before_n},
            "after": {"k": self.after_k, "n": self.after_n},
        }
