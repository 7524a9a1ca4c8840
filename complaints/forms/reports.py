"""Shapes of input of internal reports: what is reported, and what its readers do with it."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import (
    LONGEST_TEXT,
    FilesField,
    PickField,
    people_offered,
    reason_field,
    select,
    text_area,
)
from complaints.forms.people import NamePersonForm, SendBackForm, statement_field
from complaints.forms.public import (
    ANONYMOUS,
    NAMED,
    KeyedForm,
    UploadsField,
    WordsField,
)
from complaints.forms.step import StepForm
from complaints.models import Entry
from complaints.services import intake
from jobs.attachments import TYPES
from organization.models import Employee

PEOPLE = 3
ACCEPT = ",".join(TYPES)
WHO = [(NAMED, _("With my name")), (ANONYMOUS, _("Anonymously"))]
#: not the model's words: whoever reports is no customer here
ENTRIES = (
    (Entry.Kind.NOTE, _("internal note")),
    (Entry.Kind.INTERVIEW, _("interview")),
    (Entry.Kind.EVIDENCE, _("evidence")),
    (Entry.Kind.PROGRESS, _("progress, told to whoever reported it")),
)


class ReportForm(KeyedForm):
    """Named or anonymous for a colleague who is signed in; everybody else is anonymous without being asked."""

    text = WordsField(
        label=_("What should be looked into"),
        help_text=_("What, when, where, who else knows. Facts, as exactly as you can."),
        max_length=intake.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    people_named = WordsField(
        label=_("Who is concerned"),
        help_text=_("Full names. Whoever you name here never sees the report."),
        max_length=120,
        required=False,
    )
    who = forms.ChoiceField(
        label=_("How do you want to send it?"),
        choices=WHO,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the readers may know who you are."),
            "invalid_choice": _("Choose whether the readers may know who you are."),
        },
    )

    def __init__(self, data=None, files=None, *, most_files, colleagues=None):
        super().__init__(data, files)
        self.fields["files"] = UploadsField(label=_("Photos, recordings or papers"), most=most_files)
        self.is_known = colleagues is not None
        if not self.is_known:
            del self.fields["who"]
            return
        offers = people_offered(colleagues)
        for place in range(PEOPLE):
            field = PickField(label=gettext("Colleague %(number)s") % {"number": place + 1}, required=False)
            field.widget.attrs.pop("class")
            field.offer(offers)
            self.fields[f"person_{place}"] = field

    @property
    def people_fields(self):
        return [self[f"person_{place}"] for place in range(PEOPLE)] if self.is_known else []

    def clean(self):
        data = super().clean()
        if not {"text", "files"} & set(self.errors) and not data.get("text") and not data.get("files"):
            self.add_error("text", gettext("Write what should be looked into, or add a file."))
        return data

    @property
    def is_anonymous(self):
        return self.cleaned_data.get("who", ANONYMOUS) == ANONYMOUS

    @property
    def employees(self):
        chosen = [self.cleaned_data.get(f"person_{place}") for place in range(PEOPLE)]
        return [one for one in chosen if one]


def investigator_field():
    return forms.ModelChoiceField(
        label=_("Investigator"),
        help_text=_("A reader who is neither named nor directly above somebody named."),
        queryset=Employee.objects.none(),
        widget=select(),
        error_messages={"required": _("Choose who investigates.")},
    )


class InvestigateForm(StepForm):
    name = "investigate"
    investigator = investigator_field()

    def prepare(self):
        field = self.fields["investigator"]
        field.queryset, field.empty_label = self.desk.investigators, gettext("Choose a reader")
        self.initial["investigator"] = self.desk.case.investigator_id


class TakeUpForm(InvestigateForm):
    name = "take_up"
    problem_type = forms.ChoiceField(
        label=_("What it is about"),
        widget=select(),
        error_messages={"required": _("Choose what it is about.")},
    )
    severity = forms.ChoiceField(
        label=_("Severity"), widget=select(), error_messages={"required": _("Choose how severe it is.")}
    )
    field_order = ["problem_type", "severity", "investigator"]

    def prepare(self):
        super().prepare()
        lists = {"problem_type": self.desk.rules.problem_types, "severity": self.desk.rules.severities}
        for name, entries in lists.items():
            self.fields[name].choices = [
                ("", gettext("Choose one")), *((entry.code, str(entry)) for entry in entries)
            ]  # fmt: skip


class DeclineForm(StepForm):
    name = "decline"
    reason = reason_field(
        _("Why it is not taken up"),
        _("Write why; whoever reported it reads it."),
        _("Whoever reported it reads this."),
    )


class AskForm(StepForm):
    name = "ask"
    question = forms.CharField(
        label=_("Question"),
        help_text=_(
            "Whoever reported it reads it with number and code, and may answer. The clock stands still."
        ),
        max_length=LONGEST_TEXT,
        widget=text_area(4),
        error_messages={"required": _("Write what you need to know.")},
    )


class EntryForm(StepForm):
    name = "entry"
    kind = forms.ChoiceField(label=_("What you write down"), choices=ENTRIES, widget=select())
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=text_area(5),
        error_messages={"required": _("Write a few words.")},
    )
    files = FilesField(label=_("Photos, recordings, documents"), accept=ACCEPT)

    def arguments(self):
        given = super().arguments()
        return given | {"is_public": given["kind"] == Entry.Kind.PROGRESS}


class PersonForm(NamePersonForm):
    """Of a report the person named is not told."""

    statement = statement_field(
        _("One sentence, without who said it. The person is not told."), _("Write what is said of them.")
    )


class AnswerForm(StepForm):
    name = "answer"
    text = forms.CharField(
        label=_("Answer"),
        help_text=_("What was looked into and what changes. Nothing of what becomes of colleagues."),
        max_length=LONGEST_TEXT,
        widget=text_area(6),
        error_messages={"required": _("Write the answer; it is read with number and code.")},
    )


class NoForm(StepForm):
    """A step that is only a button."""


FORMS = {
    form.name: form
    for form in (
        InvestigateForm, TakeUpForm, DeclineForm, AskForm, EntryForm, PersonForm, SendBackForm, AnswerForm
    )
}  # fmt: skip
