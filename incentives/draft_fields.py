"""The fields of a draft's rule: which control a parameter or a part of an effect has, how it is shown and stored."""

from collections import Counter
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from core.money import fen_from_yuan
from incentives import wording_drafts as words
from incentives.effects import effect_kinds
from incentives.effects.checks import MOST, MOST_DAYS, MOST_MONTHS
from incentives.rules import ROLES
from incentives.triggers import triggers
from organization.models import name_for_reader
from organization.scopes import today, with_descendants
from policies.selectors import version_in_force
from policies.wording import local

MONEY = ("money", "team_fund")


@dataclass(frozen=True)
class Known:
    """What a rule of this book may name, as {code: name}: departments, severities, parts of the composite."""

    departments: dict
    severities: dict
    parts: dict

    @classmethod
    def of(cls, version):
        """From the draft itself, else from the company; a unit's own book names only what is below the unit."""
        return cls(
            departments=_departments(version.document),
            severities=_named(version, "complaints", "severities"),
            parts=_named(version, "composite", "parts"),
        )

    def choices(self, trigger, name):
        """[(code, words)] that a parameter may have, () when it is free."""
        own = {"units": self.departments, "severities": self.severities, "collaboration": self.parts}.get(
            name
        )
        return tuple(own.items()) if own is not None else words.choices(trigger, name)


def _departments(document):
    found = document.company.departments.order_by("code")
    if document.department_id is not None:
        found = found.filter(pk__in=with_descendants({document.department_id}, document.company_id))
    names = Counter(name_for_reader(one) for one in found)
    return {
        one.code: f"{name_for_reader(one)} ({one.code})"
        if names[name_for_reader(one)] > 1
        else name_for_reader(one)
        for one in found
    }


def _named(version, section, rows):
    content = version.content
    if section not in content:
        book = version_in_force(version.company, today(), section)
        content = book.content if book else {}
    return {row["code"]: local(row, "name") for row in content.get(section, {}).get(rows, ())}


def param_fields(row, known):
    """{name: (form field, what it shows)} of the parameters that the rule's trigger is made of."""
    params, found = row.get("params", {}), {}
    for name, one in described(row).items():
        choices, value = known.choices(row["trigger"], name), params.get(name)
        shown = param_shown(one, value, choices, known)
        found[name] = param_field(one, _with_own(choices, shown), known), shown
    return found


def _with_own(choices, shown):
    """A code that the book has and nobody knows any more stays there to be seen and taken out."""
    codes = {code for code, _words in choices}
    own = shown if isinstance(shown, list) else [shown] if shown else []
    return (*choices, *((code, code) for code in own if code not in codes)) if choices else ()


def described(row):
    """{name: dataclass field} of the rule's trigger."""
    kind = triggers.get(row["trigger"])
    return {one.name: one for one in fields(kind)} if kind else {}


def usual(one):
    """The default of a parameter as a pack would write it."""
    return list(one.default) if isinstance(one.default, tuple) else one.default


def param_field(one, choices, known):
    label, text = words.param(one.name), str(one.type)
    required = one.default is MISSING and one.default_factory is MISSING
    if choices and "tuple" in text:
        return forms.MultipleChoiceField(
            label=label,
            choices=choices,
            required=bool(one.default),  # nothing ticked would otherwise count as usual
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Tick at least one.")},
        )
    if choices:
        return forms.ChoiceField(label=label, choices=choices, required=required)
    if "bool" in text:
        return forms.BooleanField(label=label, required=False)
    if one.name.endswith("_bp"):
        return forms.DecimalField(
            label=label,
            min_value=Decimal("0.01"),
            max_value=100,
            decimal_places=2,
            required=required,
            help_text=_("Percent."),
        )
    if "int" in text:
        return forms.IntegerField(label=label, required=required, min_value=1)
    if "dict" in text:
        return forms.CharField(
            label=label,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("One department a line with its percentage, for example: %(line)s")
            % {"line": f"{next(iter(known.departments.values()), '')} = 10"},
        )
    if "tuple" in text:
        return forms.CharField(label=label, required=False, help_text=_("Several, separated by commas."))
    return forms.CharField(label=label, required=required, max_length=60)


def param_shown(one, value, choices, known):
    if value is None:
        value = one.default if one.default is not MISSING else None
    if one.name.endswith("_bp"):
        return None if value is None else Decimal(value) / 100
    if isinstance(value, dict):
        names = known.departments
        return "\n".join(f"{names.get(code, code)} = {share / 100:g}" for code, share in value.items())
    if isinstance(value, list | tuple):
        return list(value) if choices else ", ".join(map(str, value))
    return value


def param_stored(row, name, entered, known):
    """The value as it stands in a pack."""
    if isinstance(entered, Decimal):
        return int(entered * 100)
    kind = described(row)[name]
    if "dict" in str(kind.type) and isinstance(entered, str):
        return shares_of(entered, known.departments)
    if "tuple" in str(kind.type) and isinstance(entered, str):
        return [
            part.strip() for part in entered.replace("，", ",").replace("、", ",").split(",") if part.strip()
        ]
    return entered


def shares_of(text, names):
    """'牡丹处 = 10' lines as {'peony': 1000}; a name may be the code. ValueError with a sentence for another line."""
    codes, found = {name: code for code, name in names.items()}, {}
    for line in filter(None, map(str.strip, text.replace("＝", "=").splitlines())):
        name, _equals, share = (part.strip() for part in line.partition("="))
        code, share = codes.get(name, name), share.rstrip("%％").strip()
        if code not in names:
            raise ValueError(_("There is no department “%(name)s”.") % {"name": name})
        if code in found:
            raise ValueError(_("“%(name)s” stands there twice.") % {"name": name})
        found[code] = _basis_points(share, line)
    return found


def _basis_points(share, line):
    if not share.replace(".", "", 1).isdecimal() or not 0 < Decimal(share) <= 100:
        raise ValueError(_("“%(line)s” needs a percentage from 0 to 100 after the =.") % {"line": line})
    return round(Decimal(share) * 100)


def parts_of(kind, direction, roles):
    """Names of what is entered for an effect: what is taken has a class, and with several touched one says whom."""
    names = [name for name in effect_kinds[kind].fields if name != "class" or direction == "penalty"]
    return (*names, "to") if len(roles) > 1 else tuple(names)


def effect_field(kind, name, roles):
    label = words.effect_part(name, kind)
    if name == "to":
        known = [(to, words.recipient(to)) for to, role in ROLES.items() if role in roles]
        return forms.ChoiceField(label=label, choices=[("", "—"), *known], required=False)
    if choices := words.effect_choices(name):
        return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)
    if kind in MONEY and name in ("amount", "least", "most"):
        return forms.DecimalField(
            label=label, decimal_places=2, required=False, min_value=-MOST, max_value=MOST
        )
    least = 1 if name in ("days", "months") else -MOST
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most_of(name))


def most_of(name):
    return {"days": MOST_DAYS, "months": MOST_MONTHS}.get(name, MOST)


def effect_shown(kind, name, value):
    if value is not None and kind in MONEY and name in ("amount", "least", "most"):
        whole, rest = divmod(value, 100)
        return Decimal(value) / 100 if rest else whole
    return value


def effect_stored(kind, name, entered):
    if entered is not None and kind in MONEY and name in ("amount", "least", "most"):
        return fen_from_yuan(entered)
    return entered
