from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem
from core.registries import navigation


def wire():
    navigation.register(
        "complaints.codes",
        NavItem(
            label=_("Codes on posters"),
            icon="qr-code",
            url_name="feedback_codes",
            verbs=("complaints.manage",),
            group=_("Customers and surveys"),
        ),
        order=47,
    )
