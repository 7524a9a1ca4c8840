from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.registries import tick_jobs
        from jobs import services

        declare_verbs(**{"jobs.view": _("see the progress of long work")})
        tick_jobs.register("jobs.send_due", services.send_due)
