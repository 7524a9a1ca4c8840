from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import FilesField
from incentives.forms import LONGEST_REASON, text_area
from incentives.models import Notice
from jobs import attachments
from organization.models import Employee


class DutyForm(forms.Form):
    text = forms.CharField(
        label=_("Your text"),
        help_text=_("What happened, why, what you do about it and until when; or what was done."),
        widget=text_area(9),
        error_messages={"required": _("Write what you have to say, or what was done.")},
    )
    files = FilesField(
        label=_("Files (optional)"),
        accept=",".join(attachments.TYPES),
    )


class CheckForm(forms.Form):
    note = forms.CharField(
        label=_("Remark; needed when you send it back"),
        max_length=LONGEST_REASON,
        required=False,
        widget=text_area(),
    )


class ServiceForm(forms.Form):
    how = forms.ChoiceField(
        label=_("How it arrived"),
        choices=Notice.Service.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how the letter arrived.")},
    )
    served_on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(attrs={"class": "form-control inc-date", "type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), _("Enter the day on which it arrived.")),
    )
    note = forms.CharField(
        label=_("Proof"),
        help_text=_("Where the signed copy is kept, the number of the post, or the names of two witnesses."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    files = FilesField(
        label=_("Scan or photo of the signed receipt (optional)"),
        accept=",".join(attachments.TYPES),
    )


class HandOverForm(forms.Form):
    head = forms.ModelChoiceField(
        label=_("Who holds the talk"),
        queryset=Employee.objects.none(),
        empty_label=_("Choose a colleague"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose who holds the talk.")),
    )

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["head"].queryset = candidates
