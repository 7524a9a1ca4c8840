"""Which files are one person's, and whose belong to one household."""

from django.db.models import Q
from django.db.models.functions import Coalesce

from customers.models import Contact, Customer, Purchase
from customers.rules import phone_key


def root(path=""):
    """Expression: the id of the leading file, of a row that reaches its customer by `path` ('customer')."""
    return Coalesce(f"{path}__merged_into", path) if path else Coalesce("merged_into", "pk")


def live_id(customer):
    """The id of the file that leads: the customer's own, or of the one it was merged into."""
    return customer.live_id


def family_of(customer):
    """QuerySet of all files of this person, whichever of them is given."""
    leading = customer.live_id
    return Customer.objects.filter(Q(pk=leading) | Q(merged_into=leading))


def family_ids(customer):
    """Ids of all files of this person: what rooms that hold a customer look under. One query."""
    return set(family_of(customer).values_list("pk", flat=True))


def leading(company, **match):
    """Subquery of the ids of leading files of the company, where any file of the person matches."""
    return Customer.objects.filter(company=company, **match).order_by().values_list(root(), flat=True)


def with_merged(leading_ids):
    """{id of a file: id of its leading file} of the families these files lead. One query."""
    ids = list(leading_ids)
    rows = Customer.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).order_by()
    return dict(rows.values_list("pk", root()))


def files_with_phone(company, phone):
    """Live files of the company reached by this number, as their first or as a further one."""
    key = phone_key(phone)
    if not key:
        return Customer.objects.none()
    further = Contact.objects.filter(kind=Contact.Kind.PHONE, key=key).values("customer")
    reached = Customer.objects.filter(Q(phone_key=key) | Q(pk__in=further), company=company)
    return Customer.objects.live().filter(pk__in=reached.order_by().values_list(root()))


def phone_keys(ids):
    """Keys of all telephone numbers in these files."""
    first = Customer.objects.filter(pk__in=ids).exclude(phone_key="").values_list("phone_key", flat=True)
    further = Contact.objects.filter(customer__in=ids, kind=Contact.Kind.PHONE)
    return {*first, *further.values_list("key", flat=True)}


def household_ids(customer):
    """Ids of all files that share a home (project and number) or a telephone number with this person, theirs included.

    A handful of queries, however large the household. Not passed on: the neighbour of a neighbour is not in it.
    """
    own = family_ids(customer)
    match = Q(pk__in=own)
    for site, unit in Purchase.objects.filter(customer__in=own).order_by().values_list("site", "unit"):
        here = Purchase.objects.filter(company=customer.company_id, site=site, unit=unit)
        match |= Q(pk__in=here.values("customer"))
    if keys := phone_keys(own):
        further = Contact.objects.filter(kind=Contact.Kind.PHONE, key__in=keys)
        match |= Q(phone_key__in=keys) | Q(pk__in=further.values("customer"))
    found = Customer.objects.filter(match, company=customer.company_id).order_by()
    return set(with_merged(set(found.values_list(root(), flat=True))))
