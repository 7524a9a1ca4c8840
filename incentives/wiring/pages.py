"""Navigation and the groups of messages."""

from django.utils.translation import gettext_lazy as _

from core.registries import inbox_sources
from incentives import duty_inbox, hand_inbox, navigation
from notifications.registries import Group, message_groups


def register():
    navigation.register()
    hand_inbox.register()
    inbox_sources.register("incentives.duties", duty_inbox.duty_inbox)
    own = ("hearing", "issued", "posted", "reversed", "set_aside", "talk", "warning", "duty", "graded_anew")
    message_groups.register(
        "incentives.own",
        Group(
            _("Decisions about you, hearings and talks"),
            tuple(f"incentives.{kind}" for kind in own),
            is_fixed=True,
        ),
    )
    message_groups.register("incentives", Group(_("Proposals to work on"), ("incentives.",)))
