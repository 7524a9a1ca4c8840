"""Shapes of input of praise: the list's filter, proof, shares, return, thanks, and the entry of what came on paper."""

import re

import django_filters
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import sharing
from complaints.forms.fields import (
    LONGEST_TEXT,
    FilesField,
    PickField,
    line,
    people_offered,
    reason_field,
    select,
    text_area,
)
from complaints.models import Case, Praise
from complaints.pages.stages_of_praise import STAGES
from jobs.attachments import TYPES
from organization.models import Site

ROWS, MORE_ROWS, MOST_ROWS = 3, 3, 30
THANKED = 3
ACCEPT = ",".join(TYPES)
PERCENT = re.compile(r"[\s%％]")


class PraiseFilter(django_filters.FilterSet):
    """?stage=…&form=…&site=…&within=…; what is impossible is ignored."""

    stage = django_filters.ChoiceFilter(method="in_stage", choices=[(code, code) for code in STAGES])
    form_ = django_filters.ChoiceFilter(
        field_name="praise__form", choices=Praise.Form.choices, label=_("Form"), empty_label=_("All forms")
    )
    site = django_filters.ModelChoiceFilter(
        queryset=Site.objects.none(), label=_("Project"), empty_label=_("All projects")
    )
    within = django_filters.CharFilter(method="search", label=_("Number or name"), max_length=60, strip=True)

    class Meta:
        model = Case
        fields = []

    def __init__(self, data=None, queryset=None, *, company):
        super().__init__(data, queryset)
        self.filters["site"].queryset = Site.objects.filter(company=company)
        for name, field in self.form.fields.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {
                "class": "form-select" if is_choice else "form-control", "id": f"filter_{name}"
            }  # fmt: skip

    @property
    def given(self):
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_narrowed(self):
        return bool(set(self.given) - {"stage"})

    @property
    def details(self):
        return [self.form[name] for name in ("within", "form_", "site")]

    def narrowed(self):
        """By everything but the stage, so that the tabs can be counted."""
        found = self.queryset
        for name, value in self.given.items():
            if name != "stage":
                found = self.filters[name].filter(found, value)
        return found

    def in_stage(self, cases, name, value):
        return cases.filter(state__in=STAGES[value][1])

    def search(self, cases, name, value):
        """By number, or by the name of a colleague who was thanked or shares in it."""
        sharing_in_it = Praise.objects.filter(shares__employee__name__icontains=value).values("case_id")
        found = cases.filter(number__icontains=value) | cases.filter(people_named__icontains=value)
        return found | cases.filter(pk__in=sharing_in_it)


class ProofForm(forms.Form):
    """What shows that it is real. Nothing is preselected; the call's outcome is asked only for a call."""

    proof = forms.ChoiceField(
        label=_("What shows that it is real"),
        choices=Praise.Proof.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what shows that the praise is real.")},
    )
    call_outcome = forms.ChoiceField(
        label=_("What came of the call"),
        choices=Praise.CallOutcome.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=_("Note of the check"),
        help_text=_("For a call-back: when, and what the customer said. No names."),
        max_length=500,
        required=False,
        widget=text_area(),
    )

    files = FilesField(
        label=_("Photo or scan"), help_text=_("Only when it is not attached yet."), accept=ACCEPT
    )

    def __init__(self, *args, is_spoken, **kwargs):
        super().__init__(*args, **kwargs)
        if is_spoken:  # it leaves nothing to photograph
            self.fields["proof"].choices = [(Praise.Proof.CALL, Praise.Proof.CALL.label)]
            del self.fields["files"]

    def clean(self):
        given = super().clean()
        if given.get("proof") == Praise.Proof.CALL:
            if not given.get("call_outcome"):
                self.add_error("call_outcome", gettext("Choose what came of the call."))
            if not given.get("note", "").strip():
                self.add_error("note", gettext("Write when you called and what was said."))
        return given


class SharesForm(forms.Form):
    """Rows of a colleague and a percentage. `rows` of them; empty ones are left out."""

    def __init__(self, data=None, *, colleagues, rows=ROWS, **kwargs):
        super().__init__(data, **kwargs)
        self.count = min(max(rows, 1), MOST_ROWS)
        offers = people_offered(colleagues)
        for place in range(self.count):
            label = {"number": place + 1}
            person = PickField(label=gettext("Colleague %(number)s") % label, required=False)
            person.offer(offers)
            self.fields[f"person_{place}"] = person
            self.fields[f"percent_{place}"] = forms.CharField(
                label=gettext("Share %(number)s in percent") % label,
                required=False,
                max_length=12,
                widget=line(inputmode="decimal", autocomplete="off"),
            )

    @property
    def pairs(self):
        return [(self[f"person_{place}"], self[f"percent_{place}"]) for place in range(self.count)]

    def clean(self):
        given = super().clean()
        for place in range(self.count):
            self._check_row(given, place)
        return given

    def _check_row(self, given, place):
        person, percent = given.get(f"person_{place}"), PERCENT.sub("", given.get(f"percent_{place}") or "")
        if f"person_{place}" in self.errors or not (person or percent):
            return
        if not person:
            self.add_error(f"person_{place}", gettext("Choose whose share this is, or clear the percentage."))
        elif sharing.share_of_percent(percent) is None:
            self.add_error(
                f"percent_{place}",
                gettext("Write a percentage above 0 and up to 100, with two decimals at most."),
            )
        elif person in [given.get(f"person_{other}") for other in range(place)]:
            self.add_error(f"person_{place}", gettext("%(name)s stands here twice.") % {"name": person.name})

    def shares(self):
        """{employee: basis points} as `attribute` takes them."""
        given = self.cleaned_data
        places = [place for place in range(self.count) if given.get(f"person_{place}")]
        return {
            given[f"person_{place}"]: sharing.share_of_percent(PERCENT.sub("", given[f"percent_{place}"]))
            for place in places
        }


def rows_asked(data):
    """How many rows a posted form has; what is no number counts as the usual."""
    text = str(data.get("rows", ""))
    return int(text) if text.isdecimal() and len(text) < 4 else ROWS


def with_more_rows(data):
    """The posted values again, with empty rows added."""
    copied = data.copy()
    copied["rows"] = str(min(rows_asked(data) + MORE_ROWS, MOST_ROWS))
    return copied


def evenly(data):
    """The posted values with the whole split evenly among the colleagues written down."""
    copied = data.copy()
    places = [place for place in range(rows_asked(data)) if copied.get(f"person_{place}", "").strip()]
    for place, share in zip(places, sharing.even_shares(len(places)) if places else [], strict=True):
        copied[f"percent_{place}"] = sharing.percent_of_share(share)
    return copied


class ReturnForm(forms.Form):
    reason = reason_field(
        _("What should be changed"), _("Write what should be changed; your colleague reads it.")
    )


class ThanksForm(forms.Form):
    text = forms.CharField(
        label=_("Thanks to the customer"),
        help_text=_("The customer reads it on the tracking page. Change it as you like."),
        max_length=LONGEST_TEXT,
        widget=text_area(5),
        error_messages={"required": _("Write a few words; the customer reads them.")},
    )


class NewPraiseForm(forms.Form):
    """What came on paper, as a pennant or by word of mouth."""

    form = forms.ChoiceField(
        label=_("What is it"),
        choices=Praise.Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    files = FilesField(
        label=_("Photo or scan"),
        help_text=_("The whole pennant or letter, so that it can be read."),
        accept=ACCEPT,
    )
    text = forms.CharField(
        label=_("What it says"),
        help_text=_("The words on the pennant, in the letter, or what the customer said."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=text_area(4),
    )
    happened_on = forms.DateField(
        label=_("Day it was given"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control case-date", "type": "date"}),
        error_messages={"invalid": _("Enter the day.")},
    )
    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), required=False, widget=select()
    )
    name = forms.CharField(label=_("Customer’s name"), required=False, max_length=60, widget=line())
    phone = forms.CharField(
        label=_("Customer’s mobile"),
        help_text=_("For the call-back. Leave it empty when it is not known."),
        required=False,
        max_length=30,
        widget=line(inputmode="tel"),
    )
    key = forms.CharField(widget=forms.HiddenInput(), max_length=80)

    def __init__(self, *args, company, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(company=company)
        self.fields["site"].empty_label = gettext("Not known")
        offers = people_offered(colleagues)
        for place in range(THANKED):
            field = PickField(
                label=gettext("Colleague %(number)s") % {"number": place + 1}, required=False, is_open=True
            )
            field.offer(offers)
            self.fields[f"thanked_{place}"] = field

    @property
    def thanked(self):
        return [self[f"thanked_{place}"] for place in range(THANKED)]

    def people_named(self):
        """'王丽 Q0101、前台的女士': found again when it is shared out."""
        chosen = [self.cleaned_data.get(f"thanked_{place}") for place in range(THANKED)]
        words = [one if isinstance(one, str) else f"{one.name} {one.number}" for one in chosen if one]
        return "、".join(words)

    def clean(self):
        given = super().clean()
        if not self.errors and not (given.get("text") or "").strip() and not given.get("files"):
            self.add_error("text", gettext("Write what it says, or add a photo."))
        return given
