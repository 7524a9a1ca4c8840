"""Shapes of input."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from organization.models import Site

STAGES = (("owner", _("Owners")), ("prospect", _("Prospects")), ("no_survey", _("Not to be surveyed")))


class CustomerFilter(django_filters.FilterSet):
    """?q=…&stage=…&site=…; telephone numbers are not searched."""

    q = django_filters.CharFilter(method="search", label=_("Number or name"))
    stage = django_filters.ChoiceFilter(
        method="in_stage", choices=STAGES, label=_("Stage"), empty_label=_("All customers")
    )
    site = django_filters.ModelChoiceFilter(
        method="at_site", queryset=Site.objects.none(), label=_("Project"), empty_label=_("All projects")
    )

    class Meta:
        model = Customer
        fields = []

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["site"].queryset = Site.objects.filter(company=company)
        for field in self.form.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def search(self, queryset, name, value):
        return queryset.filter(Q(number__icontains=value) | Q(name__icontains=value))

    def in_stage(self, queryset, name, value):
        if value == "no_survey":
            return queryset.filter(may_be_surveyed=False)
        return queryset.filter(is_prospect=value == "prospect")

    def at_site(self, queryset, name, value):
        return queryset.filter(Q(purchases__site=value) | Q(encounters__site=value)).distinct()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the name and number?"),
        help_text=_("Kept with your name and the time."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
