from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import registries
        from core.access import declare_verbs
        from core.navigation import NavItem
        from jobs.services import run_kinds
        from notifications.services import permissions_to_send
        from surveys import schedule, sections, selectors, verification
        from surveys.services import campaigns, erasing, questionnaires

        declare_verbs(
            **{
                "surveys.view": _("see surveys, response and answers without names"),
                "surveys.manage": _("make, open and close surveys"),
                "surveys.exclude": _("leave an answer out of the counts, with a reason"),
            }
        )
        registries.policy_sections.register("dimensions", sections.parse_dimensions)
        registries.policy_sections.register("surveys", sections.parse_surveys)
        registries.pack_loaders.register(
            "surveys.questionnaires", questionnaires.load_questionnaires, order=8
        )
        registries.tick_jobs.register("surveys.run_due", schedule.run_due)
        run_kinds.register(campaigns.OPEN_RUN, campaigns.carry_out_opening)
        permissions_to_send.register("surveys.consent", selectors.may_send)
        registries.customer_timeline.register("surveys.invitations", selectors.timeline)
        registries.erasure.register("surveys", erasing.erase, order=-5)
        registries.searches.register("surveys.answers", selectors.search)
        registries.verifications.register(
            "1 one answer per invitation", verification.one_answer_per_invitation
        )
        registries.verifications.register("2 frozen questionnaires", verification.frozen_versions)
        registries.navigation.register(
            "surveys.campaigns",
            NavItem(
                label=_("Surveys"),
                icon="ui-checks",
                url_name="campaigns",
                verbs=("surveys.view",),
                group=_("Customers and surveys"),
            ),
            order=40,
        )
