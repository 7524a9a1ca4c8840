from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from approvals import loading, navigation, services, verification
        from core.access import declare_verbs
        from core.registries import pack_loaders, tick_jobs, verifications
        from notifications.registries import Group, message_groups

        declare_verbs(
            **{
                "approvals.vote": _("vote in the committees one sits in"),
                "approvals.audit": _("read the records of all votes"),
                "approvals.manage": _("enter terms of office of committee members"),
            }
        )
        pack_loaders.register("approvals.committees", loading.load_committees, order=7)
        navigation.register()
        message_groups.register("votes", Group(_("Votes"), ("approvals.",)))
        tick_jobs.register("approvals.remind", services.remind, order=40)
        verifications.register("6 votes", verification.violations)
