"""What the sidebar and the inbox are made of; rooms register theirs."""

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse

from core.access import may
from core.registries import inbox_counts, inbox_sources, navigation
from core.remembering import is_remembered, remembered


@dataclass(frozen=True)
class NavItem:
    """One line of the sidebar. `group` is an English msgid; shown when the user holds one of `verbs`."""

    label: object
    icon: str
    url_name: str
    verbs: tuple
    group: object = ""
    counts: str = ""  # kind of the inbox items it counts; "*" counts everything to do
    is_information: bool = False


@dataclass(frozen=True)
class InboxItem:
    """One thing to do: title sentence, detail, where to do it, until when."""

    kind: str
    title: str
    url: str
    detail: str = ""
    action: str = ""
    due_at: dt.datetime | None = None
    icon: str = "inbox"
    extra: dict = field(default_factory=dict)

    @property
    def is_information(self):
        """News rather than something to do: shown below, not counted as work."""
        return bool(self.extra.get("is_information"))

    @property
    def count(self):
        return self.extra.get("count", 1)

    def is_overdue(self, at):
        return self.due_at is not None and self.due_at <= at


@dataclass(frozen=True)
class SearchHit:
    title: str
    url: str
    detail: str = ""


def inbox_for(user, company, at):
    """All items of all rooms, the most urgent first; asked of the rooms once for a page, its frame included."""
    items = [item for name, _source in inbox_sources.items() for item in _items_of(name, user, company, at)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(items, key=lambda item: (item.due_at or far, item.title))


def frame_items(user, company, at):
    """What the frame counts: as many items of each kind as `inbox_for` has, in any order.

    Items of a source that can count them, and that the page has not asked for, say nothing but their kind.
    """
    found = []
    for name, _source in inbox_sources.items():
        if name in inbox_counts and not is_remembered(_key(name, user, company)):
            counts = inbox_counts[name](user, company)
            found += [InboxItem(kind, title="", url="") for kind in counts for _one in range(counts[kind])]
        else:
            found += _items_of(name, user, company, at)
    return found


def _items_of(name, user, company, at):
    return remembered(_key(name, user, company), lambda: inbox_sources[name](user, company, at))


def _key(name, user, company):
    return ("core.inbox", name, user.pk, company.pk)


def _counted(item, counts):
    return item.kind == counts or (counts == "*" and not item.is_information)


def sidebar_for(user, items):
    """[(group, [(nav item, url, count)])] of what this user may open, in order of registration."""
    groups = {}
    for entry in navigation:
        if may(user, *entry.verbs):
            count = sum(item.count for item in items if _counted(item, entry.counts))
            groups.setdefault(entry.group, []).append((entry, reverse(entry.url_name), count))
    return list(groups.items())
