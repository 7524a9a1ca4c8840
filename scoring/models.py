from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import AppendOnlyModel
from core.flow import Transition
from organization.models import Company, Department, Employee, Post, Site
from organization.scopes import companies_of, reach_of
from surveys.models import Answer, Mode


class CloseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(company_id__in=companies_of(user))


class Close(models.Model):
    """The books of one company and period (month, quarter, half-year): absent or complete (fact 9)."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("period", "open")
        SCORED = "scored", pgettext_lazy("period", "scored")
        RANKED = "ranked", pgettext_lazy("period", "ranked")
        PROPOSED = "proposed", pgettext_lazy("period", "proposals made")
        REPORTED = "reported", pgettext_lazy("period", "report drafted")
        LOCKED = "locked", pgettext_lazy("period", "locked")

    SCORE = Transition("score", (State.OPEN,), State.SCORED)
    RANK = Transition("rank", (State.SCORED,), State.RANKED)
    PROPOSE = Transition("propose", (State.RANKED,), State.PROPOSED)
    REPORT = Transition("report", (State.PROPOSED,), State.REPORTED)
    LOCK = Transition("lock", (State.REPORTED,), State.LOCKED)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="closes")
    kind = models.CharField(
        max_length=10, choices=[(kind, kind) for kind in ("month", "quarter", "half", "year")]
    )
    period = models.CharField(max_length=7)
    cutoff_on = models.DateField(help_text=_("last day whose answers count"))
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    policy_version = models.ForeignKey(
        "policies.Version", null=True, on_delete=models.PROTECT, related_name="+"
    )
    scored_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    checksum = models.CharField(max_length=64, blank=True, help_text=_("over counts, ranks and cases"))
    frozen = models.JSONField(
        default=dict, help_text=_("inputs kept for a re-run: the department tree as it was")
    )

    objects = CloseQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "period"]
        constraints = [models.UniqueConstraint(fields=["company", "period"], name="scoring_close_once")]


class Unfolding(models.Model):
    """This answer's ratings stand in these periods' cells: the guard that makes counting exactly-once."""

    answer = models.OneToOneField(
        Answer, on_delete=models.PROTECT, primary_key=True, related_name="unfolding"
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    quarter = models.CharField(max_length=7)
    half = models.CharField(max_length=7)
    is_late = models.BooleanField(default=False)
    is_counted = models.BooleanField(
        default=True, help_text=_("false once the answer was excluded before the close")
    )
    is_counted_in_quarter = models.BooleanField(default=True)
    is_counted_in_half = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "month"], name="scoring_unfolding_month"),
            models.Index(fields=["company", "quarter"], name="scoring_unfolding_quarter"),
            models.Index(fields=["company", "half"], name="scoring_unfolding_half"),
        ]


class Rating(models.Model):
    """One measure of one answer as a small integer: an item, a dimension, overall, nps, loyalty."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="ratings")
    measure = models.CharField(max_length=60)
    value = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "measure"], name="scoring_rating_once")]


class Cell(models.Model):
    """How many counted answers of a period gave this value of this measure: the finest level, sums give the rest.

    0 stands for 'none' in employee_id, department_id and site_id, so that the unique key holds on every database.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    employee_id = models.BigIntegerField()
    department_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    segment = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    measure = models.CharField(max_length=60)
    value = models.SmallIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "company",
                    "period",
                    "measure",
                    "employee_id",
                    "department_id",
                    "site_id",
                    "segment",
                    "mode",
                    "value",
                ],
                name="scoring_cell_key",
            ),
            models.CheckConstraint(condition=Q(count__gte=0), name="scoring_cell_not_negative"),
        ]


class SubjectKind(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    DEPARTMENT = "department", _("department")
    SITE = "site", _("project")
    COMPANY = "company", _("company")


class ScoreQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own scores, those of employees and departments below a head, all for company-wide roles."""
        reach = reach_of(user, "scoring.view")
        own = reach_of(user, "scoring.view_own")
        match = Q(company_id__in=reach.company_ids)
        match |= Q(subject_kind=SubjectKind.DEPARTMENT, subject_id__in=reach.department_ids)
        match |= Q(subject_kind=SubjectKind.EMPLOYEE, department_id__in=reach.department_ids)
        if own.employee_id:
            match |= Q(subject_kind=SubjectKind.EMPLOYEE, subject_id=own.employee_id)
        return self.filter(match)


class Score(models.Model):
    """k of n for one subject, period and measure, with interval and status; written once, at close."""

    class Status(models.TextChoices):
        OK = "ok", _("enough answers")
        LOW_N = "low_n", _("few answers")
        SUPPRESSED = "suppressed", _("too few answers to show")
        NONE = "none", _("no answers")

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="scores")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    subject_kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    department_id = models.BigIntegerField(
        default=0, help_text=_("where the employee stood at the end of the period")
    )
    measure = models.CharField(max_length=60)
    metric = models.CharField(max_length=20, help_text=_("top_two, basic, nps, loyalty, csi"))
    k = models.IntegerField()
    n = models.IntegerField()
    value = models.FloatField(null=True, help_text=_("share 0–1, or the index for nps and csi"))
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    status = models.CharField(max_length=20, choices=Status.choices)
    counts = models.JSONField(default=dict, help_text=_("value -> count"))
    target_bp = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=20, blank=True, help_text=_("met, below, clearly_below"))

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["close_id", "subject_kind", "subject_id", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "period", "subject_kind", "subject_id", "measure", "metric"],
                name="scoring_score_key",
            ),
            models.CheckConstraint(
                condition=Q(k__gte=0) & Q(n__gte=models.F("k")), name="scoring_score_k_of_n"
            ),
        ]


class PeerMember(models.Model):
    """Who is compared with whom in a month: frozen from the assignments of its first day."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    is_eligible = models.BooleanField(
        default=True, help_text=_("false after a leave or transfer within the month")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "month", "employee"], name="scoring_peer_once")
        ]


class RankingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those in which the user may see at least one standing; all for company-wide roles."""
        company_wide = Q(company_id__in=reach_of(user, "scoring.view").company_ids)
        standings = Standing.objects.visible_to(user).values("ranking_id")
        return self.filter(company_wide | Q(pk__in=standings))


class Ranking(models.Model):
    """One peer group's month."""

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="rankings")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    modes = models.JSONField(default=list)
    eligible = models.PositiveIntegerField()
    places = models.PositiveIntegerField(help_text=_("how many count as near the top and near the bottom"))
    is_ranked = models.BooleanField(help_text=_("false when too few are eligible"))
    chi2 = models.FloatField(null=True)
    p_value = models.FloatField(null=True)

    objects = RankingQuerySet.as_manager()

    class Meta:
        ordering = ["company_id", "period", "post_id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "post"], name="scoring_ranking_key")
        ]


class StandingQuerySet(models.QuerySet):
    def visible_to(self, user):
        reach = reach_of(user, "scoring.view")
        own = reach_of(user, "scoring.view_own")
        match = Q(company_id__in=reach.company_ids) | Q(department_id__in=reach.department_ids)
        if own.employee_id:
            match |= Q(employee_id=own.employee_id)
        return self.filter(match)


class Standing(models.Model):
    """One employee in one ranking."""

    class Status(models.TextChoices):
        RANKED = "ranked", _("ranked")
        INSUFFICIENT = "insufficient", _("too few answers to be ranked")
        NOT_ELIGIBLE = "not_eligible", _("not eligible")

    class Place(models.TextChoices):
        TOP = "top", _("near the top")
        BOTTOM = "bottom", _("near the bottom")
        MIDDLE = "", _("neither")

    ranking = models.ForeignKey(Ranking, on_delete=models.CASCADE, related_name="standings")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="standings")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    k = models.IntegerField()
    n = models.IntegerField()
    status = models.CharField(max_length=20, choices=Status.choices)
    rank = models.PositiveIntegerField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    level = models.FloatField(null=True, help_text=_("empirical-Bayes level, second opinion"))
    place = models.CharField(max_length=10, choices=Place.choices, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["ranking_id", "rank", "employee_id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "employee"], name="scoring_standing_key"),
        ]


class Driver(models.Model):
    """How much a dimension goes with overall satisfaction (LMG share), a result row of the close."""

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="drivers")
    measure = models.CharField(max_length=60)
    share = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    r_squared = models.FloatField()
    n = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["close", "measure"], name="scoring_driver_once")]


class MetricValue(models.Model):
    """A figure that does not come from customers (sales performance, teamwork), imported monthly with its source."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="metric_values")
    metric = models.SlugField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "period", "employee", "metric"], name="scoring_metric_key"
            )
        ]


class Composite(models.Model):
    """Weighted parts of one employee's month (RE-1); `incomplete` when a part is missing, never re-weighted."""

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="composites")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="composites")
    parts = models.JSONField(default=list, help_text=_("[{part, value, weight_bp, source}]"))
    value = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    is_complete = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "employee"], name="scoring_composite_key")
        ]


class Adjudication(AppendOnlyModel):
    """What a closed period's score, standing or ranking is after an appeal, kept beside the first figures.

    The rows of the close stay as they were (fact 3). `figures` replaces their columns; of a close it holds
    `left_out`, the ids of all answers that no longer count in it. The newest row of an object holds.
    """

    class Kind(models.TextChoices):
        CLOSE = "close", _("period")
        SCORE = "score", _("score")
        STANDING = "standing", _("standing")
        RANKING = "ranking", _("ranking")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="adjudications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.BigIntegerField()
    figures = models.JSONField(default=dict)
    cause = models.CharField(max_length=40, help_text=_("what it follows from (appeal:12)"))
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "cause"], name="scoring_adjudication_once")
        ]
        indexes = [models.Index(fields=["company", "kind", "object_id"], name="scoring_adjudication_of")]
