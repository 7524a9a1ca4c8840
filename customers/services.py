"""Verbs on customer files."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from customers.models import Consent, Customer, Disclosure

LEAST_REASON = 4


@transaction.atomic
def unmask(customer, *, reason, by, at):
    """Record that somebody looks at the personal data, and why; the caller may then show them once."""
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(_("Write in a few words why you need the name and number."), field="reason")
    audit.record("customers.customer.unmasked", customer, by=by, at=at)
    Disclosure.objects.create(customer=customer, reason=reason[:300], by=by, at=at)
    return customer


def may_be_asked(customer_id, purpose):
    """Whether the customer takes messages of this purpose: the newest consent decides, the file's switch before it."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or (purpose == Consent.Purpose.SURVEYS and not customer.may_be_surveyed):
        return False
    newest = Consent.objects.filter(customer=customer, purpose=purpose).order_by("-at", "-pk").first()
    return newest is None or newest.is_given
