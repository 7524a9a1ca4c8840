from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem
from core.registries import navigation


def add_to_navigation():
    navigation.register(
        "notifications.messages",
        NavItem(
            label=_("Messages"),
            icon="envelope",
            url_name="messages",
            verbs=("core.home",),
            counts="messages",
            is_information=True,
        ),
        order=-90,
    )
    navigation.register(
        "notifications.outbox",
        NavItem(
            label=_("Outbox"),
            icon="send",
            url_name="outbox",
            verbs=("notifications.manage",),
            group=_("Rules and people"),
        ),
        order=880,
    )
    navigation.register(
        "notifications.robots",
        NavItem(
            label=_("Group robots"),
            icon="robot",
            url_name="robots",
            verbs=("notifications.manage",),
            group=_("Rules and people"),
        ),
        order=885,
    )
