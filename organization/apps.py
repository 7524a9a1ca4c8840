from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    name = "organization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs

        declare_verbs(
            **{
                "organization.view": _("see staff, departments and posts"),
                "organization.import": _("import staff"),
            }
        )
