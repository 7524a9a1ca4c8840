import datetime as dt
import re
from decimal import Decimal
from functools import partial

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from policies import emptiness, rules, wording

LINES = {"rows": 4}


class Styled:
    """The controls of the house's forms, with their errors tied to them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            look = {forms.CheckboxInput: "form-check-input", forms.Select: "form-select"}
            field.widget.attrs.setdefault("class", look.get(type(field.widget), "form-control"))


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why is this version withdrawn?"), max_length=500)


class FactsForm(Styled, forms.Form):
    """What makes a version a controlled document (VK-1)."""

    label = forms.CharField(label=_("Version"), max_length=20)
    effective_from = forms.DateField(
        label=_("Takes effect on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Not in the past. With signatures, not before the last one."),
    )
    revision_note = forms.CharField(
        label=_("What changes, and why"), max_length=1000, widget=forms.Textarea(attrs=LINES)
    )

    @classmethod
    def initial_of(cls, version):
        return {
            "label": version.label,
            "effective_from": version.effective_from,
            "revision_note": version.revision_note,
        }

    def written_to(self, content):
        """The content with these facts."""
        data = self.cleaned_data
        facts = {
            "version": data["label"],
            "effective_from": f"{data['effective_from']:%Y-%m-%d}",
            "revision_note": data["revision_note"],
        }
        return {**content, "document": {**content["document"], **facts}}


class ClauseForm(Styled, forms.Form):
    number = forms.CharField(label=_("Number"), max_length=60)
    text = forms.CharField(
        label=pgettext_lazy("clause", "Text"), max_length=4000, widget=forms.Textarea(attrs=LINES)
    )
    text_en = forms.CharField(
        label=_("English text (optional)"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=LINES),
    )


class NewClauseForm(ClauseForm):
    code = forms.SlugField(
        label=pgettext_lazy("of a document or clause", "Code"),
        max_length=40,
        help_text=_("Rules and decisions refer to it."),
    )
    field_order = ["code", "number", "text", "text_en"]


class UnitDocumentForm(FactsForm):
    """A unit's own rules begin with their purpose as the first clause."""

    department = forms.ModelChoiceField(label=_("Unit"), queryset=Department.objects.none())
    title = forms.CharField(label=_("Title"), max_length=200)
    number = forms.CharField(label=_("Document number"), max_length=60)
    code = forms.SlugField(
        label=pgettext_lazy("of a document or clause", "Code"),
        max_length=60,
        help_text=_("Latin letters, digits and hyphens."),
    )
    text = forms.CharField(
        label=_("First clause: what these rules are for"),
        max_length=4000,
        widget=forms.Textarea(attrs=LINES),
    )
    field_order = [
        "department", "title", "number", "code", "label", "effective_from", "revision_note", "text",
    ]  # fmt: skip

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments


class SettingsForm(Styled, forms.Form):
    """The settings of one section as plain fields: whole numbers, shares in percent, yes or no, days, codes.

    What a book may leave out stands there empty, to be filled in; what is emptied has no bound any more.
    """

    def __init__(self, *args, content, section, **kwargs):
        self.content = content
        self.rows = [
            row
            for row in wording.rows(
                content, [*rules.settings_of(content), *emptiness.left_out(content, section)]
            )
            if row.setting.path[0] == section and is_plain(row.setting.value)
        ]
        self.rows.sort(key=lambda row: emptiness.place_of(row.setting.path))
        self.base_fields = {row.setting.name: field_for(content, row) for row in self.rows}
        initial = {row.setting.name: shown(content, row.setting) for row in self.rows}
        super().__init__(*args, initial=initial, **kwargs)

    def changed_values(self):
        """{path: value} of what differs from the draft."""
        found = {}
        for row in self.rows:
            value = stored(self.content, row.setting, self.cleaned_data[row.setting.name])
            if value != row.setting.value:
                found[row.setting.path] = value
        return found

    def blame(self, sentence):
        """Put a room's sentence beside the field it names, else above the form."""
        named = [row.setting.name for row in self.rows if row.setting.path[-1] in sentence]
        if len(named) == 1:
            self.add_error(named[0], _in_words(sentence, named[0], self.fields[named[0]].label))
        else:
            self.add_error(None, sentence)


def _in_words(sentence, name, label):
    """The sentence of a room with the setting called as the form calls it."""
    return re.sub(rf"\b{re.escape(name.rsplit('.', 1)[-1])}\b", lambda _found: f"“{label}”", sentence)


def is_plain(value):
    """One value, or a list of plain ones."""
    if isinstance(value, list):
        return all(isinstance(inner, str | int) for inner in value)
    return value is None or isinstance(value, str | int | float | bool)


def field_for(content, row):
    value, label = row.setting.value, row.label
    if empty := emptiness.empty_text(row.setting.path):
        return _may_be_empty(content, row, empty)
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False)
    if isinstance(value, list):
        return forms.CharField(label=label, required=False, help_text=_("Several, separated by commas."))
    if isinstance(value, int) and is_share(content, row.setting):
        return forms.DecimalField(
            label=label, min_value=0, max_value=100, decimal_places=2, help_text=_("Percent.")
        )
    if wording.unit_of(content, row.setting.path) == "fen":
        return forms.DecimalField(label=label, decimal_places=2, help_text=_("Yuan."))
    if isinstance(value, int):
        return forms.IntegerField(label=label)
    if wording.unit_of(content, row.setting.path) == "date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, widget=widget)
    return forms.CharField(label=label, max_length=200, required=False)


def _may_be_empty(content, row, empty):
    """A number of fen or a whole one; empty it has a meaning of its own."""
    unit = wording.unit_of(content, row.setting.path)
    kind = partial(forms.DecimalField, decimal_places=2) if unit == "fen" else forms.IntegerField
    said = {"fen": gettext("Yuan."), "months": gettext("Months.")}.get(unit, "")
    meaning = gettext("Leave it empty for: %(meaning)s.") % {"meaning": empty}
    return kind(label=row.label, required=False, help_text=f"{said} {meaning}".strip())


def is_share(content, setting):
    """Shares are kept in basis points and entered in percent."""
    return setting.path[-1].endswith("_bp") or wording.unit_of(content, setting.path) == "bp"


def shown(content, setting):
    if setting.value is None:
        return None
    if isinstance(setting.value, list):
        return ", ".join(str(inner) for inner in setting.value)
    is_number = isinstance(setting.value, int) and not isinstance(setting.value, bool)
    if is_number and (is_share(content, setting) or wording.unit_of(content, setting.path) == "fen"):
        return Decimal(setting.value) / 100
    if wording.unit_of(content, setting.path) == "date":
        return dt.date.fromisoformat(setting.value)
    return setting.value


def stored(content, setting, entered):
    """The value as it stands in a pack, from what was entered."""
    if isinstance(setting.value, list):
        parts = [part.strip() for part in entered.replace("，", ",").replace("、", ",").split(",")]
        is_number = setting.value and isinstance(setting.value[0], int)
        return [int(part) if is_number and part.isdecimal() else part for part in parts if part]
    if isinstance(entered, Decimal):
        return int(entered * 100)
    if isinstance(entered, dt.date):
        return entered.isoformat()
    return entered
