"""A rule of a draft as plain fields: what its trigger and its effects are made of decides which."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incentives import wording_drafts as words
from incentives.draft_fields import (
    Known,
    described,
    effect_field,
    effect_shown,
    effect_stored,
    param_fields,
    param_stored,
    parts_of,
    usual,
)
from incentives.drafts import missing_of
from incentives.effects import check_rule, effect_kinds
from incentives.models import Rule
from incentives.policy import parse_money
from incentives.rules import ROLES
from incentives.triggers import build, check_roles, triggers
from policies.wording import local

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

    def __init__(self, data=None, *, version, row):
        self.content, self.row = version.content, row
        self.known = Known.of(version)
        self.kinds, self.roles = kinds_of(data, row), roles_of(row)
        self.params = param_fields(row, self.known)
        initial = {name: row.get(name, "") for name in ("title", "title_en", "clause", "evidence")}
        initial["active"] = row.get("active", True)
        super().__init__(data, initial=initial)
        self.fields["clause"].choices = clause_choices(self.content)
        self.fields["evidence"].choices = [(code, words.evidence(code)) for code in EVIDENCE]
        for name, (field, value) in self.params.items():
            self.fields[f"p-{name}"], self.initial[f"p-{name}"] = field, value
        for place, kind in enumerate(self.kinds):
            self._add_effect(place, kind)
        look(self)

    def _add_effect(self, place, kind):
        spec = self.row["effects"][place] if place < len(self.row["effects"]) else {}
        spec = spec if spec.get("kind") == kind else {}
        for name in self.parts(kind):
            key = f"e{place}-{name}"
            self.fields[key] = effect_field(kind, name, self.roles)
            self.initial[key] = effect_shown(kind, name, spec.get(name))
        self.fields[f"e{place}-drop"] = forms.BooleanField(label=_("Take this effect out"), required=False)

    def parts(self, kind):
        return parts_of(kind, self.row["direction"], self.roles)

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
                [self[f"e{place}-{name}"] for name in (*self.parts(kind), "drop")],
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
        data["params"] = self._params()
        data["effects"] = self._effects(roles_of({**self.row, "params": data["params"]}))
        if not self.errors:
            self._check_trigger(data)
        if data["active"]:
            self._check_active(data)
        return data

    def _params(self):
        """What was entered; what is empty, or as usual and not in the book, is left out."""
        book, fields = self.row.get("params", {}), described(self.row)
        found = {name: value for name, value in book.items() if name not in self.params}
        for name in self.params:
            try:
                value = param_stored(self.row, name, self.cleaned_data[f"p-{name}"], self.known)
            except ValueError as wrong:
                self.add_error(f"p-{name}", str(wrong))
                continue
            is_usual = name not in book and value == usual(fields[name])
            if value not in (None, "", [], {}) and not is_usual:
                found[name] = value
        return found

    def _effects(self, roles):
        found = []
        for place, kind in enumerate(self.kinds):
            if self.cleaned_data[f"e{place}-drop"]:
                continue
            entered = {
                name: effect_stored(kind, name, self.cleaned_data[f"e{place}-{name}"])
                for name in self.parts(kind)
            }
            spec = {
                "kind": kind,
                **self._unasked(place, kind, roles),
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

    def _unasked(self, place, kind, roles):
        """`to` as the book has it, where the rule touches people in one role and nobody is asked in which."""
        spec = self.row["effects"][place] if place < len(self.row["effects"]) else {}
        is_kept = len(self.roles) == 1 and spec.get("kind") == kind and ROLES.get(spec.get("to")) in roles
        return {"to": spec["to"]} if is_kept else {}

    def _check_trigger(self, data):
        """The trigger's own sentence, beside the parameter that it names."""
        try:
            build(self.row["trigger"], data["params"])
        except ValueError as wrong:
            if not data["active"] and not data["params"]:
                return
            named = [name for name in self.params if name in str(wrong)]
            if not named:
                self.add_error(None, str(wrong))
                return
            name = max(named, key=len)
            self.add_error(f"p-{name}", str(wrong).replace(name, str(words.param(name))))

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
                self.add_error(f"e{place}-{self._blamed(spec, money)}", str(wrong))
        try:
            check_rule(data["effects"], self.row["direction"], trigger=self.row["trigger"], money=money)
            check_roles(build(self.row["trigger"], data["params"]), data["effects"])
        except ValueError as wrong:
            if not self.errors:
                self.add_error(None, str(wrong))

    def _blamed(self, spec, money):
        """The field beside which an effect's own sentence stands."""
        if spec.get("class") == "fine" and not money.fine_enabled:
            return "class"
        return (*self.parts(spec["kind"]), "drop")[0]

    def _check_amounts(self, effects):
        """A rule whose book gives no amount stays off until somebody enters one."""
        kept = [place for place in range(len(self.kinds)) if not self.cleaned_data[f"e{place}-drop"]]
        for place, spec in zip(kept, effects, strict=True):
            if f"e{place}-to" in self.fields and not spec.get("to"):
                self.add_error(f"e{place}-to", _("Choose for whom it is."))
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
    """In which roles the rule touches people; before its parameters are there, as far as its trigger alone says."""
    try:
        return build(row["trigger"], row.get("params", {})).roles
    except ValueError:
        roles = getattr(triggers.get(row["trigger"]), "roles", ())
        return roles if isinstance(roles, tuple) and roles else ("employee",)
