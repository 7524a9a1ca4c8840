"""A file's own facts, seeing them, exporting them, erasing them."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.wording import ERASURE_REASONS

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"})
KINDS = ((True, _("prospect")), (False, _("owner")))


def styled(form):
    """Bootstrap's classes, and the way from a control to its error."""
    for name, field in form.fields.items():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
            widget.attrs.setdefault("class", "form-check-input")
        else:
            widget.attrs.setdefault(
                "class", "form-select" if isinstance(widget, forms.Select) else "form-control"
            )
        if form.is_bound and name in form.errors:
            widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{form[name].id_for_label}-error"}
    return form


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the name and number?"),
        help_text=_("Kept with your name and the time."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )


class NewCustomerForm(forms.Form):
    """A file by hand. Where the number is on file, `is_confirmed` says it is somebody else's too."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As they wish to be called."))
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    number = forms.CharField(
        label=_("Customer number"),
        max_length=40,
        required=False,
        help_text=_("Leave empty to get the next free one."),
    )
    is_prospect = forms.TypedChoiceField(
        label=_("Has this customer bought?"),
        choices=((True, _("Not yet: a prospect")), (False, _("Yes: an owner"))),
        coerce=lambda value: value in (True, "True"),
        initial=True,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    birthday = forms.DateField(label=_("Birthday"), required=False, widget=DAY)
    is_confirmed = forms.BooleanField(
        label=_("This is somebody else: open a new file"), required=False, widget=forms.HiddenInput
    )

    def ask_to_confirm(self):
        """Show the box that was hidden until a file with this number was found."""
        self.fields["is_confirmed"].widget = forms.CheckboxInput(attrs={"class": "form-check-input"})


class FactsForm(forms.Form):
    """Basic data. What is personal is not shown in its field: an empty one leaves what is on file."""

    COVERED = ("name", "phone", "email", "birthday")

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    no_phone = forms.BooleanField(label=_("Remove the number"), required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    no_email = forms.BooleanField(label=_("Remove the address"), required=False)
    birthday = forms.DateField(label=_("Birthday"), required=False, widget=DAY)
    no_birthday = forms.BooleanField(label=_("Remove the birthday"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    is_prospect = forms.TypedChoiceField(
        label=_("Has this customer bought?"),
        choices=((True, _("Not yet: a prospect")), (False, _("Yes: an owner"))),
        coerce=lambda value: value in (True, "True"),
    )

    def clean(self):
        given = super().clean()
        for name in ("phone", "email", "birthday"):
            if given.get(name) and given.get(f"no_{name}"):
                self.add_error(name, _("Either write a new one, or remove the old one."))
        return given

    def changes(self):
        """Keyword arguments of change_customer."""
        given = self.cleaned_data
        found = {"language": given["language"], "is_prospect": given["is_prospect"]}
        for name in self.COVERED:
            if given[name]:
                found[name] = given[name]
            elif given.get(f"no_{name}"):
                found[name] = None if name == "birthday" else ""
        return found


class ExportForm(forms.Form):
    """Masked, or with names and numbers and a reason."""

    MASKED, OPEN = "masked", "open"
    cover = forms.ChoiceField(
        label=_("What the table shows"),
        choices=((MASKED, _("names and numbers masked")), (OPEN, _("names and numbers as they are"))),
        initial=MASKED,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why must names and numbers leave the system?"),
        help_text=_(
            "Needed for names and numbers as they are. Kept with your name, on every file in the table."
        ),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, may_unmask, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_unmask:  # who may not see one name may not take all of them
            cover = self.fields["cover"]
            cover.choices = [choice for choice in cover.choices if choice[0] == self.MASKED]
            del self.fields["reason"]

    @property
    def is_unmasked(self):
        return self.cleaned_data["cover"] == self.OPEN


class ErasureForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is this person erased?"),
        choices=tuple(ERASURE_REASONS.items()),
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label=_("Write the customer's number to confirm"), max_length=40, widget=forms.TextInput
    )

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer = customer

    def clean_number(self):
        if self.cleaned_data["number"].strip() != self.customer.number:
            raise forms.ValidationError(_("This is another number. Compare it with the file you are in."))
        return self.customer.number
