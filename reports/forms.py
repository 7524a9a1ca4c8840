"""What the report's writer may change: own words, and which comments stand in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.services import LONGEST_SUMMARY


class ReportForm(forms.Form):
    summary = forms.CharField(
        label=_("Customer service's own words"),
        required=False,
        max_length=LONGEST_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "aria-describedby": "summary-hint"}),
    )
    comments = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["comments"].choices = choices

    def chosen(self):
        """The ticked comments as the service takes them; a choice is written 'measure:kind:answer id'."""
        parts = [value.split(":") for value in self.cleaned_data["comments"]]
        return [{"measure": measure, "kind": kind, "answer": int(answer)} for measure, kind, answer in parts]


class MonthQuery(forms.Form):
    """?month=2026-10&page=2&more=3 of the pages; anything impossible is simply left out."""

    page = forms.IntegerField(required=False, min_value=1)
    more = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    department = forms.IntegerField(required=False, min_value=1)
