"""[[rules]] of a pack: frozen with the version they come from."""

from django.utils.translation import gettext as _

from incentives.effects import check_rule
from incentives.models import Rule
from incentives.policy import parse_money
from incentives.triggers import build, check_roles
from policies.models import Clause

NEEDED = ("code", "clause", "title", "direction", "trigger", "evidence", "effects")


def load_rules(pack, version, company, at):
    """Make the version's rules. They are frozen with it, so loading the same pack again finds them all."""
    clauses = {clause.code: clause for clause in Clause.objects.filter(version=version)}
    money = parse_money(pack.get("money", {}))
    for row in pack.get("rules", []):
        values = checked(row, clauses, money)
        Rule.objects.get_or_create(version=version, code=row["code"], defaults=values | {"company": company})


def checked(row, clauses, money=None):
    """The fields of one [[rules]] table; ValueError with a sentence when an active rule could not be carried out."""
    name = row.get("code", "?")
    missing = [field for field in NEEDED if field not in row]
    if missing:
        raise ValueError(
            _("Rule %(rule)s: missing %(fields)s.") % {"rule": name, "fields": ", ".join(missing)}
        )
    if row["direction"] not in Rule.Direction.values or row["evidence"] not in (
        "literal",
        "warn",
        "required",
    ):
        raise ValueError(_("Rule %(rule)s: unknown direction or kind of evidence.") % {"rule": name})
    if row["clause"] not in clauses:
        raise ValueError(
            _("Rule %(rule)s: there is no clause %(clause)s in the book.")
            % {"rule": name, "clause": row["clause"]}
        )
    is_active = row.get("active", True)
    if is_active:
        _check_active(name, row, money)
    return {
        "clause": clauses[row["clause"]],
        "title": row["title"],
        "title_en": row.get("title_en", ""),
        "direction": row["direction"],
        "trigger": row["trigger"],
        "params": row.get("params", {}),
        "effects": row["effects"],
        "evidence": row["evidence"],
        "is_active": is_active,
    }


def _check_active(name, row, money):
    try:
        check_roles(build(row["trigger"], row.get("params", {})), row["effects"])
        check_rule(row["effects"], row["direction"], trigger=row["trigger"], money=money)
    except ValueError as wrong:
        raise ValueError(_("Rule %(rule)s: %(wrong)s.") % {"rule": name, "wrong": wrong}) from wrong
