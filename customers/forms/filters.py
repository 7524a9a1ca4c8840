"""The list's filter, in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Encounter, Purchase
from customers.selectors.consents import askable
from customers.selectors.families import root
from customers.selectors.search import matching
from customers.selectors.stages import in_stage
from organization.models import Site

NO_SURVEY = "no_survey"
#: what a company is offered whose policy names no stages
PLAIN = (("owner", _("Owners")), ("prospect", _("Prospects")))


class CustomerFilter(django_filters.FilterSet):
    """?q=…&stage=…&site=…; of telephone numbers the last digits are searched."""

    q = django_filters.CharFilter(method="search", label=_("Number, name or end of telephone"))
    stage = django_filters.ChoiceFilter(
        method="of_stage", choices=(), label=_("Stage"), empty_label=_("All customers")
    )
    site = django_filters.ModelChoiceFilter(
        method="at_site", queryset=Site.objects.none(), label=_("Project"), empty_label=_("All projects")
    )

    class Meta:
        model = Customer
        fields = []

    def __init__(self, *args, company, stages, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.company, self.stages, self.day = company, stages, day
        named = [(stage.code, str(stage)) for stage in stages] or PLAIN
        self.filters["stage"].extra["choices"] = [*named, (NO_SURVEY, _("Not to be surveyed"))]
        self.filters["site"].queryset = Site.objects.filter(company=company)
        for field in self.form.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def search(self, queryset, name, value):
        return matching(queryset, value.strip())

    def of_stage(self, queryset, name, value):
        if value == NO_SURVEY:
            return queryset.exclude(pk__in=askable(self.company).values("pk"))
        stage = next((stage for stage in self.stages if stage.code == value), None)
        if stage is None:
            return queryset.filter(is_prospect=value == "prospect")
        return in_stage(queryset, self.company, stage, self.day, self.stages)

    def at_site(self, queryset, name, value):
        here = {"company": self.company, "site": value}
        bought, served = Purchase.objects.filter(**here), Encounter.objects.filter(**here)
        return queryset.filter(
            Q(pk__in=bought.order_by().values_list(root("customer")))
            | Q(pk__in=served.order_by().values_list(root("customer")))
        )
