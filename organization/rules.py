"""What a pack says about departments, posts, sites and roles: plain values in, frozen rows out, or a sentence."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

REACHES = ("company", "department", "self")


@dataclass(frozen=True)
class Named:
    """A post or a site."""

    code: str
    name: str
    name_en: str
    is_ranked: bool = False


@dataclass(frozen=True)
class DepartmentRow:
    code: str
    name: str
    name_en: str
    parent: str


@dataclass(frozen=True)
class RoleRow:
    code: str
    name: str
    name_en: str
    reach: str
    verbs: tuple


def parse_departments(rows):
    """Parents before children, whatever the order in the pack."""
    found = [
        DepartmentRow(row["code"], row["name"], row.get("name_en", ""), row.get("parent", ""))
        for row in _complete(rows)
    ]
    return tuple(parents_first(found))


def parse_posts(rows):
    return tuple(
        Named(row["code"], row["name"], row.get("name_en", ""), bool(row.get("is_ranked", False)))
        for row in _complete(rows)
    )


def parse_sites(rows):
    return tuple(Named(row["code"], row["name"], row.get("name_en", "")) for row in _complete(rows))


def parse_roles(rows):
    return tuple(_role(row) for row in _complete(rows))


def parents_first(departments):
    """The same departments so that each follows its parent; ValueError for an unknown parent or a circle."""
    codes = {department.code for department in departments}
    for department in departments:
        if department.parent and department.parent not in codes:
            raise ValueError(
                _("“%(code)s” stands below “%(parent)s”, which the pack does not name.")
                % {"code": department.code, "parent": department.parent}
            )
    ordered, placed, waiting = [], {""}, list(departments)
    while waiting:
        ready = [department for department in waiting if department.parent in placed]
        if not ready:
            circle = ", ".join(department.code for department in waiting)
            raise ValueError(_("These stand below one another in a circle: %(codes)s.") % {"codes": circle})
        ordered += ready
        placed |= {department.code for department in ready}
        waiting = [department for department in waiting if department.code not in placed]
    return ordered


def _role(row):
    if row.get("reach") not in REACHES:
        raise ValueError(
            _("Role “%(code)s”: “reach” must be one of %(choices)s.")
            % {"code": row["code"], "choices": ", ".join(REACHES)}
        )
    verbs = row.get("verbs")
    if not isinstance(verbs, list) or not all(isinstance(verb, str) and "." in verb for verb in verbs):
        raise ValueError(
            _('Role “%(code)s”: “verbs” must be a list like ["core.home"].') % {"code": row["code"]}
        )
    return RoleRow(row["code"], row["name"], row.get("name_en", ""), row["reach"], tuple(sorted(set(verbs))))


def _complete(rows):
    """The rows, each a table with a code of its own and a name."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(_("This must be a list of tables, each with “code” and “name”."))
    for place, row in enumerate(rows, start=1):
        for key in ("code", "name"):
            if not isinstance(row.get(key), str) or not row[key]:
                raise ValueError(_("Entry %(place)s has no “%(key)s”.") % {"place": place, "key": key})
    for code, times in Counter(row["code"] for row in rows).items():
        if times > 1:
            raise ValueError(
                _("The code “%(code)s” stands there %(times)s times.") % {"code": code, "times": times}
            )
    return rows
