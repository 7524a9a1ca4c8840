"""Shapes of input of facts reported by hand: the list's filter, the report, the refusal."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import FilesField, PickField, line, people_offered, select, text_area
from core.filtering import TabbedFilter
from incentives.models import HandReport
from incentives.services.hand import MOST_FILES, MOST_TEXT, VERB, items_of
from jobs.attachments import TYPES
from organization.models import Department, Employee
from organization.scopes import reach_of, today

DAY = _("Enter the day on which it happened.")


class HandReportFilter(TabbedFilter):
    """?state=…&kind=…&within=…; what is impossible is ignored."""

    state = django_filters.ChoiceFilter(choices=HandReport.State.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind of fact"), empty_label=_("All kinds"))
    within = django_filters.CharFilter(method="search", label=_("Number or name"), max_length=60, strip=True)

    shown = ("within", "kind")

    class Meta:
        model = HandReport
        fields = []

    def __init__(self, data=None, queryset=None, *, kinds):
        super().__init__(data, queryset)
        self.filters["kind"].extra["choices"] = sorted(kinds.items())
        self.dress()

    def search(self, reports, name, value):
        return reports.filter(Q(number__icontains=value) | Q(employee__name__icontains=value))


class HandReportForm(forms.Form):
    """What happened, whom it is about and what shows it; only the fields that this kind of fact asks for."""

    employee = PickField(
        label=_("Who it is about"),
        help_text=_("Name or number; choose from the list."),
        required=False,
    )
    department = forms.ModelChoiceField(
        label=_("Which department it is about"),
        help_text=_("Its head on that day answers for it."),
        queryset=Department.objects.none(),
        required=False,
        empty_label="—",
        widget=select(),
    )
    happened_on = forms.DateField(
        label=_("Day it happened"),
        widget=forms.DateInput(attrs={"class": "form-control inc-date", "type": "date"}),
        error_messages={"required": DAY, "invalid": DAY},
    )
    text = forms.CharField(
        label=_("What happened, and how it is known"),
        help_text=_("Facts only. The person it is about reads it before anything is decided."),
        max_length=MOST_TEXT,
        widget=text_area(6),
        error_messages={"required": _("Write what happened and how it is known.")},
    )
    answer = forms.CharField(
        label=_("Number of the survey answer, if there is one"),
        help_text=_("A low score and a complaint about the same incident are then punished once."),
        max_length=30,
        required=False,
        widget=line(),
    )
    files = FilesField(label=_("What shows it"), accept=",".join(TYPES))

    def __init__(self, data=None, files=None, *, kind, user, company):
        super().__init__(data, files)
        self.kind = kind
        reach = reach_of(user, VERB)
        places = Department.objects.filter(company=company, closed_on=None)
        if company.pk not in reach.company_ids:
            places = places.filter(pk__in=reach.department_ids)
        if kind.within is not None:
            places = places.filter(pk__in=kind.within)
        if kind.touches_head:
            del self.fields["employee"]
            self.fields["department"].queryset = places
        else:
            del self.fields["department"]
            self.fields["employee"].offer(people_offered(self._people(company, places, user)))
        if kind.per_item:
            self._ask_for_item(company)
        if kind.needs_effect:
            self._ask_for_effect()
        self.fields["happened_on"].widget.attrs["max"] = today().isoformat()
        most = gettext("Photos, scans, PDF or recordings; at least one, at most %(most)s.")
        self.fields["files"].help_text = most % {"most": MOST_FILES}

    def _people(self, company, places, user):
        found = Employee.objects.filter(company=company, left_on=None, assignments__department__in=places)
        return found.exclude(user=user).distinct().order_by("name", "number")

    def _ask_for_item(self, company):
        """Each item of one form counts on its own, so the report says which."""
        rated = [(code, words_of(question)) for code, question in items_of(company).items()]
        if not rated:
            return
        self.fields["item"] = forms.ChoiceField(
            label=_("Which item of the form"),
            choices=[("", "—"), *rated],
            widget=select(),
            error_messages={"required": _("Choose which item of the form it is about.")},
        )
        self.fields["answer"].label = _("Number of the form, if there is one")
        self.fields["answer"].help_text = _("Each item of a form is reported once.")

    def _ask_for_effect(self):
        labels = {
            "before_k": _("Satisfied before"),
            "before_n": _("Asked before"),
            "after_k": _("Satisfied afterwards"),
            "after_n": _("Asked afterwards"),
        }
        for name, label in labels.items():
            field = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=10**7,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
                error_messages={
                    "required": _("Enter a whole number."),
                    "invalid": _("Enter a whole number."),
                },
            )
            self.fields[name] = field
        names = [name for name in self.fields if name not in ("answer", "files")]
        self.order_fields([*names, "answer", "files"])

    def clean(self):
        """Whoever reports learns at once of everything that is missing."""
        data = super().clean()
        who = "department" if self.kind.touches_head else "employee"
        missing = {
            who: _("Choose the department it is about.")
            if self.kind.touches_head
            else _("Choose the colleague it is about."),
            "files": _("Add what shows it: a photo, a scan or a document."),
        }
        for name, sentence in missing.items():
            if name not in self.errors and not data.get(name):
                self.add_error(name, sentence)
        return data

    @property
    def who(self):
        return self["department"] if self.kind.touches_head else self["employee"]

    @property
    def item(self):
        return self["item"] if "item" in self.fields else None

    @property
    def pairs(self):
        if not self.kind.needs_effect:
            return []
        return [
            (self["before_k"], self["before_n"]),
            (self["after_k"], self["after_n"]),
        ]

    def arguments(self):
        """What services.report_fact takes."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("happened_on", "text", "answer", "files")}
        found |= {name: given.get(name) for name in ("employee", "department")}
        found["item"] = given.get("item", "")
        if self.kind.needs_effect:
            found["figures"] = {
                when: {"k": given[f"{when}_k"], "n": given[f"{when}_n"]} for when in ("before", "after")
            }
        return found


def words_of(question):
    return (question.text_en if get_language() == "en" else "") or question.text


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it cannot be verified"),
        help_text=_("Who reported the fact reads this."),
        max_length=1000,
        widget=text_area(3),
        error_messages={"required": _("Write why; who reported the fact reads it.")},
    )
