"""What a decision does: each kind is registered with what it allows, and how it is carried out and undone."""

from incentives.effects.base import (
    Effect,
    check_rule,
    chosen_within,
    default_choice,
    effect_kinds,
    is_harsher,
    weight,
)

__all__ = [
    "Effect",
    "check_rule",
    "chosen_within",
    "default_choice",
    "effect_kinds",
    "is_harsher",
    "weight",
]
