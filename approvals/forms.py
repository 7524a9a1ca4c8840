from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from approvals.models import Committee, Motion, Vote
from organization.models import Employee
from organization.scopes import today
from organization.selectors import employees_with_verb

LONGEST_REASON = 1000
HEAVIEST = 1000


def day_field(**options):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})
    return forms.DateField(widget=widget, **options)


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
    """One line of a batch: no choice leaves the line open. `shown`: fingerprint of what the line said."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    choice = forms.ChoiceField(choices=Vote.Choice.choices, widget=forms.RadioSelect, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class PasswordForm(forms.Form):
    """The password once more, for this submission only; tries are counted and limited as at sign-in."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Asked again, because a batch casts many votes in your name."),
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password; nothing was cast.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password; nothing was cast."))
        return self.cleaned_data["password"]


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
    starts_on = day_field(label=_("Term starts on"))
    ends_on = day_field(
        label=_("Term ends on"),
        help_text=_("Leave empty when the end is not fixed."),
        required=False,
    )
    is_chair = forms.BooleanField(
        label=_("Chairs the group"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    weight = forms.IntegerField(
        label=_("Weight of the vote"),
        min_value=1,
        max_value=HEAVIEST,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = Employee.objects.filter(company=committee.company_id, left_on=None)
        if not committee.is_weighted:
            del self.fields["weight"]
        self.fields["employee"].empty_label = gettext("Choose a colleague")


class EndMembershipForm(forms.Form):
    ends_on = day_field(label=_("Last day of the term"))


class DelegationForm(forms.Form):
    """`committees`: those in which the member sits."""

    committee = forms.ModelChoiceField(
        label=pgettext_lazy("committee", "Group"),
        queryset=Committee.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    delegate = forms.ModelChoiceField(
        label=_("Who votes for you"),
        help_text=_("Not in matters that concern them; there you vote yourself."),
        queryset=Employee.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"))

    def __init__(self, *args, company, committees, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = committees
        voters = employees_with_verb(company, "approvals.vote", today())
        self.fields["delegate"].queryset = voters.filter(left_on=None).exclude(pk=member.pk)
        self.fields["delegate"].empty_label = gettext("Choose a colleague")


class SpanForm(forms.Form):
    """From a day to a day, both may be empty."""

    since = day_field(label=_("Decided from"), required=False)
    until = day_field(label=_("Decided until"), required=False)


class MinutesForm(forms.Form):
    """`choosable`: closed motions that stand in no minutes yet."""

    motions = forms.ModelMultipleChoiceField(
        queryset=Motion.objects.none(),
        error_messages={"required": _("Choose at least one vote for the minutes.")},
    )
    remarks = forms.CharField(
        label=pgettext_lazy("minutes", "Remarks"),
        help_text=_("What else was said or agreed; may stay empty."),
        max_length=2000,
        required=False,
        widget=text_area(),
    )

    def __init__(self, *args, choosable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["motions"].queryset = choosable


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
