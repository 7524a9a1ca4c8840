from rest_framework import mixins, serializers, viewsets

from core.access import Requires
from improvements.models import Inspection, InspectionFinding
from improvements.models.inspections import VIEW


class InspectionSerializer(serializers.ModelSerializer):
    """Without the words: they are read on the page."""

    class Meta:
        model = Inspection
        fields = [
            "id", "number", "department", "checklist_code", "state", "planned_on", "held_on", "score_bp",
            "submitted_bp", "submitted_at", "answer_due_at", "answered_at", "closed_at",
        ]  # fmt: skip


class InspectionFindingSerializer(serializers.ModelSerializer):
    """Neither words nor people: which item, how severe, how far its follow-up has come."""

    item = serializers.CharField(source="item.code")
    area = serializers.CharField(source="item.area")
    severity = serializers.CharField(source="item.severity")
    result = serializers.CharField(source="item.result")

    class Meta:
        model = InspectionFinding
        fields = [
            "id", "inspection", "department", "item", "area", "severity", "result", "is_repeated", "state", "agrees",
            "due_at", "done_at", "verified_at",
        ]  # fmt: skip


class InspectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Inspections you may see; they are held and answered in the browser only."""

    queryset = Inspection.objects.all()
    serializer_class = InspectionSerializer
    permission_classes = [Requires]
    required_verbs = (VIEW,)
    filterset_fields = ["state", "department", "checklist_code"]

    def get_queryset(self):
        return self.queryset.all().visible_to(self.request.user)


class InspectionFindingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Findings of inspections you may see."""

    queryset = InspectionFinding.objects.all()
    serializer_class = InspectionFindingSerializer
    permission_classes = [Requires]
    required_verbs = (VIEW,)
    filterset_fields = ["state", "department", "inspection"]

    def get_queryset(self):
        return self.queryset.all().visible_to(self.request.user).select_related("item")


def register(router):
    """Viewsets of this room."""
    router.register("inspections", InspectionViewSet, basename="inspection")
    router.register("inspection-findings", InspectionFindingViewSet, basename="inspection-finding")
