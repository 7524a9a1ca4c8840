"""The register of kinds, and what holds for all of them: checks of a rule, HR's choice within it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.registries import Registry

#: kind ("points") -> Effect; higher rooms may add theirs
effect_kinds = Registry()
#: what may follow when nothing but a place in a ranking stands behind a penalty
RANKING_ALONE = ("points", "admonishing_talk", "training")
RECIPIENTS = ("employee", "members", "head")


def nothing(*args, **kwargs):
    """For kinds that leave nothing behind to carry out or undo."""


@dataclass(frozen=True)
class Effect:
    """`check(spec, direction)` raises ValueError for an impossible line of a rule; `carry_out(decision, index, effect,
    at)` runs when the decision is posted and must be safe to repeat; `undo(decision, at)` when it is reversed.
    `is_graded` effects have an amount between `least` and `most`; `fields` are the names that a rule fills in.
    """

    label: str
    check: Callable
    carry_out: Callable = nothing
    undo: Callable = nothing
    is_graded: bool = False
    fields: tuple = ()


def check_rule(effects, direction, *, trigger="", money=None):
    """ValueError when a rule's list of effects cannot be carried out by this installation.

    `money` is the policy's section of that name (policy.Money), None where the book has none: then fines are off.
    """
    if not effects:
        raise ValueError(_("a rule needs at least one effect"))
    for spec in effects:
        kind = effect_kinds.get(spec.get("kind"))
        if kind is None:
            raise ValueError(_("unknown effect “%(kind)s”") % {"kind": spec.get("kind")})
        if spec.get("to", "employee") not in RECIPIENTS:
            raise ValueError(_("an effect goes to the employee, the members or the head"))
        kind.check(spec, direction)
        _refuse_fine(spec, money)
        _refuse_beyond_ranking(spec, direction, trigger)


def _refuse_fine(spec, money):
    if spec.get("class") == "fine" and not (money and money.fine_enabled):
        raise ValueError(
            _(
                "fines are off: employers in China have no general right to fine; "
                "leave the class out to take the amount from agreed performance pay"
            )
        )


def _refuse_beyond_ranking(spec, direction, trigger):
    if trigger == "rank_streak" and direction == "penalty" and spec["kind"] not in RANKING_ALONE:
        raise ValueError(_("a place in the ranking alone leads to no more than points, a talk and training"))


def default_choice(specs):
    """The effects of a decision as the rule gives them, without their ranges."""
    return [{name: value for name, value in spec.items() if name not in ("least", "most")} for spec in specs]


def chosen_within(specs, wanted):
    """The effects of a decision from the rule's `specs` and HR's `wanted` [{kind, amount}]; ValueError off range."""
    if [effect.get("kind") for effect in wanted] != [spec["kind"] for spec in specs]:
        raise ValueError(_("The effects are those of the rule; only their grade can be chosen."))
    chosen = []
    for spec, effect in zip(specs, wanted, strict=True):
        result = default_choice([spec])[0]
        if effect_kinds[spec["kind"]].is_graded:
            amount = effect.get("amount", spec["amount"])
            low, high = sorted((spec["least"], spec["most"]))
            if not isinstance(amount, int) or not low <= amount <= high:
                raise ValueError(
                    _("The rule allows %(low)s to %(high)s, not %(amount)s.")
                    % {"low": low, "high": high, "amount": amount}
                )
            result["amount"] = amount
        chosen.append(result)
    return chosen


def weight(effects):
    """Sum of the graded amounts by kind: tells whether one list of effects is harsher than another."""
    return {effect["kind"]: abs(effect["amount"]) for effect in effects if "amount" in effect}


def is_harsher(new, old):
    """Whether `new` takes more than `old` in any kind."""
    before = weight(old)
    return any(amount > before.get(kind, 0) for kind, amount in weight(new).items())
