"""Shapes of input for cases that belong together."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import (
    LONGEST_TEXT,
    WRITE_WHY,
    PickField,
    PickInput,
    people_offered,
    reason_field,
    select,
    text_area,
)
from complaints.forms.step import StepForm
from complaints.models import CaseLink

OFFERED = _("Those of the same customer are offered while you type.")


def number_line():
    """A line for a number that offers those that are likely."""
    return PickInput(attrs={"class": "form-control", "autocomplete": "off"})


class MergeForm(StepForm):
    name = "merge"
    into = forms.CharField(
        label=_("Number of the leading case"),
        help_text=OFFERED,
        max_length=30,
        widget=number_line(),
        error_messages={"required": _("Write the number of the case that goes on.")},
    )
    reason = reason_field(_("Why they are one matter"), WRITE_WHY)

    def prepare(self):
        self.fields["into"].widget.names = [one.number for one in self.desk.near_cases]

    def clean_into(self):
        return self.desk.other_case(self.cleaned_data["into"])


class UnmergeForm(StepForm):
    name = "unmerge"
    reason = reason_field(
        _("Why they are two matters"),
        WRITE_WHY,
        _("Its clock has run all along. Whom only this case names leaves the other one."),
    )


class SplitForm(StepForm):
    name = "split"
    text = forms.CharField(
        label=_("What the new case is about"),
        help_text=_("In the customer’s words, as far as they belong there."),
        max_length=LONGEST_TEXT,
        widget=text_area(4),
        error_messages={"required": _("Write what belongs into the new case.")},
    )
    employee = PickField(label=_("Colleague it is about"), required=False)

    def prepare(self):
        self.fields["employee"].offer(people_offered(self.desk.colleagues))

    def arguments(self):
        given = super().arguments()
        employee = given.pop("employee")
        return given | {"employees": [employee] if employee else []}


class FollowUpForm(SplitForm):
    name = "follow_up"
    text = forms.CharField(
        label=_("What is new"),
        help_text=_("In the customer’s words. The new case has a number and a clock of its own."),
        max_length=LONGEST_TEXT,
        widget=text_area(4),
        error_messages={"required": _("Write what is new.")},
    )


class LinkForm(StepForm):
    name = "link"
    KINDS = (CaseLink.Kind.RELATED, CaseLink.Kind.FOLLOW_UP, CaseLink.Kind.REPEAT)
    into = forms.CharField(
        label=_("Number of the other case"),
        help_text=OFFERED,
        max_length=30,
        widget=number_line(),
        error_messages={"required": _("Write the number of the other case.")},
    )
    kind = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=select(),
    )

    def prepare(self):
        self.fields["into"].widget.names = [one.number for one in self.desk.near_cases]

    def clean_into(self):
        return self.desk.other_case(self.cleaned_data["into"])

    def arguments(self):
        return {"second": self.cleaned_data["into"], "kind": self.cleaned_data["kind"]}


class LinkAnswerForm(StepForm):
    name = "link_answer"
    answer = forms.CharField(
        label=_("Number of the survey answer"),
        help_text=_("Like A-2610-0417. One incident is counted once."),
        max_length=30,
        widget=number_line(),
        error_messages={"required": _("Write the number of the answer.")},
    )

    def prepare(self):
        self.fields["answer"].widget.names = [one.number for one in self.desk.near_answers]

    def clean_answer(self):
        return self.desk.survey_answer(self.cleaned_data["answer"])
