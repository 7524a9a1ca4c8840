from rest_framework import mixins, serializers, viewsets

from core.access import Requires
from incentives.models import Case, Decision, LedgerLine


class PersonField(serializers.Serializer):
    """Whom it is about: number and name."""

    number = serializers.CharField()
    name = serializers.CharField()


class CaseSerializer(serializers.ModelSerializer):
    employee = PersonField(read_only=True)

    class Meta:
        model = Case
        fields = [
            "id", "rule_code", "employee", "department", "occurrence", "period", "state", "is_distinguishable",
            "evidence", "found_at",
        ]  # fmt: skip


class DecisionSerializer(serializers.ModelSerializer):
    employee = PersonField(read_only=True)

    class Meta:
        model = Decision
        fields = [
            "id", "number", "case", "rule_code", "direction", "employee", "department", "occurrence", "counts_for",
            "effects", "state", "motion", "document_number", "proposed_at", "approved_at", "issued_at",
            "appeal_until", "received_at", "final_at", "posted_at",
        ]  # fmt: skip


class LedgerLineSerializer(serializers.ModelSerializer):
    """`amount` is whole points, or money in fen."""

    employee = PersonField(read_only=True)

    class Meta:
        model = LedgerLine
        fields = [
            "id", "number", "employee", "department", "decision", "reverses", "unit", "money_class", "amount",
            "counts_for", "posted_at",
        ]  # fmt: skip


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What you may see of rewards and penalties; they are changed in the browser only."""

    permission_classes = [Requires]
    required_verbs = ("incentives.view", "incentives.view_own")

    def get_queryset(self):
        return self.queryset.all().visible_to(self.request.user).select_related("employee")


class CaseViewSet(ReadOnly):
    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    required_verbs = ("incentives.view",)
    filterset_fields = ["period", "state", "rule_code"]


class DecisionViewSet(ReadOnly):
    queryset = Decision.objects.all()
    serializer_class = DecisionSerializer
    filterset_fields = ["counts_for", "state", "direction", "rule_code"]


class LedgerLineViewSet(ReadOnly):
    queryset = LedgerLine.objects.all()
    serializer_class = LedgerLineSerializer
    filterset_fields = ["counts_for", "unit", "decision"]


def register(router):
    """Viewsets of this room."""
    router.register("cases", CaseViewSet, basename="case")
    router.register("decisions", DecisionViewSet, basename="decision")
    router.register("ledger", LedgerLineViewSet, basename="ledger")
