from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "policies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.navigation import NavItem
        from core.registries import inbox_sources, navigation, policy_readers, searches, verifications
        from policies import inbox, selectors, services

        declare_verbs(
            **{
                "policies.view": _("read policies and clauses"),
                "policies.sign": _("sign off a version"),
                "policies.edit": _("draft rule books: a unit's own rules, or those of the company"),
                "policies.publish": _("send versions for sign-off, publish and withdraw them"),
            }
        )
        navigation.register(
            "policies.documents",
            NavItem(
                _("Policies and clauses"),
                "book",
                "policies",
                ("policies.view", "policies.edit"),
                _("Company"),
                "policies.sign",
            ),
            order=92,
        )
        navigation.register(
            "policies.roles",
            NavItem(_("Roles and rights"), "key", "roles", ("organization.view",), _("Rules and people")),
            order=830,
        )
        policy_readers.register("policies", selectors.section)
        inbox_sources.register("policies", inbox.items)
        searches.register("policies", inbox.search, order=20)
        verifications.register("4 frozen policies", services.violations)
