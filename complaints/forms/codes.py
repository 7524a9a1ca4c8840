"""A new code for a poster, and the search in their list."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import PickField, line, people_offered, select
from complaints.services.codes import LONGEST_LABEL
from organization.models import Assignment, Department, Employee, Site

ALL_SITES, DEPARTMENT = "sites", "department:"


class CodeForm(forms.Form):
    """One code, or one for each project or each person of a department that has none."""

    each = forms.ChoiceField(
        label=_("How many"),
        required=False,
        widget=select(),
        error_messages={"invalid_choice": _("Choose one of the lines shown.")},
    )
    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), required=False, widget=select()
    )
    employee = PickField(
        label=_("Person"),
        required=False,
        help_text=_("Only if the form shall be about one person. Start typing the name."),
    )
    label = forms.CharField(
        label=_("Where it hangs"),
        required=False,
        max_length=LONGEST_LABEL,
        help_text=_("For your own list, such as “hall, next to the counter”."),
        widget=line(),
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company
        self.departments = {one.pk: one for one in Department.objects.filter(company=company)}
        self.fields["each"].choices = [
            ("", gettext("One code, for what is chosen below")),
            (ALL_SITES, gettext("One for each project that has none")),
            *(
                (
                    f"{DEPARTMENT}{pk}",
                    gettext("One for each person of %(place)s who has none") % {"place": place},
                )
                for pk, place in self.departments.items()
            ),
        ]
        self.fields["site"].queryset = Site.objects.filter(company=company)
        self.fields["site"].empty_label = gettext("No project")
        working = Employee.objects.filter(company=company, left_on=None)
        self.fields["employee"].offer(people_offered(working))

    def targets(self, day):
        """{"sites": …} or {"employees": …} of whom each gets a code, or None for the one that was chosen."""
        each = self.cleaned_data["each"]
        if each == ALL_SITES:
            return {"sites": Site.objects.filter(company=self.company)}
        if not each:
            return None
        work = Assignment.objects.on(day).filter(department=int(each.removeprefix(DEPARTMENT)))
        found = Employee.objects.filter(company=self.company, left_on=None, pk__in=work.values("employee"))
        return {"employees": found.order_by("number")}

    def one(self):
        """For `make_code`."""
        return {name: self.cleaned_data[name] for name in ("site", "employee", "label")}
