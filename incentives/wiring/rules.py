"""Triggers, the policy sections and the pack loader of this room."""

from core.registries import pack_loaders, policy_sections
from incentives import loading, policy


def register():
    policy_sections.register("clocks", policy.parse_clocks)
    policy_sections.register("money", policy.parse_money)
    policy_sections.register("letters", policy.parse_letters)
    policy_sections.register("limits", policy.parse_limits)
    pack_loaders.register("incentives.rules", loading.load_rules, order=12)
