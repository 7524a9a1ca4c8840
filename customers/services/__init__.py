"""Verbs on customer files. Other rooms import those they use from here."""

from customers.selectors.consents import may_be_asked
from customers.services.consents import give_consent, withdraw_consent
from customers.services.contacts import add_contact, make_primary, remove_contact
from customers.services.disclosing import record_export, unmask
from customers.services.erasing import erase
from customers.services.files import change_customer, create_customer
from customers.services.homes import change_home, record_home, remove_home
from customers.services.merging import keep_apart, merge, unmerge
from customers.services.wishes import (
    change_need,
    change_preference,
    record_need,
    record_preference,
    remove_need,
    remove_preference,
)

__all__ = [
    "add_contact",
    "change_customer",
    "change_home",
    "change_need",
    "change_preference",
    "create_customer",
    "erase",
    "give_consent",
    "keep_apart",
    "make_primary",
    "may_be_asked",
    "merge",
    "record_export",
    "record_home",
    "record_need",
    "record_preference",
    "remove_contact",
    "remove_home",
    "remove_need",
    "remove_preference",
    "unmask",
    "unmerge",
    "withdraw_consent",
]
