"""One timeline of everything with a customer, over all files of the person and all rooms."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.period import SHANGHAI
from core.registries import customer_timeline
from customers.policy import rules_of
from customers.rules import mask_contact
from customers.selectors.families import family_of
from customers.wording import need_in_words, preference_in_words, source_of
from organization.scopes import today


@dataclass(frozen=True)
class Entry:
    """One line of a customer's timeline; other rooms' entries have the same attributes.

    `kind` is what the page filters by; without one, the room that wrote the entry.
    """

    day: dt.date
    title: str
    detail: str = ""
    icon: str = "dot"
    url: str = ""
    kind: str = ""


def own_timeline(customer, viewer=None):
    """Homes, services, what the customer looks for and likes, ways to reach them, consents."""
    yield from _homes(customer)
    yield from _services(customer)
    yield from _wishes(customer)
    yield from _consents(customer)


def _homes(customer):
    for home in customer.purchases.select_related("site"):
        place, unit = str(home.site), {"unit": _unit(home)}
        yield Entry(home.signed_on, _("Signed: %(unit)s") % unit, place, "pen", kind="homes")
        if home.handed_over_on:
            yield Entry(home.handed_over_on, _("Handed over: %(unit)s") % unit, place, "key", kind="homes")


def _unit(home):
    return _("erased") if home.unit == erased_word(home) else home.unit


def erased_word(thing):
    """What stands where an erased value had to be unique."""
    return f"erased-{thing.pk}"


def _services(customer):
    for served in customer.encounters.select_related("employee", "department", "site"):
        parts = (served.site, served.department, served.employee, served.reference)
        detail = " · ".join(str(part) for part in parts if part and part != erased_word(served))
        yield Entry(served.day, served.get_kind_display(), detail, "person-check", kind="services")


def _wishes(customer):
    needs, liking = list(customer.needs.all()), list(customer.preferences.all())
    rules = rules_of(customer.company, today()) if needs or liking else None
    for need in needs:
        words = need_in_words(need, rules)
        yield Entry(
            need.stated_on, _("Looks for: %(need)s") % {"need": words}, need.note, "search", kind="wishes"
        )
    for liked in liking:
        words = preference_in_words(liked, rules)
        yield Entry(liked.stated_on, _("Prefers: %(words)s") % {"words": words}, "", "heart", kind="wishes")
    for contact in customer.contacts.all():
        title = _("Can be reached by %(kind)s") % {"kind": contact.get_kind_display()}
        shown = mask_contact(contact.kind, contact.value)
        yield Entry(contact.recorded_at, title, shown, "telephone", kind="contacts")


def _consents(customer):
    for consent in customer.consents.all():
        sentence = _("Agreed to %(purpose)s") if consent.is_given else _("Withdrew from %(purpose)s")
        icon = "hand-thumbs-up" if consent.is_given else "slash-circle"
        title = sentence % {"purpose": consent.get_purpose_display()}
        yield Entry(consent.at, title, source_of(consent), icon, kind="consents")


@dataclass(frozen=True)
class Line:
    """An Entry of any room with its kind; `file` is the number of a merged file it stands in, else ''."""

    day: dt.date
    title: str
    detail: str
    icon: str
    url: str
    kind: str
    file: str = ""


def timeline_of(customer, viewer=None):
    """Lines of all rooms and all files of this person, the newest first; of each room what the viewer may know."""
    lines = []
    for member in family_of(customer).select_related("company").order_by("pk"):
        file = "" if member.pk == customer.live_id else member.number
        for name, source in customer_timeline.items():
            lines += [_line(entry, name.split(".")[0], file) for entry in source(member, viewer)]
    return sorted(lines, key=lambda line: line.day, reverse=True)


def _line(entry, room, file):
    """Other rooms' entries may be of a class of their own and lack what they do not need."""
    day = entry.day.astimezone(SHANGHAI).date() if isinstance(entry.day, dt.datetime) else entry.day
    kind = getattr(entry, "kind", "") or room
    return Line(day, entry.title, entry.detail, entry.icon, entry.url, kind, file)
