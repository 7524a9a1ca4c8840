"""Shapes of input where colleagues enter what customers said."""

import re
import uuid

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import (
    FilesField,
    PickField,
    checkbox,
    line,
    named_offered,
    people_offered,
    select,
    text_area,
    tied_to_words,
)
from complaints.models import Channel, Kind, Praise, ToldBy
from complaints.services.intake import LONGEST_TEXT
from jobs.attachments import TYPES
from organization.models import Employee, Site

KINDS = [(kind.value, kind.label) for kind in (Kind.COMPLAINT, Kind.PRAISE, Kind.SUGGESTION)]
#: by which ways staff enter what reached them (CC-3.4); the others open cases by themselves
CHANNELS = [
    (channel.value, channel.label)
    for channel in (Channel.HOTLINE, Channel.ONLINE, Channel.BOX, Channel.VISIT)
]
SPOKEN = (Channel.HOTLINE, Channel.VISIT, Channel.EMPLOYEE)
KEY = re.compile(r"^[0-9a-f]{32}$")
ACCEPT = ",".join(TYPES)
WRITE_WHAT = _("Write what the customer said.")


class VoiceForm(forms.Form):
    """What both screens ask: the words, the kind, and a key so that sending twice is entering once."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("What the customer says"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(6, autofocus=True),
        error_messages={"required": WRITE_WHAT},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it is a complaint, praise or a suggestion.")},
    )
    files = FilesField(label=_("Photos or recordings (optional)"), accept=ACCEPT)

    def __init__(self, *args, company, **kwargs):
        kwargs["initial"] = {"key": uuid.uuid4().hex} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_key(self):
        """A key nobody can guess; without one, or with a strange one, this is a form of its own.

        Who goes back from the receipt and enters the next caller on the old page enters another case: the first
        one's code must not be read to somebody else.
        """
        key = self.cleaned_data["key"]
        return tied_to_words(key if KEY.match(key) else uuid.uuid4().hex, self)

    def clean(self):
        given = super().clean()
        if not (given.get("text") or "").strip() and not given.get("files"):
            self.add_error("text", WRITE_WHAT)
        return given

    def praise_form(self, channel):
        """Spoken to us, or written; a pennant is entered on the page for praise."""
        if self.cleaned_data["kind"] != Kind.PRAISE:
            return ""
        spoken = channel in SPOKEN and not self.cleaned_data["files"]
        return Praise.Form.ORAL if spoken else Praise.Form.WRITTEN


class NewCaseForm(VoiceForm):
    """Written while somebody speaks: words first, everything else may wait or be left out."""

    channel = forms.ChoiceField(
        label=_("How it reached us"), choices=CHANNELS, initial=Channel.HOTLINE, widget=forms.RadioSelect
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40, widget=line(inputmode="tel"))
    name = forms.CharField(label=_("Name"), required=False, max_length=60, widget=line())
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=line(inputmode="email"))
    told_by = forms.ChoiceField(
        label=_("How the customer hears of progress"), choices=ToldBy.choices, widget=select()
    )
    site = PickField(label=_("Project"), required=False)
    problem_type = PickField(label=_("Problem"), required=False)
    person = PickField(
        label=_("Who it is about"),
        help_text=_("A colleague from the list, or in the customer’s words: “the young man at the desk”."),
        required=False,
        is_open=True,
    )
    happened_on = forms.DateField(
        label=_("Happened on"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2026-11-04.")},
    )
    is_anonymous = forms.BooleanField(
        label=_("The customer wants to stay unknown: keep no name or number"),
        required=False,
        widget=checkbox(),
    )
    hides_name = forms.BooleanField(
        label=_("Hide name and number from the people it is about"), required=False, widget=checkbox()
    )
    #: order on the page; the rest stands behind "more"
    AT_ONCE = ("site", "problem_type", "person")

    def __init__(self, *args, rules, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].offer(named_offered(Site.objects.filter(company=self.company)))
        self.fields["problem_type"].offer([(str(entry), entry.code) for entry in rules.problem_types])
        present = Employee.objects.filter(company=self.company, left_on=None).order_by("number")
        self.fields["person"].offer(people_offered(present))

    def arguments(self):
        """What `receive` takes, but for the files and the key."""
        given = self.cleaned_data
        person = given["person"]
        is_known = isinstance(person, Employee)
        return {
            "kind": given["kind"],
            "channel": given["channel"],
            "text": given["text"],
            "site": given["site"],
            "problem_type": given["problem_type"] or "",
            "employees": [person] if is_known else [],
            "people_named": "" if is_known else person or "",
            "happened_on": given["happened_on"],
            "is_anonymous": given["is_anonymous"],
            "hides_name": given["hides_name"],
            "told_by": given["told_by"],
            "praise_form": self.praise_form(given["channel"]),
        }


class QuickForm(VoiceForm):
    """On a phone, between two customers (RE-4.2, AU-1)."""

    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), required=False, widget=select()
    )
    phone = forms.CharField(
        label=_("The customer’s telephone (optional)"),
        required=False,
        max_length=40,
        widget=line(inputmode="tel"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(company=self.company)
        self.fields["site"].empty_label = gettext("Not known")

    def arguments(self):
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "channel": Channel.EMPLOYEE,
            "text": given["text"],
            "site": given["site"],
            "praise_form": self.praise_form(Channel.EMPLOYEE),
        }
