from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem
from core.registries import navigation


def wire():
    navigation.register(
        "complaints.board",
        NavItem(
            label=_("Voices: overview"),
            icon="grid-3x3-gap",
            url_name="case_board",
            verbs=("complaints.board",),
            group=_("Customers and surveys"),
        ),
        order=46,
    )
