"""Filters of a list whose tabs each show how many they hold."""

import django_filters
from django import forms


class TabbedFilter(django_filters.FilterSet):
    """`state` is the tab; `shown` names the fields that stand beside it. What is impossible is ignored."""

    shown = ()

    def dress(self):
        """The look and the id of every field, once all choices are set."""
        for name, field in self.form.fields.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {
                "class": "form-select" if is_choice else "form-control",
                "id": f"filter_{name}",
            }

    @property
    def given(self):
        """{field: value} of what was filled in and makes sense."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_narrowed(self):
        return bool(set(self.given) - {"state"})

    @property
    def details(self):
        return [self.form[name] for name in self.shown]

    def narrowed(self, *, but=()):
        """The rows that fit everything given, the fields `but` left out: a tab counts without itself."""
        found = self.queryset
        for name, value in self.given.items():
            if name not in but:
                found = self.filters[name].filter(found, value)
        return found
