from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from policies.models import Clause, Document, Version


class PolicySerializer(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = ["id", "company", "department", "code", "number", "title", "title_en"]


class PolicyVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Version
        fields = [
            "id",
            "company",
            "document",
            "label",
            "state",
            "effective_from",
            "effective_to",
            "revision_note",
            "published_at",
            "checksum",
            "content",
        ]


class ClauseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Clause
        fields = ["id", "version", "code", "number", "text", "text_en", "order"]


class PolicyViewSet(ReadOnlyModelViewSet):
    """Policy documents of the companies whose policies the caller may read."""

    required_verbs = ("policies.view",)
    serializer_class = PolicySerializer
    queryset = Document.objects.none()
    filterset_fields = ["company", "code"]

    def get_queryset(self):
        return Document.objects.visible_to(self.request.user)


class PolicyVersionViewSet(ReadOnlyModelViewSet):
    """Versions with their settings; drafts only for those who sign or publish."""

    required_verbs = ("policies.view",)
    serializer_class = PolicyVersionSerializer
    queryset = Version.objects.none()
    filterset_fields = ["company", "document", "state"]

    def get_queryset(self):
        return Version.objects.visible_to(self.request.user)


class ClauseViewSet(ReadOnlyModelViewSet):
    """Clauses of the versions the caller may see."""

    required_verbs = ("policies.view",)
    serializer_class = ClauseSerializer
    queryset = Clause.objects.none()
    filterset_fields = ["version", "code"]

    def get_queryset(self):
        return Clause.objects.filter(version__in=Version.objects.visible_to(self.request.user))


def register(router):
    """Viewsets of this room."""
    router.register("policies", PolicyViewSet, basename="policy")
    router.register("policy-versions", PolicyVersionViewSet, basename="policy-version")
    router.register("clauses", ClauseViewSet, basename="clause")
