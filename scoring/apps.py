from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "scoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import registries
        from core.access import declare_verbs
        from core.closing import CloseStep
        from core.events import subscribe
        from core.imports import import_kinds
        from core.navigation import NavItem
        from jobs.services import run_kinds
        from jobs.wording import run_titles
        from scoring.imports import METRICS
        from scoring.models import Close
        from scoring.policy import PARSERS
        from scoring.services import checksums, closing, ranks, scores, unfolding
        from scoring.stages import panel_of
        from surveys.registries import campaign_panels

        declare_verbs(
            **{
                "scoring.view": _("see scores and rankings"),
                "scoring.view_own": _("see one's own scores and rankings"),
                "scoring.close": _("close a month"),
                "scoring.import_metrics": _("import sales performance and teamwork"),
            }
        )

        def unfold_before(close, at, beat):
            """Count what waits in small transactions, before the one that scores."""
            unfolding.unfold_pending(close.company, at, beat)

        for section, parse in PARSERS.items():
            registries.policy_sections.register(section, parse)
        subscribe("surveys.answer_submitted", "scoring.unfold", unfolding.on_answer_submitted)
        subscribe("surveys.answer_excluded", "scoring.discount", unfolding.on_answer_excluded)
        registries.close_steps.register(
            "score", CloseStep(_("Count and score"), Close.SCORE, scores.run, unfold_before), order=10
        )
        registries.close_steps.register(
            "rank", CloseStep(_("Rank inside peer groups"), Close.RANK, ranks.run), order=20
        )
        registries.tick_jobs.register("scoring.close_due", closing.close_due)
        registries.verifications.register("3 scoring", checksums.violations)
        run_kinds.register(closing.RUN_KIND, closing.run_close)
        run_titles.register(closing.RUN_KIND, closing.run_title)
        import_kinds.register(METRICS.code, METRICS, order=30)
        campaign_panels.register("scoring.stages", panel_of)
        registries.navigation.register(
            "scoring.progress",
            NavItem(_("This month"), "calendar2-check", "scoring_progress", ("scoring.close",)),
            order=20,
        )
