"""Finding a file by number, name or end of a telephone number; files reached by the same telephone number."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.navigation import SearchHit
from customers.models import Apart, Contact, Customer
from customers.rules import is_tail, mask_name, mask_phone
from customers.selectors.families import family_ids, phone_keys

MOST_HITS = 8


def matching(files, words):
    """Files by number, name or the last digits of a telephone number, their own or of a file merged into them.

    Whole telephone numbers are not searched: what is searched stands in the page's address.
    """
    own = Q(number__icontains=words) | Q(name__icontains=words)
    if is_tail(words):
        further = Contact.objects.filter(kind=Contact.Kind.PHONE, key__endswith=words).order_by()
        own |= Q(phone_key__endswith=words) | Q(pk__in=further.values("customer"))
    merged = Customer.objects.exclude(merged_into=None).filter(own)
    return files.filter(own | Q(pk__in=merged.values("merged_into")))


def search(user, company, words):
    """Customers by number, name or the last digits of a telephone number."""
    files = Customer.objects.visible_to(user).live().filter(company=company)
    return [
        SearchHit(
            title=f"{mask_name(customer.name)} · {customer.number}",
            url=reverse("customer", args=[customer.pk]),
            detail=mask_phone(customer.phone),
        )
        for customer in matching(files, words)[:MOST_HITS]
    ]


search.heading = gettext_lazy("Customer files")


def namesakes(customer):
    """Other live files of the company with one of this person's telephone numbers, but for those found different."""
    own = family_ids(customer)
    keys = phone_keys(own)
    if not keys:
        return Customer.objects.none()
    further = Contact.objects.filter(kind=Contact.Kind.PHONE, key__in=keys).order_by().values("customer")
    same = Q(phone_key__in=keys) | Q(pk__in=further)
    files = Customer.objects.live().filter(same, company_id=customer.company_id).exclude(pk__in=own)
    apart = Apart.objects.filter(Q(first__in=own) | Q(second__in=own)).values_list("first", "second")
    return files.exclude(pk__in={pk for pair in apart for pk in pair})
