"""Which of two files leads, and whose values it keeps."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.merging import CHOICES

FIRST, SECOND = "first", "second"


class OtherForm(forms.Form):
    """The number of the file to compare with."""

    other = forms.CharField(label=_("Number of the other file"), max_length=40)


class MergeForm(forms.Form):
    """`first` and `second` are the files as shown, left and right; a choice for each field in which they differ."""

    keep = forms.ChoiceField(label=_("Which file leads from now on"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How do you know that this is one person?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )

    def __init__(self, *args, first, second, **kwargs):
        super().__init__(*args, **kwargs)
        self.files = {FIRST: first, SECOND: second}
        sides = [(FIRST, first.number), (SECOND, second.number)]
        self.fields["keep"].choices = sides
        self.fields["keep"].initial = FIRST
        for name in differing(first, second):
            fuller = FIRST if getattr(first, name) else SECOND
            self.fields[name] = forms.ChoiceField(choices=sides, initial=fuller, widget=forms.RadioSelect)

    @property
    def kept(self):
        return self.files[self.cleaned_data["keep"]]

    @property
    def dropped(self):
        return self.files[SECOND if self.cleaned_data["keep"] == FIRST else FIRST]

    @property
    def taken(self):
        """Fields whose value comes from the file that does not lead."""
        keep = self.cleaned_data["keep"]
        return [name for name in CHOICES if self.cleaned_data.get(name, keep) != keep]


def differing(first, second):
    return [name for name in CHOICES if getattr(first, name) != getattr(second, name)]
