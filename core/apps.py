from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs

        declare_verbs(**{"core.home": _("sign in and see one's own inbox")})
