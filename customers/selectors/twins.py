"""Files that may be one person's: found by grouping in SQL, compared within small groups only."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, groupby

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from customers.likeness import bare, names_alike, within_one
from customers.models import Apart, Contact, Customer, Purchase
from customers.selectors.families import root

PHONE, HOME, SIMILAR = "phone", "home", "similar"
ORDER = (PHONE, HOME, SIMILAR)
#: a number in more files than this is an agency's or a company's: each is compared with the oldest only
ALL_WITH_ALL = 6
#: how many neighbours in order of telephone number are compared within a block
WINDOW = 20


@dataclass(frozen=True)
class Pair:
    """Two leading files, the older one first, and why they look like one person's."""

    first: int
    second: int
    reasons: tuple


def pairs_of(company):
    """All pairs of the company that nobody has found different yet, those with most reasons first."""
    reasons = defaultdict(set)
    for reason, pairs in ((PHONE, _same_phone), (HOME, _same_home), (SIMILAR, _similar)):
        for pair in pairs(company):
            reasons[pair].add(reason)
    decided = _found_different(company)
    found = [
        Pair(*pair, tuple(reason for reason in ORDER if reason in why))
        for pair, why in reasons.items()
        if pair not in decided
    ]
    return sorted(
        found, key=lambda pair: (-len(pair.reasons), ORDER.index(pair.reasons[0]), pair.first, pair.second)
    )


def _found_different(company):
    rows = Apart.objects.filter(company=company).values_list(root("first"), root("second"))
    return {tuple(sorted(pair)) for pair in rows}


def _pairs_within(ids):
    """Pairs of a group: all of a small one, each with the oldest of a large one."""
    members = sorted(ids)
    if len(members) <= ALL_WITH_ALL:
        return combinations(members, 2)
    return ((members[0], other) for other in members[1:])


def _same_phone(company):
    """The same number, be it the first of a file or a further one."""
    files = Customer.objects.filter(company=company, erased_at=None).exclude(phone_key="")
    further = Contact.objects.filter(kind=Contact.Kind.PHONE, customer__company=company)
    twin = files.filter(phone_key=OuterRef("phone_key")).exclude(pk=OuterRef("pk"))
    same_first = files.filter(phone_key=OuterRef("key")).exclude(pk=OuterRef("customer"))
    same_further = further.filter(key=OuterRef("key")).exclude(customer=OuterRef("customer"))
    holders = defaultdict(set)
    for key, pk in files.filter(Exists(twin)).order_by().values_list("phone_key", root()):
        holders[key].add(pk)
    shared = further.filter(Exists(same_first) | Exists(same_further)).order_by()
    for key, pk in shared.values_list("key", root("customer")):
        holders[key].add(pk)
    for key, pk in (
        files.filter(phone_key__in=shared.values("key")).order_by().values_list("phone_key", root())
    ):
        holders[key].add(pk)
    for ids in holders.values():
        yield from _pairs_within(ids)


def _same_home(company):
    """The same name and the same home."""
    homes = Purchase.objects.filter(company=company, customer__erased_at=None)
    here = Purchase.objects.filter(company=company, site=OuterRef("site"), unit=OuterRef("unit"))
    shared = homes.filter(Exists(here.exclude(customer=OuterRef("customer")))).order_by()
    groups = defaultdict(set)
    name = Coalesce("customer__merged_into__name", "customer__name")
    for site, unit, called, pk in shared.values_list("site", "unit", name, root("customer")):
        groups[site, unit, bare(called)].add(pk)
    for ids in groups.values():
        yield from _pairs_within(ids)


def _similar(company):
    """A similar name and a number with one digit wrong, within the block of family name and last four digits."""
    files = Customer.objects.live().filter(company=company).exclude(phone_key="")
    twin = files.filter(twin_key=OuterRef("twin_key")).exclude(pk=OuterRef("pk"))
    twin = twin.exclude(phone_key=OuterRef("phone_key"))
    blocks = files.filter(Exists(twin)).order_by("twin_key", "phone_key", "pk")
    rows = blocks.values_list("twin_key", "phone_key", "name", "pk")
    for _key, block in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[0]):
        members = list(block)
        for place, (_block, phone, name, pk) in enumerate(members):
            for _other, other_phone, other_name, other in members[place + 1 : place + 1 + WINDOW]:
                if phone != other_phone and within_one(phone, other_phone) and names_alike(name, other_name):
                    yield tuple(sorted((pk, other)))
