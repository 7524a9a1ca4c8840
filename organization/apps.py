from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    name = "organization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.imports import import_kinds
        from core.navigation import NavItem
        from core.registries import navigation, pack_loaders, policy_sections, searches
        from organization import imports, rules, selectors
        from organization.loading import load_structure

        pack_loaders.register("organization.structure", load_structure, order=3)
        policy_sections.register("departments", rules.parse_departments)
        policy_sections.register("posts", rules.parse_posts)
        policy_sections.register("sites", rules.parse_sites)
        policy_sections.register("roles", rules.parse_roles)

        declare_verbs(
            **{
                "organization.view": _("see staff, departments and posts"),
                "organization.import": _("import staff"),
            }
        )
        import_kinds.register("staff", imports.STAFF, order=10)
        searches.register("organization", selectors.search, order=10)
        navigation.register(
            "organization.staff",
            NavItem(
                label=_("People and posts"),
                icon="people",
                url_name="staff",
                verbs=("organization.view",),
                group=_("Rules and people"),
            ),
            order=820,
        )
