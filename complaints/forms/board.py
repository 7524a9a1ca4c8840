"""Filters of the board, in the address."""

import datetime as dt
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import Kind
from complaints.pages.stages import COUNTED
from core.period import SHANGHAI

DEFAULT_DAYS = 90
LONGEST_DAYS = 1100
KINDS = [choice for choice in Kind.choices if choice[0] != Kind.REPORT]


class BoardFilters(forms.Form):
    """All fields may be missing; wrong ones are named beside the field and the defaults are shown."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all kinds")), *KINDS])
    site = forms.ChoiceField(label=_("Project"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, data, *, at, sites, departments):
        today = at.astimezone(SHANGHAI).date()
        self.default_until, self.default_since = today, today - dt.timedelta(days=DEFAULT_DAYS - 1)
        shown = data.copy()
        shown.setdefault("since", f"{self.default_since:%Y-%m-%d}")
        shown.setdefault("until", f"{self.default_until:%Y-%m-%d}")
        super().__init__(shown)
        self.fields["site"].choices = [("", _("all projects")), *((str(one.pk), str(one)) for one in sites)]
        self.fields["department"].choices = [
            ("", _("all departments")),
            *((str(one.pk), str(one)) for one in departments),
        ]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name in {"since", "until"} else "form-select"

    def clean(self):
        given = super().clean()
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first. Choose a later one."))
        elif since and until and (until - since).days > LONGEST_DAYS:
            self.add_error("since", _("Choose at most three years."))
        return given

    def _value(self, name):
        return self.cleaned_data.get(name) if self.is_valid() else None

    @property
    def first_day(self):
        return self._value("since") or self.default_since

    @property
    def end_day(self):
        """The first day that no longer counts."""
        return (self._value("until") or self.default_until) + dt.timedelta(days=1)

    def list_query(self, **more):
        """The query of the list of cases, and of its export, that shows what the board counts."""
        kept = {name: self._value(name) for name in ("kind", "site", "department")}
        last = self.end_day - dt.timedelta(days=1)
        query = {"stage": COUNTED, **kept, "since": f"{self.first_day}", "until": f"{last}", **more}
        return urlencode({name: value for name, value in query.items() if value})

    def narrow(self, cases):
        for name, column in (("kind", "kind"), ("site", "site_id"), ("department", "department_id")):
            if value := self._value(name):
                cases = cases.filter(**{column: value})
        return cases
