"""What a policy document must be: plain values in, plain values or sentences out."""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: what a pack writes in [sources] for a number that stands in no rule book
OUR_DEFAULT = "our default"
#: what the browser writes there for a number that somebody of the company entered
COMPANY = "company"
#: what a unit's own rules may consist of
UNIT_SECTIONS = ("document", "clauses", "rules", "sources")
#: sections whose numbers need no source: texts, structure, and the questions themselves
WITHOUT_SOURCES = {
    "document",
    "clauses",
    "departments",
    "posts",
    "sites",
    "roles",
    "dimensions",
    "questionnaires",
    "sources",
}


NAMES = {"code", "name", "name_en"}


@dataclass(frozen=True)
class Step:
    step: str
    step_en: str
    role: str


@dataclass(frozen=True)
class DocumentFacts:
    code: str
    number: str
    title: str
    title_en: str
    label: str
    effective_from: dt.date
    revision_note: str
    steps: tuple
    may_sign_twice: bool


@dataclass(frozen=True)
class Setting:
    """One value of a section: where it stands, what it is, and who says so ('' when nobody is named)."""

    path: tuple
    value: object
    source: str

    @property
    def name(self):
        return ".".join(self.path)

    @property
    def is_default(self):
        return self.source == OUR_DEFAULT


def plain(value):
    """The same with dates as ISO text, so that it can stand in JSON."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def checksum(content):
    """SHA-256 of the whole pack as canonical JSON; the order of keys does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_document(raw):
    """ValueError with a sentence when the table [document] is not complete."""
    if not isinstance(raw, dict):
        raise ValueError(_("The table is missing."))
    for key in ("code", "number", "title", "version", "effective_from"):
        if not raw.get(key):
            raise ValueError(_("“%(key)s” is missing.") % {"key": key})
    try:
        effective_from = dt.date.fromisoformat(str(raw["effective_from"]))
    except ValueError:
        raise ValueError(
            _("“effective_from” must be a day such as 2026-01-01, not “%(value)s”.")
            % {"value": raw["effective_from"]}
        ) from None
    return DocumentFacts(
        code=raw["code"],
        number=raw["number"],
        title=raw["title"],
        title_en=raw.get("title_en", ""),
        label=str(raw["version"]),
        effective_from=effective_from,
        revision_note=raw.get("revision_note", ""),
        steps=tuple(_step(place, row) for place, row in enumerate(raw.get("sign_offs", []), start=1)),
        may_sign_twice=bool(raw.get("may_sign_twice", False)),
    )


def read_clauses(rows):
    """The clauses as they stand, each with its code, number and text; ValueError with a sentence otherwise."""
    if not isinstance(rows, list) or not rows:
        raise ValueError(_("A policy needs at least one clause."))
    for place, row in enumerate(rows, start=1):
        for key in ("code", "number", "text"):
            if not row.get(key):
                raise ValueError(_("Entry %(place)s has no “%(key)s”.") % {"place": place, "key": key})
    for code, times in Counter(row["code"] for row in rows).items():
        if times > 1:
            raise ValueError(
                _("The code “%(code)s” stands there %(times)s times.") % {"code": code, "times": times}
            )
    return rows


def dangling(content, *, roles=frozenset(), departments=frozenset()):
    """(section, sentence) for each name that refers to nothing, neither in the pack nor to what is there already."""
    roles = roles | _codes(content, "roles")
    for step in content["document"].get("sign_offs", []):
        if step["role"] not in roles:
            yield (
                "document",
                _("The sign-off step “%(step)s” names the role “%(role)s”, which the pack lacks.") % step,
            )
    clauses = _codes(content, "clauses")
    for rule in content.get("rules", []):
        if rule.get("clause") not in clauses:
            yield (
                "rules",
                _("Rule “%(code)s” rests on clause “%(clause)s”, which the pack lacks.")
                % {
                    "code": rule.get("code"),
                    "clause": rule.get("clause"),
                },
            )
    departments = departments | _codes(content, "departments")
    for dimension in content.get("dimensions", []):
        if dimension.get("owner") and dimension["owner"] not in departments:
            yield (
                "dimensions",
                _("“%(code)s” is owned by department “%(owner)s”, which the pack lacks.") % dimension,
            )


def settings_of(content):
    """Every value of the sections that hold settings, in the order of the pack; names are no settings."""
    sources = content.get("sources", {})
    for name, section in content.items():
        if name not in WITHOUT_SOURCES:
            found = _walk((name,), section, sources)
            yield from (setting for setting in found if setting.path[-1] not in NAMES)


def defaults_of(content):
    """The settings that are ours and that somebody in the company has to look at."""
    return [setting for setting in settings_of(content) if setting.is_default]


def unsourced(content):
    """Names of the numbers for which no source is given."""
    return [
        setting.name for setting in settings_of(content) if not setting.source and _is_number(setting.value)
    ]


def source_of(path, sources):
    """The source with the longest matching path: 'ranking.streak_length' before 'ranking'."""
    for length in range(len(path), 0, -1):
        found = sources.get(".".join(path[:length]))
        if found:
            return found
    return ""


def exclusive_sections(content):
    """Sections that hold one table of settings; two documents in force may not both set one."""
    return {name for name, section in content.items() if isinstance(section, dict)} - {"document", "sources"}


def start_day(planned, today, *, is_signed):
    """When a version takes effect: as planned, but never before its last signature."""
    return max(planned, today) if is_signed else planned


def value_at(content, path):
    """The value at a setting's path; KeyError when there is none. Entries of lists are found by code, kind or place."""
    for key in path:
        content = content[_place(content, key)] if isinstance(content, list) else content[key]
    return content


def with_value(content, path, value):
    """The same content with another value at this path; the original is left as it is."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(content, list):
        place = _place(content, key)
        return [*content[:place], with_value(content[place], rest, value), *content[place + 1 :]]
    return {**content, key: with_value(content.get(key), rest, value)}


def with_values(content, changed):
    """The content with {path: value} entered by the company, which stands as their source."""
    sources = dict(content.get("sources", {}))
    for path, value in changed.items():
        content = with_value(content, path, value)
        sources[".".join(path)] = COMPANY
    return {**content, "sources": sources}


def _place(rows, key):
    for place, row in enumerate(rows):
        if isinstance(row, dict) and key in (row.get("code"), row.get("kind")):
            return place
    return int(key)


def _step(place, row):
    for key in ("step", "role"):
        if not row.get(key):
            raise ValueError(_("Sign-off step %(place)s has no “%(key)s”.") % {"place": place, "key": key})
    return Step(row["step"], row.get("step_en", ""), row["role"])


def _codes(content, section):
    return {row["code"] for row in content.get(section, []) if isinstance(row, dict) and "code" in row}


def _walk(path, value, sources):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk((*path, key), inner, sources)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for place, inner in enumerate(value):
            key = (
                inner.get("code") or inner.get("kind") or str(place)
                if isinstance(inner, dict)
                else str(place)
            )
            yield from _walk((*path, key), inner, sources)
    else:
        yield Setting(path, value, source_of(path, sources))


def _is_number(value):
    if isinstance(value, list):
        return any(_is_number(inner) for inner in value)
    return isinstance(value, int | float) and not isinstance(value, bool)
