"""Which file a change is made in: the leading one, locked, as it is now."""

from django.utils.translation import gettext as _

from core.flow import Refused
from customers.models import Customer


def locked(customer):
    """The file as it is now, locked until the change is made; Refused when it leads no longer or was erased."""
    found = Customer.objects.select_for_update().get(pk=customer.pk)
    refuse_unless_live(found)
    return found


def refuse_unless_live(customer):
    if customer.merged_into_id:
        raise Refused(
            _("This file was merged into another. Open that one and change it there."), code="merged"
        )
    if customer.erased_at:
        raise Refused(_("What this file held was erased. Nothing can be added to it."), code="erased")
