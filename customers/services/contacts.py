"""Further ways to reach a customer. The first telephone number and e-mail address stand in the file itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from customers.models import Contact
from customers.reaching import tidy_contact, tidy_line
from customers.rules import contact_key
from customers.services.locking import locked

#: kinds whose first value is a field of the file
IN_FILE = ("phone", "email")
LONGEST_LABEL = 40


@transaction.atomic
def add_contact(customer, *, kind, value, by, at, label=""):
    """Note another number, address or name. The first one of its kind becomes the one to use.

    Returns the Contact, or None when it became the file's own telephone number or e-mail address.
    """
    if kind not in Contact.Kind.values:
        raise Refused(_("Choose one of the kinds shown."), field="kind")
    value, label = tidy_contact(kind, value), tidy_line(label, LONGEST_LABEL, "label")
    found = locked(customer)
    key = contact_key(kind, value)
    others = found.contacts.filter(kind=kind)
    own = getattr(found, kind) if kind in IN_FILE else ""
    if others.filter(key=key).exists() or (own and contact_key(kind, own) == key):
        raise Refused(_("This is on file already."), field="value")
    audit.record("customers.customer.contact_added", found, by=by, at=at, data={"kind": kind})
    if kind in IN_FILE and not own:
        setattr(found, kind, value)
        found.save(update_fields=[kind])
        return None
    return Contact.objects.create(
        customer=found,
        kind=kind,
        value=value,
        key=key,
        label=label,
        is_primary=kind not in IN_FILE and not others.exists(),
        recorded_by=by,
        recorded_at=at,
    )


@transaction.atomic
def make_primary(contact, *, by, at):
    """Use this one first. A telephone number or e-mail address changes places with the one in the file."""
    found = locked(contact.customer)
    contact = _still_there(contact)
    if contact.kind in IN_FILE:
        former = getattr(found, contact.kind)
        setattr(found, contact.kind, contact.value)
        found.save(update_fields=[contact.kind])
        _put_back(contact, former)
    elif not contact.is_primary:
        found.contacts.filter(kind=contact.kind, is_primary=True).update(is_primary=False)
        contact.is_primary = True
        contact.save(update_fields=["is_primary"])
    audit.record("customers.customer.contact_first", found, by=by, at=at, data={"kind": contact.kind})


def _put_back(contact, former):
    """What stood in the file takes the contact's row, which goes when there was nothing."""
    if not former:
        contact.delete()
        return
    contact.value, contact.key, contact.label = former, contact_key(contact.kind, former), ""
    contact.save(update_fields=["value", "key", "label"])


@transaction.atomic
def remove_contact(contact, *, by, at):
    """Take it off the file; the oldest of its kind that is left is used first."""
    found = locked(contact.customer)
    contact = _still_there(contact)
    was_first = contact.is_primary
    contact.delete()
    heir = found.contacts.filter(kind=contact.kind).order_by("pk").first() if was_first else None
    if heir:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    audit.record("customers.customer.contact_removed", found, by=by, at=at, data={"kind": contact.kind})


def _still_there(contact):
    found = Contact.objects.filter(pk=contact.pk).first()
    if found is None:
        raise Refused(_("This is no longer on file. Reload the page."), code="state")
    return found
