"""The desk of a draft: what stands in it, what is still to be done, and what it changes."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from policies import pages, wording
from policies.comparing import CHANGED, Change, compare
from policies.models import Version
from policies.registries import deciders, draft_steps, readiness


@dataclass(frozen=True)
class SectionLine:
    code: str
    name: str
    count: int
    defaults: int


def in_force_beside(version):
    """The version of the same document that holds now, or None."""
    versions = list(Version.objects.published().filter(document_id=version.document_id))
    return pages.in_force(versions) or max(versions, key=lambda one: one.effective_from, default=None)


def comparison(version):
    """(the version it is compared with or None, the differences)."""
    current = in_force_beside(version)
    return current, compare(current.content if current else {}, version.content)


def differences(before, after):
    """Every difference between two contents in one list, the facts of the document first."""
    names = {
        "version": _("Version"),
        "effective_from": _("Takes effect on"),
        "revision_note": _("What changes, and why"),
    }
    old, new = before["document"], after["document"]
    facts = [
        Change(CHANGED, str(names[name]), "", old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]
    found = compare(before, after)
    return [*facts, *found.clauses, *found.rules, *found.settings]


def sections(version):
    """The sections whose settings can be edited here."""
    lines = []
    for section in pages.settings_sections(version):
        if section.code in wording.SECTIONS and section.code != "rules":
            lines.append(SectionLine(section.code, section.name, len(section.rows), section.defaults))
    return lines


def steps(version, user):
    """What other rooms want to see done with this draft, in order."""
    found = (step(version, user, timezone.now()) for step in draft_steps)
    return [step for step in found if step is not None]


def obstacles(version):
    """Why the version cannot be sent round or published yet: sentences."""
    return [sentence for asks in readiness for sentence in asks(version, timezone.now())]


def is_decided_elsewhere(version):
    return any(decides(version) for decides in deciders)


def clause_uses(version, code):
    """The rules of the draft that rest on a clause."""
    return [row for row in version.content.get("rules", []) if row.get("clause") == code]


def with_clause(content, code, fields):
    """The content with this clause changed, or added at the end when it is new."""
    rows, fields = list(content["clauses"]), {"code": code, **fields}
    place = next((at for at, row in enumerate(rows) if row["code"] == code), None)
    if place is None:
        return {**content, "clauses": [*rows, fields]}
    rows[place] = {**rows[place], **fields}
    return {**content, "clauses": rows}


def without_clause(content, code):
    return {**content, "clauses": [row for row in content["clauses"] if row["code"] != code]}


def next_label(label):
    """'2.1' -> '2.2', 'A/1' -> 'A/2'; the label itself with '-2' when it ends in no number."""
    head = label.rstrip("0123456789")
    number = label[len(head) :]
    return f"{head}{int(number) + 1}" if number else f"{label}-2"
