from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.closing import CloseStep
        from core.registries import close_steps
        from notifications.registries import Group, message_groups
        from reports import navigation, services
        from scoring.models import Close

        declare_verbs(
            **{
                "reports.view": _("read submitted monthly reports"),
                "reports.write": _("write and submit the monthly report"),
                "reports.review": _("review the monthly report for the group"),
                "reports.dashboard": _("see the dashboard of one's departments"),
                "audit.view": _("read the audit log"),
                "reports.my": _("see one's own satisfaction page"),
            }
        )
        close_steps.register("report", CloseStep(_("Draft the report"), Close.REPORT, services.run), order=40)
        navigation.register()
        message_groups.register("reports", Group(_("Monthly reports and closing"), ("reports.", "scoring.")))
