"""A rule of a draft as plain fields: what its trigger and its effects are made of decides which."""

from dataclasses import MISSING, fields
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.money import fen_from_yuan
from incentives import wording_drafts as words
from incentives.drafts import missing_of
from incentives.effects import check_rule, effect_kinds
from incentives.models import Rule
from incentives.policy import parse_money
from incentives.triggers import build, check_roles, triggers
from policies.wording import local

MONEY = ("money", "team_fund")
EVIDENCE = ("literal", "warn", "required")


def look(form):
    """The controls of the house's forms."""
    looks = {
        forms.CheckboxInput: "form-check-input",
        forms.CheckboxSelectMultiple: "form-check-input",
        forms.Select: "form-select",
    }
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", looks.get(type(field.widget), "form-control"))


class NewRuleForm(forms.Form):
    """The frame of a rule; it stays off until its numbers and effects have been entered."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.\-]*$",
        max_length=40,
        label=pgettext_lazy("of a document or clause", "Code"),
        help_text=gettext_lazy("Latin letters, digits, dots and hyphens; no other rule may have it."),
    )
    title = forms.CharField(label=pgettext_lazy("rule", "Title"), max_length=120)
    clause = forms.ChoiceField(label=gettext_lazy("Rests on the clause"))
    direction = forms.ChoiceField(label=gettext_lazy("Reward or penalty"), choices=Rule.Direction.choices)
    trigger = forms.ChoiceField(label=gettext_lazy("What sets it off"))

    def __init__(self, *args, content, **kwargs):
        super().__init__(*args, **kwargs)
        self.content = content
        self.fields["clause"].choices = clause_choices(content)
        self.fields["trigger"].choices = [(name, words.trigger(name)) for name, _kind in triggers.items()]
        look(self)

    def clean_code(self):
        code = self.cleaned_data["code"]
        if any(row["code"] == code for row in self.content.get("rules", [])):
            raise forms.ValidationError(_("There is a rule with this code already."))
        return code

    def row(self):
        data = self.cleaned_data
        evidence = "required" if data["direction"] == Rule.Direction.PENALTY else "warn"
        return {**data, "params": {}, "effects": [], "evidence": evidence, "active": False}


class RuleForm(forms.Form):
    """Everything of one rule but its code, its trigger and whether it rewards or punishes."""

    active = forms.BooleanField(label=gettext_lazy("The rule is switched on"), required=False)
    title = forms.CharField(label=pgettext_lazy("rule", "Title"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("English title (optional)"), max_length=120, required=False)
    clause = forms.ChoiceField(label=gettext_lazy("Rests on the clause"))
    evidence = forms.ChoiceField(label=gettext_lazy("When it proposes itself"))

    def __init__(self, data=None, *, content, row):
        self.content, self.row = content, row
        self.kinds = kinds_of(data, row)
        self.params = param_fields(row)
        initial = {name: row.get(name, "") for name in ("title", "title_en", "clause", "evidence")}
        initial["active"] = row.get("active", True)
        super().__init__(data, initial=initial)
        self.fields["clause"].choices = clause_choices(content)
        self.fields["evidence"].choices = [(code, words.evidence(code)) for code in EVIDENCE]
        for name, (field, value) in self.params.items():
            self.fields[f"p-{name}"], self.initial[f"p-{name}"] = field, value
        for place, kind in enumerate(self.kinds):
            self._add_effect(place, kind)
        look(self)

    def _add_effect(self, place, kind):
        spec = self.row["effects"][place] if place < len(self.row["effects"]) else {}
        spec = spec if spec.get("kind") == kind else {}
        for name in (*effect_kinds[kind].fields, "to"):
            key = f"e{place}-{name}"
            self.fields[key] = effect_field(kind, name, roles_of(self.row))
            self.initial[key] = effect_shown(kind, name, spec.get(name))
        self.fields[f"e{place}-drop"] = forms.BooleanField(label=_("Take this effect out"), required=False)

    @property
    def head(self):
        return [self[name] for name in ("active", "title", "title_en", "clause", "evidence")]

    @property
    def trigger_fields(self):
        return [self[f"p-{name}"] for name in self.params]

    @property
    def effects(self):
        """[(kind, its name, its fields)] for the page."""
        return [
            (
                kind,
                effect_kinds[kind].label,
                [self[f"e{place}-{name}"] for name in (*effect_kinds[kind].fields, "to", "drop")],
            )
            for place, kind in enumerate(self.kinds)
        ]

    @property
    def kinds_text(self):
        return ",".join(self.kinds)

    @property
    def addable(self):
        return [(name, kind.label) for name, kind in effect_kinds.items()]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        data["params"], data["effects"] = self._params(), self._effects()
        self._check_trigger(data)
        if data["active"]:
            self._check_active(data)
        return data

    def _params(self):
        """What was entered; what is empty, or as usual and not in the book, is left out."""
        book, described = self.row.get("params", {}), _described(self.row)
        found = {name: value for name, value in book.items() if name not in self.params}
        for name in self.params:
            value = param_stored(self.row, name, self.cleaned_data[f"p-{name}"])
            is_usual = name not in book and value == _usual(described[name])
            if value not in (None, "", [], {}) and not is_usual:
                found[name] = value
        return found

    def _effects(self):
        found = []
        for place, kind in enumerate(self.kinds):
            if self.cleaned_data[f"e{place}-drop"]:
                continue
            names = (*effect_kinds[kind].fields, "to")
            entered = {
                name: effect_stored(kind, name, self.cleaned_data[f"e{place}-{name}"]) for name in names
            }
            spec = {
                "kind": kind,
                **{name: value for name, value in entered.items() if value not in (None, "")},
            }
            if "amount" in spec:
                spec = {
                    **spec,
                    "least": spec.get("least", spec["amount"]),
                    "most": spec.get("most", spec["amount"]),
                }
            found.append(spec)
        return found

    def _check_trigger(self, data):
        """The trigger's own sentence, beside the parameter that it names."""
        try:
            build(self.row["trigger"], data["params"])
        except ValueError as wrong:
            if not data["active"] and not data["params"]:
                return
            named = [name for name in self.params if name in str(wrong)]
            self.add_error(f"p-{named[0]}" if named else None, str(wrong))

    def _check_active(self, data):
        """What an active rule must be: each effect's own sentence beside it."""
        self._check_amounts(data["effects"])
        if self.errors:
            return
        money = parse_money(self.content.get("money", {}))
        kept = [place for place in range(len(self.kinds)) if not self.cleaned_data[f"e{place}-drop"]]
        for place, spec in zip(kept, data["effects"], strict=True):
            try:
                check_rule([spec], self.row["direction"], trigger=self.row["trigger"], money=money)
            except ValueError as wrong:
                first = (*effect_kinds[spec["kind"]].fields, "to")[0]
                self.add_error(f"e{place}-{first}", str(wrong))
        try:
            check_rule(data["effects"], self.row["direction"], trigger=self.row["trigger"], money=money)
            check_roles(build(self.row["trigger"], data["params"]), data["effects"])
        except ValueError as wrong:
            if not self.errors:
                self.add_error(None, str(wrong))

    def _check_amounts(self, effects):
        """A rule whose book gives no amount stays off until somebody enters one."""
        kept = [place for place in range(len(self.kinds)) if not self.cleaned_data[f"e{place}-drop"]]
        for place, spec in zip(kept, effects, strict=True):
            for name in [name for name in missing_of(spec) if name not in ("least", "most")]:
                self.add_error(
                    f"e{place}-{name}",
                    _("The book gives none. Enter it, or leave the rule switched off."),
                )

    def new_row(self):
        """The rule as it goes into the draft."""
        data = self.cleaned_data
        names = ("title", "title_en", "clause", "evidence", "active", "params", "effects")
        row = self.row | {name: data[name] for name in names}
        row.pop("reason", None)
        return row

    def forget_errors(self):
        """A line was only added: nothing has been sent to be saved yet."""
        self._errors = {}

    def blame(self, sentence):
        self.add_error(None, sentence)


def kinds_of(data, row):
    """The kinds of the effects on the page: as sent, one more when asked for, else those of the rule."""
    if data is None or "kinds" not in data:
        return [spec["kind"] for spec in row.get("effects", []) if spec.get("kind") in effect_kinds]
    kinds = [kind for kind in data["kinds"].split(",") if kind in effect_kinds][:12]
    if data.get("go") == "add" and data.get("add") in effect_kinds:
        kinds.append(data["add"])
    return kinds


def clause_choices(content):
    return [(row["code"], f"{row['number']} · {local(row, 'text')[:24]}") for row in content["clauses"]]


def roles_of(row):
    try:
        return build(row["trigger"], row.get("params", {})).roles
    except ValueError:
        return ("employee", "member", "head")


def param_fields(row):
    """{name: (form field, what it shows)} of the parameters that the rule's trigger is made of."""
    params = row.get("params", {})
    return {
        name: (param_field(row["trigger"], one), param_shown(one, params.get(name)))
        for name, one in _described(row).items()
    }


def _described(row):
    """{name: dataclass field} of the rule's trigger."""
    kind = triggers.get(row["trigger"])
    return {one.name: one for one in fields(kind)} if kind else {}


def _usual(one):
    """The default of a parameter as a pack would write it."""
    return list(one.default) if isinstance(one.default, tuple) else one.default


def param_field(trigger, one):
    label, choices = words.param(one.name), words.choices(trigger, one.name)
    required = one.default is MISSING and one.default_factory is MISSING
    text = str(one.type)
    if choices and "tuple" in text:
        return forms.MultipleChoiceField(
            label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    if choices:
        return forms.ChoiceField(label=label, choices=choices, required=required)
    if "bool" in text:
        return forms.BooleanField(label=label, required=False)
    if one.name.endswith("_bp"):
        return forms.DecimalField(
            label=label,
            min_value=0,
            max_value=100,
            decimal_places=2,
            required=required,
            help_text=_("Percent."),
        )
    if "int" in text:
        return forms.IntegerField(label=label, required=required)
    if "dict" in text:
        return forms.CharField(
            label=label,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("One a line: code of the department = percent."),
        )
    if "tuple" in text:
        return forms.CharField(label=label, required=False, help_text=_("Several, separated by commas."))
    return forms.CharField(label=label, required=required, max_length=60)


def param_shown(one, value):
    if value is None:
        value = one.default if one.default is not MISSING else None
    if one.name.endswith("_bp"):
        return None if value is None else Decimal(value) / 100
    if isinstance(value, dict):
        return "\n".join(f"{code} = {share / 100:g}" for code, share in value.items())
    if isinstance(value, list | tuple):
        return list(value) if words.is_choice(one.name) else ", ".join(map(str, value))
    return value


def param_stored(row, name, entered):
    """The value as it stands in a pack."""
    if isinstance(entered, Decimal):
        return int(entered * 100)
    kind = _described(row)[name]
    if "dict" in str(kind.type) and isinstance(entered, str):
        return shares_of(entered)
    if "tuple" in str(kind.type) and isinstance(entered, str):
        return [
            part.strip() for part in entered.replace("，", ",").replace("、", ",").split(",") if part.strip()
        ]
    return entered


def shares_of(text):
    """'peony = 10' lines as {'peony': 1000}; a line that is not one is kept, so that the trigger refuses it."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, _equals, share = line.partition("=")
        share = share.strip().rstrip("%％")
        is_number = share.replace(".", "", 1).isdecimal()
        found[code.strip()] = round(Decimal(share) * 100) if is_number else share
    return found


def effect_field(kind, name, roles):
    label = words.effect_part(name, kind)
    if name == "to":
        known = [(to, words.recipient(to)) for to in ("employee", "members", "head")]
        return forms.ChoiceField(label=label, choices=[("", words.recipient("")), *known], required=False)
    if choices := words.effect_choices(name):
        return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)
    if kind in MONEY and name in ("amount", "least", "most"):
        return forms.DecimalField(label=label, decimal_places=2, required=False)
    return forms.IntegerField(label=label, required=False)


def effect_shown(kind, name, value):
    if value is not None and kind in MONEY and name in ("amount", "least", "most"):
        whole, rest = divmod(value, 100)
        return Decimal(value) / 100 if rest else whole
    return value


def effect_stored(kind, name, entered):
    if entered is not None and kind in MONEY and name in ("amount", "least", "most"):
        return fen_from_yuan(entered)
    return entered
