"""Reads: one timeline of everything with a customer; search."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.navigation import SearchHit
from core.registries import customer_timeline
from customers.models import Customer
from customers.rules import mask_name, mask_phone

MOST_HITS = 8


@dataclass(frozen=True)
class Entry:
    """One line of a customer's timeline; other rooms' entries have the same attributes."""

    day: dt.date
    title: str
    detail: str = ""
    icon: str = "dot"
    url: str = ""


def own_timeline(customer):
    """Homes, services and consents."""
    for home in customer.purchases.select_related("site"):
        yield Entry(home.signed_on, _("Signed: %(unit)s") % {"unit": home.unit}, str(home.site), "pen")
        if home.handed_over_on:
            yield Entry(
                home.handed_over_on, _("Handed over: %(unit)s") % {"unit": home.unit}, str(home.site), "key"
            )
    for served in customer.encounters.select_related("employee", "department", "site"):
        place = " · ".join(str(part) for part in (served.site, served.department, served.employee) if part)
        yield Entry(served.day, served.get_kind_display(), f"{place} · {served.reference}", "person-check")
    for consent in customer.consents.all():
        sentence = _("Agreed to %(purpose)s") if consent.is_given else _("Withdrew from %(purpose)s")
        title = sentence % {"purpose": consent.get_purpose_display()}
        yield Entry(
            consent.at.date(), title, consent.source, "hand-thumbs-up" if consent.is_given else "slash-circle"
        )


def timeline_of(customer):
    """All rooms' entries, the newest first."""
    entries = [entry for source in customer_timeline for entry in source(customer)]
    return sorted(entries, key=lambda entry: _day(entry), reverse=True)


def _day(entry):
    return entry.day.date() if isinstance(entry.day, dt.datetime) else entry.day


def namesakes(customer):
    """Other files of the company with the same telephone number."""
    if not customer.phone:
        return Customer.objects.none()
    return Customer.objects.filter(company_id=customer.company_id, phone=customer.phone).exclude(
        pk=customer.pk
    )


def search(user, company, words):
    """Customers by number or name; telephone numbers are not searched."""
    match = Q(number__icontains=words) | Q(name__icontains=words)
    found = Customer.objects.visible_to(user).filter(company=company).filter(match)[:MOST_HITS]
    return [
        SearchHit(
            title=f"{mask_name(customer.name)} · {customer.number}",
            url=reverse("customer", args=[customer.pk]),
            detail=mask_phone(customer.phone),
        )
        for customer in found
    ]


search.heading = gettext_lazy("Customer files")
