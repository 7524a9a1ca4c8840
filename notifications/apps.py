from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import registries
        from core.access import declare_verbs
        from core.events import subscribe
        from notifications import erasing, optouts, selectors, services
        from notifications.navigation import add_to_navigation
        from notifications.registries import Group, announcements, message_groups
        from notifications.services import digests
        from notifications.services.robots import TEST

        declare_verbs(
            **{
                "notifications.manage": _(
                    "keep group robots and see what was sent and what failed, without words"
                )
            }
        )
        registries.tick_jobs.register("notifications.send_digests", digests.send_digests)
        registries.tick_jobs.register("notifications.send_due", services.send_due)
        services.permissions_to_send.register("customers.consent", optouts.customer_agrees)
        services.permissions_to_send.register("notifications.optouts", optouts.may_send)
        subscribe("organization.login_given", "notifications.invite", services.invite)
        announcements.register(TEST, _("Test: this robot is connected"))
        message_groups.register(
            "notifications.login", Group(_("Your login"), ("login_given",), is_fixed=True)
        )
        registries.erasure.register("notifications.messages", erasing.erase)
        registries.verifications.register("8 messages", selectors.violations)
        registries.gauges.register("messages_queued", selectors.queued_count)
        registries.gauges.register("messages_failed", selectors.failed_count)
        registries.gauges.register("robots_paused", selectors.paused_robots)
        registries.customer_timeline.register("notifications.messages", selectors.timeline)
        registries.inbox_sources.register("notifications.unread", selectors.inbox)
        registries.inbox_sources.register("notifications.troubles", selectors.troubles)
        add_to_navigation()
