"""The suggestion box: policy section, facts, what must hold, clock, messages, sidebar, inbox, search."""

from django.utils.translation import gettext_lazy as _

from core.access import declare_verbs
from core.facts import FactHome
from core.registries import (
    fact_homes,
    fact_pages,
    fact_sources,
    policy_sections,
    tick_jobs,
    verifications,
)
from improvements.models.suggestions import ADVISE, ASSESS, SEE, SUGGEST
from improvements.selectors import suggestions
from improvements.services.suggestion_clock import remind_overdue
from improvements.services.suggestion_telling import DESK, OWN
from improvements.suggestions import navigation, policy
from notifications.registries import Group, message_groups


def register():
    declare_verbs(
        **{
            SUGGEST: _("make suggestions for better service"),
            SEE: _("see the staff's suggestions and what became of them"),
            ASSESS: _("assess suggestions, measure their effect and confirm what others measured"),
            ADVISE: _("answer for one's department what it thinks of a suggestion"),
        }
    )
    policy_sections.register("suggestions", policy.parse_suggestions)
    fact_sources.register("improvements.suggestions", suggestions.suggestion_facts)
    fact_homes.register(
        suggestions.KIND,
        FactHome(
            is_open=policy.is_open,
            sentence=_("Suggestions go through the suggestion box, where their effect is counted."),
            url_name="suggestions",
        ),
    )
    fact_pages.register(suggestions.KIND, suggestions.page_of)
    tick_jobs.register("improvements.remind_suggestions", remind_overdue, order=55)
    verifications.register("3 suggestions", suggestions.effects_are_what_was_counted)
    verifications.register("6 suggestions", suggestions.nobody_judges_their_own)
    message_groups.register("improvements.own", Group(_("Your suggestions"), (OWN,)))
    message_groups.register("improvements.suggestions", Group(_("Suggestions to work on"), (DESK,)))
    navigation.register()
