"""Shapes of input of inspections: the list's filter, plans, items, answers, measures."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.fields import FilesField, PickField, people_offered, text_area
from improvements.models import Inspection, InspectionFinding, InspectionItem
from improvements.selectors.inspections import day_of, inspectors_for
from improvements.services.inspections import MOST_REASON, MOST_TEXT
from jobs.attachments import TYPES
from organization.models import Department, Employee

WHEN = _("Enter the day.")
ACCEPT = ",".join(TYPES)


def day_field(**options):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control insp-date", "type": "date"})
    errors = dict.fromkeys(("required", "invalid"), WHEN)
    return forms.DateField(widget=widget, error_messages=errors, **options)


def people_field():
    return forms.ModelMultipleChoiceField(
        label=_("Who inspects"),
        help_text=_("Nobody of the department, and nobody who stands above it."),
        queryset=Employee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who inspects.")},
    )


STAGES = {
    "": (pgettext_lazy("inspections", "Open"), None),
    "late": (pgettext_lazy("inspections", "Overdue"), None),
    "closed": (pgettext_lazy("inspections", "Closed"), (Inspection.State.CLOSED,)),
    "cancelled": (pgettext_lazy("inspections", "Cancelled"), (Inspection.State.CANCELLED,)),
    "all": (pgettext_lazy("inspections", "All"), tuple(Inspection.State.values)),
}


def staged(found, stage, at):
    """The inspections of one tab; `late`: the answer, a measure or the planned day is overdue."""
    if stage == "":
        return found.open()
    if stage != "late":
        return found.filter(state__in=STAGES[stage][1])
    day = day_of(at)
    behind = InspectionFinding.objects.overdue(at).values("inspection_id")
    unanswered = Q(state=Inspection.State.SUBMITTED, answer_due_at__lte=at)
    return found.filter(unanswered | Q(state__in=Inspection.BEFORE, planned_on__lt=day) | Q(pk__in=behind))


class InspectionFilter(django_filters.FilterSet):
    """?stage=…&within=…&department=…&checklist=…; what is impossible is ignored."""

    within = django_filters.CharFilter(
        method="search", label=_("Number or department"), max_length=60, strip=True
    )
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.none(), label=_("Department"), empty_label=_("All departments")
    )
    checklist = django_filters.ChoiceFilter(
        field_name="checklist_code", label=_("Checklist"), empty_label=_("All checklists")
    )

    class Meta:
        model = Inspection
        fields = []

    def __init__(self, data=None, queryset=None, *, departments, checklists):
        super().__init__(data, queryset)
        self.filters["department"].queryset = departments
        self.filters["checklist"].extra["choices"] = checklists
        for name, field in self.form.fields.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {
                "class": "form-select" if is_choice else "form-control",
                "id": f"filter_{name}",
            }

    def search(self, found, name, value):
        return found.filter(
            Q(number__icontains=value)
            | Q(department__name__icontains=value)
            | Q(department__name_en__icontains=value)
        )

    @property
    def given(self):
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_narrowed(self):
        return bool(self.given)

    @property
    def details(self):
        return [self.form[name] for name in ("within", "department", "checklist")]

    def narrowed(self):
        found = self.queryset
        for name, value in self.given.items():
            found = self.filters[name].filter(found, value)
        return found


class PlanForm(forms.Form):
    """One inspection: what, where, who, when."""

    checklist = forms.ChoiceField(label=_("Checklist"), widget=forms.Select(attrs={"class": "form-select"}))
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label="—",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose the department.")},
    )
    planned_on = day_field(label=_("Planned day"))
    inspectors = people_field()

    def __init__(self, *args, company, day, checklists, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["checklist"].choices = [(one.code, str(one)) for one in checklists.values()]
        self.fields["department"].queryset = departments
        self.fields["inspectors"].queryset = inspectors_for(company, None, day)
        self.fields["planned_on"].widget.attrs["min"] = day.isoformat()


class PlanDueForm(forms.Form):
    """Several departments that are due, on one day."""

    departments = forms.MultipleChoiceField(
        label=_("Departments that are due"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one department that is due.")},
    )
    planned_on = day_field(label=_("Planned day"))
    inspectors = people_field()

    def __init__(self, *args, company, day, turns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = [
            (one.key, f"{one.department} · {one.checklist}") for one in turns
        ]
        self.fields["inspectors"].queryset = inspectors_for(company, None, day)
        self.fields["inspectors"].help_text = _("Each department gets those of them who do not belong to it.")
        self.fields["planned_on"].widget.attrs["min"] = day.isoformat()


class ItemForm(forms.Form):
    """One item as it is seen on the spot."""

    result = forms.ChoiceField(
        label=_("What you saw"),
        choices=InspectionItem.Result.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=pgettext_lazy("inspection item", "Note"),
        max_length=MOST_TEXT,
        required=False,
        widget=text_area(2),
    )
    files = FilesField(label=_("Photos or documents"), accept=ACCEPT)

    def __init__(self, *args, item, people=(), **kwargs):
        start = {"result": item.result, "note": item.note}
        super().__init__(*args, initial=start, prefix=f"i{item.pk}", **kwargs)
        self.item = item
        if item.fact:
            self.fields["employee"] = PickField(
                label=_("Whose fault it is, if one person’s"),
                help_text=_("Name or number. A second person confirms it; only then may a rule rest on it."),
                required=False,
            )
            self.fields["employee"].offer(people_offered(people))
            if item.employee_id:
                self.initial["employee"] = f"{item.employee.name} · {item.employee.number}"

    @property
    def who(self):
        return self["employee"] if "employee" in self.fields else None

    @property
    def all_errors(self):
        return [error for errors in self.errors.values() for error in errors] if self.is_bound else []

    def arguments(self):
        """What services.mark_item takes."""
        given = self.cleaned_data
        named = given.get("employee") if given["result"] in InspectionItem.FAILED else None
        return {"result": given["result"], "note": given["note"], "files": given["files"], "employee": named}


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=MOST_REASON, widget=text_area(3), required=False)

    def __init__(self, *args, label, help_text="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, help_text


class SubmitForm(forms.Form):
    summary = forms.CharField(
        label=_("In a few sentences: how is it here"),
        help_text=_("The head of the department and everybody who sees the inspection read it."),
        max_length=MOST_TEXT,
        required=False,
        widget=text_area(3),
    )


class MeasureForm(forms.Form):
    """What is done about a finding, by whom, until when."""

    measure = forms.CharField(
        label=_("What will be done"), max_length=MOST_TEXT, required=False, widget=text_area(2)
    )
    owner = forms.ModelChoiceField(
        label=_("Who does it"),
        queryset=Employee.objects.none(),
        required=False,
        empty_label="—",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    due_on = day_field(label=_("Until when"), required=False)

    def __init__(self, *args, people, latest, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people
        self.fields["due_on"].widget.attrs["max"] = latest.isoformat()
        self.fields["due_on"].help_text = _("%(day)s at the latest; empty means that day.") % {
            "day": f"{latest:%Y-%m-%d}"
        }


class FindingAnswerForm(MeasureForm):
    """The head's word on one finding; neither answer is preselected."""

    agrees = forms.ChoiceField(
        label=_("Is it so?"),
        choices=[("yes", _("It is so")), ("no", _("It is not so"))],
        widget=forms.RadioSelect,
        required=False,
    )
    comment = forms.CharField(
        label=_("Your comment"),
        help_text=_("Needed when you say that it is not so."),
        max_length=MOST_TEXT,
        required=False,
        widget=text_area(2),
    )

    def __init__(self, *args, finding, **kwargs):
        super().__init__(*args, prefix=str(finding.pk), **kwargs)
        self.finding = finding
        if not finding.item.needs_follow_up:
            for name in ("measure", "owner", "due_on"):
                del self.fields[name]

    def arguments(self):
        """What services.answer_inspection takes for this finding."""
        given = dict(self.cleaned_data)
        return given | {"agrees": {"yes": True, "no": False}.get(given["agrees"])}


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("What else you want to say (optional)"),
        max_length=MOST_TEXT,
        required=False,
        widget=text_area(3),
    )


class DoneForm(forms.Form):
    text = forms.CharField(
        label=_("What was done"), max_length=MOST_TEXT, required=False, widget=text_area(4)
    )
    files = FilesField(
        label=_("What shows it"), help_text=_("At least one photo or document."), accept=ACCEPT
    )


class CheckForm(forms.Form):
    note = forms.CharField(
        label=_("Remark; needed when you send it back"),
        max_length=MOST_REASON,
        required=False,
        widget=text_area(3),
    )
