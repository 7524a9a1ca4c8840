"""Giving and withdrawing consent (CC-4.1): every word is kept, the newest counts."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from customers.models import Consent
from customers.reaching import tidy_line
from customers.selectors.consents import consent_of, may_be_asked
from customers.selectors.families import family_of
from customers.services.locking import locked

LONGEST_SOURCE = 60


@transaction.atomic
def give_consent(customer, *, purpose, source, by, at):
    """The customer agrees; `source` says how we know. A file that was switched off for surveys is on again."""
    found, source = _asked(customer, purpose, source)
    newest = consent_of(found, purpose)
    if newest and newest.is_given and may_be_asked(found.pk, purpose):
        raise Refused(_("The customer has agreed to this already."), code="state", field="purpose")
    if purpose == Consent.Purpose.SURVEYS:
        for file in family_of(found).filter(may_be_surveyed=False):
            file.may_be_surveyed = True
            file.save(update_fields=["may_be_surveyed"])
    return write_word(found, purpose=purpose, is_given=True, source=source, by=by, at=at)


@transaction.atomic
def withdraw_consent(customer, *, purpose, source, by, at):
    """The customer wants no more of it: nobody asks or writes for this purpose from now on."""
    found, source = _asked(customer, purpose, source)
    newest = consent_of(found, purpose)
    if newest and not newest.is_given:
        raise Refused(_("The customer has withdrawn from this already."), code="state", field="purpose")
    return write_word(found, purpose=purpose, is_given=False, source=source, by=by, at=at)


def _asked(customer, purpose, source):
    if purpose not in Consent.Purpose.values:
        raise Refused(_("Choose one of the purposes shown."), field="purpose")
    source = tidy_line(source, LONGEST_SOURCE, "source")
    if not source:
        raise Refused(_("Write how you know: a call, a form, a message."), field="source")
    return locked(customer), source


def write_word(customer, *, purpose, is_given, source, by, at):
    """One line of the history of consent; within the transaction of what asks for it."""
    word = Consent.objects.create(
        customer=customer, purpose=purpose, is_given=is_given, source=source, at=at, by=by
    )
    verb = "given" if is_given else "withdrawn"
    audit.record(
        f"customers.consent.{verb}", word, by=by, at=at, company_id=customer.company_id,
        data={"customer": customer.pk, "purpose": str(purpose)},
    )  # fmt: skip
    return word
