"""Whether messages of a purpose are stopped for an address, by a link or by a consent withdrawn elsewhere."""

import datetime as dt

from customers.models import Customer
from customers.selectors import consent_of
from customers.services import may_be_asked
from notifications.addresses import hash_of
from notifications.models import Optout, Purpose

HOUR = dt.timedelta(hours=1)
MOST_CHANGES = 20


def is_stopped(*, company_id, address_hash, customer_id, purpose):
    """Whether messages of this purpose are stopped for the address, or for its customer."""
    stopped = Optout.objects.filter(
        company_id=company_id, address_hash=address_hash, purpose__in=[purpose, Optout.ALL]
    )
    newest = stopped.order_by("-at", "-pk").first()
    customer = Customer.objects.filter(pk=customer_id).first() if customer_id else None
    consent = consent_of(customer, purpose) if customer else None
    if consent and (newest is None or consent.at > newest.at):
        return not consent.is_given
    return newest is not None and newest.is_out


def stopped_purposes(link):
    """Codes of the purposes that are stopped for who holds this link."""
    return [purpose for purpose in Purpose.values if is_stopped_for(link, purpose)]


def is_stopped_for(link, purpose):
    return is_stopped(
        company_id=link.company_id,
        address_hash=link.address_hash,
        customer_id=link.customer_id,
        purpose=purpose,
    )


def may_send(message):
    """Asked when a message goes out: was it stopped by a link meanwhile?"""
    return not message.is_to_customer or not is_stopped(
        company_id=message.company_id,
        address_hash=hash_of(message.address),
        customer_id=message.customer_id,
        purpose=message.stopped_as,
    )


def customer_agrees(message):
    """Consent is asked when a message goes out: who withdrew meanwhile is left in peace."""
    return message.customer_id is None or may_be_asked(message.customer_id, message.stopped_as)


def is_busy(link, at):
    """Something keeps switching: so many changes of one address within the hour."""
    changes = Optout.objects.filter(
        company_id=link.company_id, address_hash=link.address_hash, at__gt=at - HOUR
    )
    return changes.count() >= MOST_CHANGES
