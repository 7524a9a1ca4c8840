from customers.models.consent import Consent, Disclosure, Export
from customers.models.details import Contact, Need, Preference
from customers.models.file import Customer, Encounter, Purchase
from customers.models.merging import Apart, Merge

__all__ = [
    "Apart",
    "Consent",
    "Contact",
    "Customer",
    "Disclosure",
    "Encounter",
    "Export",
    "Merge",
    "Need",
    "Preference",
    "Purchase",
]
