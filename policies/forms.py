from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why is this version withdrawn?"), max_length=500)
