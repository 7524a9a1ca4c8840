from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    name = "appeals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs

        declare_verbs(
            **{
                "appeals.file": _("appeal against what concerns oneself"),
                "appeals.view": _("see appeals, their evidence and outcomes"),
                "appeals.handle": _("admit and investigate appeals"),
                "appeals.decide": _("decide appeals that others have investigated"),
            }
        )
        from appeals import wiring

        wiring.register()
