"""Who saw personal data, and why (CC-4.4): every view and every export, on the file itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from customers.models import Disclosure, Export

LEAST_REASON = 4
BATCH = 2000


@transaction.atomic
def unmask(customer, *, reason, by, at):
    """Record that somebody looks at the personal data, and why; the caller may then show them once."""
    reason = _written(reason, _("Write in a few words why you need the name and number."))
    audit.record("customers.customer.unmasked", customer, by=by, at=at)
    Disclosure.objects.create(customer=customer, reason=reason, by=by, at=at)
    return customer


@transaction.atomic
def record_export(company, *, ids, by, at, reason="", is_unmasked=False):
    """Record that a list of these files leaves as a table; each of the files shows it. Call before the first line."""
    if is_unmasked:
        reason = _written(reason, _("Write in a few words why names and numbers must leave the system."))
    else:
        reason = ""
    export = Export.objects.create(
        company=company, by=by, at=at, is_unmasked=is_unmasked, reason=reason, count=len(ids)
    )
    rows = (Disclosure(customer_id=pk, reason=reason, by=by, at=at, export=export) for pk in ids)
    Disclosure.objects.bulk_create(rows, batch_size=BATCH)
    facts = {"count": len(ids), "unmasked": is_unmasked}
    audit.record("customers.export.taken", export, by=by, at=at, data=facts)
    return export


def _written(reason, sentence):
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(sentence, field="reason")
    return reason[:300]
