from rest_framework import mixins, serializers, viewsets

from appeals.models import Appeal
from core.access import Requires
from incentives.api import PersonField


class AppealSerializer(serializers.ModelSerializer):
    """Without the words: they are read on the page."""

    employee = PersonField(read_only=True)

    class Meta:
        model = Appeal
        fields = [
            "id", "number", "employee", "department", "subject", "title", "grounds", "state", "is_late", "filed_at",
            "due_at", "counted_days", "outcome", "is_large", "answered_at", "acknowledged_at", "rating",
        ]  # fmt: skip


class AppealViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What you may see of appeals; they are filed and decided in the browser only."""

    queryset = Appeal.objects.all()
    serializer_class = AppealSerializer
    permission_classes = [Requires]
    required_verbs = ("appeals.view", "appeals.file")
    filterset_fields = ["state", "subject", "outcome"]

    def get_queryset(self):
        return self.queryset.all().visible_to(self.request.user).select_related("employee")


def register(router):
    """Viewsets of this room."""
    router.register("appeals", AppealViewSet, basename="appeal")
