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
                "incentives.report_fact": _("report facts by hand and verify those of others"),
                "incentives.payroll": _("make and download a month’s payroll file"),
            }
        )
        from incentives.wiring import drafts, effects, facts, pages, rules, work

        for module in (rules, effects, work, facts, pages, drafts):
            module.register()
