"""What a decision does. Each kind is registered with what it allows, and how it is carried out and undone."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.registries import Registry

#: kind ("points") -> Effect; open for higher issues: money, training, written explanation …
effect_kinds = Registry()


def nothing(*args, **kwargs):
    """For kinds that leave nothing behind to carry out or undo."""


@dataclass(frozen=True)
class Effect:
    """`check(spec, direction)` raises ValueError for an impossible line of a rule; `carry_out(decision, index, effect,
    at)` runs when the decision is posted and must be safe to repeat; `undo(decision, at)` when it is reversed.
    `is_graded` effects have an amount between `least` and `most`.
    """

    check: Callable
    carry_out: Callable = nothing
    undo: Callable = nothing
    is_graded: bool = False


def check_points(spec, direction):
    """−3 … −3: whole points, the amount inside its range, the sign as the direction says."""
    low, amount, high = (spec.get(name) for name in ("least", "amount", "most"))
    if not all(isinstance(value, int) for value in (low, amount, high)):
        raise ValueError(_("points need whole numbers amount, least and most"))
    if not min(low, high) <= amount <= max(low, high):
        raise ValueError(_("the amount of points lies outside least and most"))
    if any(value == 0 or (value > 0) != (direction == "reward") for value in (low, amount, high)):
        raise ValueError(_("rewards add points, penalties take them"))


def check_praise(spec, direction):
    if direction != "reward":
        raise ValueError(_("only rewards are published: a penalty is nobody else's business"))


def check_talk(spec, direction):
    if direction != "penalty":
        raise ValueError(_("an admonishing talk follows a penalty"))


def check_rule(effects, direction):
    """ValueError when a rule's list of effects cannot be carried out by this installation."""
    if not effects:
        raise ValueError(_("a rule needs at least one effect"))
    for spec in effects:
        kind = effect_kinds.get(spec.get("kind"))
        if kind is None:
            raise ValueError(_("unknown effect “%(kind)s”") % {"kind": spec.get("kind")})
        kind.check(spec, direction)


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
