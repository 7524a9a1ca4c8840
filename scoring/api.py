"""Read-only: closes, scores, rankings, standings. Few answers hide their figures from all but company-wide roles."""

from rest_framework import serializers, viewsets

from organization.scopes import reach_of
from scoring.models import Close, Ranking, Score, Standing
from scoring.policy import policy_of, version_for

VERBS = ("scoring.view", "scoring.view_own")
FIGURES = ("k", "n", "value", "low", "high", "counts", "verdict")


class CloseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Close
        fields = (
            "id",
            "company",
            "kind",
            "period",
            "cutoff_on",
            "state",
            "scored_at",
            "locked_at",
            "checksum",
        )


class HidesFewAnswers(serializers.ModelSerializer):
    """Leaves out the figures of rows with too few answers, unless the user sees the whole company."""

    hidden: tuple = ()

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if self.is_hidden(instance):
            shown |= dict.fromkeys(self.hidden)
        return shown

    def is_hidden(self, instance):
        everything = reach_of(self.context["request"].user, "scoring.view").company_ids
        return instance.company_id not in everything and self.has_few(instance)


class ScoreSerializer(HidesFewAnswers):
    hidden = FIGURES

    class Meta:
        model = Score
        fields = (
            *(
                "id",
                "company",
                "period",
                "subject_kind",
                "subject_id",
                "measure",
                "metric",
                "status",
                "target_bp",
            ),
            *FIGURES,
        )

    def has_few(self, score):
        return score.status == Score.Status.SUPPRESSED


class RankingSerializer(serializers.ModelSerializer):
    post_code = serializers.CharField(source="post.code", read_only=True)

    class Meta:
        model = Ranking
        fields = (
            *("id", "company", "period", "post", "post_code", "modes"),
            *("eligible", "places", "is_ranked", "chi2", "p_value"),
        )


class StandingSerializer(HidesFewAnswers):
    hidden = ("k", "n", "level")

    class Meta:
        model = Standing
        fields = (
            *("id", "company", "period", "ranking", "employee", "department", "k", "n", "status"),
            *("rank", "rank_low", "rank_high", "level", "place"),
        )

    def has_few(self, standing):
        key = (standing.company_id, standing.period)
        limits = self.context.setdefault("low_n", {})
        if key not in limits:
            close = standing.ranking.close
            version = close.policy_version or version_for(close.company, close.cutoff_on)
            limits[key] = policy_of(version, "scoring").low_n
        return standing.n < limits[key]


class CloseViewSet(viewsets.ReadOnlyModelViewSet):
    required_verbs = (*VERBS, "scoring.close")
    serializer_class = CloseSerializer
    queryset = Close.objects.all()
    filterset_fields = ("company", "kind", "period", "state")

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


class ScoreViewSet(viewsets.ReadOnlyModelViewSet):
    required_verbs = VERBS
    serializer_class = ScoreSerializer
    queryset = Score.objects.all()
    filterset_fields = ("company", "period", "subject_kind", "subject_id", "measure", "metric", "status")

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


class RankingViewSet(viewsets.ReadOnlyModelViewSet):
    required_verbs = VERBS
    serializer_class = RankingSerializer
    queryset = Ranking.objects.select_related("post")
    filterset_fields = ("company", "period", "post", "is_ranked")

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


class StandingViewSet(viewsets.ReadOnlyModelViewSet):
    required_verbs = VERBS
    serializer_class = StandingSerializer
    queryset = Standing.objects.select_related("ranking__close__company", "ranking__close__policy_version")
    filterset_fields = ("company", "period", "ranking", "employee", "department", "status", "place")

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


def register(router):
    """Viewsets of this room."""
    router.register("closes", CloseViewSet, basename="close")
    router.register("scores", ScoreViewSet, basename="score")
    router.register("rankings", RankingViewSet, basename="ranking")
    router.register("standings", StandingViewSet, basename="standing")
