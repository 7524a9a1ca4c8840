from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from audit import services
        from core.registries import tick_jobs, transition_recorders, verifications

        transition_recorders.register("audit", services.record)
        tick_jobs.register("audit.seal", services.seal, order=90)
        verifications.register("7 audit chain", services.violations)
