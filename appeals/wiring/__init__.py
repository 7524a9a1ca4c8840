"""What this room adds to the registries of lower ones."""

from django.utils.translation import gettext_lazy as _

from appeals import navigation, policy, selectors, services
from appeals.services import deciding
from core import events
from core.registries import policy_sections, tick_jobs, verifications
from notifications.registries import Group, message_groups

OWN = ("filed", "accepted", "investigating", "inadmissible", "dismissed", "answered")


def register():
    navigation.register()
    policy_sections.register("appeals", policy.parse_appeals)
    events.subscribe("approvals.motion_carried", "appeals.answer", deciding.on_carried)
    for name in ("rejected", "returned", "withdrawn"):
        events.subscribe(f"approvals.motion_{name}", f"appeals.{name}", deciding.on_not_carried)
    tick_jobs.register("appeals.watch", services.watch, order=60)
    tick_jobs.register("appeals.dismiss_uncontested", services.dismiss_uncontested, order=61)
    verifications.register("5 appeals", selectors.suspended_have_an_appeal)
    verifications.register("6 appeals", selectors.nobody_judges_their_own)
    message_groups.register(
        "appeals.own",
        Group(_("Your appeals"), tuple(f"appeals.{name}" for name in OWN), is_fixed=True),
    )
    message_groups.register(
        "appeals.moved", Group(_("Corrections of your figures"), ("appeals.moved",), is_fixed=True)
    )
    message_groups.register("appeals", Group(_("Appeals to work on"), ("appeals.",)))
