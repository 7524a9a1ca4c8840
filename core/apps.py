from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import health, logs
        from core.access import declare_verbs
        from core.navigation import NavItem
        from core.registries import gauges, navigation

        logs.configure()
        declare_verbs(**{"core.home": _("sign in and see one's own inbox")})
        gauges.register("deliveries_due", health.due_deliveries)
        inbox = NavItem(label=_("Inbox"), icon="inbox", url_name="home", verbs=("core.home",), counts="*")
        navigation.register("core.home", inbox, order=-100)
