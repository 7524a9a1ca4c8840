"""A new code for a poster, and the search in their list."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import PickField, line, people_offered, select
from complaints.services.codes import LONGEST_LABEL
from organization.models import Employee, Site


class CodeForm(forms.Form):
    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), required=False, widget=select()
    )
    employee = PickField(
        label=_("Person"),
        required=False,
        help_text=_("Only if the form shall be about one person. Start typing the name."),
    )
    label = forms.CharField(
        label=_("Where it hangs"),
        required=False,
        max_length=LONGEST_LABEL,
        help_text=_("For your own list, such as “hall, next to the counter”."),
        widget=line(),
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(company=company)
        self.fields["site"].empty_label = gettext("No project")
        working = Employee.objects.filter(company=company, left_on=None)
        self.fields["employee"].offer(people_offered(working))
