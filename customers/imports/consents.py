"""What a table says about surveys, beside what the customers said themselves (CC-4.1)."""

from customers.models import Consent
from customers.selectors.consents import NEWEST
from customers.selectors.families import with_merged

BATCH = 500
SOURCE = "import"
SURVEYS = Consent.Purpose.SURVEYS


def refused_themselves(customers):
    """Ids of leading files whose newest word on surveys is a refusal that came from no table: no table undoes it."""
    families = with_merged({file.live_id for file in customers})
    newest = {}
    for word in Consent.objects.filter(customer__in=list(families), purpose=SURVEYS).order_by(*NEWEST):
        newest.setdefault(families[word.customer_id], word)
    return {pk for pk, word in newest.items() if not word.is_given and word.source != SOURCE}


def write(words, at):
    """`words`: [(Customer, agrees or None where the table says nothing)]."""
    Consent.objects.bulk_create(
        [
            Consent(customer=customer, purpose=SURVEYS, is_given=agrees, source=SOURCE, at=at)
            for customer, agrees in words
            if agrees is not None
        ],
        batch_size=BATCH,
    )
