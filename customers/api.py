"""Customer files, read-only and masked: who must see a name or number opens the file and gives a reason."""

import django_filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from core.access import Requires
from customers.models import Customer
from customers.policy import rules_of
from customers.rules import mask_email, mask_name, mask_phone
from customers.selectors.families import with_merged
from customers.selectors.stages import homes_of, stages_of
from organization.scopes import today


class CustomerList(serializers.ListSerializer):
    """Stages of all customers of a page at once."""

    def to_representation(self, data):
        rows = list(data.all()) if hasattr(data, "all") else list(data)
        self.child.context["stages"] = stages_by_id(rows)
        return super().to_representation(rows)


def stages_by_id(files):
    found, companies, day = {}, {}, today()
    for file in files:
        companies.setdefault(file.company, {})[file.pk] = file.is_prospect
    for company, flags in companies.items():
        stages = rules_of(company, day).stages
        found |= stages_of(stages, flags, homes_of(with_merged(flags)), day)
    return found


class CustomerSerializer(serializers.ModelSerializer):
    name = serializers.SerializerMethodField(help_text="masked")
    phone = serializers.SerializerMethodField(help_text="masked")
    email = serializers.SerializerMethodField(help_text="masked")
    stage = serializers.SerializerMethodField(help_text="code of the policy's stage today, or null")

    class Meta:
        model = Customer
        list_serializer_class = CustomerList
        fields = [
            "id", "company", "number", "name", "phone", "email", "language", "is_prospect", "stage",
            "may_be_surveyed", "created_at",
        ]  # fmt: skip

    def get_name(self, customer) -> str:
        return mask_name(customer.name)

    def get_phone(self, customer) -> str:
        return mask_phone(customer.phone)

    def get_email(self, customer) -> str:
        return mask_email(customer.email)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_stage(self, customer):
        stages = self.context.get("stages")
        held = (stages if stages is not None else stages_by_id([customer])).get(customer.pk)
        return held.code if held else None


class CustomerFilter(django_filters.FilterSet):
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")

    class Meta:
        model = Customer
        fields = ["company", "number", "is_prospect", "may_be_surveyed"]


class CustomerViewSet(viewsets.ReadOnlyModelViewSet):
    """One file per person: files joined to another or erased are not listed."""

    permission_classes = [Requires]
    required_verbs = ("customers.view",)
    serializer_class = CustomerSerializer
    queryset = Customer.objects.none()
    filterset_class = CustomerFilter

    def get_queryset(self):
        files = Customer.objects.visible_to(self.request.user).live()
        return files.select_related("company").order_by("company_id", "number")


def register(router):
    """Viewsets of this room."""
    router.register("customers", CustomerViewSet, basename="customer")
