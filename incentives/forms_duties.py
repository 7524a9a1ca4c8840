from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import FilesField
from incentives.forms import LONGEST_REASON, text_area
from jobs import attachments


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
