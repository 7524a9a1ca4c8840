from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import Vote
from organization.models import Employee

LONGEST_REASON = 1000


def beside_the_field(form, refusal):
    """Put the refusal where the person reads it; one that belongs to no field of the form goes on as a 409."""
    if refusal.field not in form.fields:
        raise refusal
    form.add_error(refusal.field, str(refusal.message))


def text_area(rows=3):
    return forms.Textarea(attrs={"class": "form-control", "rows": rows})


class VoteForm(forms.Form):
    """Three equal choices, none preselected; whoever stops a motion says why."""

    choice = forms.ChoiceField(
        choices=Vote.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three: approve, reject or return.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Needed when you reject or return. The person concerned and reviewers of an appeal will see it."
        ),
        max_length=LONGEST_REASON,
        required=False,
        widget=text_area(),
    )

    def clean(self):
        cleaned = super().clean()
        needs_reason = cleaned.get("choice") in (Vote.Choice.REJECT, Vote.Choice.RETURN)
        if needs_reason and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write your reason: a rejection or return is recorded with it."))
        return cleaned


class LineForm(VoteForm):
    """One line of a batch: no choice leaves the line open."""

    choice = forms.ChoiceField(choices=Vote.Choice.choices, widget=forms.RadioSelect, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class RecuseForm(forms.Form):
    note = forms.CharField(
        label=_("What connects you with this"),
        help_text=_("Goes into the record. One sentence is enough."),
        max_length=500,
        widget=text_area(),
        error_messages={"required": _("Write one sentence; the record needs the ground of a recusal.")},
    )


class MembershipForm(forms.Form):
    employee = forms.ModelChoiceField(
        label=_("Employee"),
        queryset=Employee.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    starts_on = forms.DateField(
        label=_("Term starts on"), widget=forms.DateInput(attrs={"class": "form-control", "type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Term ends on"),
        help_text=_("Leave empty when the end is not fixed."),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )
    is_chair = forms.BooleanField(
        label=_("Chairs the group"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = Employee.objects.filter(company=company, left_on=None)
        self.fields["employee"].empty_label = gettext("Choose a colleague")


class EndMembershipForm(forms.Form):
    ends_on = forms.DateField(
        label=_("Last day of the term"),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )


class StandInForm(forms.Form):
    """`members`: recused members whose seat is free."""

    instead_of = forms.ModelChoiceField(
        label=_("Seat of"),
        queryset=Employee.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    employee = forms.ModelChoiceField(
        label=_("Stand-in"),
        queryset=Employee.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args, company, members, **kwargs):
        super().__init__(*args, **kwargs)
        colleagues = Employee.objects.filter(company=company, left_on=None)
        self.fields["instead_of"].queryset = colleagues.filter(pk__in=[member.pk for member in members])
        self.fields["employee"].queryset = colleagues.exclude(user=None)
        for field in self.fields.values():
            field.empty_label = gettext("Choose a colleague")
