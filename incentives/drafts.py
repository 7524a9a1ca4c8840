"""Rules inside a draft's content: read, written, checked against each other and against other books."""

from django.db.models import Q
from django.utils.translation import gettext as _

from incentives.effects import effect_kinds
from incentives.models import Rule
from incentives.simulation import unsaved
from incentives.triggers import build, overlaps
from incentives.unit_rules import units_in_line
from policies.models import Clause, Version
from policies.rules import COMPANY, settings_of

#: fields of effects that a rule may leave out
OPTIONAL = ("class", "next_months")


def rule_row(content, code):
    """The [[rules]] table with this code, or None."""
    return next((row for row in content.get("rules", []) if row["code"] == code), None)


def with_rule(content, row):
    """The content with this rule written over the one of the same code, or added at the end.

    A number that differs is the company's from now on, whatever the book it came from said.
    """
    rows = list(content.get("rules", []))
    place = next((at for at, old in enumerate(rows) if old["code"] == row["code"]), None)
    entered = numbers_entered(rows[place] if place is not None else None, row)
    if place is None:
        rows.append(row)
    else:
        rows[place] = row
    return _with_sources({**content, "rules": rows}, dict.fromkeys(entered, COMPANY))


def without_rule(content, code):
    rows = [row for row in content.get("rules", []) if row["code"] != code]
    own = f"rules.{code}"
    left = {
        name: source
        for name, source in content.get("sources", {}).items()
        if name != own and not name.startswith(f"{own}.")
    }
    return {**content, "rules": rows} | ({"sources": left} if "sources" in content else {})


def numbers_entered(before, after):
    """Names of the settings of a rule whose numbers, or whose kind of evidence, are not those of `before`; all of a
    new one."""
    if before is None:
        return [f"rules.{after['code']}"]
    old, new = ({one.name: one.value for one in settings_of({"rules": [row]})} for row in (before, after))
    return [name for name, value in new.items() if old.get(name) != value and _is_judged(name, value)]


def _is_judged(name, value):
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number or name.endswith(".evidence")


def _with_sources(content, entered):
    return {**content, "sources": content.get("sources", {}) | entered} if entered else content


def lacks_amount(row):
    """Whether the book gives no amount for something that has one: such a rule stays off until somebody enters it."""
    return not row.get("effects") or any(missing_of(spec) for spec in row["effects"])


def missing_of(spec):
    """Names of what has to be entered before this effect can be carried out."""
    kind = effect_kinds.get(spec.get("kind"))
    return [name for name in kind.fields if name not in OPTIONAL and spec.get(name) is None] if kind else []


def others_in_force(document):
    """Rules of the other books that hold or will hold for the same people: another unit's own touch nobody here."""
    live = Version.objects.published().filter(company_id=document.company_id, effective_to=None)
    if document.department is not None:
        units = units_in_line(document.department)
        live = live.filter(Q(document__department=None) | Q(document__department__in=units))
    found = Rule.objects.filter(version__in=live.exclude(document=document), is_active=True)
    return found.select_related("version__document").order_by("code")


def refused_codes(content, document):
    """A code is one rule's in the whole company: a unit adds rules, it does not replace the company's (PM-6.5)."""
    own = {row["code"] for row in content.get("rules", [])}
    live = Version.objects.published().filter(company_id=document.company_id, effective_to=None)
    taken = Rule.objects.filter(version__in=live.exclude(document=document), code__in=own)
    return [
        _("The code “%(code)s” is that of a rule of “%(title)s”, which stays as it is. Choose another code.")
        % {"code": rule.code, "title": rule.version.document.title}
        for rule in taken.select_related("version__document").order_by("code")
    ]


def unknown_units(content, document):
    """Sentences: a rule that names a department which the company does not have would never find anybody there."""
    known = {row["code"] for row in content.get("departments", [])}
    known |= set(document.company.departments.values_list("code", flat=True))
    return [
        _("Rule “%(rule)s” names the department “%(code)s”, which the company does not have.")
        % {"rule": row["code"], "code": code}
        for row in content.get("rules", [])
        for code in [*row.get("params", {}).get("units", ()), *row.get("params", {}).get("thresholds", {})]
        if code not in known
    ]


def draft_rules(version):
    """The draft's active rules that can be built, as unsaved rows."""
    clauses = {clause.code: clause for clause in Clause.objects.filter(version=version)}
    rows = [row for row in version.content.get("rules", []) if row.get("active", True)]
    return [unsaved(row, version, clauses[row["clause"]]) for row in rows if _builds(row)]


def _builds(row):
    try:
        build(row["trigger"], row.get("params", {}))
    except ValueError:
        return False
    return True


def double_penalties(version):
    """Sentences: what would punish one incident twice, within the draft and with the other books in force."""
    return _doubles(version, "penalty")


def double_rewards(version):
    """Sentences: what would reward the same thing twice. It is said, not refused."""
    return _doubles(version, "reward")


def _doubles(version, direction):
    own = [rule for rule in draft_rules(version) if rule.direction == direction]
    others = [rule for rule in others_in_force(version.document) if rule.direction == direction]
    known = set(overlaps(others))
    return [sentence for sentence in overlaps([*own, *others]) if sentence not in known]
