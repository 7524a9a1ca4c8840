"""Campaigns and answers: reading, and answers from other systems. No names: neither customer nor employee."""

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from core.flow import Refused
from organization.models import Department, Employee, Site
from organization.scopes import reach_of
from surveys.entry import LONGEST_TEXT, clean_text
from surveys.models import Answer, Campaign, Mode
from surveys.rules import response_rate
from surveys.selectors import response
from surveys.services.recording import record_answer

NAMED = (("employee", Employee, "number"), ("department", Department, "code"), ("site", Site, "code"))


class Conflict(APIException):
    """A rule says no: 409 with its sentence, as on the pages."""

    status_code = status.HTTP_409_CONFLICT


class CampaignSerializer(serializers.ModelSerializer):
    questionnaire = serializers.CharField(source="version.questionnaire.code")
    version_number = serializers.IntegerField(source="version.number")
    response_rate = serializers.SerializerMethodField(help_text="AAPOR RR2; null when nobody was drawn")

    class Meta:
        model = Campaign
        fields = [
            "id", "company", "code", "title", "title_en", "kind", "state", "mode", "questionnaire", "version_number",
            "opens_on", "closes_on", "seed", "frame_size", "sample_size", "allocation", "opened_at", "response_rate",
        ]  # fmt: skip

    def get_response_rate(self, campaign) -> float | None:
        counts = response(campaign)
        rate = response_rate(counts["answered"], counts["invited"])
        return rate


class AnswerSerializer(serializers.ModelSerializer):
    is_excluded = serializers.SerializerMethodField()
    texts = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = [
            "id", "number", "campaign", "version", "external_ref", "department", "site", "segment", "stratum", "mode",
            "service_day", "submitted_at", "language", "weight", "answers", "texts", "is_excluded",
        ]  # fmt: skip

    def get_is_excluded(self, answer) -> bool:
        return hasattr(answer, "exclusion")

    def get_texts(self, answer) -> dict[str, str]:
        return {text.question: text.text for text in answer.texts.all()}


class NewAnswerSerializer(serializers.Serializer):
    """An answer from another system. Employee by number, department and site by code."""

    campaign = serializers.IntegerField()
    external_ref = serializers.CharField(max_length=80)
    answers = serializers.DictField(help_text="question code: value, as GET shows them")
    texts = serializers.DictField(child=serializers.CharField(max_length=LONGEST_TEXT), required=False)
    submitted_at = serializers.DateTimeField()
    service_day = serializers.DateField(required=False, allow_null=True)
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    employee = serializers.CharField(max_length=40, required=False)
    department = serializers.CharField(max_length=40, required=False)
    site = serializers.CharField(max_length=40, required=False)
    segment = serializers.CharField(max_length=40, required=False, default="")
    weight = serializers.DecimalField(
        max_digits=12, decimal_places=6, min_value=0, required=False, allow_null=True
    )

    def validate_submitted_at(self, moment):
        if moment > timezone.now():
            raise serializers.ValidationError("lies in the future")
        return moment

    def validate_texts(self, texts):
        return {code: clean_text(text) for code, text in texts.items()}


class AnswerFilter(django_filters.FilterSet):
    submitted_after = django_filters.IsoDateTimeFilter(field_name="submitted_at", lookup_expr="gte")
    submitted_before = django_filters.IsoDateTimeFilter(field_name="submitted_at", lookup_expr="lt")

    class Meta:
        model = Answer
        fields = ["campaign", "department", "site", "mode", "segment"]


class CampaignViewSet(viewsets.ReadOnlyModelViewSet):
    """Campaigns of the companies where the caller may see surveys."""

    required_verbs = ("surveys.view",)
    serializer_class = CampaignSerializer
    queryset = Campaign.objects.none()
    filterset_fields = ["company", "kind", "state", "code"]

    def get_queryset(self):
        return Campaign.objects.visible_to(self.request.user).select_related("version__questionnaire")


class AnswerViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    """Answers without names; one's own are left out. POST records one from another system, once per external_ref."""

    required_verbs = {
        "list": ("surveys.view",),
        "retrieve": ("surveys.view",),
        "create": ("surveys.manage",),
        "metadata": ("surveys.view",),
    }
    serializer_class = AnswerSerializer
    queryset = Answer.objects.none()
    filterset_class = AnswerFilter

    def get_queryset(self):
        found = Answer.objects.visible_to(self.request.user).select_related("exclusion")
        return found.prefetch_related("texts").order_by("-submitted_at", "-pk")

    @extend_schema(request=NewAnswerSerializer, responses={201: AnswerSerializer, 200: AnswerSerializer})
    def create(self, request):
        given = NewAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        companies = reach_of(request.user, "surveys.manage").company_ids
        campaign = get_object_or_404(Campaign, pk=data.pop("campaign"), company_id__in=companies)
        for name, model, key in NAMED:
            if name in data:
                data[name] = self._found(model, campaign, name, **{key: data[name]})
        try:
            answer, is_new = record_answer(campaign=campaign, by=request.user, at=timezone.now(), **data)
        except Refused as refusal:
            raise Conflict(str(refusal.message), code=refusal.code) from refusal
        shown = AnswerSerializer(answer).data
        return Response(shown, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def _found(self, model, campaign, name, **key):
        found = model.objects.filter(company_id=campaign.company_id, **key).first()
        if found is None:
            raise serializers.ValidationError({name: "is not known in this company"})
        return found


def register(router):
    """Viewsets of this room."""
    router.register("campaigns", CampaignViewSet, basename="campaign")
    router.register("answers", AnswerViewSet, basename="answer")
