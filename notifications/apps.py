from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.registries import tick_jobs
        from notifications import services

        tick_jobs.register("notifications.send_due", services.send_due)
