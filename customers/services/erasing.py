"""Erase one person: what identifies them goes from every room, what was counted stays counted (CC-4.4)."""

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from core.registries import erasure
from customers.erased import key_of
from customers.models import (
    Consent,
    Contact,
    Customer,
    Disclosure,
    Encounter,
    Export,
    Merge,
    Need,
    Preference,
    Purchase,
)
from customers.services.locking import refuse_unless_live
from customers.wording import ERASURE_REASONS


@transaction.atomic
def erase(customer, *, reason, by, at):
    """Erase all files of this person in every room that registered itself; all of it or, when one refuses, nothing.

    `reason` is a code of wording.ERASURE_REASONS: free words could name the person again.
    """
    if reason not in ERASURE_REASONS:
        raise Refused(_("Choose why the person is erased."), field="reason")
    files = _family_locked(customer)
    for file in files:
        for forget in erasure:
            forget(file, at)
        audit.record("customers.customer.erased", file, by=by, at=at, reason_code=reason)
    customer.refresh_from_db()
    return customer


def _family_locked(customer):
    """All files of the person. The leading one is locked first: a merge of the same moment has ended before the others
    are looked for, or comes after and is refused."""
    files = Customer.objects.select_for_update(no_key=True)
    refuse_unless_live(files.get(pk=customer.pk))
    return list(files.filter(Q(pk=customer.pk) | Q(merged_into=customer.pk)).order_by("pk"))


def forget_customer(customer, at):
    """This room's part. Purchases, encounters, needs and consents stay as counts, without what tells whose.

    Of the number a keyed hash is kept, so that the next import does not bring the person back unseen.
    """
    pk = customer.pk
    _forget_in_exports(customer)
    Contact.objects.filter(customer=pk).delete()
    Need.objects.filter(customer=pk).update(note="", wanted_by="")
    Preference.objects.filter(customer=pk).update(words="")
    Consent.objects.filter(customer=pk).update(source="")
    Disclosure.objects.filter(customer=pk).update(reason="")
    Merge.objects.filter(Q(kept=pk) | Q(dropped=pk)).update(reason="", before={})
    Purchase.objects.filter(customer=pk).update(unit=_erased_word())
    Encounter.objects.filter(customer=pk).update(reference=_erased_word())
    _forget_history(pk)
    Customer.objects.filter(pk=pk).update(
        number=_erased_word(),
        name="",
        phone="",
        email="",
        birthday=None,
        may_be_surveyed=False,
        erased_at=at,
        erased_key=key_of(customer.company_id, customer.number),
    )


def _forget_in_exports(customer):
    """Why a whole list left stays on record, but for what names this person."""
    own = {customer.number, customer.name, customer.phone, customer.email}
    own |= set(Contact.objects.filter(customer=customer).values_list("value", flat=True))
    for former in customer.history.values_list("name", "phone", "email"):
        own |= set(former)
    words = sorted((word for word in own if len(word) > 1), key=len, reverse=True)
    for export in Export.objects.filter(disclosures__customer=customer).exclude(reason="").distinct():
        reason = export.reason
        for word in words:
            reason = reason.replace(word, "…")
        if reason != export.reason:
            Export.objects.filter(pk=export.pk).update(reason=reason)


def _forget_history(pk):
    """Former values go with the present ones. That a file existed stays; of its details nothing is left."""
    for model in (Contact, Need, Preference, Purchase):
        model.history.filter(customer_id=pk).delete()
    Customer.history.filter(id=pk).update(
        number=f"erased-{pk}", name="", phone="", email="", birthday=None, history_change_reason=None
    )


def _erased_word():
    """selectors.timeline.erased_word in SQL: where a value has to be unique, it says whose row it is."""
    return Concat(Value("erased-"), Cast(F("pk"), CharField()))
