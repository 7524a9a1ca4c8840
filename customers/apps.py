from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.access import declare_verbs
        from core.imports import import_kinds
        from core.navigation import NavItem
        from core.registries import customer_timeline, erasure, navigation, policy_sections, searches
        from customers import imports, policy, selectors
        from customers.services import erasing

        declare_verbs(
            **{
                "customers.view": _("see customer files, masked"),
                "customers.unmask": _("see a customer's name and number, with a reason"),
                "customers.import": _("import customers and service encounters"),
                "customers.edit": _("open customer files, and keep what stands in them"),
                "customers.merge": _("decide whether two files are one person's"),
                "customers.export": _("export the list of customers"),
                "customers.erase": _("erase a person from all files, for good"),
            }
        )
        import_kinds.register("customers", imports.CUSTOMERS, order=20)
        import_kinds.register("encounters", imports.ENCOUNTERS, order=30)
        policy_sections.register("customers", policy.parse_customers)
        erasure.register("customers", erasing.forget_customer, order=90)
        customer_timeline.register("customers.own", selectors.own_timeline)
        searches.register("customers", selectors.search, order=50)
        navigation.register(
            "customers.list",
            NavItem(
                label=_("Customer files"),
                icon="person-vcard",
                url_name="customers",
                verbs=("customers.view",),
                group=_("Customers and surveys"),
            ),
            order=44,
        )
