"""What the sidebar and the inbox are made of; rooms register theirs."""

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse

from core.access import may
from core.registries import inbox_sources, navigation
from core.remembering import remembered


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
    key = ("core.inbox", user.pk, company.pk)
    return list(remembered(key, lambda: _inbox_for(user, company, at)))


def _inbox_for(user, company, at):
    items = [item for source in inbox_sources for item in source(user, company, at)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(items, key=lambda item: (item.due_at or far, item.title))


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
