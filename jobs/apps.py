from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.navigation import NavItem
        from core.registries import gauges, navigation, tick_jobs, verifications
        from jobs import attachments, imports, services, wording

        declare_verbs(**{"jobs.view": _("see the progress of long work")})
        services.run_kinds.register(imports.CHECK, imports.check_run)
        services.run_kinds.register(imports.APPLY, imports.apply_run)
        for kind in (imports.CHECK, imports.APPLY):
            wording.run_titles.register(kind, wording.import_title)
        tick_jobs.register("jobs.send_due", services.send_due)
        tick_jobs.register("jobs.forget_old_files", imports.forget_old_files, order=80)
        tick_jobs.register("jobs.forget_orphans", attachments.forget_orphans, order=81)
        gauges.register("runs_due", services.due_count)
        verifications.register("9 jobs", services.violations)
        navigation.register(
            "jobs.list",
            NavItem(
                label=_("Jobs"),
                icon="arrow-repeat",
                url_name="jobs",
                verbs=("jobs.view",),
                group=_("Rules and people"),
                is_information=True,
            ),
            order=890,
        )
