"""Shapes of input of the suggestion box."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import FilesField, PickField, people_offered, select, text_area
from core.filtering import TabbedFilter
from improvements.models import Opinion, Suggestion
from improvements.selectors.suggestion_counts import measures_of, subjects_of
from jobs.attachments import TYPES
from organization.models import Department, Employee
from organization.scopes import today
from scoring.rules import OVERALL

LONGEST = 2000
RATINGS = [(value, str(value)) for value in range(1, 6)]


def day_input():
    return forms.DateInput(attrs={"class": "form-control", "type": "date"})


def places_of(company):
    return Department.objects.filter(company=company, closed_on=None).order_by("name", "pk")


class SuggestionForm(forms.Form):
    """Problem, proposal, expected effect; the rest may stay empty. `for_others`: with the colleague it comes from."""

    author = PickField(
        label=_("Who suggests it"), help_text=_("Name or number; choose from the list."), required=False
    )
    problem = forms.CharField(
        label=_("What does not go well today"),
        help_text=_("Where, when, and what it means for customers."),
        max_length=LONGEST,
        widget=text_area(4),
        error_messages={"required": _("Write what does not go well.")},
    )
    proposal = forms.CharField(
        label=_("What you propose"),
        help_text=_("What should be done differently, by whom."),
        max_length=LONGEST,
        widget=text_area(4),
        error_messages={"required": _("Write what you propose.")},
    )
    expected = forms.CharField(
        label=_("What it should bring"),
        help_text=_("What customers would notice, and how one would see it."),
        max_length=LONGEST,
        widget=text_area(3),
        error_messages={"required": _("Write what it should bring.")},
    )
    about = forms.ModelChoiceField(
        label=_("Department it concerns (optional)"),
        queryset=Department.objects.none(),
        required=False,
        empty_label="—",
        widget=select(),
    )
    topic = forms.ChoiceField(label=_("What it is about (optional)"), required=False, widget=select())
    files = FilesField(label=_("Photos or files (optional)"), accept=",".join(TYPES))
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, company, box, for_others=False, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["about"].queryset = places_of(company)
        named = [(code, name) for code, name in measures_of(company, today()) if code != OVERALL]
        self.fields["topic"].choices = [("", "—"), *named]
        for name in ("problem", "proposal", "expected"):
            self.fields[name].widget.attrs["minlength"] = box.least_text
        self.fields["files"].help_text = gettext("At most %(most)s, 15 MB each.") % {"most": box.most_files}
        if for_others:
            colleagues = Employee.objects.filter(company=company, left_on=None).order_by("name", "number")
            self.fields["author"].offer(people_offered(colleagues))
            self.fields["author"].required = True
        else:
            del self.fields["author"]

    def arguments(self):
        """What submit_suggestion takes, the key left out."""
        names = ("problem", "proposal", "expected", "about", "topic", "files")
        return {name: self.cleaned_data[name] for name in names} | {"author": self.cleaned_data.get("author")}

    @property
    def words(self):
        return "\n".join(self.cleaned_data.get(name, "") for name in ("problem", "proposal"))


class SuggestionFilter(TabbedFilter):
    """?state=…&department=…&about=…&within=…; what is impossible is ignored."""

    state = django_filters.ChoiceFilter(choices=Suggestion.State.choices)
    within = django_filters.CharFilter(
        method="search", label=_("Number, name or words"), max_length=60, strip=True
    )
    department = django_filters.ModelChoiceFilter(
        label=_("Author's department"), queryset=Department.objects.none(), empty_label=_("All departments")
    )
    about = django_filters.ModelChoiceFilter(
        label=_("Department it concerns"),
        queryset=Department.objects.none(),
        empty_label=_("All departments"),
    )

    shown = ("within", "department", "about")

    class Meta:
        model = Suggestion
        fields = []

    def __init__(self, data=None, queryset=None, *, company):
        super().__init__(data, queryset)
        for name in ("department", "about"):
            self.filters[name].queryset = places_of(company)
        self.dress()

    def search(self, suggestions, name, value):
        match = Q(number__icontains=value) | Q(author__name__icontains=value)
        return suggestions.filter(match | Q(problem__icontains=value) | Q(proposal__icontains=value))


def rating(label, help_text):
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=RATINGS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class AssessForm(forms.Form):
    """One reason for whatever comes of it; what else is needed depends on the button."""

    benefit = rating(_("Benefit for customers"), _("1 hardly any, 5 large"))
    effort = rating(_("Effort"), _("1 hardly any, 5 large"))
    owner = PickField(label=_("Who carries it out"), help_text=_("Needed when you adopt it."), required=False)
    trial_until = forms.DateField(
        label=_("Last day of the trial"),
        help_text=_("Needed when it is tried out first."),
        required=False,
        widget=day_input(),
    )
    earlier = forms.CharField(
        label=_("Number of the earlier suggestion"),
        help_text=_("Needed when it was suggested before."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The author reads it word for word."),
        max_length=LONGEST,
        required=False,
        widget=text_area(4),
    )

    def __init__(self, data=None, *, company, **kwargs):
        super().__init__(data, **kwargs)
        colleagues = Employee.objects.filter(company=company, left_on=None).order_by("name", "number")
        self.fields["owner"].offer(people_offered(colleagues))
        self.company = company

    def clean_earlier(self):
        number = self.cleaned_data["earlier"].strip()
        return Suggestion.objects.filter(company=self.company, number=number).first() if number else None


class AskForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label="—",
        widget=select(),
        error_messages={"required": _("Choose the department to ask.")},
    )
    question = forms.CharField(
        label=_("Question (optional)"), max_length=500, required=False, widget=text_area(2)
    )

    def __init__(self, data=None, *, company, asked=()):
        super().__init__(data, prefix="ask")
        self.fields["department"].queryset = places_of(company).exclude(pk__in=asked)


class OpinionForm(forms.Form):
    stance = forms.ChoiceField(
        label=_("Your opinion"),
        choices=Opinion.Stance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    text = forms.CharField(
        label=_("Why, and what it would need"),
        help_text=_("Those who assess the suggestion read it; the author does not."),
        max_length=LONGEST,
        widget=text_area(3),
        error_messages={"required": _("Write why.")},
    )


class ImplementForm(forms.Form):
    """What is fixed before anything is counted."""

    day = forms.DateField(
        label=_("First day on which it holds"),
        widget=day_input(),
        error_messages={"required": _("Enter the first day on which it holds.")},
    )
    measure = forms.ChoiceField(label=pgettext_lazy("suggestion", "What is measured"), widget=select())
    subject = forms.ChoiceField(label=_("For whom"), widget=select())
    window_days = forms.IntegerField(
        label=_("Days counted before and after"),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Enter a whole number."), "invalid": _("Enter a whole number.")},
    )

    def __init__(self, data=None, *, suggestion, box):
        company = suggestion.company
        place = suggestion.about_id or suggestion.department_id
        initial = {
            "measure": suggestion.topic or OVERALL,
            "subject": f"department:{place}",
            "window_days": box.window_days,
        }
        super().__init__(data, initial=initial)
        self.fields["measure"].choices = measures_of(company, today())
        self.fields["subject"].choices = subjects_of(company)
        self.fields["window_days"].help_text = gettext("%(least)s to %(most)s.") % {
            "least": box.least_window_days,
            "most": box.most_window_days,
        }
        self.fields["day"].widget.attrs["max"] = today().isoformat()

    def arguments(self):
        kind, _colon, pk = self.cleaned_data["subject"].partition(":")
        names = ("day", "measure", "window_days")
        return {name: self.cleaned_data[name] for name in names} | {
            "subject_kind": kind,
            "subject_id": int(pk),
        }


class WidenForm(forms.Form):
    window_days = forms.IntegerField(
        label=_("Days counted before and after"),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Enter a whole number."), "invalid": _("Enter a whole number.")},
    )


class ReasonForm(forms.Form):
    """One text, for the steps that ask for nothing else; `field` is what the verb calls it."""

    def __init__(self, data=None, *, label, field="reason", help_text=""):
        super().__init__(data)
        self.fields[field] = forms.CharField(
            label=label, help_text=help_text, max_length=LONGEST, required=False, widget=text_area(3)
        )
