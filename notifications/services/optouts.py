"""The link at the end of every message to a customer: what it stops, and how that is undone (CC-4.1).

An opt-out belongs to the address, so that it also holds for people without a customer file and for another file with
the same address; with a file the consent is withdrawn besides, and its history says so. The newer of both counts.
"""

from django.db import transaction

from audit.services import record
from customers.models import Consent, Customer
from notifications.models import Optout, Purpose, UnsubscribeLink
from notifications.optouts import is_stopped_for

SOURCE = "unsubscribe link"


@transaction.atomic
def stop(link, *, purpose, at):
    """Stop one purpose, or `Optout.ALL`. Safe to repeat. Returns whether anything changed."""
    return _set(link, purpose, True, at)


@transaction.atomic
def resume(link, *, purpose, at):
    """Undo on the same page."""
    return _set(link, purpose, False, at)


def _set(link, purpose, is_out, at):
    link = UnsubscribeLink.objects.select_for_update().get(pk=link.pk)
    purposes = Purpose.values if purpose == Optout.ALL else [Purpose(purpose)]
    changing = [one for one in purposes if is_stopped_for(link, one) != is_out]
    if not changing:
        return False
    row = Optout.objects.create(
        company_id=link.company_id, address_hash=link.address_hash, purpose=purpose, is_out=is_out, at=at
    )
    record(f"notifications.optout.{'stopped' if is_out else 'resumed'}", row, by=None, at=at)
    customer = Customer.objects.filter(pk=link.customer_id, erased_at=None).first()
    if customer is not None:
        for one in changing:
            _write_consent(customer, one, is_given=not is_out, at=at)
    return True


def _write_consent(customer, purpose, *, is_given, at):
    """Into the file that leads, where staff look. The verbs of customers refuse what is so already; a link may not."""
    consent = Consent.objects.create(
        customer_id=customer.live_id, purpose=purpose, is_given=is_given, source=SOURCE, at=at
    )
    record(
        f"customers.consent.{'given' if is_given else 'withdrawn'}",
        consent,
        by=None,
        at=at,
        company_id=customer.company_id,
        data={"customer": customer.live_id, "purpose": str(purpose)},
    )
