"""Shapes of input about people: whom a case names, what was found, who spoke."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import (
    LONGEST_TEXT,
    PickField,
    line,
    people_offered,
    reason_field,
    select,
    text_area,
)
from complaints.forms.step import StepForm
from complaints.models import Cause, Verdict
from organization.models import Department


def statement_field(help_text, missing, rows=3):
    """What is said of somebody, in one sentence."""
    return forms.CharField(
        label=_("What is said of them"),
        help_text=help_text,
        max_length=500,
        widget=text_area(rows),
        error_messages={"required": missing},
    )


READ_BY_THEM = _("The person will read it. Write the fact, without who said it.")
ANSWERED_TO = _("Write what is said of them; the person answers to this sentence.")


class NamePersonForm(StepForm):
    name = "person"
    employee = PickField(
        label=_("Colleague"), help_text=_("Type a name or staff number and choose the line."), required=False
    )
    department = forms.ModelChoiceField(
        label=_("Or a department"), queryset=Department.objects.none(), required=False, widget=select()
    )
    statement = statement_field(READ_BY_THEM, ANSWERED_TO)

    def prepare(self):
        self.fields["employee"].offer(people_offered(self.desk.colleagues))
        self.fields["department"].queryset = self.desk.departments
        self.fields["department"].empty_label = gettext("Nobody known: choose a department")

    def clean(self):
        given = super().clean()
        if not self.errors and not (given.get("employee") or given.get("department")):
            self.add_error("employee", gettext("Choose a colleague or a department."))
        return given


class StatementForm(StepForm):
    """What is said of one person; `prefix` tells several on one page apart."""

    name = "statement"
    statement = statement_field(READ_BY_THEM, ANSWERED_TO, rows=2)


class TakeOutForm(StepForm):
    name = "take_out"
    reason = reason_field(
        _("Why they do not belong here"),
        _("Write why this person does not belong here."),
        _("Kept with your name. The person is not told."),
    )


class AttachCustomerForm(StepForm):
    name = "customer"
    customer = forms.CharField(
        label=_("Number of the customer file"),
        max_length=40,
        widget=line(autocomplete="off"),
        error_messages={"required": _("Write the number of the customer file.")},
    )

    def clean_customer(self):
        return self.desk.customer_file(self.cleaned_data["customer"])


class UnmaskForm(StepForm):
    name = "unmask"
    reason = reason_field(
        _("Why do you need the name and number?"),
        _("Write in a few words why you need the name and number."),
        _("Kept with your name and the time."),
    )


class SendBackForm(StepForm):
    name = "send_back"
    reason = reason_field(_("What is missing"), _("Write what is missing; the investigator works on it."))


class FindingForm(forms.Form):
    """The finding on one allegation; all of a case are proposed together."""

    JUDGED = ("substantiated", "partly")
    verdict = forms.ChoiceField(
        label=_("Finding"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a finding for this person.")},
    )
    reasons = forms.CharField(
        label=_("Facts and where they come from"),
        help_text=_("The person and reviewers will read it. No adjectives about the person."),
        max_length=LONGEST_TEXT,
        widget=text_area(5),
        error_messages={
            "required": _("Write the facts it rests on; a finding without them cannot be confirmed.")
        },
    )
    cause = forms.ChoiceField(label=_("Cause"), required=False, widget=select())
    severity = forms.ChoiceField(label=_("Severity"), required=False, widget=select())

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = Verdict.choices
        self.fields["cause"].choices = [("", gettext("Not stated")), *Cause.choices]
        severities = [(entry.code, str(entry)) for entry in desk.rules.severities]
        self.fields["severity"].choices = [("", gettext("Not stated")), *severities]

    def clean(self):
        given = super().clean()
        if given.get("verdict") in self.JUDGED:
            for name, sentence in (
                ("cause", gettext("Choose what caused it: rules for attitude and error differ.")),
                ("severity", gettext("Choose how severe it is.")),
            ):
                if not given.get(name):
                    self.add_error(name, sentence)
        return given


class ReplyForm(forms.Form):
    """What the person says to it (their side)."""

    text = forms.CharField(
        label=_("What you say to it"),
        help_text=_("What happened from your side, and who or what can show it."),
        max_length=LONGEST_TEXT,
        widget=text_area(7),
        error_messages={"required": _("Write what you say to it.")},
    )
