"""Triggers, effects, the policy sections and the pack loader of this room."""

from core.registries import pack_loaders, policy_sections
from incentives import effects, loading, policy
from incentives.services import issuing, ledger, talks


def register():
    kinds = effects.effect_kinds
    kinds.register(
        "points", effects.Effect(effects.check_points, carry_out=ledger.add_points, is_graded=True)
    )
    kinds.register(
        "commendation_notice",
        effects.Effect(effects.check_praise, carry_out=issuing.publish_commendation),
    )
    kinds.register(
        "admonishing_talk",
        effects.Effect(effects.check_talk, carry_out=talks.schedule, undo=talks.call_off),
    )
    policy_sections.register("clocks", policy.parse_clocks)
    policy_sections.register("money", policy.parse_money)
    policy_sections.register("letters", policy.parse_letters)
    pack_loaders.register("incentives.rules", loading.load_rules, order=12)
