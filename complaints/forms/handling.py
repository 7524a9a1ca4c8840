"""Shapes of input from triage to the answer."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import LONGEST_TEXT, WRITE_WHY, FilesField, reason_field, select, text_area
from complaints.forms.step import StepForm
from complaints.models import Entry, Kind, State
from jobs.attachments import TYPES
from organization.models import Department, Employee, Site

ACCEPT = ",".join(TYPES)


def _paced(entry):
    """A class with how fast it goes."""
    said = gettext("%(name)s: answer in %(days)s working days") % {"name": entry, "days": entry.answer_days}
    return entry.code, said


class ClassifyForm(StepForm):
    """Only complaints need a problem and a severity; department and class follow the problem where left open."""

    name = "classify"
    problem_type = forms.ChoiceField(
        label=_("Problem"), widget=select(), error_messages={"required": _("Choose what it is about.")}
    )
    severity = forms.ChoiceField(
        label=_("Severity"), widget=select(), error_messages={"required": _("Choose how severe it is.")}
    )
    class_code = forms.ChoiceField(label=_("Class"), required=False, widget=select())
    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), required=False, widget=select()
    )
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, widget=select()
    )
    handler = forms.ModelChoiceField(
        label=_("Handled by"),
        queryset=Employee.objects.none(),
        widget=select(),
        error_messages={"required": _("Choose who looks after it.")},
    )

    def prepare(self):
        rules, desk = self.desk.rules, self.desk
        self._choose("problem_type", rules.problem_types, gettext("Choose the problem"))
        self._choose("severity", rules.severities, gettext("Choose the severity"))
        self.fields["class_code"].choices = [
            ("", gettext("as the problem says")),
            *map(_paced, rules.classes),
        ]
        for name in ("problem_type", "severity"):
            self.fields[name].required = desk.case.kind == Kind.COMPLAINT
        lists = {
            "site": (desk.sites, gettext("Not known")),
            "department": (desk.departments, gettext("as the problem says")),
            "handler": (desk.handlers, gettext("Choose a colleague")),
        }
        for name, (queryset, empty) in lists.items():
            self.fields[name].queryset, self.fields[name].empty_label = queryset, empty
        self.initial |= self._present()

    def _present(self):
        case = self.desk.case
        return {
            "problem_type": case.problem_type,
            "severity": case.severity,
            "class_code": "" if case.state == State.RECEIVED else case.class_code,
            "site": case.site_id,
            "department": case.department_id,
            "handler": case.handler_id or self.desk.own_employee_id,
        }


class AcceptForm(ClassifyForm):
    name = "accept"
    message = forms.CharField(
        label=_("First answer to the customer"),
        help_text=_("Optional. The customer reads it with the news that the case is accepted."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(),
    )


class DeclineForm(StepForm):
    name = "decline"
    reason = reason_field(_("Reason for declining"), WRITE_WHY, _("The customer reads it."))


class AssignForm(StepForm):
    name = "assign"
    handler = forms.ModelChoiceField(
        label=_("New handler"),
        queryset=Employee.objects.none(),
        widget=select(),
        error_messages={"required": _("Choose who looks after it.")},
    )

    def prepare(self):
        self.fields["handler"].queryset = self.desk.handlers
        self.fields["handler"].empty_label = gettext("Choose a colleague")


class InvestigateForm(StepForm):
    name = "investigate"
    investigator = forms.ModelChoiceField(
        label=_("Investigator"),
        help_text=_("Neither somebody named nor their direct superior."),
        queryset=Employee.objects.none(),
        widget=select(),
        error_messages={"required": _("Choose who investigates.")},
    )

    def prepare(self):
        self.fields["investigator"].queryset = self.desk.investigators
        self.fields["investigator"].empty_label = gettext("Choose a colleague")
        self.initial["investigator"] = self.desk.case.investigator_id


class AskForm(StepForm):
    name = "ask"
    question = forms.CharField(
        label=_("Question to the customer"),
        help_text=_("The clock stands still until the reply, for a limited number of days."),
        max_length=LONGEST_TEXT,
        widget=text_area(4),
        error_messages={"required": _("Write what you need to know.")},
    )


class ExtendForm(StepForm):
    name = "extend"
    reason = reason_field(_("Why it takes longer"), WRITE_WHY, _("The customer is told, with the new date."))


class EntryForm(StepForm):
    """A note, an interview, evidence, or progress that the customer may read."""

    name = "entry"
    KINDS = (Entry.Kind.NOTE, Entry.Kind.INTERVIEW, Entry.Kind.EVIDENCE, Entry.Kind.PROGRESS)
    kind = forms.ChoiceField(
        label=_("What you write down"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        help_text=_("Only progress reaches the customer."),
        widget=select(),
    )
    about = forms.ChoiceField(
        label=_("Concerns"), help_text=_("Somebody named, or all of it."), required=False, widget=select()
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=text_area(4),
        error_messages={"required": _("Write a few words; a file alone does not explain itself.")},
    )
    files = FilesField(label=_("Photos, recordings, documents"), accept=ACCEPT)

    def prepare(self):
        people = [(str(one.pk), one.name) for one in self.desk.people]
        self.fields["about"].choices = [("", gettext("the whole case")), *people]
        if not people:
            del self.fields["about"]

    def arguments(self):
        given = super().arguments()
        chosen = given.pop("about", "")
        about = next((one.allegation for one in self.desk.people if str(one.pk) == chosen), None)
        return given | {"about": about, "is_public": given["kind"] == Entry.Kind.PROGRESS}


class AnswerForm(StepForm):
    name = "answer"
    text = forms.CharField(
        label=_("Answer to the customer"),
        help_text=_("What we found and what we do. Nothing about what becomes of colleagues."),
        max_length=LONGEST_TEXT,
        widget=text_area(8),
        error_messages={"required": _("Write the answer; the customer reads it on the tracking page.")},
    )


class AskedForm(StepForm):
    """For those whom no message reaches: somebody asked them, or nobody can."""

    name = "asked"
    note = forms.CharField(
        label=_("How the customer was asked"),
        help_text=_("By telephone or in person, and what they said; or why nobody can be asked."),
        max_length=LONGEST_TEXT,
        widget=text_area(3),
        error_messages={"required": _("Write how the customer was asked, or why nobody can be.")},
    )


class TopicsForm(StepForm):
    name = "topics"
    codes = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)

    def prepare(self):
        self.fields["codes"].choices = [(topic.code, str(topic)) for topic in self.desk.lexicon]
        self.initial["codes"] = self.desk.topic_codes


class HoldForm(StepForm):
    name = "hold"
    reason = reason_field(
        _("Why it must be kept"), WRITE_WHY, _("Nothing of the case is removed until the hold is released.")
    )


class ReleaseForm(StepForm):
    name = "release"
    reason = reason_field(_("Why the hold ends"), WRITE_WHY, _("The usual times for removal hold again."))
