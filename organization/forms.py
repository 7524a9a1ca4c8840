"""Shapes of input."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Employee, Post


class StaffFilter(django_filters.FilterSet):
    """?q=…&department=…&post=…; the choices are the company's."""

    q = django_filters.CharFilter(method="search", label=_("Name or number"))
    department = django_filters.ModelChoiceFilter(
        method="at_present",
        queryset=Department.objects.none(),
        label=_("Department"),
        empty_label=_("All departments"),
    )
    post = django_filters.ModelChoiceFilter(
        method="at_present", queryset=Post.objects.none(), label=_("Post"), empty_label=_("All posts")
    )

    class Meta:
        model = Employee
        fields = []

    def __init__(self, *args, company, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day
        self.filters["department"].queryset = Department.objects.filter(company=company, closed_on=None)
        self.filters["post"].queryset = Post.objects.filter(company=company)
        for field in self.form.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(number__icontains=value))

    def at_present(self, queryset, name, value):
        open_ended = Q(assignments__ends_on=None) | Q(assignments__ends_on__gte=self.day)
        return queryset.filter(
            open_ended, **{f"assignments__{name}": value, "assignments__starts_on__lte": self.day}
        )
