from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncentivesConfig(AppConfig):
    name = "incentives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs

        declare_verbs(
            **{
                "incentives.view": _("see rewards and penalties, their evidence and the ledger"),
                "incentives.view_own": _("see decisions and ledger lines about oneself"),
                "incentives.propose": _("propose rewards and penalties, or put them aside"),
                "incentives.hold_talk": _("hold and record admonishing talks"),
            }
        )
        from incentives.wiring import facts, pages, rules, work

        for module in (rules, work, facts, pages):
            module.register()
