"""What triggers, their parameters and the parts of effects are called on the page of a rule."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from complaints.models import Praise
from policies import wording

TRIGGERS = {
    "rank_streak": _("near the top or bottom of the ranking several months running"),
    "target_missed": _("a department below its target several quarters running"),
    "unit_rate_below": _("a unit's satisfaction rate below a threshold in a quarter"),
    "coverage_below": _("too few of a unit's households answered in a quarter"),
    "best_team": _("the best teams of a half-year"),
    "finding_confirmed": _("a complaint found true"),
    "praise_confirmed": _("praise from a customer, confirmed"),
    "by_hand": _("a fact with evidence, confirmed by a person"),
}
PARAMS = {
    "place": pgettext_lazy("field of a rule", "near the"),
    "quarters": pgettext_lazy("field of a rule", "quarters running"),
    "units": pgettext_lazy("field of a rule", "departments (none: all)"),
    "threshold_bp": pgettext_lazy("field of a rule", "below"),
    "measure": pgettext_lazy("field of a rule", "what is counted"),
    "thresholds": pgettext_lazy("field of a rule", "least share of households, by department"),
    "default_bp": pgettext_lazy("field of a rule", "least share of households for all others"),
    "places": pgettext_lazy("field of a rule", "how many teams"),
    "collaboration": pgettext_lazy("field of a rule", "part of the composite that stands for collaboration"),
    "causes": pgettext_lazy("field of a rule", "causes"),
    "severities": pgettext_lazy("field of a rule", "severities (none: all)"),
    "verdicts": pgettext_lazy("field of a rule", "found to be"),
    "kind": pgettext_lazy("field of a rule", "kind of fact"),
    "forms": pgettext_lazy("field of a rule", "form of the praise"),
    "to": pgettext_lazy("field of a rule", "whom it touches"),
    "per_item": pgettext_lazy("field of a rule", "each item of one form counts on its own"),
    "needs_effect": pgettext_lazy("field of a rule", "only when satisfaction has risen since"),
}
CHOICES = {
    "place": (
        ("top", pgettext_lazy("field of a rule", "top")),
        ("bottom", pgettext_lazy("field of a rule", "bottom")),
    ),
    "measure": (
        ("basic", pgettext_lazy("field of a rule", "basically satisfied or better")),
        ("satisfied", pgettext_lazy("field of a rule", "satisfied")),
    ),
    "causes": (
        ("attitude", pgettext_lazy("cause of a complaint", "attitude")),
        ("error", pgettext_lazy("cause of a complaint", "error in the work")),
        ("process", pgettext_lazy("cause of a complaint", "process or rules")),
        ("product", pgettext_lazy("cause of a complaint", "product or building")),
        ("outside", pgettext_lazy("cause of a complaint", "outside the company")),
    ),
    "forms": tuple(Praise.Form.choices),
    "verdicts": (
        ("substantiated", pgettext_lazy("field of a rule", "true")),
        ("partly", pgettext_lazy("field of a rule", "true in part")),
    ),
}
TO = (
    ("employee", pgettext_lazy("field of a rule", "the person it is about")),
    ("head", pgettext_lazy("field of a rule", "the head of the department")),
)
EFFECT_PARTS = {
    "amount": pgettext_lazy("field of a rule", "amount"),
    "least": pgettext_lazy("field of a rule", "at least HR may choose"),
    "most": pgettext_lazy("field of a rule", "at most HR may choose"),
    "class": pgettext_lazy("field of a rule", "taken as"),
    "days": pgettext_lazy("field of a rule", "within working days"),
    "next_months": _("while an earlier warning counts, a written one for so many months"),
    "months": pgettext_lazy("field of a rule", "holds for months"),
    "level": pgettext_lazy("field of a rule", "level"),
    "what": pgettext_lazy("field of a rule", "recommended"),
    "to": pgettext_lazy("field of a rule", "for whom"),
}
EFFECT_CHOICES = {
    "class": (
        ("performance_pay", pgettext_lazy("field of a rule", "agreed performance pay")),
        ("loss_compensation", pgettext_lazy("field of a rule", "compensation for loss")),
        ("fine", pgettext_lazy("class of money", "fine")),
    ),
    "level": (
        ("oral", pgettext_lazy("field of a rule", "oral")),
        ("written", pgettext_lazy("field of a rule", "in writing")),
    ),
    "what": (
        ("demotion", pgettext_lazy("field of a rule", "demotion")),
        ("dismissal", pgettext_lazy("field of a rule", "dismissal")),
    ),
}
RECIPIENTS = {
    "": _("whomever the rule touches"),
    "employee": pgettext_lazy("field of a rule", "the employee"),
    "members": _("each member"),
    "head": _("the head"),
}


def trigger(name):
    return str(TRIGGERS.get(name, name))


def param(name):
    return PARAMS.get(name, name)


def choices(trigger, name):
    """The codes a parameter may have, or () when it is free."""
    return TO if (trigger, name) == ("by_hand", "to") else CHOICES.get(name, ())


def params(rule):
    """The parameters of a rule's trigger in words: 'near the: top', 'below: 95%'."""
    found = sorted(rule.get("params", {}).items())
    return " · ".join(f"{param(name)} {_value(rule['trigger'], name, value)}" for name, value in found)


def _value(trigger, name, value):
    known = dict(choices(trigger, name))
    if isinstance(value, bool):
        return pgettext("setting", "yes") if value else pgettext("setting", "no")
    if isinstance(value, dict):
        return _(", ").join(f"{code} {percent(share)}" for code, share in value.items())
    if isinstance(value, list | tuple):
        return _(", ").join(str(known.get(one, one)) for one in value)
    if name.endswith("_bp"):
        return percent(value)
    return str(known.get(value, value))


def percent(share_bp):
    return f"{share_bp / 100:g}%"


def evidence(code):
    return str(wording.CODES.get(code, code))


def effect_part(name, kind):
    unit = {"points": pgettext("field of a rule", "points"), "money": _("yuan"), "team_fund": _("yuan")}.get(
        kind
    )
    label = EFFECT_PARTS.get(name, name)
    return f"{label} ({unit})" if unit and name in ("amount", "least", "most") else label


def effect_choices(name):
    return EFFECT_CHOICES.get(name, ())


def recipient(to):
    return str(RECIPIENTS[to])
