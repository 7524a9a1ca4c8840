"""Lines of the list of customers: what one line shows, read for a whole page at once."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from customers.models import Customer, Encounter
from customers.policy import Stage
from customers.selectors.consents import askable
from customers.selectors.families import with_merged
from customers.selectors.stages import homes_of, stages_of


@dataclass(frozen=True)
class Line:
    """A leading file with what stands in it and in the files merged into it."""

    customer: Customer
    stage: Stage | None
    homes: int
    services: int
    may_be_surveyed: bool


def lines_of(files, company, stages, day):
    """Lines of these leading files, in their order; four queries however many they are."""
    flags = {file.pk: file.is_prospect for file in files}
    families = with_merged(flags)
    homes = homes_of(families)
    held = stages_of(stages, flags, homes, day)
    served = Counter()
    counts = Encounter.objects.filter(customer__in=list(families)).order_by().values_list("customer")
    for member, number in counts.annotate(number=Count("pk")):
        served[families[member]] += number
    agreeing = set(askable(company).filter(pk__in=list(flags)).values_list("pk", flat=True))
    return [
        Line(file, held[file.pk], len(homes.get(file.pk, ())), served[file.pk], file.pk in agreeing)
        for file in files
    ]
