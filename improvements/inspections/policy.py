"""The sections [inspections] (clocks) and [[checklists]] (what is inspected, how often) of the rule books.

The clocks stand in one book of the company, checklists in each that asks for inspections: HR's in the rewards book
(RE-5.1a), the leading group's in the care book (CC-5.1).
"""

import re
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.flow import Refused
from policies.models import Clause
from policies.selectors import section, versions_in_force

CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
SEVERITIES = ("minor", "general", "serious")
MOST_POINTS = 1000


@dataclass(frozen=True)
class InspectionPolicy:
    """Working days for the head's answer, for a measure at the latest, and before either at which people are warned.

    `soon_days` are the calendar days before a department is due in which it is shown as due soon.
    """

    answer_days: int
    follow_up_days: int
    warn_days: int
    soon_days: int
    most_files: int
    is_announced: bool = True


@dataclass(frozen=True)
class Item:
    """One thing to look at. `fact`: the kind of fact which a fault of a named colleague supplies, or ''."""

    code: str
    name: str
    name_en: str = ""
    area: str = "rules"
    points: int = 0
    severity: str = "general"
    follow_up: bool = True
    fact: str = ""


@dataclass(frozen=True)
class Checklist:
    """`departments` are codes, each with everything below it, empty for all; `committee` whose members inspect, or ''
    for HR. `pass_bp` and `partly_bp` are shares in hundredths of a percent.
    """

    code: str
    name: str
    clause: str
    every_months: int
    pass_bp: int
    partly_bp: int
    items: tuple
    name_en: str = ""
    departments: tuple = ()
    committee: str = ""
    clause_number: str = field(default="", compare=False)

    def __str__(self):
        return (self.name_en if get_language() == "en" else "") or self.name

    def frozen(self):
        """What an inspection keeps of it beside the items."""
        names = ("code", "name", "name_en", "clause", "clause_number", "pass_bp", "partly_bp", "committee")
        return {name: getattr(self, name) for name in names}


DAYS = {"answer_days": 1, "follow_up_days": 1, "warn_days": 0, "soon_days": 0, "most_files": 1}


def parse_inspections(raw):
    """[inspections] → InspectionPolicy; ValueError with a sentence when it is wrong."""
    for name, least in DAYS.items():
        if not _is_whole(raw.get(name)) or raw[name] < least:
            raise ValueError(
                _("[inspections] %(name)s must be a whole number, at least %(least)s.")
                % {"name": name, "least": least}
            )
    announced = raw.get("is_announced", True)
    if not isinstance(announced, bool):
        raise ValueError(_("[inspections] is_announced is true or false."))
    return InspectionPolicy(**{name: raw[name] for name in DAYS}, is_announced=announced)


def parse_checklists(raw):
    """[[checklists]] → tuple of Checklist; ValueError with a sentence."""
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        raise ValueError(_("[[checklists]] must be a list of tables."))
    found = tuple(_checklist(row) for row in raw)
    if len({one.code for one in found}) != len(found):
        raise ValueError(_("[[checklists]] a code is used twice."))
    return found


def _checklist(row):
    code = row.get("code")
    if not CODE.match(str(code or "")) or not row.get("name") or not row.get("clause"):
        raise ValueError(_("[[checklists]] each needs a code in small letters, a name and a clause."))
    months = row.get("every_months")
    if not _is_whole(months) or months < 1:
        raise ValueError(_("[[checklists]] %(code)s: every_months must be at least 1.") % {"code": code})
    shares = {name: _share(row, code, name) for name in ("pass_bp", "partly_bp")}
    items = tuple(_item(item, code) for item in row.get("items") or ())
    if not items or len({item.code for item in items}) != len(items):
        raise ValueError(
            _("[[checklists]] %(code)s must hold at least one item, each code once.") % {"code": code}
        )
    if not any(item.points for item in items):
        raise ValueError(
            _("[[checklists]] %(code)s: no item has points, so there is no score.") % {"code": code}
        )
    return Checklist(
        code=code,
        name=row["name"],
        name_en=row.get("name_en", ""),
        clause=row["clause"],
        every_months=months,
        departments=tuple(row.get("departments", ())),
        committee=row.get("committee", ""),
        items=items,
        **shares,
    )


def _item(row, checklist):
    if not isinstance(row, dict) or not CODE.match(str(row.get("code") or "")) or not row.get("name"):
        raise ValueError(
            _("[[checklists]] %(code)s: each item needs a code in small letters and a name.")
            % {"code": checklist}
        )
    where = {"code": checklist, "item": row["code"]}
    if not _is_whole(row.get("points")) or not 0 <= row["points"] <= MOST_POINTS:
        raise ValueError(
            _("[[checklists]] %(code)s, %(item)s: points is a whole number from 0 to 1,000.") % where
        )
    if row.get("severity", "general") not in SEVERITIES:
        raise ValueError(
            _("[[checklists]] %(code)s, %(item)s: severity is one of %(known)s.")
            % {**where, "known": ", ".join(SEVERITIES)}
        )
    if not CODE.match(str(row.get("area", "rules"))):
        raise ValueError(_("[[checklists]] %(code)s, %(item)s: area is a code in small letters.") % where)
    try:
        return Item(**row)
    except TypeError as wrong:
        raise ValueError(
            _("[[checklists]] %(code)s, %(item)s: %(wrong)s") % {**where, "wrong": wrong}
        ) from wrong


def _share(row, code, name):
    value = row.get(name)
    if not _is_whole(value) or not 0 <= value <= 10_000:
        raise ValueError(
            _("[[checklists]] %(code)s: %(name)s is in hundredths of a percent, 0 to 10000.")
            % {"code": code, "name": name}
        )
    return value


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def inspection_policy(company, day) -> InspectionPolicy:
    """Refused where no book in force sets it."""
    return section(company, "inspections", day)


def books_on(company, day):
    """(InspectionPolicy or None, {code: Checklist}) of all books in force on that day, the oldest book first.

    Reads the two sections alone: this is asked on many pages, and a book is long.
    """
    rows = versions_in_force(company, day).values_list("content__inspections", "content__checklists")
    clocks, found = None, {}
    for raw, checklists in rows:
        if raw is not None and clocks is None:
            clocks = parse_inspections(raw)
        for checklist in parse_checklists(checklists or []):
            found.setdefault(checklist.code, checklist)
    return clocks, found


def checklists_on(company, day):
    """{code: Checklist} of all books in force on that day; empty without any."""
    return books_on(company, day)[1]


def checklist_in_force(company, code, day):
    """One checklist with the number of its clause; Refused where no book in force has it."""
    found = checklists_on(company, day).get(code)
    if found is None:
        raise Refused(_("No rule book in force has this checklist."), field="checklist")
    versions = versions_in_force(company, day).values("pk")
    number = (
        Clause.objects.filter(version__in=versions, code=found.clause)
        .values_list("number", flat=True)
        .first()
    )
    return replace(found, clause_number=number or found.clause)


def unknown_names(content, document):
    """Content check of a draft: clauses, committees and departments that a checklist names and the book lacks.

    Committees and departments may stand in an earlier book of the company, so only the clause must be here.
    """
    try:
        found = parse_checklists(content.get("checklists", []))
    except ValueError:
        return  # its own sentence says what is wrong
    clauses = {row.get("code") for row in content.get("clauses", [])}
    for one in found:
        if one.clause not in clauses:
            yield _("Checklist “%(code)s” rests on clause “%(clause)s”, which this book lacks.") % {
                "code": one.code,
                "clause": one.clause,
            }
