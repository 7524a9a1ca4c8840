"""Cases for other systems: reading without anything personal, and opening one. Steps are taken in the browser."""

import django_filters
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response

from complaints.contact import Contact
from complaints.forms.staff import KINDS
from complaints.models import Case, Channel, State, ToldBy
from complaints.services.intake import LONGEST_TEXT, receive
from core.access import Requires
from core.flow import Refused
from organization.models import Company, Site
from organization.scopes import reach_of
from surveys.entry import clean_text

LONGEST_KEY = 60
#: by which ways another system may bring cases
CHANNELS = [(channel.value, channel.label) for channel in (Channel.WEB, Channel.ONLINE, Channel.HOTLINE)]


class FeedbackSerializer(serializers.ModelSerializer):
    """Neither words nor people: what, where, how far, how fast."""

    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = [
            "id", "company", "number", "kind", "channel", "state", "site", "problem_type", "severity", "class_code",
            "department", "received_at", "first_answer_due_at", "first_answered_at", "due_at", "is_overdue",
            "responded_at", "answered_on_time", "closed_at", "reopened", "rating",
        ]  # fmt: skip

    def get_is_overdue(self, case) -> bool:
        return case.is_overdue(timezone.now())


class ReceiptSerializer(FeedbackSerializer):
    """The case just opened, with the code by which the customer follows it; it is told here only."""

    code = serializers.CharField()

    class Meta(FeedbackSerializer.Meta):
        fields = [*FeedbackSerializer.Meta.fields, "code"]


class NewCaseSerializer(serializers.Serializer):
    """A customer's voice from another system; project by code."""

    company = serializers.SlugRelatedField(slug_field="code", queryset=Company.objects.none(), required=False)
    kind = serializers.ChoiceField(choices=KINDS)
    channel = serializers.ChoiceField(choices=CHANNELS, default=Channel.ONLINE)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    site = serializers.CharField(max_length=40, required=False, default="")
    problem_type = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    happened_on = serializers.DateField(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    email = serializers.CharField(max_length=254, required=False, default="", allow_blank=True)
    told_by = serializers.ChoiceField(choices=ToldBy.choices, default=ToldBy.NONE)
    is_anonymous = serializers.BooleanField(default=False)
    hides_name = serializers.BooleanField(default=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Company.objects.filter(pk__in=self.context.get("companies", ()))

    def validate(self, given):
        """The company named, or the only one there is for the caller; the project is one of its own."""
        companies = list(self.fields["company"].queryset)
        company = given.pop("company", None) or (companies[0] if len(companies) == 1 else None)
        if company is None:
            raise serializers.ValidationError({"company": "name one of your companies by its code"})
        site = Site.objects.filter(company=company, code=given["site"]).first() if given["site"] else None
        if given["site"] and site is None:
            raise serializers.ValidationError({"site": "is not known in this company"})
        contact = Contact(given.pop("name"), given.pop("phone"), given.pop("email"))
        return given | {"company": company, "site": site, "contact": contact}


class CaseFilter(django_filters.FilterSet):
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")
    kind = django_filters.ChoiceFilter(choices=KINDS)
    state = django_filters.ChoiceFilter(choices=State.choices)

    class Meta:
        model = Case
        fields = [
            "company",
            "kind",
            "channel",
            "state",
            "site",
            "problem_type",
            "class_code",
            "department",
            "number",
        ]
        filter_overrides = {models.CharField: {"filter_class": django_filters.CharFilter}}


class CaseViewSet(viewsets.ReadOnlyModelViewSet):
    """Customers' cases in the caller's sight. POST opens one; the same Idempotency-Key gives the same case again."""

    permission_classes = [Requires]
    required_verbs = {
        "list": ("complaints.view",),
        "retrieve": ("complaints.view",),
        "create": ("complaints.handle",),
        "metadata": ("complaints.view",),
        # no view answers these: who may read is told so (405), everybody else is refused as always
        **dict.fromkeys(("put", "patch", "delete"), ("complaints.view",)),
    }
    serializer_class = FeedbackSerializer
    queryset = Case.objects.none()
    filterset_class = CaseFilter

    def get_queryset(self):
        return Case.objects.visible_to(self.request.user).of_customers()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="8 to 60 characters",
            )
        ],
        request=NewCaseSerializer,
        responses={201: ReceiptSerializer, 200: ReceiptSerializer},
    )
    def create(self, request):
        key = request.headers.get("Idempotency-Key", "").strip()
        if not 8 <= len(key) <= LONGEST_KEY:
            raise serializers.ValidationError({"Idempotency-Key": "send a header of 8 to 60 characters"})
        companies = reach_of(request.user, "complaints.handle").company_ids
        given = NewCaseSerializer(data=request.data, context={"companies": companies})
        given.is_valid(raise_exception=True)
        receipt = receive(
            key=f"api:{request.user.pk}:{key}", by=request.user, at=timezone.now(), **given.validated_data
        )
        if not receipt.is_new:
            refuse_other_words(receipt.case, given.validated_data)
        receipt.case.code = receipt.code
        code = status.HTTP_201_CREATED if receipt.is_new else status.HTTP_200_OK
        return Response(ReceiptSerializer(receipt.case).data, status=code)


def refuse_other_words(case, given):
    """A key sent again with something else is a mistake of that system: told the first code, it would lose a voice."""
    phone = "" if case.is_anonymous else given["contact"].tidied().phone
    is_same = (clean_text(given["text"]), phone) == (case.text, case.contact_phone)
    if not is_same and case.redacted_at is None:
        raise Refused(
            _("This Idempotency-Key came before with other words. Send a new key for each voice."), code="key"
        )


def register(router):
    """Viewsets of this room. `cases` are the cases of rules (incentives); this is what customers said."""
    router.register("feedback", CaseViewSet, basename="feedback")
