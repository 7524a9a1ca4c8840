"""Write paths of this room for the fault sweep; `customers.unmask` stands in tests/write_paths/below.py."""

import datetime as dt

from core.faults import WritePath
from core.registries import write_paths
from customers import services
from customers.models import Customer
from customers.tests.build import give_policy, make_home
from tests import factories
from tests.factories import at

WHEN = {"by": None, "at": at()}
SIGNED = dt.date(2026, 3, 18)


def company():
    made = factories.make_company()
    give_policy(made)
    return (made,)


def customer():
    return (factories.make_customer(*company(), is_prospect=True),)


def two():
    (made,) = company()
    kept = factories.make_customer(made, phone="13800000001")
    return kept, factories.make_customer(made, name="林小雨", phone="13900000002", email="lin@example.com")


def disputed():
    """One refused what the other agreed to later: the merge carries the refusal over."""
    kept, dropped = two()
    services.withdraw_consent(dropped, purpose="care", source="来电", by=None, at=at(day=2))
    services.give_consent(kept, purpose="care", source="来电", by=None, at=at(day=3))
    return kept, dropped


def joined():
    kept, dropped = disputed()
    merge(kept, dropped)
    return (dropped,)


def switched_off():
    (one,) = customer()
    Customer.objects.filter(pk=one.pk).update(may_be_surveyed=False)
    return (one,)


def contacts(kind="address"):
    (one,) = customer()
    values = ("云栖路 8 号", "望江路 1 号") if kind == "address" else ("13900000002", "13900000003")
    return one, [services.add_contact(one, kind=kind, value=value, **WHEN) for value in values]


def full():
    (one,) = customer()
    services.add_contact(one, kind="wechat", value="lin", **WHEN)
    services.record_need(one, note="三居", **WHEN)
    make_home(one)
    return (one,)


def need():
    return (services.record_need(*customer(), note="三居", **WHEN),)


def preference():
    return (services.record_preference(*customer(), topic="school", words="步行可达", **WHEN),)


def home():
    return (make_home(*customer()),)


def merge(kept, dropped):
    return services.merge(kept, dropped, reason="同一个人", take=["name", "phone"], **WHEN)


def record_home(one):
    site = one.company.sites.first() or factories.make_site(one.company)
    return services.record_home(one, site=site, unit="3-1-1202", signed_on=SIGNED, **WHEN)


def with_site():
    (one,) = customer()
    factories.make_site(one.company)
    return (one,)


def export():
    one, other = two()
    return one.company, one, other, factories.make_user()


def say(verb):
    return lambda one: verb(one, purpose="surveys", source="来电", **WHEN)


PATHS = {
    "create_customer": (company, lambda made: services.create_customer(company=made, name="周先生", **WHEN)),
    "change_customer": (customer, lambda one: services.change_customer(one, name="林小雨", **WHEN)),
    "add_contact": (customer, lambda one: services.add_contact(one, kind="wechat", value="lin", **WHEN)),
    "make_primary": (
        lambda: (contacts("phone")[1][0],), lambda contact: services.make_primary(contact, **WHEN)
    ),
    "remove_contact": (
        lambda: (contacts()[1][0],), lambda contact: services.remove_contact(contact, **WHEN)
    ),
    "record_need": (customer, lambda one: services.record_need(one, note="三居", **WHEN)),
    "change_need": (need, lambda one: services.change_need(one, note="四居", **WHEN)),
    "remove_need": (need, lambda one: services.remove_need(one, **WHEN)),
    "record_preference": (
        customer, lambda one: services.record_preference(one, topic="school", words="近", **WHEN)
    ),
    "change_preference": (preference, lambda one: services.change_preference(one, words="近", **WHEN)),
    "remove_preference": (preference, lambda one: services.remove_preference(one, **WHEN)),
    "record_home": (with_site, record_home),
    "change_home": (home, lambda one: services.change_home(one, unit="9-9-909", **WHEN)),
    "remove_home": (home, lambda one: services.remove_home(one, **WHEN)),
    "give_consent": (switched_off, say(services.give_consent)),
    "withdraw_consent": (customer, say(services.withdraw_consent)),
    "merge": (disputed, merge),
    "unmerge": (joined, lambda dropped: services.unmerge(dropped, **WHEN)),
    "keep_apart": (two, lambda one, other: services.keep_apart(one, other, **WHEN)),
    "erase": (full, lambda one: services.erase(one, reason="request", **WHEN)),
    "forget_customer": (full, lambda one: services.erase(one, reason="time", **WHEN)),
    "record_export": (
        export,
        lambda made, one, other, by: services.record_export(made, ids=[one.pk, other.pk], by=by, at=at()),
    ),
}  # fmt: skip

for name, (arrange, act) in PATHS.items():
    write_paths.register(f"customers.{name}", WritePath(arrange, act))
