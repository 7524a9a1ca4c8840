"""Inspections: verbs, policy sections, figures beside the checklist, facts, clocks, checks, messages, pages."""

from django.utils.translation import gettext_lazy as _

from core import registries
from core.access import declare_verbs
from improvements import navigation_inspections
from improvements.inspections import figures, policy, verification
from improvements.registries import inspection_facts
from improvements.selectors import inspections as selectors
from improvements.services import inspection_clocks
from notifications.registries import Group, message_groups
from policies.registries import content_checks


def register():
    declare_verbs(
        **{
            "improvements.view_inspections": _("see inspections in reach: checklists, findings, scores"),
            "improvements.inspect": _(
                "plan and hold inspections, verify measures, confirm what is said of a colleague"
            ),
            "improvements.answer_inspections": _("answer inspections of one’s own departments"),
            "improvements.follow_up": _("see the measures one has been given, and report them done"),
        }
    )
    registries.policy_sections.register("inspections", policy.parse_inspections)
    registries.policy_sections.register("checklists", policy.parse_checklists)
    content_checks.register("improvements.checklists", policy.unknown_names)
    inspection_facts.register("complaints", figures.COMPLAINTS, order=20)
    registries.fact_sources.register("improvements.inspections", selectors.confirmed_facts)
    registries.tick_jobs.register("improvements.inspections", inspection_clocks.watch_inspections, order=47)
    checks = {
        "6 inspections": verification.nobody_inspects_their_own,
        "6 faults named by inspections": verification.facts_have_second_persons,
        "7 scores of inspections": verification.scores_follow_from_items,
    }
    for name, check in checks.items():
        registries.verifications.register(name, check)
    message_groups.register("improvements.inspections", Group(_("Inspections"), ("improvements.inspection",)))
    navigation_inspections.register()
