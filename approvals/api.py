from rest_framework import mixins, serializers, viewsets

from approvals.models import Motion
from approvals.selectors import tally, visible_votes
from core.access import Requires


class MotionSerializer(serializers.ModelSerializer):
    """A motion with its seats; directions are absent while a blind vote is open."""

    committee = serializers.SlugRelatedField(slug_field="code", read_only=True)
    seats = serializers.SerializerMethodField()
    quorum = serializers.SerializerMethodField()

    class Meta:
        model = Motion
        fields = [
            "id", "committee", "topic", "topic_id", "round", "state", "opened_at", "due_at", "closed_at",
            "quorum", "seats",
        ]  # fmt: skip

    def get_seats(self, motion) -> list[dict]:
        return [
            {
                "employee": view.employee.name,
                "is_recused": view.is_recused,
                "has_voted": view.has_voted,
                "choice": view.choice or None,
                "cast_by": view.cast_by or None,
                "weight": view.seat.weight,
            }
            for view in visible_votes(motion, self.context["request"].user)
        ]

    def get_quorum(self, motion) -> dict:
        counted = tally(motion)
        return {
            "entitled": counted.entitled,
            "quorum": counted.quorum,
            "needed": counted.needed,
            "total_weight": counted.total_weight,
            "voted": counted.voted,
            "is_possible": counted.is_quorum_possible,
        }


class MotionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Motions of committees in which you sit, or of companies you audit or whose committees you keep."""

    queryset = Motion.objects.none()
    serializer_class = MotionSerializer
    permission_classes = [Requires]
    required_verbs = ("approvals.vote", "approvals.audit", "approvals.manage")
    filterset_fields = ["state", "topic"]

    def get_queryset(self):
        return Motion.objects.visible_to(self.request.user).select_related("committee")


def register(router):
    """Viewsets of this room."""
    router.register("motions", MotionViewSet, basename="motion")
