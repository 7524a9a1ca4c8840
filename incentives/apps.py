from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncentivesConfig(AppConfig):
    name = "incentives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs

        declare_verbs(
            **{
                "incentives.view": _("see rewards and penalties, their evidence and the ledger"),
                "incentives.view_own": _("see decisions and ledger lines about oneself"),
                "incentives.propose": _("propose rewards and penalties, or put them aside"),
                "incentives.hold_talk": _("hold and record admonishing talks"),
            }
        )
        self._register_rules()
        self._register_work()
        self._register_facts()
        self._register_pages()

    def _register_rules(self):
        from core.registries import pack_loaders, policy_sections
        from incentives import effects, loading, policy
        from incentives.services import issuing, ledger, talks

        kinds = effects.effect_kinds
        kinds.register(
            "points", effects.Effect(effects.check_points, carry_out=ledger.add_points, is_graded=True)
        )
        kinds.register(
            "commendation_notice",
            effects.Effect(effects.check_praise, carry_out=issuing.publish_commendation),
        )
        kinds.register(
            "admonishing_talk",
            effects.Effect(effects.check_talk, carry_out=talks.schedule, undo=talks.call_off),
        )
        policy_sections.register("clocks", policy.parse_clocks)
        policy_sections.register("money", policy.parse_money)
        policy_sections.register("letters", policy.parse_letters)
        pack_loaders.register("incentives.rules", loading.load_rules, order=12)

    def _register_work(self):
        from core import events
        from core.closing import CloseStep
        from core.registries import close_steps, tick_jobs
        from incentives import services
        from incentives.services import voting
        from scoring.models import Close

        step = CloseStep(label=_("Cases and proposals"), transition=Close.PROPOSE, run=services.find_cases)
        close_steps.register("propose", step, order=30)
        events.subscribe("approvals.motion_carried", "incentives.enact", voting.on_carried)
        events.subscribe("approvals.motion_rejected", "incentives.reject", voting.on_rejected)
        events.subscribe("approvals.motion_returned", "incentives.return", voting.on_returned)
        events.subscribe("approvals.motion_withdrawn", "incentives.take_back", voting.on_returned)
        tick_jobs.register("incentives.end_hearings", services.end_due_hearings, order=50)
        tick_jobs.register("incentives.finalize", services.finalize_due, order=51)

    def _register_facts(self):
        from core.registries import verifications
        from incentives import selectors
        from scoring.services.checksums import Part, checksum_parts

        checksum_parts.register("cases", Part(selectors.stored_cases, selectors.recomputed_cases), order=30)

        verifications.register("4 cases", selectors.fact_4)
        verifications.register("4 one live decision", selectors.fact_4_overlaps)
        verifications.register("5 ledger", selectors.fact_5)
        verifications.register("6 decisions", selectors.fact_6)

    def _register_pages(self):
        from incentives import navigation
        from notifications.registries import Group, message_groups

        navigation.register()
        own = ("hearing", "issued", "posted", "reversed", "set_aside", "talk")
        message_groups.register(
            "incentives.own",
            Group(
                _("Decisions about you, hearings and talks"),
                tuple(f"incentives.{kind}" for kind in own),
                is_fixed=True,
            ),
        )
        message_groups.register("incentives", Group(_("Proposals to work on"), ("incentives.",)))
