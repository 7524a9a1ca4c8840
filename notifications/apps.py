from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.events import subscribe
        from core.navigation import NavItem
        from core.registries import (
            customer_timeline,
            gauges,
            inbox_sources,
            navigation,
            tick_jobs,
            verifications,
        )
        from notifications import selectors, services

        tick_jobs.register("notifications.send_due", services.send_due)
        services.permissions_to_send.register("customers.consent", services.customer_agrees)
        subscribe("organization.login_given", "notifications.invite", services.invite)
        verifications.register("8 messages", selectors.violations)
        gauges.register("messages_queued", selectors.queued_count)
        customer_timeline.register("notifications.messages", selectors.timeline)
        inbox_sources.register("notifications.unread", selectors.inbox)
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
